/* Flat colour: see cel.h. */
#include "base/clamp.h"
#include "base/luma.h"
#include "base/memory.h"
#include "base/multiversion.h"
#include "comic/cel_parts.h"
#include "comic/skin.h"

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

/* What a difference in colour weighs where it is dark: Oklab's weights, roughly. */
#define DARK_OFFSET 0.3f
#define CHROMA_SCALE 0.3f

enum { PLANES = 6 };

/* ---- colour ---------------------------------------------------------------------------------- */

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
        float y = cg_luma_709(r, g, b), root = sqrtf(y > 0.0f ? y : 0.0f);
        float scale = CHROMA_SCALE * weight_of(y);
        luma[x] = root * sqrtf(root);
        blue[x] = scale * (b - y);
        red[x] = scale * (r - y);
        skin[x] = cg_skin_of(r, g, b);
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

/* The gradient of the region of that number; of none that is flat and 0. */
static inline const struct cg_gradient *gradient_of(const struct cg_cel *cel, int region)
{
    static const struct cg_gradient none = {.at = {0.0f}};
    return cel->place[region] >= 0 ? &cel->gradient[cel->place[region]] : &none;
}

/* row[x to end] = a channel of a gradient along row y. */
static inline void draw_gradient(const struct cg_gradient *gradient, int channel, int y, int x,
                                 int end, float *row)
{
    const float at = gradient->at[channel] + gradient->dy[channel] * (float)y;
    for (; x < end; x++)
        row[x] = at + gradient->dx[channel] * (float)x;
}

CG_MULTIVERSION_UNFUSED
static void part_tones(const float *restrict luma, const float *restrict base, int width,
                       int8_t *restrict tone)
{
    for (int x = 0; x < width; x++)
        tone[x] = (int8_t)(int)floorf((luma[x] - base[x]) / TONE_STEP + 0.5f);
}

static void find_tones(void *context, size_t row, int worker)
{
    struct cg_cel *cel = context;
    const int y = (int)row;
    const int *label = cel->regions.label + row * (size_t)cel->width;
    float *base = cg_plane_row(&cel->scratch, y);
    (void)worker;
    for (int x = 0, end; x < cel->width; x = end) {
        end = cg_run_end(label, x, cel->width);
        draw_gradient(gradient_of(cel, label[x]), 0, y, x, end, base);
    }
    part_tones(cg_plane_row(&cel->lab.c[0], y), base, cel->width,
               cel->tone + row * (size_t)cel->width);
}

/* How much the border between two pixels is without a step. */
static inline float softness_between(const float *const here[3], const float *const there[3], int x)
{
    return 1.0f - cg_smoothstep(SOFT_STEP_FROM, SOFT_STEP_TO, cg_colour_step(here, there, x));
}

static void find_soft(void *context, size_t row, int worker)
{
    struct cg_cel *cel = context;
    const int y = (int)row, *label = cel->regions.label + row * (size_t)cel->width;
    const int *below = y + 1 < cel->height ? label + cel->width : label;
    const struct cg_lab_rows rows = cg_lab_rows_of(&cel->lab, y);
    float *soft = cg_plane_row(&cel->soft, y);
    (void)worker;
    for (int x = 0; x < cel->width; x++) {
        const int here = label[x], right = x + 1 < cel->width ? label[x + 1] : here;
        soft[x] = 0.0f;
        if (here == right && here == below[x])
            continue;
        if (here != right)
            soft[x] = softness_between(rows.here, rows.right, x);
        if (here != below[x]) {
            float down = softness_between(rows.here, rows.below, x);
            soft[x] = soft[x] > down ? soft[x] : down;
        }
    }
}

/* ---- painting -------------------------------------------------------------------------------- */

/* How much a pixel is shading; off: how far it is from its piece's gradient. */
static inline float shading_of(const float colour[3], const float off[3])
{
    float luma = cg_luma_709_of(off);
    float blue = CHROMA_SCALE * (off[2] - luma), red = CHROMA_SCALE * (off[0] - luma);
    float weight = weight_of(cg_luma_709_of(colour));
    float distance = weight * sqrtf(luma * luma + DETAIL_CHROMA * (blue * blue + red * red));
    return 1.0f - cg_smoothstep(DETAIL_FROM, DETAIL_TO, distance);
}

/* What of a pixel its piece's gradient replaces if it is no detail, by the piece's area. */
static float flatness_of(float area_px)
{
    return FLATNESS * cg_smoothstep(SMALL_PX, LARGE_PX, area_px);
}

/* base: the gradients; flatness: of the pieces, by pixel. */
CG_MULTIVERSION
static void paint_row(const float *const base[3], const float *restrict flatness,
                      const float *restrict skin, const float *restrict soft, float amount,
                      int width, float *restrict colour)
{
    const float *restrict red = base[0], *restrict green = base[1], *restrict blue = base[2];
    for (int x = 0; x < width; x++) {
        float *pixel = colour + 3 * x;
        const float off[3] = {red[x] - pixel[0], green[x] - pixel[1], blue[x] - pixel[2]};
        float hard = 1.0f - cg_clamp_unit(SOFT_GAIN * soft[x]);
        float share = amount * flatness[x] * (1.0f - skin[x]) * hard * shading_of(pixel, off);
        pixel[0] += share * off[0];
        pixel[1] += share * off[1];
        pixel[2] += share * off[2];
    }
}

/* The gradients take the place of lab, which has served. */
static void paint(void *context, size_t row, int worker)
{
    struct cg_cel *cel = context;
    const int y = (int)row, *label = cel->regions.label + row * (size_t)cel->width;
    float *flatness = cg_plane_row(&cel->scratch, y), *base[3];
    (void)worker;
    for (int c = 0; c < 3; c++)
        base[c] = cg_plane_row(&cel->lab.c[c], y);
    for (int x = 0, end; x < cel->width; x = end) {
        const float flat = flatness_of(cel->regions.area_px[label[x]]);
        end = cg_run_end(label, x, cel->width);
        for (int c = 0; c < 3; c++)
            draw_gradient(gradient_of(cel, label[x]), c, y, x, end, base[c]);
        for (int i = x; i < end; i++)
            flatness[i] = flat;
    }
    paint_row((const float *const *)base, flatness, cg_plane_row(&cel->skin, y),
              cg_plane_row(&cel->soft, y), cel->amount, cel->width,
              cel->colour + 3 * row * (size_t)cel->width);
}

/* ---- the whole ------------------------------------------------------------------------------- */

void cg_cel_memory_clear(struct cg_cel_memory *memory)
{
    free(memory->strokes.memory);
    free(memory->counts.memory);
}

/* Cut the colour layer into regions and tones, with a gradient each. */
static enum cg_status cut(struct cg_cel *cel, struct cg_error *error)
{
    static const float speck_px[] = {8.0f, 24.0f, 60.0f}; /* the smallest first */
    const size_t rows = (size_t)cel->height;
    cel->tone = cg_alloc(rows * (size_t)cel->width, sizeof *cel->tone, "tones", error);
    if (cel->tone == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status =
        cg_regions_make(cel->pool, &cel->lab, &cel->lab, REGION_PRICE, &cel->regions, error);
    if (status == CG_OK)
        status = cg_cel_fit(cel, false, 0.0f, error);
    if (status != CG_OK)
        return status;
    cg_pool_run(cel->pool, rows, find_tones, cel);
    status = cg_regions_split(cel->pool, &cel->lab, cel->tone, TONE_SLOPE, &cel->regions, error);
    if (status == CG_OK)
        status = cg_regions_remove_specks(cel->pool, &cel->regions, speck_px,
                                          sizeof speck_px / sizeof *speck_px, SPECK_LEAST_PX,
                                          SPECK_STEP, error);
    if (status == CG_OK)
        status = cg_cel_fit(cel, true, SMALL_PX, error);
    return status;
}

enum cg_status cg_cel(struct cg_cel_memory *memory, struct cg_pool *pool, const float *photo,
                      struct cg_faces faces, float *colour, float *logit, int width, int height,
                      float amount, float fill, struct cg_error *error)
{
    const size_t rows = (size_t)height;
    struct cg_plane planes[PLANES];
    enum cg_status status =
        cg_cel_shock(memory->planes, pool, colour, width, height, amount, error);
    if (status == CG_OK)
        status = cg_cel_hold_vivid(memory->planes, pool, photo, logit, width, height, amount * fill,
                                   error);
    if (status == CG_OK)
        status =
            cg_cel_flow(memory, pool, photo, faces, colour, logit, width, height, amount, error);
    if (status == CG_OK)
        status = cg_planes_reserve(memory->planes, width, height, PLANES, planes, error);
    if (status != CG_OK)
        return status;
    struct cg_cel cel = {
        .memory = memory,
        .pool = pool,
        .width = width,
        .height = height,
        .amount = amount,
        .photo = photo,
        .colour = colour,
        .logit = logit,
        .lab = {{planes[0], planes[1], planes[2]}},
        .skin = planes[3],
        .soft = planes[4],
        .ground = planes[4],
        .scratch = planes[5],
    };
    cg_pool_run(pool, rows, part_colour, &cel);
    cg_plane_replicate(&cel.skin);
    cg_plane_blur(pool, &cel.skin, &cel.skin, &cel.scratch, SKIN_SIGMA_PX);
    status = cg_cel_take_stray(&cel, error);
    if (status == CG_OK)
        status = cut(&cel, error);
    if (status == CG_OK) {
        cg_pool_run(pool, rows, find_soft, &cel);
        cg_plane_replicate(&cel.soft);
        cg_plane_blur(pool, &cel.soft, &cel.soft, &cel.scratch, SOFT_SIGMA_PX);
        cg_pool_run(pool, rows, paint, &cel);
    }
    free(cel.gradient);
    free(cel.place);
    cg_regions_clear(&cel.regions);
    free(cel.tone);
    return status;
}
