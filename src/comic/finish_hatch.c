/*
 * Pen strokes in the shadows. The plane is laid out in lanes, one stroke's spacing apart, for each
 * of DIRECTIONS fixed directions. A lane is cut into strokes of uneven length, and each stroke has
 * its own small shift, tilt and readiness to appear; it swells with the darkness under it and runs
 * out where that ends. Darker places get a second layer across the first, then a third, then black.
 *
 * Which direction a place is hatched in follows the form (finish_form.c), snapped to the nearest of
 * the directions: a hand keeps to one for a patch and then shifts. Between two patches the strokes
 * of both run out over each other.
 */
#include "base/multiversion.h"
#include "comic/finish_parts.h"

#define DIRECTIONS 6
#define PI 3.14159265f
#define FIRST_ANGLE (PI / 12.0f)

/* Double angles: a patch keeps its strokes up to 10 degrees off, and has lost them at 20. */
#define PATCH_FULL 0.93969f
#define PATCH_END 0.76604f

/* Where darkness begins and where it has its widest strokes, the widest stroke (of a spacing), and
 * the angle to the first layer in steps of DIRECTIONS. */
struct layer {
    float from, to, width;
    int turn;
};
static const struct layer layers_of_strokes[] = {
    {0.26f, 0.72f, 0.46f, 0}, {0.47f, 0.84f, 0.42f, 2}, {0.66f, 0.95f, 0.42f, 4}};
#define LAYERS (int)(sizeof(layers_of_strokes) / sizeof(layers_of_strokes[0]))
#define BLACK_FROM 0.84f
#define BLACK_TO 0.92f

#define THINNEST 0.15f  /* of a spacing */
#define LENGTH_MIN 9.0f /* of a stroke, in spacings */
#define LENGTH_SPREAD 14.0f
#define TAPER 2.2f   /* spacings in which a stroke runs out */
#define WOBBLE 0.22f /* spacings that lanes sway together */
#define SHIFT 0.30f  /* spacings that one stroke is off its lane, at most half of it */
#define TILT 0.22f
#define READINESS 0.10f /* darkness, at most half of it */

/* ---- strokes --------------------------------------------------------------------------------- */

/* Bits that have nothing to do with each other for neighbouring numbers (Steele, Lea and Flood
 * 2014, "Fast splittable pseudorandom number generators": its finisher for 32 bits). */
static inline uint32_t mix(uint32_t bits)
{
    bits = (bits ^ (bits >> 16)) * 0x85ebca6bu;
    bits = (bits ^ (bits >> 13)) * 0xc2b2ae35u;
    return bits ^ (bits >> 16);
}

/* Ten bits of a number, as -0.5 to 0.5. */
static inline float part(uint32_t bits, int which)
{
    return (float)(bits >> (10 * which) & 1023u) * (1.0f / 1023.0f) - 0.5f;
}

/* A place in spacings: along the lanes, and across them. */
struct place {
    float along, across;
};

/* The stroke of a lane that a place belongs to. */
struct stroke {
    float off_lane; /* of the place from its lane's middle */
    float to_end;   /* spacings to the nearer end */
    float through;  /* -0.5 at the stroke's beginning, 0.5 at its end */
    uint32_t random;
};

static inline struct stroke stroke_at(struct place place, uint32_t layer)
{
    float bend = 0.2f * cg_arch(0.018f * place.across);
    float sway = cg_arch(0.027f * place.along + bend) +
                 0.5f * cg_arch(0.065f * place.along + 0.037f * place.across);
    float across = place.across + WOBBLE * sway, lane = floorf(across + 0.5f);
    uint32_t random = mix((uint32_t)(int32_t)lane * 0x9e3779b9u + layer * 0x632be5abu);
    float length = LENGTH_MIN + LENGTH_SPREAD * (part(random, 0) + 0.5f);
    float strokes = place.along / length + part(random, 1);
    float number = floorf(strokes), through = strokes - number;
    return (struct stroke){
        .off_lane = across - lane,
        .to_end = length * (0.5f - fabsf(through - 0.5f)),
        .through = through - 0.5f,
        .random = mix(random + (uint32_t)(int32_t)number * 0x85157af5u),
    };
}

/* Part of the pixel that is `distance` from the middle of a line that the line covers; all in
 * pixels. */
static inline float line_cover(float distance, float half_width)
{
    float right = distance + 0.5f, left = distance - 0.5f;
    right = right < half_width ? right : half_width;
    left = left > -half_width ? left : -half_width;
    return right > left ? right - left : 0.0f;
}

/* Ink of one layer's strokes. darkness, from 0 to 1; presence: 0 to 1, of this direction here. */
static inline float stroke_ink(const struct layer *layer, const struct stroke *stroke,
                               float darkness, float presence, float spacing_px)
{
    float ready = darkness + READINESS * part(stroke->random, 0);
    float appears = cg_ramp(layer->from, layer->from + 0.05f, ready) * presence;
    float swell = cg_ramp(layer->from, layer->to, ready);
    float taper = cg_smoothstep(0.0f, TAPER, stroke->to_end + 2.0f * swell * swell);
    float width = (THINNEST + (layer->width - THINNEST) * swell) * appears * taper;
    float off = stroke->off_lane -
                (1.0f - swell) * (SHIFT * part(stroke->random, 1) +
                                  TILT * part(stroke->random, 2) * 2.0f * stroke->through);
    return line_cover(fabsf(off) * spacing_px, 0.5f * width * spacing_px);
}

/* ---- a row ----------------------------------------------------------------------------------- */

static void direction_of(int index, float *cosine, float *sine)
{
    float angle = FIRST_ANGLE + (float)index * (PI / DIRECTIONS);
    *cosine = cosf(angle);
    *sine = sinf(angle);
}

/* Cosines and sines of the directions, and of twice their angles. */
struct directions {
    float cosine[DIRECTIONS], sine[DIRECTIONS];
    float double_cosine[DIRECTIONS], double_sine[DIRECTIONS];
};

static struct directions directions_make(void)
{
    struct directions d;
    for (int k = 0; k < DIRECTIONS; k++) {
        direction_of(k, &d.cosine[k], &d.sine[k]);
        d.double_cosine[k] = d.cosine[k] * d.cosine[k] - d.sine[k] * d.sine[k];
        d.double_sine[k] = 2.0f * d.cosine[k] * d.sine[k];
    }
    return d;
}

/* Darkness and direction at a tap of row and column. */
static inline void form_at(const struct cg_hatch *hatch, const struct cg_tap *row,
                           const struct cg_tap *column, float form[3])
{
    int y0 = row->index < 0 ? 0 : row->index, x0 = column->index < 0 ? 0 : column->index;
    int y1 = row->index + 1 < hatch->height ? row->index + 1 : hatch->height - 1;
    int x1 = column->index + 1 < hatch->width ? column->index + 1 : hatch->width - 1;
    const float *above = hatch->maps + 3 * (size_t)y0 * (size_t)hatch->width;
    const float *below = hatch->maps + 3 * (size_t)y1 * (size_t)hatch->width;
    for (int c = 0; c < 3; c++) {
        float top = above[3 * x0 + c] + column->linear * (above[3 * x1 + c] - above[3 * x0 + c]);
        float low = below[3 * x0 + c] + column->linear * (below[3 * x1 + c] - below[3 * x0 + c]);
        form[c] = top + row->linear * (low - top);
    }
}

struct block {
    float x[CG_FINISH_BLOCK_PX], y; /* in spacings */
    float darkness[CG_FINISH_BLOCK_PX], darkest;
    float cosine[CG_FINISH_BLOCK_PX], sine[CG_FINISH_BLOCK_PX]; /* of twice the angle */
    float presence[CG_FINISH_BLOCK_PX];                         /* of one direction */
    float white[CG_FINISH_BLOCK_PX];                            /* what is left */
};

CG_MULTIVERSION
static void block_fill(const struct cg_hatch *hatch, const struct cg_finish_span *span,
                       size_t begin, struct block *block)
{
    block->darkest = 0.0f;
    for (size_t i = 0; i < CG_FINISH_BLOCK_PX; i++) {
        float form[3] = {0};
        if (begin + i < span->count)
            form_at(hatch, &span->row, &span->columns[begin + i], form);
        block->darkness[i] = form[0];
        block->cosine[i] = form[1];
        block->sine[i] = form[2];
        block->darkest = form[0] > block->darkest ? form[0] : block->darkest;
    }
    int left = span->left + (int)begin;
    for (int i = 0; i < CG_FINISH_BLOCK_PX; i++) {
        float c = block->cosine[i], s = block->sine[i], length = sqrtf(c * c + s * s) + 1e-6f;
        block->x[i] = ((float)(left + i) + 0.5f) / hatch->spacing_px;
        block->cosine[i] = c / length;
        block->sine[i] = s / length;
    }
}

/* Whether a direction's strokes are anywhere in the block. */
CG_MULTIVERSION
static bool block_find(struct block *block, float double_cosine, float double_sine)
{
    float most = 0.0f;
    for (int i = 0; i < CG_FINISH_BLOCK_PX; i++) {
        float near = block->cosine[i] * double_cosine + block->sine[i] * double_sine;
        block->presence[i] = cg_smoothstep(PATCH_END, PATCH_FULL, near);
    }
    for (int i = 0; i < CG_FINISH_BLOCK_PX; i++)
        most = block->presence[i] > most ? block->presence[i] : most;
    return most > 0.0f;
}

/* A layer's strokes at an angle; seed: of layer and angle. */
CG_MULTIVERSION
static void block_stroke(struct block *block, const struct layer *layer, float cosine, float sine,
                         uint32_t seed, float spacing_px)
{
    for (int i = 0; i < CG_FINISH_BLOCK_PX; i++) {
        float x = block->x[i], y = block->y;
        struct place place = {cosine * x + sine * y, cosine * y - sine * x};
        struct stroke stroke = stroke_at(place, seed);
        block->white[i] *=
            1.0f - stroke_ink(layer, &stroke, block->darkness[i], block->presence[i], spacing_px);
    }
}

/* What all layers leave white. */
static void block_hatch(struct block *block, const struct directions *d, float spacing_px)
{
    for (int i = 0; i < CG_FINISH_BLOCK_PX; i++)
        block->white[i] = 1.0f - cg_smoothstep(BLACK_FROM, BLACK_TO, block->darkness[i]);
    for (int k = 0; k < DIRECTIONS; k++) {
        if (!block_find(block, d->double_cosine[k], d->double_sine[k]))
            continue;
        for (int i = 0; i < LAYERS; i++) {
            const struct layer *layer = &layers_of_strokes[i];
            if (block->darkest <= layer->from - READINESS)
                break;
            int turned = (k + layer->turn) % DIRECTIONS;
            block_stroke(block, layer, d->cosine[turned], d->sine[turned],
                         (uint32_t)(turned * LAYERS + i), spacing_px);
        }
    }
}

void cg_hatch_row(const struct cg_hatch *hatch, const struct cg_finish_span *span, float *keep)
{
    const struct directions directions = directions_make();
    struct block block = {.y = ((float)span->y + 0.5f) / hatch->spacing_px};
    for (size_t begin = 0; begin < span->count; begin += CG_FINISH_BLOCK_PX) {
        size_t count = cg_finish_block_count(span->count, begin);
        block_fill(hatch, span, begin, &block);
        if (block.darkest <= layers_of_strokes[0].from - READINESS)
            continue;
        block_hatch(&block, &directions, hatch->spacing_px);
        for (size_t i = 0; i < count; i++)
            keep[begin + i] *= block.white[i];
    }
}
