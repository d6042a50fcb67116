/* Flat colour: see cel.h. */
#include "comic/cel.h"

#include "base/clamp.h"
#include "base/memory.h"
#include "base/multiversion.h"
#include "comic/cel_parts.h"

#include <math.h>
#include <stdlib.h>

#define REGION_PRICE 0.003f  /* see cg_regions_make */
#define TONE_STEP 0.10f      /* of luma; a shadow is darker than its region by half of it or more */
#define TONE_SLOPE 0.012f    /* from pixel to pixel; what is slower is no edge of a tone */
#define SPECK_STEP 0.13f     /* distance in colour from which a speck stays, */
#define SPECK_LEAST_PX 12.0f /* if it is no smaller */
#define FLATNESS 0.95f
#define SMALL_PX 200.0f /* up to which a piece is as it was drawn */
#define LARGE_PX 1200.0f

/* What lies farther from its piece's gradient is no shading. */
#define DETAIL_FROM 0.03f
#define DETAIL_TO 0.09f
#define DETAIL_CHROMA 8.0f /* weight of chroma in that distance, squared */

#define SOFT_STEP_FROM 0.015f /* between two pixels of a border: less is no step */
#define SOFT_STEP_TO 0.03f
#define SOFT_SIGMA_PX 5.0f
#define SOFT_GAIN (2.5066f * SOFT_SIGMA_PX) /* a blurred line of one pixel is 1 in its middle */
#define SKIN_SIGMA_PX 2.0f

#define LUMA_RED 0.2126f
#define LUMA_GREEN 0.7152f
#define LUMA_BLUE 0.0722f

/* What a difference in colour weighs where it is dark: Oklab's weights, roughly. */
#define DARK_OFFSET 0.3f
#define CHROMA_SCALE 0.3f

enum { PLANES = 7 };

/* ---- colour ---------------------------------------------------------------------------------- */

/* How much a colour is one of skin: red leads, and green lies between it and blue. */
static inline float skin_of(float red, float green, float blue)
{
    float span = red - blue, place = (green - blue) / (span > 0.01f ? span : 0.01f);
    return cg_ramp(0.05f, 0.12f, span) * cg_ramp(-0.1f, 0.15f, place) *
           cg_ramp(0.68f, 0.55f, place);
}

/* What a step of colour weighs at a luma, white's being 1: that of Oklab, roughly. */
static inline float weight_of(float luma)
{
    return 1.0f / (DARK_OFFSET + (1.0f - DARK_OFFSET) * (luma > 0.0f ? luma : 0.0f));
}

CG_MULTIVERSION
static void part_row(const float *restrict colour, int width, float *restrict luma,
                     float *restrict blue, float *restrict red, float *restrict skin)
{
    for (int x = 0; x < width; x++) {
        float r = colour[3 * x], g = colour[3 * x + 1], b = colour[3 * x + 2];
        float y = LUMA_RED * r + LUMA_GREEN * g + LUMA_BLUE * b, root = sqrtf(y > 0.0f ? y : 0.0f);
        float scale = CHROMA_SCALE * weight_of(y);
        luma[x] = root * sqrtf(root);
        blue[x] = scale * (b - y);
        red[x] = scale * (r - y);
        skin[x] = skin_of(r, g, b);
    }
}

static void part_colour(void *context, size_t row, int worker)
{
    struct cg_cel *cel = context;
    const int y = (int)row;
    (void)worker;
    part_row(cel->colour + 3 * row * (size_t)cel->width, cel->width,
             cg_plane_row(&cel->lab.c[0], y), cg_plane_row(&cel->lab.c[1], y),
             cg_plane_row(&cel->lab.c[2], y), cg_plane_row(&cel->skin, y));
}

/* ---- tones and borders ----------------------------------------------------------------------- */

static void find_tones(void *context, size_t row, int worker)
{
    struct cg_cel *cel = context;
    const float *luma = cg_plane_row(&cel->lab.c[0], (int)row);
    const size_t first = row * (size_t)cel->width;
    (void)worker;
    for (int x = 0; x < cel->width; x++) {
        const struct cg_gradient *base = &cel->gradient[cel->regions.label[first + (size_t)x]];
        float off = luma[x] - cg_gradient_at(base, 0, x, (int)row);
        cel->tone[first + (size_t)x] = (int)floorf(off / TONE_STEP + 0.5f);
    }
}

/* How much the border between two pixels, if there is one, is without a step. */
static float softness_between(const struct cg_cel *cel, int x, int y, int other_x, int other_y)
{
    const int *label = cel->regions.label;
    if (other_x >= cel->width || other_y >= cel->height ||
        label[y * cel->width + x] == label[other_y * cel->width + other_x])
        return 0.0f;
    return 1.0f - cg_smoothstep(SOFT_STEP_FROM, SOFT_STEP_TO,
                                cg_colour_step(&cel->lab, x, y, other_x, other_y));
}

static void find_soft(void *context, size_t row, int worker)
{
    struct cg_cel *cel = context;
    const int y = (int)row;
    float *soft = cg_plane_row(&cel->soft, y);
    (void)worker;
    for (int x = 0; x < cel->width; x++)
        soft[x] =
            fmaxf(softness_between(cel, x, y, x + 1, y), softness_between(cel, x, y, x, y + 1));
}

/* ---- painting -------------------------------------------------------------------------------- */

/* What of a pixel its piece's gradient replaces if it is no detail. */
static float flatness_of(float area, float skin, float soft)
{
    return FLATNESS * cg_smoothstep(SMALL_PX, LARGE_PX, area) * (1.0f - skin) *
           (1.0f - fminf(1.0f, SOFT_GAIN * soft));
}

/* How much a pixel is shading; off: how far it is from its piece's gradient. */
static float shading_of(const float colour[3], const float off[3])
{
    float luma = LUMA_RED * off[0] + LUMA_GREEN * off[1] + LUMA_BLUE * off[2];
    float blue = CHROMA_SCALE * (off[2] - luma), red = CHROMA_SCALE * (off[0] - luma);
    float weight = weight_of(LUMA_RED * colour[0] + LUMA_GREEN * colour[1] + LUMA_BLUE * colour[2]);
    float distance = weight * sqrtf(luma * luma + DETAIL_CHROMA * (blue * blue + red * red));
    return 1.0f - cg_smoothstep(DETAIL_FROM, DETAIL_TO, distance);
}

static void paint(void *context, size_t row, int worker)
{
    struct cg_cel *cel = context;
    const int y = (int)row;
    const int *label = cel->regions.label + row * (size_t)cel->width;
    const float *skin = cg_plane_row(&cel->skin, y), *soft = cg_plane_row(&cel->soft, y);
    float *colour = cel->colour + 3 * row * (size_t)cel->width;
    (void)worker;
    for (int x = 0; x < cel->width; x++, colour += 3) {
        float flatness = flatness_of(cel->regions.area_px[label[x]], skin[x], soft[x]), off[3];
        if (flatness <= 0.0f)
            continue;
        for (int c = 0; c < 3; c++)
            off[c] = cg_gradient_at(&cel->gradient[label[x]], c, x, y) - colour[c];
        float share = cel->amount * flatness * shading_of(colour, off);
        for (int c = 0; c < 3; c++)
            colour[c] += share * off[c];
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Cut the colour layer into regions and tones, with a gradient each; draw ink by the regions. */
static enum cg_status cut(struct cg_cel *cel, struct cg_pool *pool, struct cg_error *error)
{
    static const float speck_px[] = {8.0f, 24.0f, 60.0f}; /* the smallest first */
    const size_t rows = (size_t)cel->height;
    cel->tone = cg_alloc(rows * (size_t)cel->width, sizeof *cel->tone, "tones", error);
    if (cel->tone == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status =
        cg_regions_make(pool, &cel->lab, &cel->lab, REGION_PRICE, &cel->regions, error);
    if (status == CG_OK)
        status = cg_cel_ink(cel, error);
    if (status == CG_OK)
        status = cg_cel_fit(cel, false, error);
    if (status != CG_OK)
        return status;
    cg_pool_run(pool, rows, find_tones, cel);
    status = cg_regions_split(&cel->lab, cel->tone, TONE_SLOPE, &cel->regions, error);
    if (status == CG_OK)
        status =
            cg_regions_remove_specks(&cel->regions, speck_px, sizeof speck_px / sizeof *speck_px,
                                     SPECK_LEAST_PX, SPECK_STEP, error);
    if (status == CG_OK)
        status = cg_cel_fit(cel, true, error);
    return status;
}

enum cg_status cg_cel(struct cg_pool *pool, float *colour, float *logit, int width, int height,
                      float amount, struct cg_error *error)
{
    const size_t rows = (size_t)height;
    struct cg_plane_set planes;
    enum cg_status status = cg_plane_set_create(width, height, PLANES, &planes, error);
    if (status != CG_OK)
        return status;
    struct cg_cel cel = {
        .width = width,
        .height = height,
        .amount = amount,
        .colour = colour,
        .logit = logit,
        .lab = {{planes.plane[0], planes.plane[1], planes.plane[2]}},
        .skin = planes.plane[3],
        .soft = planes.plane[4],
        .scratch = {planes.plane[5], planes.plane[6]},
    };
    cg_pool_run(pool, rows, part_colour, &cel);
    cg_plane_replicate(&cel.skin);
    cg_plane_blur(&cel.skin, &cel.skin, &cel.scratch[0], SKIN_SIGMA_PX);
    status = cut(&cel, pool, error);
    if (status == CG_OK) {
        cg_pool_run(pool, rows, find_soft, &cel);
        cg_plane_replicate(&cel.soft);
        cg_plane_blur(&cel.soft, &cel.soft, &cel.scratch[0], SOFT_SIGMA_PX);
        cg_pool_run(pool, rows, paint, &cel);
    }
    free(cel.gradient);
    cg_regions_clear(&cel.regions);
    free(cel.tone);
    cg_plane_set_clear(&planes);
    return status;
}
