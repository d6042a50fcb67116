/*
 * Faces that were found: within one all is skin, whatever its colour, and the pen is finer. A face
 * is the ellipse that its box holds.
 */
#include "comic/cel_parts.h"

#include "base/clamp.h"

#include <math.h>

/* What is taken off the logit, up to FULL of an ellipse and fading out to RIM. */
#define FINER_LOGIT 2.5f
#define FULL 0.8f
#define RIM 1.2f

/* An ellipse in a picture, and the pixels around it. */
struct ellipse {
    float x, y, across, down; /* its middle, and half of its size */
    int left, right, top, bottom;
};

/* reach: how many times as large what is around is; scale: of the picture, to that of the face. */
static struct ellipse ellipse_of(const struct cg_face *face, float reach, float scale, int width,
                                 int height)
{
    const float across = 0.5f * scale * face->width, down = 0.5f * scale * face->height;
    const float x = scale * face->x + across, y = scale * face->y + down;
    return (struct ellipse){
        .x = x,
        .y = y,
        .across = across,
        .down = down,
        .left = cg_clamp_index((int)(x - reach * across), width),
        .right = cg_clamp_index((int)(x + reach * across) + 1, width),
        .top = cg_clamp_index((int)(y - reach * down), height),
        .bottom = cg_clamp_index((int)(y + reach * down) + 1, height),
    };
}

/* 0 in its middle, 1 at its rim. */
static float place_in(const struct ellipse *ellipse, int x, int y)
{
    const float dx = ((float)x + 0.5f - ellipse->x) / ellipse->across;
    const float dy = ((float)y + 0.5f - ellipse->y) / ellipse->down;
    return sqrtf(dx * dx + dy * dy);
}

void cg_cel_mark_faces(struct cg_faces faces, float scale, const struct cg_plane *skin)
{
    for (int i = 0; i < faces.count; i++) {
        const struct ellipse in = ellipse_of(&faces.at[i], 1.0f, scale, skin->width, skin->height);
        for (int y = in.top; y <= in.bottom; y++) {
            float *row = cg_plane_row(skin, y);
            for (int x = in.left; x <= in.right; x++)
                if (place_in(&in, x, y) <= 1.0f)
                    row[x] = 1.0f;
            cg_plane_replicate_row(row, skin->width);
        }
    }
}

void cg_cel_draw_finer(struct cg_faces faces, float *logit, int width, int height, float amount)
{
    for (int i = 0; i < faces.count; i++) {
        const struct ellipse in = ellipse_of(&faces.at[i], RIM, 1.0f, width, height);
        for (int y = in.top; y <= in.bottom; y++)
            for (int x = in.left; x <= in.right; x++)
                logit[(size_t)y * (size_t)width + (size_t)x] -=
                    amount * FINER_LOGIT * (1.0f - cg_smoothstep(FULL, RIM, place_in(&in, x, y)));
    }
}
