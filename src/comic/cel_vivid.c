/*
 * Lines that are there in colour: red stripes, lips and coloured letters would drown in ink. Where
 * the photo is more vivid than on both sides, ink gives way; an outline, along which one
 * side is as vivid, stays black. Comics know it as a colour hold.
 */
#include "comic/cel_parts.h"

#include "base/clamp.h"
#include "base/multiversion.h"

#define SIGMA_PX 1.0f
/* Chroma, of 0 to 1, above that of the more vivid side. */
#define RIDGE_FROM 0.10f
#define RIDGE_TO 0.25f
/* Brightest channel; what is darker may be ink. */
#define BRIGHT_FROM 0.25f
#define BRIGHT_TO 0.40f
#define HOLD_LOGIT 12.0f

/* Where the sides are looked at: across, down and on both diagonals, at three distances. */
static const int sides[][2] = {{4, 0}, {0, 4},  {3, 3},  {3, -3}, {7, 0}, {0, 7},
                               {5, 5}, {5, -5}, {10, 0}, {0, 10}, {7, 7}, {7, -7}};
enum { SIDES = sizeof sides / sizeof *sides };

enum { PLANES = 2 };

struct vivid {
    int width;
    float amount;
    const float *photo;
    float *logit;
    struct cg_plane chroma, scratch;
};

CG_MULTIVERSION
static void find_chroma(const float *restrict photo, int width, float *restrict chroma)
{
    for (int x = 0; x < width; x++) {
        const float *pixel = photo + 3 * x;
        float bright = cg_most(pixel[0], cg_most(pixel[1], pixel[2]));
        float dull = cg_least(pixel[0], cg_least(pixel[1], pixel[2]));
        chroma[x] = (bright - dull) * cg_smoothstep(BRIGHT_FROM, BRIGHT_TO, bright);
    }
}

static void chroma_row(void *context, size_t row, int worker)
{
    const struct vivid *vivid = context;
    float *chroma = cg_plane_row(&vivid->chroma, (int)row);
    (void)worker;
    find_chroma(vivid->photo + 3 * row * (size_t)vivid->width, vivid->width, chroma);
    cg_plane_replicate_row(chroma, vivid->width);
}

/* ridge: what the middle has above the more vivid of two sides, if it is more than it was. */
CG_MULTIVERSION
static void raise_ridge(const float *restrict middle, const float *restrict one,
                        const float *restrict other, int width, float *restrict ridge)
{
    for (int x = 0; x < width; x++)
        ridge[x] = cg_most(ridge[x], middle[x] - cg_most(one[x], other[x]));
}

CG_MULTIVERSION
static void take_ink(const float *restrict ridge, int width, float amount, float *restrict logit)
{
    for (int x = 0; x < width; x++)
        logit[x] -= amount * HOLD_LOGIT * cg_smoothstep(RIDGE_FROM, RIDGE_TO, ridge[x]);
}

static void hold_row(void *context, size_t row, int worker)
{
    const struct vivid *vivid = context;
    const int y = (int)row;
    float *ridge = cg_plane_row(&vivid->scratch, y);
    (void)worker;
    for (int x = 0; x < vivid->width; x++)
        ridge[x] = 0.0f;
    for (int i = 0; i < SIDES; i++)
        raise_ridge(cg_plane_row(&vivid->chroma, y),
                    cg_plane_row(&vivid->chroma, y + sides[i][1]) + sides[i][0],
                    cg_plane_row(&vivid->chroma, y - sides[i][1]) - sides[i][0], vivid->width,
                    ridge);
    take_ink(ridge, vivid->width, vivid->amount, vivid->logit + row * (size_t)vivid->width);
}

enum cg_status cg_cel_hold_vivid(struct cg_buffer *scratch, struct cg_pool *pool,
                                 const float *photo, float *logit, int width, int height,
                                 float amount, struct cg_error *error)
{
    struct cg_plane planes[PLANES];
    enum cg_status status = cg_planes_reserve(scratch, width, height, PLANES, planes, error);
    if (status != CG_OK)
        return status;
    struct vivid vivid = {.width = width,
                          .amount = amount,
                          .photo = photo,
                          .logit = logit,
                          .chroma = planes[0],
                          .scratch = planes[1]};
    cg_pool_run(pool, (size_t)height, chroma_row, &vivid);
    cg_plane_blur(pool, &vivid.chroma, &vivid.chroma, &vivid.scratch, SIGMA_PX);
    cg_pool_run(pool, (size_t)height, hold_row, &vivid);
    return CG_OK;
}
