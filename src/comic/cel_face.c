/*
 * Faces that were found: within one all is skin, whatever its colour, and more so than anything
 * else. A face is the ellipse in its box.
 */
#include "comic/cel_parts.h"

#include "base/clamp.h"

/* Within an ellipse of which (x, y) is the middle. */
static void mark_ellipse(const struct cg_plane *skin, float x, float y, float across, float down)
{
    const int left = cg_clamp_index((int)(x - across), skin->width);
    const int right = cg_clamp_index((int)(x + across) + 1, skin->width);
    const int bottom = cg_clamp_index((int)(y + down) + 1, skin->height);
    for (int i = cg_clamp_index((int)(y - down), skin->height); i <= bottom; i++) {
        float *row = cg_plane_row(skin, i);
        for (int k = left; k <= right; k++) {
            const float dx = ((float)k + 0.5f - x) / across, dy = ((float)i + 0.5f - y) / down;
            if (dx * dx + dy * dy <= 1.0f)
                row[k] = CG_CEL_FACE;
        }
        cg_plane_replicate_row(row, skin->width);
    }
}

void cg_cel_mark_faces(struct cg_faces faces, float scale, const struct cg_plane *skin)
{
    for (int i = 0; i < faces.count; i++) {
        const struct cg_face *face = &faces.at[i];
        const float across = 0.5f * scale * face->width, down = 0.5f * scale * face->height;
        mark_ellipse(skin, scale * face->x + across, scale * face->y + down, across, down);
    }
}
