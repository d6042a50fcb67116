/*
 * Ink that is nobody's. Stray strokes, by themselves on light ground where the photo has nothing
 * dark, as the network sets them on clouds, foam and snow, are taken away: what is darker than
 * around it stays, and so do strokes that have others near, as the parts of an outline or letters
 * have. So are crumbs, the shortest of strokes, wherever the photo is not much darker than around:
 * texture has them, letters and eyes are darker. Those on skin stay. Within green, as in grass and
 * leaves, longer ones go as well.
 */
#include "comic/cel_parts.h"

#include "base/clamp.h"
#include "base/luma.h"

#include <string.h>

#define INK_LOGIT (-3.5f) /* of ink that can be seen, if only just */
#define STRAY_LOGIT 8.0f

#define GROUND_SIGMA_PX 8.0f
/* Luma around a stroke, and by how much the stroke is darker. */
#define GROUND_FROM 0.50f
#define GROUND_TO 0.60f
#define DARKER_FROM 0.04f
#define DARKER_TO 0.10f

/* Length, across and down together, of the longest stray strokes. */
#define LENGTH_FROM_PX 100.0f
#define LENGTH_TO_PX 250.0f
#define CELL_PX 16   /* what is near is counted by cells, */
#define NEAR_CELLS 3 /* of which so many more to each side */
#define NEAR_FROM_PX 300.0f
#define NEAR_TO_PX 700.0f

/* Crumbs: their length, how much darker the photo is, and how much skin there is at their sides. */
#define CRUMB_FROM_PX 20.0f
#define CRUMB_TO_PX 45.0f
#define CRUMB_DARKER_FROM 0.12f
#define CRUMB_DARKER_TO 0.25f
#define CRUMB_SKIN_FROM 0.3f
#define CRUMB_SKIN_TO 0.6f
#define BESIDE_PX 4

/* The same within green. */
#define LEAF_FROM_PX 100.0f
#define LEAF_TO_PX 200.0f
#define LEAF_DARKER_FROM 0.15f
#define LEAF_DARKER_TO 0.30f
#define LEAF_GREEN_FROM 0.4f
#define LEAF_GREEN_TO 0.7f

struct stroke {
    float area_px, ground, luma, skin, green; /* sums */
    float share;                              /* of it that is taken away */
};

struct stray {
    struct cg_cel *cel;
    struct cg_strokes strokes;
    struct stroke *stroke; /* by number */
    float *cell_px;        /* inked pixels of each cell */
    int cells_across, cells_down;
};

static void luma_row(void *context, size_t row, int worker)
{
    const struct cg_cel *cel = context;
    const float *photo = cel->photo + 3 * row * (size_t)cel->width;
    float *luma = cg_plane_row(&cel->ground, (int)row);
    (void)worker;
    for (int x = 0; x < cel->width; x++)
        luma[x] = cg_luma_of(photo + 3 * x);
    cg_plane_replicate_row(luma, cel->width);
}

/* How much a colour is one of leaves: green leads, if only just before red. */
static float green_of(const float rgb[3])
{
    return cg_ramp(-0.04f, 0.02f, rgb[1] - rgb[0]) * cg_ramp(0.03f, 0.10f, rgb[1] - rgb[2]);
}

/* ---- strokes --------------------------------------------------------------------------------- */

static void add_run(struct stray *stray, int y, const struct cg_run *run, struct stroke *stroke)
{
    const struct cg_cel *cel = stray->cel;
    const float *photo = cel->photo + 3 * (size_t)y * (size_t)cel->width;
    const float *ground = cg_plane_row(&cel->ground, y);
    const float *skin = cg_plane_row(&cel->skin, y);
    for (int x = run->first; x < run->end; x++) {
        stroke->luma += cg_luma_of(photo + 3 * x);
        stroke->ground += ground[x];
        stray->cell_px[y / CELL_PX * stray->cells_across + x / CELL_PX] += 1.0f;
    }
    const float half = 0.5f * (float)(run->end - run->first);
    const float *left = photo + 3 * cg_clamp_index(run->first - BESIDE_PX, cel->width);
    const float *right = photo + 3 * cg_clamp_index(run->end - 1 + BESIDE_PX, cel->width);
    stroke->area_px += 2.0f * half;
    stroke->skin += half * (skin[run->first - BESIDE_PX] + skin[run->end - 1 + BESIDE_PX]);
    stroke->green += half * (green_of(left) + green_of(right));
}

/* Inked pixels near a stroke that are not its own. */
static float near_px(const struct stray *stray, int number)
{
    const struct cg_extent *extent = &stray->strokes.extents[number];
    const int left = extent->left / CELL_PX - NEAR_CELLS;
    const int right = extent->right / CELL_PX + NEAR_CELLS;
    const int bottom = extent->bottom / CELL_PX + NEAR_CELLS;
    float sum = -stray->stroke[number].area_px;
    for (int y = extent->top / CELL_PX - NEAR_CELLS; y <= bottom; y++)
        for (int x = left; x <= right; x++)
            if (y >= 0 && y < stray->cells_down && x >= 0 && x < stray->cells_across)
                sum += stray->cell_px[y * stray->cells_across + x];
    return sum;
}

static float stray_of(const struct stray *stray, int number, float length_px, float ground,
                      float darker)
{
    const float share = (1.0f - cg_smoothstep(LENGTH_FROM_PX, LENGTH_TO_PX, length_px)) *
                        cg_smoothstep(GROUND_FROM, GROUND_TO, ground) *
                        (1.0f - cg_smoothstep(DARKER_FROM, DARKER_TO, darker));
    return share > 0.0f
               ? share * (1.0f - cg_smoothstep(NEAR_FROM_PX, NEAR_TO_PX, near_px(stray, number)))
               : 0.0f;
}

static float crumb_of(float length_px, float darker, float skin)
{
    return (1.0f - cg_smoothstep(CRUMB_FROM_PX, CRUMB_TO_PX, length_px)) *
           (1.0f - cg_smoothstep(CRUMB_DARKER_FROM, CRUMB_DARKER_TO, darker)) *
           (1.0f - cg_smoothstep(CRUMB_SKIN_FROM, CRUMB_SKIN_TO, skin));
}

static float leaf_of(float length_px, float darker, float green)
{
    return (1.0f - cg_smoothstep(LEAF_FROM_PX, LEAF_TO_PX, length_px)) *
           (1.0f - cg_smoothstep(LEAF_DARKER_FROM, LEAF_DARKER_TO, darker)) *
           cg_smoothstep(LEAF_GREEN_FROM, LEAF_GREEN_TO, green);
}

static float share_of(const struct stray *stray, int number)
{
    const struct stroke *stroke = &stray->stroke[number];
    const float length_px = cg_extent_length_px(&stray->strokes.extents[number]);
    if (length_px >= LENGTH_TO_PX)
        return 0.0f;
    const float ground = stroke->ground / stroke->area_px;
    const float darker = ground - stroke->luma / stroke->area_px;
    const float crumb = crumb_of(length_px, darker, stroke->skin / stroke->area_px);
    const float leaf = leaf_of(length_px, darker, stroke->green / stroke->area_px);
    return cg_most(stray_of(stray, number, length_px, ground, darker), cg_most(crumb, leaf));
}

static void take_row(void *context, size_t row, int worker)
{
    const struct stray *stray = context;
    const struct cg_cel *cel = stray->cel;
    float *logit = cel->logit + row * (size_t)cel->width;
    (void)worker;
    for (size_t i = stray->strokes.row[row]; i < stray->strokes.row[row + 1]; i++) {
        const struct cg_run *run = &stray->strokes.runs[i];
        for (int x = run->first; x < run->end; x++)
            logit[x] -= cel->amount * STRAY_LOGIT * stray->stroke[run->stroke].share;
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void look_at_strokes(struct stray *stray)
{
    const struct cg_strokes *strokes = &stray->strokes;
    for (int y = 0; y < stray->cel->height; y++)
        for (size_t i = strokes->row[y]; i < strokes->row[y + 1]; i++)
            add_run(stray, y, &strokes->runs[i], &stray->stroke[strokes->runs[i].stroke]);
    for (int i = 0; i < strokes->count; i++)
        stray->stroke[i].share = share_of(stray, i);
}

/* Zero counts of strokes and cells, in the kept memory. */
static enum cg_status place_counts(struct stray *stray, struct cg_error *error)
{
    struct cg_buffer *memory = &stray->cel->memory->counts;
    const size_t cells = (size_t)stray->cells_across * (size_t)stray->cells_down;
    const size_t strokes = (size_t)stray->strokes.count;
    const size_t nbytes = strokes * sizeof *stray->stroke + cells * sizeof *stray->cell_px;
    enum cg_status status = cg_buffer_reserve(memory, 1, nbytes, 1, "strokes", error);
    if (status != CG_OK)
        return status;
    memset(memory->memory, 0, nbytes);
    stray->stroke = memory->memory;
    stray->cell_px = (float *)(stray->stroke + strokes);
    return CG_OK;
}

enum cg_status cg_cel_take_stray(struct cg_cel *cel, struct cg_error *error)
{
    const size_t rows = (size_t)cel->height;
    struct stray stray = {.cel = cel,
                          .cells_across = cel->width / CELL_PX + 1,
                          .cells_down = cel->height / CELL_PX + 1};
    enum cg_status status =
        cg_strokes_find(&cel->memory->strokes, cel->logit, cel->width, cel->width, cel->height,
                        INK_LOGIT, &stray.strokes, error);
    if (status == CG_OK)
        status = place_counts(&stray, error);
    if (status != CG_OK)
        return status;
    cg_pool_run(cel->pool, rows, luma_row, cel);
    cg_plane_blur(cel->pool, &cel->ground, &cel->ground, &cel->scratch, GROUND_SIGMA_PX);
    look_at_strokes(&stray);
    cg_pool_run(cel->pool, rows, take_row, &stray);
    return CG_OK;
}
