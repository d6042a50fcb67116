/*
 * Faces that were found: within one all is skin, whatever its colour. A face is the ellipse in its
 * box.
 */
#include "comic/cel_parts.h"

#include "base/clamp.h"

#include <math.h>

/* An ellipse in a picture, and the pixels around it. */
struct ellipse {
    float x, y, across, down; /* its middle, and half of its size */
    int left, right, top, bottom;
};

/* scale: of the picture, to that of the face. */
static struct ellipse ellipse_of(const struct cg_face *face, float scale, int width, int height)
{
    const float across = 0.5f * scale * face->width, down = 0.5f * scale * face->height;
    const float x = scale * face->x + across, y = scale * face->y + down;
    return (struct ellipse){
        .x = x,
        .y = y,
        .across = across,
        .down = down,
        .left = cg_clamp_index((int)(x - across), width),
        .right = cg_clamp_index((int)(x + across) + 1, width),
        .top = cg_clamp_index((int)(y - down), height),
        .bottom = cg_clamp_index((int)(y + down) + 1, height),
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
        const struct ellipse in = ellipse_of(&faces.at[i], scale, skin->width, skin->height);
        for (int y = in.top; y <= in.bottom; y++) {
            float *row = cg_plane_row(skin, y);
            for (int x = in.left; x <= in.right; x++)
                if (place_in(&in, x, y) <= 1.0f)
                    row[x] = 1.0f;
            cg_plane_replicate_row(row, skin->width);
        }
    }
}
