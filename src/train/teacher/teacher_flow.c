/*
 * The direction of edges: the smoothed structure tensor (Brox et al. 2006; for line drawing
 * Kyprianidis and Doellner 2008, section 3.1)
 *
 *   J = G_sigma * sum_c w_c grad I_c grad I_c^T.
 *
 * The eigenvector of its smaller eigenvalue points along the edge. Averaging the tensor, not the
 * vector, lets the two sides of a line agree.
 */
#include "train/teacher/teacher_steps.h"

#include <math.h>

#define FLOW_SIGMA_PX 2.2f
#define FLOW_CHROMA 2.0f /* weight of the two colour axes */

/* Add weight * grad grad^T of one plane to the tensor (xx, xy, yy). Scharr's 3 x 3 gradient. */
static void tensor_add(const struct cg_plane *plane, float weight, const struct cg_plane tensor[3])
{
    for (int y = 0; y < plane->height; y++) {
        const float *above = cg_plane_row(plane, y - 1), *row = cg_plane_row(plane, y);
        const float *below = cg_plane_row(plane, y + 1);
        float *restrict xx = cg_plane_row(&tensor[0], y), *restrict xy =
                                                              cg_plane_row(&tensor[1], y);
        float *restrict yy = cg_plane_row(&tensor[2], y);
        for (int x = 0; x < plane->width; x++) {
            float gx = 3.0f * (above[x + 1] - above[x - 1] + below[x + 1] - below[x - 1]) +
                       10.0f * (row[x + 1] - row[x - 1]);
            float gy = 3.0f * (below[x - 1] - above[x - 1] + below[x + 1] - above[x + 1]) +
                       10.0f * (below[x] - above[x]);
            xx[x] += weight * gx * gx;
            xy[x] += weight * gx * gy;
            yy[x] += weight * gy * gy;
        }
    }
}

static void tensor_tangent(float xx, float xy, float yy, float *tx, float *ty)
{
    float half = 0.5f * (xx - yy), root = sqrtf(half * half + xy * xy);
    /* Two forms of the same eigenvector; the longer one is the well-conditioned one. */
    float x = half > 0.0f ? -xy : root - half, y = half > 0.0f ? half + root : -xy;
    float length = sqrtf(x * x + y * y);
    *tx = length > 0.0f ? x / length : 1.0f;
    *ty = length > 0.0f ? y / length : 0.0f;
}

void cg_flow_make(const struct cg_lab *lab, const struct cg_flow *flow,
                  const struct cg_plane scratch[4])
{
    for (int i = 0; i < 3; i++)
        for (int y = 0; y < scratch[i].height; y++)
            for (int x = 0; x < scratch[i].width; x++)
                scratch[i].v[y * scratch[i].stride + x] = 0.0f;
    for (int c = 0; c < 3; c++)
        tensor_add(&lab->c[c], c == 0 ? 1.0f : FLOW_CHROMA, scratch);
    for (int i = 0; i < 3; i++) {
        cg_plane_replicate(&scratch[i]);
        cg_plane_blur(NULL, &scratch[i], &scratch[i], &scratch[3], FLOW_SIGMA_PX);
    }
    for (int y = 0; y < scratch[0].height; y++)
        for (int x = 0; x < scratch[0].width; x++) {
            ptrdiff_t i = y * scratch[0].stride + x;
            tensor_tangent(scratch[0].v[i], scratch[1].v[i], scratch[2].v[i], &flow->x.v[i],
                           &flow->y.v[i]);
        }
}
