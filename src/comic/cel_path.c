/* See cel_path.h. */
#include "comic/cel_path.h"

#include "base/luma.h"
#include "base/multiversion.h"

#include <math.h>

/* A step of colour: what chroma weighs in it, squared, and luma where it is dark. */
enum { REACH_PX = 2 };
#define CHROMA 0.7f
#define DARK_OFFSET 0.3f

/* What an edge has: a step, so much more on skin, and agreement on its direction. */
#define STEP_LEAST 0.05f
#define STEP_SKIN 1.0f
#define AGREE_LEAST 0.15f
#define BEND 0.8f /* cosine of the most that it turns in a pixel */
/* Of the photo's usual step, over so many pixels: less is another edge. */
#define LEAK 0.4f
enum { USUAL_PX = 30, MISSED_MOST = 3, SMOOTHINGS = 3 };

/* Where ink is dense there is some so far to its sides; where the photo is looked at. */
static const float dense_px[] = {4.0f, 6.5f, 9.5f};
static const float beside_px[] = {6.5f, 9.5f, 12.5f, 15.5f};
#define WIDE_PX 5.0f
#define SKIN_PX 5.0f
enum { LOOK_PX = 2, CHORD_PX = 3 };
/* Depths of colour that may be the same skin's, and that are not; red below which there is none. */
#define SAME_DEPTH 0.3f
#define OTHER_DEPTH 0.45f
#define DARK 0.05f

/* Of sky and clouds: luma, and blue less red. */
#define SKY_LUMA 0.4f
#define SKY_COLD 0.08f
#define CLOUD_COLD (-0.04f)

/* ---- steps ----------------------------------------------------------------------------------- */

/* From a colour to another, squared. */
static inline float step_squared(const float *a, const float *b)
{
    const float red = b[0] - a[0], green = b[1] - a[1], blue = b[2] - a[2];
    const float luma = cg_luma(red, green, blue);
    const float weight =
        DARK_OFFSET + (1.0f - DARK_OFFSET) * 0.5f * (cg_luma_of(a) + cg_luma_of(b));
    const float u = blue - luma, v = red - luma;
    return (luma * luma + CHROMA * (u * u + v * v)) / (weight * weight);
}

CG_MULTIVERSION_UNFUSED
static void find_steps(const float *restrict up, const float *restrict here,
                       const float *restrict down, int width, float *restrict step)
{
    for (int x = REACH_PX; x < width - REACH_PX; x++)
        step[x] = sqrtf(step_squared(here + 3 * (x - REACH_PX), here + 3 * (x + REACH_PX)) +
                        step_squared(up + 3 * x, down + 3 * x));
    for (int i = 0; i < REACH_PX && i < width; i++)
        step[i] = step[width - 1 - i] = 0.0f;
}

static void steps_row(void *context, size_t row, int worker)
{
    const struct cg_edges *edges = context;
    const int y = (int)row;
    const size_t stride = 3 * (size_t)edges->width, here = row * stride;
    const size_t up = (size_t)cg_clamp_index(y - REACH_PX, edges->height) * stride;
    const size_t down = (size_t)cg_clamp_index(y + REACH_PX, edges->height) * stride;
    (void)worker;
    find_steps(edges->colour + up, edges->colour + here, edges->colour + down, edges->width,
               cg_plane_row(&edges->step, y));
    find_steps(edges->photo + up, edges->photo + here, edges->photo + down, edges->width,
               cg_plane_row(&edges->photo_step, y));
}

void cg_edges_find_steps(struct cg_pool *pool, const struct cg_edges *edges)
{
    struct cg_edges context = *edges;
    cg_pool_run(pool, (size_t)edges->height, steps_row, &context);
}

/* ---- following ------------------------------------------------------------------------------- */

struct walk {
    float x, y, dx, dy;
    float usual; /* step of the photo */
    bool bends, fades;
};

static bool is_outside(const struct cg_edges *edges, float x, float y)
{
    return x < 1.0f || y < 1.0f || x > (float)(edges->width - 2) || y > (float)(edges->height - 2);
}

static bool is_dense(const struct cg_edges *edges, const struct walk *at)
{
    for (size_t i = 0; i < sizeof dense_px / sizeof *dense_px; i++) {
        const float dx = dense_px[i] * at->dx, dy = dense_px[i] * at->dy;
        if (cg_edges_ink(edges, at->x - dy, at->y + dx) > CG_LINE_LOGIT ||
            cg_edges_ink(edges, at->x + dy, at->y - dx) > CG_LINE_LOGIT)
            return true;
    }
    return false;
}

/* Move half a pixel to the side where the step is greater. Returns it. */
static float settle(const struct cg_edges *edges, struct walk *at)
{
    const float here = cg_edges_step(&edges->step, at->x, at->y);
    const float left = cg_edges_step(&edges->step, at->x + at->dy, at->y - at->dx);
    const float right = cg_edges_step(&edges->step, at->x - at->dy, at->y + at->dx);
    const float side = left > here && left > right ? -0.5f : right > here ? 0.5f : 0.0f;
    at->x -= side * at->dy;
    at->y += side * at->dx;
    return cg_most(here, cg_most(left, right));
}

/* To the next pixel; passed: how many there were, this one too. False: it is outside. */
static bool go_on(const struct cg_edges *edges, int passed, struct walk *at)
{
    const float dx = at->dx, dy = at->dy;
    at->x += dx;
    at->y += dy;
    if (is_outside(edges, at->x, at->y))
        return false;
    cg_edges_turn(edges, at->x, at->y, &at->dx, &at->dy);
    at->bends = at->dx * dx + at->dy * dy < BEND;
    if (at->bends) {
        at->dx = dx;
        at->dy = dy;
    }
    const float step = settle(edges, at);
    const float skin = cg_clamp_unit(2.0f * cg_edges_half(&edges->field->skin, at->x, at->y));
    const float photo = cg_edges_step(&edges->photo_step, at->x, at->y);
    at->fades = step < STEP_LEAST * (1.0f + STEP_SKIN * skin) || photo < LEAK * at->usual ||
                cg_edges_half(&edges->field->agree, at->x, at->y) < AGREE_LEAST;
    at->usual += (photo - at->usual) / (float)(passed < USUAL_PX ? passed : USUAL_PX);
    return true;
}

void cg_path_follow(const struct cg_edges *edges, float x, float y, float dx, float dy, int most_px,
                    int clear_px, struct cg_path *path)
{
    struct walk at = {.x = x, .y = y, .dx = dx, .dy = dy};
    const int first = path->count;
    int whole = first; /* up to where it is an edge */
    path->inked[1] = false;
    for (int i = 1, missed = 0; i <= most_px && missed <= MISSED_MOST && !path->inked[1]; i++) {
        if (!go_on(edges, i, &at)) {
            path->inked[1] = true;
            break;
        }
        path->x[first + i - 1] = at.x;
        path->y[first + i - 1] = at.y;
        path->dense += is_dense(edges, &at);
        path->inked[1] = i > clear_px && cg_edges_ink(edges, at.x, at.y) > CG_LINE_LOGIT;
        missed = at.fades ? missed + 1 : at.bends ? missed : 0;
        if (!at.fades || path->inked[1])
            whole = first + i;
    }
    path->count = whole;
}

void cg_path_reverse(struct cg_path *path)
{
    for (int i = 0, k = path->count - 1; i < k; i++, k--) {
        const float x = path->x[i], y = path->y[i];
        path->x[i] = path->x[k];
        path->y[i] = path->y[k];
        path->x[k] = x;
        path->y[k] = y;
    }
    const bool last = path->inked[1];
    path->inked[1] = path->inked[0];
    path->inked[0] = last;
}

/* v = the mean of itself, twice, and both neighbours; the ends stay. */
static void smooth(float *v, int count)
{
    float before = v[0];
    for (int i = 1; i + 1 < count; i++) {
        const float here = v[i];
        v[i] = 0.25f * (before + 2.0f * here + v[i + 1]);
        before = here;
    }
}

void cg_path_smooth(struct cg_path *path)
{
    for (int i = 0; i < SMOOTHINGS; i++) {
        smooth(path->x, path->count);
        smooth(path->y, path->count);
    }
}

/* ---- looking --------------------------------------------------------------------------------- */

/* Bright and without warmth, and blue at least at one side. */
static bool is_sky(const float left[3], const float right[3])
{
    const float cold[2] = {left[2] - left[0], right[2] - right[0]};
    return cg_luma_of(left) > SKY_LUMA && cg_luma_of(right) > SKY_LUMA &&
           cg_least(cold[0], cold[1]) > CLOUD_COLD && cg_most(cold[0], cold[1]) > SKY_COLD;
}

/* How much less blue than red there is. In light and in shade that is much the same on skin; it is
 * not for red hair before a beige wall, which have skin's hue, too. */
static float depth_of(const float pixel[3])
{
    return (pixel[0] - pixel[2]) / cg_most(pixel[0], DARK);
}

static void look(const struct cg_edges *edges, float x, float y, float dx, float dy,
                 struct cg_evidence *sum)
{
    const size_t count = sizeof beside_px / sizeof *beside_px;
    sum->step += cg_edges_step(&edges->photo_step, x, y);
    for (size_t i = 0; i < count; i++) {
        const float u = beside_px[i] * dx, v = beside_px[i] * dy, share = 1.0f / (float)count;
        sum->beside[0] += share * cg_edges_step(&edges->photo_step, x - v, y + u);
        sum->beside[1] += share * cg_edges_step(&edges->photo_step, x + v, y - u);
    }
    const float *left =
        edges->photo + 3 * cg_edges_pixel(edges, x + WIDE_PX * dy, y - WIDE_PX * dx);
    const float *right =
        edges->photo + 3 * cg_edges_pixel(edges, x - WIDE_PX * dy, y + WIDE_PX * dx);
    sum->wide_step += sqrtf(step_squared(left, right));
    sum->sky += is_sky(left, right) ? 1.0f : 0.0f;
    const float skin =
        cg_least(cg_edges_half(&edges->field->skin, x - SKIN_PX * dy, y + SKIN_PX * dx),
                 cg_edges_half(&edges->field->skin, x + SKIN_PX * dy, y - SKIN_PX * dx));
    const float differ = fabsf(depth_of(left) - depth_of(right));
    sum->skin += skin > 1.0f ? skin : skin * (1.0f - cg_ramp(SAME_DEPTH, OTHER_DEPTH, differ));
    sum->looks++;
}

struct cg_evidence cg_path_look(const struct cg_edges *edges, const struct cg_path *path)
{
    struct cg_evidence sum = {.looks = 0};
    float old_dx = 0.0f, old_dy = 0.0f;
    for (int i = 0; i + CHORD_PX < path->count; i += LOOK_PX) {
        const float x = path->x[i], y = path->y[i];
        float dx = path->x[i + CHORD_PX] - x, dy = path->y[i + CHORD_PX] - y;
        const float length = sqrtf(dx * dx + dy * dy);
        if (length < 0.2f)
            continue;
        dx /= length;
        dy /= length;
        if (sum.looks > 0)
            sum.turned += fabsf(atan2f(old_dx * dy - old_dy * dx, old_dx * dx + old_dy * dy));
        old_dx = dx;
        old_dy = dy;
        look(edges, x, y, dx, dy, &sum);
    }
    return sum;
}
