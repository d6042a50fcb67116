/* Faces drawn closer: see closer.h. */
#include "comic/closer.h"

#include "base/clamp.h"

#include <math.h>

/* A face is drawn as if it were so wide in the working copy, */
#define FACE_PX 110.0f
/* if that is so many times as wide as it is. */
#define CLOSER_LEAST 1.15f
#define CLOSER_MOST 2.5f

#define AROUND 0.6f /* of a face's size that the part reaches to each side */
#define FADING 0.3f /* of the way from its middle to its rim */

/* Of a find that is drawn closer: two in three of those above it are faces. */
#define SCORE_LEAST 0.5f

/* Where a face's part lies; false if it is not worth it. scale: photo pixels to a working pixel. */
static bool place(const struct cg_face *face, float scale, const struct cg_image *photo,
                  struct cg_closer_part *part, int *width, int *height)
{
    float closer = fminf(FACE_PX / face->width, fminf(CLOSER_MOST, scale));
    if (!(face->width >= 1.0f && face->height >= 1.0f && face->score >= SCORE_LEAST &&
          closer >= CLOSER_LEAST))
        return false;
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
    return part->working_width > 0 && part->working_height > 0;
}

enum cg_status cg_closer_take(const struct cg_face *faces, int count, int working_width,
                              int working_height, const struct cg_image *photo,
                              struct cg_closer *out, struct cg_error *error)
{
    size_t room = (size_t)photo->width * (size_t)photo->height / CG_CLOSER_PHOTO_SHARE;
    size_t working_room = (size_t)working_width * (size_t)working_height / CG_CLOSER_WORKING_SHARE;
    const float scale = (float)photo->width / (float)working_width;
    out->count = 0;
    for (int i = 0; i < count && out->count < CG_CLOSER_MAX; i++) {
        struct cg_closer_part part = {0};
        int width, height;
        if (!place(&faces[i], scale, photo, &part, &width, &height))
            continue;
        size_t taken = (size_t)width * (size_t)height;
        size_t working = (size_t)part.working_width * (size_t)part.working_height;
        if (taken > room || working > working_room)
            continue;
        enum cg_status status =
            cg_image_cut_out(photo, part.left, part.top, width, height, &part.pixels, error);
        if (status != CG_OK) {
            cg_closer_clear(out);
            return status;
        }
        room -= taken;
        working_room -= working;
        out->part[out->count++] = part;
    }
    return CG_OK;
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
