/*
 * A row of a frame: see stabilizer_row.h. With trust w, age n of the carried value and age_max N:
 *
 *     n' = min(w n + 1, N)          share = w n / (n + 1)
 *     out = new + share * held(carried - new, limit w)
 *
 * which for w = 1 is the mean of the last frames, and for w = 0 the new frame. A layer adds
 * hysteresis: of carried - new, the part up to `held back` counts in full. Where the photo is dark,
 * more is: black and grey are both right there, and what was black stays black.
 */
#include "comic/stabilizer_row.h"

#include "base/clamp.h"
#include "base/luma.h"
#include "base/multiversion.h"
#include "comic/stabilizer.h"

#include <math.h>
#include <string.h>

/* Full trust up to the first, none from the second on, as multiples of the noise and a constant. */
#define TRUST_FULL_NOISES 1.5f
#define TRUST_FULL 0.018f
#define TRUST_NONE_NOISES 3.0f
#define TRUST_NONE 0.055f

/* What a pixel without contrast weighs in the search for cuts. */
#define CONTRAST_LEAST 0.002f

/* Differences are looked at in squares that reach so far to each side. */
#define AROUND_PX 2

/* Logits beyond this say the same to the renderer (LOGIT_LIMIT in render_fit.c). */
#define LOGIT_LIMIT 8.0f

/* Vectors shorter than this, in working pixels, are rest: nothing is interpolated then, so what
 * does not move is not blurred. */
#define REST_PX 0.1f

/* Above this stability everything grows faster, so that 1 can be seen to be smoother. */
#define CALMER 0.75f

/* At stability 1 differences are trusted up to so many times the size. */
#define LENIENCY 2.0f

/* How far the carried colour of a place that is not trusted goes along with the photo: all the way
 * costs more flicker than the frame or two until the next drawing are worth. */
#define FOLLOW 0.6f

/* Luma of what is taken for black altogether, and from where on nothing is. */
#define BLACK 0.12f
#define NOT_BLACK 0.30f

/* Linear up to CALMER, where it is that part of `plain`; then to `most`. */
static float rising(float stability, float plain, float most)
{
    float beyond = stability > CALMER ? (stability - CALMER) / (1.0f - CALMER) : 0.0f;
    return plain * stability + beyond * (most - plain);
}

struct cg_stabilizer_limits cg_stabilizer_limits_make(float stability)
{
    return (struct cg_stabilizer_limits){
        .leniency = rising(stability, 0.0f, LENIENCY - 1.0f) + 1.0f,
        .age_max = 1.0f + rising(stability, 14.0f, 30.0f),
        .photo = rising(stability, 0.06f, CG_STABILIZER_PHOTO_MAX),
        .colour = rising(stability, 0.10f, CG_STABILIZER_COLOUR_MAX),
        .logit = rising(stability, 8.0f, CG_STABILIZER_LOGIT_MAX),
        .colour_held = rising(stability, 0.02f, 0.04f),
        .logit_held = rising(stability, 2.0f, 3.0f),
        .black_held = 0.16f * stability,
        .black_logit = 4.0f * stability,
    };
}

static float hold(float value, float limit)
{
    return cg_clamp(value, -limit, limit);
}

/* ---- luma ------------------------------------------------------------------------------------ */

void cg_stabilizer_grey_row(const float *photo, const struct cg_stabilizer_pixel *former, int width,
                            int height, int y, float *grey, float *former_grey)
{
    size_t upper = (size_t)(2 * y) * (size_t)width;
    size_t lower = (size_t)cg_clamp_index(2 * y + 1, height) * (size_t)width;
    for (int x = 0; x < (width + 1) / 2; x++) {
        size_t left = (size_t)(2 * x), right = (size_t)cg_clamp_index(2 * x + 1, width);
        grey[x] =
            0.25f *
            (cg_luma_of(photo + 3 * (upper + left)) + cg_luma_of(photo + 3 * (upper + right)) +
             cg_luma_of(photo + 3 * (lower + left)) + cg_luma_of(photo + 3 * (lower + right)));
        former_grey[x] =
            0.25f *
            (cg_luma_of(former[upper + left].photo) + cg_luma_of(former[upper + right].photo) +
             cg_luma_of(former[lower + left].photo) + cg_luma_of(former[lower + right].photo));
    }
}

/* ---- carrying -------------------------------------------------------------------------------- */

/* The halved picture's vectors at working pixel (x, y), interpolated, in working pixels. */
static void vector_at(const float *vectors, int width, int height, int x, int y, float *out)
{
    int half_width = (width + 1) / 2, half_height = (height + 1) / 2;
    float px = 0.5f * (float)x - 0.25f, py = 0.5f * (float)y - 0.25f;
    int left = (int)floorf(px), top = (int)floorf(py);
    float tx = px - (float)left, ty = py - (float)top;
    int right = cg_clamp_index(left + 1, half_width), bottom = cg_clamp_index(top + 1, half_height);
    left = cg_clamp_index(left, half_width);
    top = cg_clamp_index(top, half_height);
    const float *upper = vectors + 2 * (size_t)top * (size_t)half_width;
    const float *lower = vectors + 2 * (size_t)bottom * (size_t)half_width;
    for (int c = 0; c < 2; c++) {
        float above = upper[2 * left + c] + tx * (upper[2 * right + c] - upper[2 * left + c]);
        float below = lower[2 * left + c] + tx * (lower[2 * right + c] - lower[2 * left + c]);
        out[c] = 2.0f * (above + ty * (below - above));
    }
}

static void cubic(float t, float weights[4])
{
    weights[0] = ((-0.5f * t + 1.0f) * t - 0.5f) * t;
    weights[1] = (1.5f * t - 2.5f) * t * t + 1.0f;
    weights[2] = ((-1.5f * t + 2.0f) * t + 0.5f) * t;
    weights[3] = (0.5f * t - 0.5f) * t * t;
}

/* A pixel as one vector. */
typedef float pixel_floats
    __attribute__((vector_size(sizeof(struct cg_stabilizer_pixel)), aligned(4), may_alias));

/* out = the sixteen pixels around (x, y), weighted; the edge is repeated outwards. */
static inline void interpolate(const struct cg_stabilizer_pixel *former, int width, int height,
                               float x, float y, struct cg_stabilizer_pixel *out)
{
    int left = (int)floorf(x), top = (int)floorf(y);
    float across[4], down[4];
    pixel_floats sum = {0.0f};
    size_t columns[4];
    cubic(x - (float)left, across);
    cubic(y - (float)top, down);
    for (int i = 0; i < 4; i++)
        columns[i] = (size_t)cg_clamp_index(left - 1 + i, width);
    for (int j = 0; j < 4; j++) {
        const struct cg_stabilizer_pixel *row =
            former + (size_t)cg_clamp_index(top - 1 + j, height) * (size_t)width;
        pixel_floats row_sum = across[0] * *(const pixel_floats *)&row[columns[0]];
        for (int i = 1; i < 4; i++)
            row_sum += across[i] * *(const pixel_floats *)&row[columns[i]];
        sum += down[j] * row_sum;
    }
    *(pixel_floats *)out = sum;
}

CG_MULTIVERSION
void cg_stabilizer_carry_row(const struct cg_stabilizer_pixel *former, const float *vectors,
                             int width, int height, int y, struct cg_stabilizer_pixel *carried)
{
    for (int x = 0; x < width; x++) {
        float vector[2];
        vector_at(vectors, width, height, x, y, vector);
        float from_x = (float)x + vector[0], from_y = (float)y + vector[1];
        if (fabsf(vector[0]) < REST_PX && fabsf(vector[1]) < REST_PX) {
            carried[x] = former[(size_t)y * (size_t)width + (size_t)x];
        } else if (from_x < -0.5f || from_y < -0.5f || from_x > (float)width - 0.5f ||
                   from_y > (float)height - 0.5f) {
            carried[x] = (struct cg_stabilizer_pixel){.age = 0.0f};
        } else {
            interpolate(former, width, height, from_x, from_y, &carried[x]);
            carried[x].age = carried[x].age > 1.0f ? carried[x].age : 1.0f;
        }
    }
}

/* ---- trust ----------------------------------------------------------------------------------- */

void cg_stabilizer_difference_row(const struct cg_stabilizer_pixel *carried, const float *photo,
                                  int width, float *difference)
{
    for (int x = 0; x < width; x++) {
        float r = carried[x].photo[0] - photo[3 * x], g = carried[x].photo[1] - photo[3 * x + 1];
        float b = carried[x].photo[2] - photo[3 * x + 2];
        difference[x] = carried[x].age > 0.0f ? (r * r + g * g + b * b) * (1.0f / 3.0f) : 1.0f;
    }
}

void cg_stabilizer_around_row(const float *difference, int width, int height, int y, float *out)
{
    const float scale = 1.0f / ((2 * AROUND_PX + 1) * (2 * AROUND_PX + 1));
    memset(out, 0, (size_t)width * sizeof(float));
    for (int d = -AROUND_PX; d <= AROUND_PX; d++) {
        const float *row = difference + (size_t)cg_clamp_index(y + d, height) * (size_t)width;
        for (int x = 0; x < width; x++)
            out[x] += row[x];
    }
    /* out[x] becomes the sum of columns x - AROUND_PX to x + AROUND_PX, those behind it kept */
    float behind[AROUND_PX + 1], last = out[width - 1];
    for (int i = 0; i <= AROUND_PX; i++)
        behind[i] = out[0];
    for (int x = 0; x < width; x++) {
        float sum = out[x];
        for (int i = 1; i <= AROUND_PX; i++)
            sum += behind[i - 1] + (x + i < width ? out[x + i] : last);
        for (int i = AROUND_PX; i > 0; i--)
            behind[i] = behind[i - 1];
        behind[0] = out[x];
        out[x] = sqrtf(sum * scale);
    }
}

struct cg_stabilizer_sums cg_stabilizer_trust_row(float *trust, const float *photo, float noise,
                                                  const struct cg_stabilizer_limits *limits,
                                                  int width)
{
    struct cg_stabilizer_sums sums = {0};
    float full = limits->leniency * (TRUST_FULL_NOISES * noise + TRUST_FULL);
    float none = limits->leniency * (TRUST_NONE_NOISES * noise + TRUST_NONE);
    float slope = 1.0f / (none - full);
    for (int x = 0; x < width; x++) {
        int left = cg_clamp_index(x - 1, width), right = cg_clamp_index(x + 1, width);
        float contrast = fabsf(photo[3 * right + 1] - photo[3 * left + 1]) + CONTRAST_LEAST;
        trust[x] = cg_clamp_unit((none - trust[x]) * slope);
        sums.trust += trust[x];
        sums.contrast_trust += contrast * trust[x];
        sums.contrast += contrast;
    }
    return sums;
}

/* ---- blending -------------------------------------------------------------------------------- */

CG_MULTIVERSION
void cg_stabilizer_photo_row(const float *photo, const float *trust,
                             const struct cg_stabilizer_limits *limits, int width,
                             struct cg_stabilizer_pixel *carried, float *smooth)
{
    for (int x = 0; x < width; x++) {
        struct cg_stabilizer_pixel *pixel = &carried[x];
        float share = trust[x] * pixel->age / (pixel->age + 1.0f), limit = limits->photo * trust[x];
        float follow = pixel->age > 0.0f ? FOLLOW * (1.0f - trust[x]) : 1.0f;
        for (int c = 0; c < 3; c++) {
            float here = photo[3 * x + c];
            smooth[3 * x + c] = here + share * hold(pixel->photo[c] - here, limit);
            pixel->colour[c] += follow * (smooth[3 * x + c] - pixel->photo[c]);
            pixel->photo[c] = smooth[3 * x + c];
        }
        pixel->logit = pixel->age > 0.0f ? pixel->logit : -LOGIT_LIMIT;
        float age = trust[x] * pixel->age + 1.0f;
        pixel->age = age < limits->age_max ? age : limits->age_max;
    }
}

static inline float blackness(const float *photo)
{
    return cg_clamp_unit((NOT_BLACK - cg_luma_of(photo)) * (1.0f / (NOT_BLACK - BLACK)));
}

/* What is added to a layer that is to move by so much. */
static inline float moved(float move, float share, float trust, float held, float limit)
{
    float kept = hold(move, held);
    return trust * kept + share * hold(move - kept, trust * (limit - held));
}

CG_MULTIVERSION
void cg_stabilizer_layers_row(const float *colour, const float *logit, const float *trust,
                              const struct cg_stabilizer_limits *limits, int width,
                              struct cg_stabilizer_pixel *carried, float *out_colour,
                              float *out_logit)
{
    for (int x = 0; x < width; x++) {
        struct cg_stabilizer_pixel *pixel = &carried[x];
        /* the age is the new one, which counts this frame */
        float share = trust[x] * (pixel->age - 1.0f) / pixel->age, black = blackness(pixel->photo);
        float colour_held = limits->colour_held + black * limits->black_held;
        float logit_held = limits->logit_held + black * limits->black_logit;
        float colour_limit = colour_held > limits->colour ? colour_held : limits->colour;
        for (int c = 0; c < 3; c++) {
            float here = colour[3 * x + c];
            float move = pixel->colour[c] - here;
            out_colour[3 * x + c] = pixel->colour[c] =
                here + moved(move, share, trust[x], colour_held, colour_limit);
        }
        float here = hold(logit[x], LOGIT_LIMIT);
        out_logit[x] = pixel->logit =
            here + moved(pixel->logit - here, share, trust[x], logit_held, limits->logit);
    }
}

CG_MULTIVERSION
void cg_stabilizer_kept_row(const struct cg_stabilizer_pixel *carried, int width, float *out_colour,
                            float *out_logit)
{
    for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++)
            out_colour[3 * x + c] = carried[x].colour[c];
        out_logit[x] = carried[x].logit;
    }
}
