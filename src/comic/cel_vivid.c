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
#define HOLD_LOGIT 8.0f

/* Where the sides are looked at: across, down and on both diagonals, at three distances. */
static const int sides[][2] = {{4, 0}, {0, 4},  {3, 3},  {3, -3}, {7, 0}, {0, 7},
                               {5, 5}, {5, -5}, {10, 0}, {0, 10}, {7, 7}, {7, -7}};
enum { SIDES = sizeof sides / sizeof *sides };

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
    const struct cg_cel *cel = context;
    float *chroma = cg_plane_row(&cel->chroma, (int)row);
    (void)worker;
    find_chroma(cel->photo + 3 * row * (size_t)cel->width, cel->width, chroma);
    cg_plane_replicate_row(chroma, cel->width);
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
    const struct cg_cel *cel = context;
    const int y = (int)row;
    float *ridge = cg_plane_row(&cel->scratch, y);
    (void)worker;
    for (int x = 0; x < cel->width; x++)
        ridge[x] = 0.0f;
    for (int i = 0; i < SIDES; i++)
        raise_ridge(cg_plane_row(&cel->chroma, y),
                    cg_plane_row(&cel->chroma, y + sides[i][1]) + sides[i][0],
                    cg_plane_row(&cel->chroma, y - sides[i][1]) - sides[i][0], cel->width, ridge);
    take_ink(ridge, cel->width, cel->amount * cel->fill, cel->logit + row * (size_t)cel->width);
}

void cg_cel_hold_vivid(struct cg_cel *cel)
{
    const size_t rows = (size_t)cel->height;
    cg_pool_run(cel->pool, rows, chroma_row, cel);
    cg_plane_blur(cel->pool, &cel->chroma, &cel->chroma, &cel->scratch, SIGMA_PX);
    cg_pool_run(cel->pool, rows, hold_row, cel);
}
