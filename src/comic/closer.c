/* Faces drawn closer: see closer.h. */
#include "comic/closer.h"

#include "base/clamp.h"

#include <math.h>

/* A face is drawn as if it were so wide in the working copy, */
#define FACE_PX 240.0f
/* if that is so many times as wide as it is, */
#define CLOSER_LEAST 1.15f
#define CLOSER_MOST 2.5f
#define ENLARGED_MOST 2.0f /* but the photo no more than so much */
/* and less close down to so much, where room is short. */
#define SHARE_LEAST 0.7f

#define AROUND 0.5f /* of a face's size that the part reaches to each side */
#define FADING 0.3f /* of the way from its middle to its rim */

/* How many times as large a face is wanted. scale: photo pixels to a pixel that it is in. */
static float closer_by(const struct cg_face *face, float scale)
{
    if (!(face->width >= 1.0f && face->height >= 1.0f))
        return 0.0f;
    return fminf(FACE_PX / face->width, fminf(CLOSER_MOST, ENLARGED_MOST * scale));
}

/* What all faces are held to, so that their parts have room in so many pixels. */
static float share_of(float room, struct cg_faces faces, float scale)
{
    const float part = (1.0f + 2.0f * AROUND) * (1.0f + 2.0f * AROUND);
    float sum = 0.0f;
    for (int i = 0; i < faces.count; i++) {
        const float closer = closer_by(&faces.at[i], scale);
        if (closer >= CLOSER_LEAST)
            sum += part * closer * closer * faces.at[i].width * faces.at[i].height;
    }
    return sum > room ? fmaxf(SHARE_LEAST, sqrtf(0.99f * room / sum)) : 1.0f;
}

/* Where a face's part lies. */
static void place(const struct cg_face *face, float scale, float closer,
                  const struct cg_image *photo, struct cg_closer_part *part, int *width,
                  int *height)
{
    float reach_x = scale * face->width * (0.5f + AROUND);
    float reach_y = scale * face->height * (0.5f + AROUND);
    float x = scale * (face->x + 0.5f * face->width), y = scale * (face->y + 0.5f * face->height);
    int right = (int)fminf((float)photo->width, x + reach_x);
    int bottom = (int)fminf((float)photo->height, y + reach_y);
    part->left = (int)fmaxf(0.0f, x - reach_x);
    part->top = (int)fmaxf(0.0f, y - reach_y);
    *width = right - part->left;
    *height = bottom - part->top;
    part->working_width = (int)((float)*width * closer / scale + 0.5f);
    part->working_height = (int)((float)*height * closer / scale + 0.5f);
    part->centre_x = x - (float)part->left;
    part->centre_y = y - (float)part->top;
    part->radius_x = reach_x;
    part->radius_y = reach_y;
}

enum cg_status cg_closer_take(struct cg_faces faces, float scale, const struct cg_image *photo,
                              struct cg_closer *out, struct cg_error *error)
{
    const float pixels = (float)photo->width * (float)photo->height;
    float working_room = pixels / (scale * scale);
    const float share = share_of(working_room, faces, scale);
    size_t room = (size_t)photo->width * (size_t)photo->height / CG_CLOSER_PHOTO_SHARE;
    out->count = 0;
    for (int i = 0; i < faces.count && out->count < CG_CLOSER_MAX; i++) {
        struct cg_closer_part part = {0};
        const float closer = share * closer_by(&faces.at[i], scale);
        int width, height;
        if (!(closer >= CLOSER_LEAST))
            continue;
        place(&faces.at[i], scale, closer, photo, &part, &width, &height);
        const float working = (float)part.working_width * (float)part.working_height;
        if (part.working_width < 1 || part.working_height < 1 || working > working_room ||
            (size_t)width * (size_t)height > room)
            continue;
        enum cg_status status =
            cg_image_cut_out(photo, part.left, part.top, width, height, &part.pixels, error);
        if (status != CG_OK) {
            cg_closer_clear(out);
            return status;
        }
        room -= (size_t)width * (size_t)height;
        working_room -= working;
        out->part[out->count++] = part;
    }
    return CG_OK;
}

void cg_closer_see(const struct cg_closer_part *part, struct cg_faces faces, float scale,
                   struct cg_face *out)
{
    const float closer = (float)part->working_width / (float)part->pixels.width;
    for (int i = 0; i < faces.count; i++) {
        const struct cg_face *face = &faces.at[i];
        out[i] = (struct cg_face){closer * (scale * face->x - (float)part->left),
                                  closer * (scale * face->y - (float)part->top),
                                  closer * scale * face->width, closer * scale * face->height,
                                  face->score};
    }
}

void cg_closer_clear(struct cg_closer *closer)
{
    for (int i = 0; i < closer->count; i++)
        cg_image_clear(&closer->part[i].pixels);
    closer->count = 0;
}

void cg_closer_lay(const struct cg_closer_part *part, float amount, const struct cg_image *comic)
{
    for (int y = 0; y < part->pixels.height; y++) {
        const float dy = ((float)y + 0.5f - part->centre_y) / part->radius_y;
        const uint8_t *from = part->pixels.pixels + 3 * (size_t)y * (size_t)part->pixels.width;
        uint8_t *to = comic->pixels +
                      3 * ((size_t)(part->top + y) * (size_t)comic->width + (size_t)part->left);
        for (int x = 0; x < part->pixels.width; x++) {
            const float dx = ((float)x + 0.5f - part->centre_x) / part->radius_x;
            const float share =
                amount * (1.0f - cg_smoothstep(1.0f - FADING, 1.0f, sqrtf(dx * dx + dy * dy)));
            for (int c = 3 * x; c < 3 * x + 3; c++)
                to[c] = (uint8_t)((float)to[c] + share * (float)(from[c] - to[c]) + 0.5f);
        }
    }
}
