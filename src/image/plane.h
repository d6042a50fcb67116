/*
 * Float planes: one value a pixel, rows with a replicated margin at both sides so
 * that inner loops run over whole rows without looking at the border. Rows above and below the
 * picture are reached by clamping the row number.
 */
#ifndef CG_IMAGE_PLANE_H
#define CG_IMAGE_PLANE_H

#include "base/bilinear.h"
#include "base/buffer.h"
#include "base/clamp.h"
#include "base/pool.h"

/* Replicated pixels at each end of a row: the farthest that a filter may reach sideways. */
#define CG_PLANE_MARGIN_PX 32

/* v points at pixel (0, 0); pixel (x, y) is v[y * stride + x] for -margin <= x < width + margin. */
struct cg_plane {
    int width, height;
    ptrdiff_t stride;
    float *v;
};

/* Lightness and two opponent colour axes (Oklab), or three planes of anything alike. */
struct cg_lab {
    struct cg_plane c[3];
};

/* count planes of one size in one block of memory. */
struct cg_plane_set {
    struct cg_plane *plane;
    float *memory;
};

/* Contents zero. Error: CG_ERR_MEMORY. */
enum cg_status cg_plane_set_create(int width, int height, size_t count, struct cg_plane_set *out,
                                   struct cg_error *error);
void cg_plane_set_clear(struct cg_plane_set *set);

/* count planes of one size in a buffer, which keeps no other. Contents are undefined. Error:
 * CG_ERR_MEMORY. */
enum cg_status cg_planes_reserve(struct cg_buffer *buffer, int width, int height, size_t count,
                                 struct cg_plane *out, struct cg_error *error);

/* The same with half_count further planes of half the size, rounded up. */
enum cg_status cg_planes_reserve_halved(struct cg_buffer *buffer, int width, int height,
                                        size_t count, struct cg_plane *out, size_t half_count,
                                        struct cg_plane *half_out, struct cg_error *error);

/* Row y, clamped into the picture. */
static inline float *cg_plane_row(const struct cg_plane *plane, int y)
{
    int last = plane->height - 1;
    return plane->v + (y < 0 ? 0 : y > last ? last : y) * plane->stride;
}

/* Make the margins repeat the row's first and last pixel: of all rows, of one. */
void cg_plane_replicate(const struct cg_plane *plane);
void cg_plane_replicate_row(float *row, int width);

/* Value at a position between pixels, bilinear; positions outside are clamped. */
static inline float cg_plane_sample(const struct cg_plane *plane, float x, float y)
{
    float right = (float)(plane->width - 1), bottom = (float)(plane->height - 1);
    x = cg_clamp(x, 0.0f, right);
    y = cg_clamp(y, 0.0f, bottom);
    int ix = (int)x, iy = (int)y;
    float fx = x - (float)ix, fy = y - (float)iy;
    const float *above = plane->v + iy * plane->stride + ix;
    const float *below = iy + 1 < plane->height ? above + plane->stride : above;
    return cg_bilinear(above[0], above[1], below[0], below[1], fx, fy);
}

/* Normal kernel of radius ceil(2.5 * sigma), at most the margin: weight[0..radius] from the centre
 * outwards, the whole summing to 1. Returns the radius. */
int cg_gauss_kernel(float sigma_px, float weight[CG_PLANE_MARGIN_PX + 1]);

/* to = from blurred by a Gaussian; scratch is overwritten. to may be from. The margins of to are
 * replicated. pool: threads that share the rows; NULL: none. */
void cg_plane_blur(struct cg_pool *pool, const struct cg_plane *from, const struct cg_plane *to,
                   const struct cg_plane *scratch, float sigma_px);

#endif
