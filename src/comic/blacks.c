/* Spotted blacks: see blacks.h. */
#include "comic/blacks.h"

#include "base/luma.h"
#include "base/memory.h"
#include "base/multiversion.h"
#include "comic/skin.h"
#include "image/regions.h"

#include <math.h>
#include <stdlib.h>

/* Of the picture's range of tones, where dark ends at an amount of 1, and how much may be dark. */
#define DARK_RANGE 0.28f
#define DARK_SHARE 0.45f
#define DARKEST_SHARE 0.005f /* of the picture, below its range; outliers are not counted */
#define LIGHTEST_SHARE 0.95f
#define BLACK_TONE 0.1f /* in the photo; a darker shape is black, however much there is of it */

#define CHROMA_WEIGHT 0.4f /* vivid colours count as lighter than grey of their luma, */
#define SKIN_WEIGHT 0.6f   /* and so does skin */
#define SKIN_SIGMA_PX 3.0f
#define TONE_SIGMA_PX 1.3f

#define SHAPE_SHARE 0.0005f /* of the picture: the smallest shape */
#define SHAPE_STEP 0.023f   /* of tone from pixel to pixel across its edge, on average: at least */
#define DEPTH 0.7f /* from the darkest tone to the end of dark: mean tone of a shape, at most */
#define WIDE_SHARE 0.1f /* of the picture; from there on a shape has to be darker: */
#define WIDE_TONE 0.22f
#define SPECK_KEEP_PX 24.0f /* smallest speck that stays if its tone steps by: */
#define SPECK_STEP 0.12f

/* An edge is as soft as lines are, and its small bends are rounded off. */
#define EDGE_SIGMA_PX 2.0f
#define EDGE_GAIN 20.0f /* of the logit, from outside to inside */
#define EDGE_AT 0.36f   /* less than a half: blurred tones are light a pixel within the edge */

enum { LEVELS = 512, PLANES = 4 };

struct blacks {
    const struct cg_layers *layers;
    float *logit;
    struct cg_plane tone, skin, scratch;
    struct cg_plane none; /* zero */
    struct cg_regions regions;
    int8_t *dark;         /* by pixel: 1 or 0 */
    float darkest, end;   /* tones between which it is dark */
    float *black;         /* by region: 1 or 0 */
    struct cg_plane mark; /* by pixel, what is kept */
};

/* ---- tones ----------------------------------------------------------------------------------- */

static inline float tone_of(const float rgb[3])
{
    float luma = cg_luma_709_of(rgb);
    return luma + CHROMA_WEIGHT * (fmaxf(rgb[0], fmaxf(rgb[1], rgb[2])) - luma);
}

CG_MULTIVERSION
static void tone_row(const float *restrict colour, const float *restrict photo, int width,
                     float *restrict tone, float *restrict skin)
{
    for (int x = 0; x < width; x++) {
        tone[x] = tone_of(colour + 3 * x);
        skin[x] = cg_skin_of(photo[3 * x], photo[3 * x + 1], photo[3 * x + 2]);
    }
}

static void find_tones(void *context, size_t row, int worker)
{
    struct blacks *blacks = context;
    const struct cg_layers *layers = blacks->layers;
    const size_t first = 3 * row * (size_t)layers->width;
    (void)worker;
    tone_row(layers->colour + first, layers->photo + first, layers->width,
             cg_plane_row(&blacks->tone, (int)row), cg_plane_row(&blacks->skin, (int)row));
}

static void spare_skin(void *context, size_t row, int worker)
{
    struct blacks *blacks = context;
    float *tone = cg_plane_row(&blacks->tone, (int)row);
    const float *skin = cg_plane_row(&blacks->skin, (int)row);
    (void)worker;
    for (int x = 0; x < blacks->layers->width; x++)
        tone[x] += SKIN_WEIGHT * skin[x];
}

/* What is no number counts as black. */
static int level_of(float tone)
{
    return !(tone > 0.0f) ? 0 : tone < 1.0f ? (int)(tone * LEVELS) : LEVELS - 1;
}

/* The tone below which so many pixels lie. */
static float tone_below(const int *histogram, float pixels)
{
    int level = 0, sum = histogram[0];
    while (level + 1 < LEVELS && (float)sum <= pixels)
        sum += histogram[++level];
    return (float)level / LEVELS;
}

static void measure_dark(struct blacks *blacks, float amount)
{
    const int width = blacks->layers->width, height = blacks->layers->height;
    const float area = (float)width * (float)height;
    int histogram[LEVELS] = {0};
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            histogram[level_of(cg_plane_row(&blacks->tone, y)[x])]++;
    blacks->darkest = tone_below(histogram, DARKEST_SHARE * area);
    float lightest = tone_below(histogram, LIGHTEST_SHARE * area);
    blacks->end = blacks->darkest + amount * DARK_RANGE * (lightest - blacks->darkest);
}

/* ---- shapes ---------------------------------------------------------------------------------- */

static void find_dark(void *context, size_t row, int worker)
{
    struct blacks *blacks = context;
    const float *tone = cg_plane_row(&blacks->tone, (int)row);
    int8_t *dark = blacks->dark + row * (size_t)blacks->layers->width;
    (void)worker;
    for (int x = 0; x < blacks->layers->width; x++)
        dark[x] = tone[x] < blacks->end;
}

/* Cut the picture into dark and light pieces, without specks of either in the other. */
static enum cg_status cut(struct blacks *blacks, struct cg_pool *pool, struct cg_error *error)
{
    static const float speck_px[] = {8.0f, 24.0f, 60.0f, 120.0f};
    const struct cg_lab lab = {{blacks->tone, blacks->none, blacks->none}};
    const int width = blacks->layers->width, height = blacks->layers->height;
    const size_t pixels = (size_t)width * (size_t)height;
    blacks->regions = (struct cg_regions){.width = width, .height = height, .count = 1};
    blacks->regions.label = cg_alloc_zero(pixels, sizeof(int), "shapes", error);
    blacks->dark = cg_alloc(pixels, 1, "shapes", error);
    if (blacks->regions.label == NULL || blacks->dark == NULL)
        return CG_ERR_MEMORY;
    cg_pool_run(pool, (size_t)height, find_dark, blacks);
    enum cg_status status =
        cg_regions_split(pool, &lab, blacks->dark, 0.0f, &blacks->regions, error);
    if (status == CG_OK)
        status = cg_regions_remove_specks(pool, &blacks->regions, speck_px,
                                          sizeof speck_px / sizeof *speck_px, SPECK_KEEP_PX,
                                          SPECK_STEP, error);
    return status;
}

struct piece {
    int number;
    float tone, photo_tone, area_px, edge_px, edge_step;
};

static int compare_pieces(const void *x, const void *y)
{
    const struct piece *p = x, *q = y;
    return p->tone != q->tone ? (p->tone > q->tone) - (p->tone < q->tone) : p->number - q->number;
}

static void add_photo(const struct blacks *blacks, struct piece *pieces)
{
    const struct cg_regions *regions = &blacks->regions;
    for (int i = 0; i < regions->width * regions->height; i++) {
        struct piece *piece = &pieces[regions->label[i]];
        piece->photo_tone += tone_of(blacks->layers->photo + 3 * (size_t)i) / piece->area_px;
    }
}

/* Lay out the pieces, the darkest first. */
static void list_pieces(const struct blacks *blacks, struct piece *pieces)
{
    const struct cg_regions *regions = &blacks->regions;
    for (int i = 0; i < regions->count; i++)
        pieces[i] = (struct piece){
            .number = i, .tone = regions->mean[i][0], .area_px = regions->area_px[i]};
    add_photo(blacks, pieces);
    for (size_t i = 0; i < regions->border_count; i++) {
        const struct cg_border *border = &regions->borders[i];
        for (int side = 0; side < 2; side++) {
            struct piece *piece = &pieces[side == 0 ? border->a : border->b];
            piece->edge_px += border->length_px;
            piece->edge_step += border->step;
        }
    }
    qsort(pieces, (size_t)regions->count, sizeof *pieces, compare_pieces);
}

/* Whether a piece is dark, and can be a shape; area_px: of the picture. */
static bool is_shape(const struct blacks *blacks, const struct piece *piece, float area_px)
{
    const float darkest = blacks->darkest, deep = darkest + DEPTH * (blacks->end - darkest);
    return piece->area_px >= SHAPE_SHARE * area_px && piece->tone < deep &&
           piece->edge_step >= SHAPE_STEP * piece->edge_px &&
           (piece->area_px < WIDE_SHARE * area_px || piece->tone < WIDE_TONE);
}

/* Shapes become black, the darkest first, as long as there is room for the whole of one. */
static enum cg_status choose(struct blacks *blacks, float amount, struct cg_error *error)
{
    const struct cg_regions *regions = &blacks->regions;
    const size_t count = (size_t)regions->count;
    const float area_px = (float)regions->width * (float)regions->height;
    float room_px = amount * DARK_SHARE * area_px;
    struct piece *pieces = cg_alloc(count, sizeof *pieces, "shapes", error);
    blacks->black = cg_alloc_zero(count, sizeof *blacks->black, "shapes", error);
    if (pieces == NULL || blacks->black == NULL) {
        free(pieces);
        return CG_ERR_MEMORY;
    }
    list_pieces(blacks, pieces);
    for (size_t i = 0; i < count; i++) {
        if (!is_shape(blacks, &pieces[i], area_px))
            continue;
        room_px -= pieces[i].area_px;
        if (room_px >= 0.0f || pieces[i].photo_tone < BLACK_TONE)
            blacks->black[pieces[i].number] = 1.0f;
    }
    free(pieces);
    return CG_OK;
}

static void mark_shapes(void *context, size_t row, int worker)
{
    struct blacks *blacks = context;
    const int *label = blacks->regions.label + row * (size_t)blacks->layers->width;
    float *mark = cg_plane_row(&blacks->mark, (int)row);
    (void)worker;
    for (int x = 0; x < blacks->layers->width; x++)
        mark[x] = blacks->black[label[x]];
}

static float with_black(float logit, float mark)
{
    return fmaxf(logit, EDGE_GAIN * (mark - EDGE_AT));
}

static void ink_shapes(void *context, size_t row, int worker)
{
    struct blacks *blacks = context;
    const float *mark = cg_plane_row(&blacks->mark, (int)row);
    float *logit = blacks->logit + row * (size_t)blacks->layers->width;
    (void)worker;
    for (int x = 0; x < blacks->layers->width; x++)
        logit[x] = with_black(logit[x], mark[x]);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void blur(struct cg_pool *pool, const struct cg_plane *plane, struct blacks *blacks,
                 float sigma_px)
{
    cg_plane_replicate(plane);
    cg_plane_blur(pool, plane, plane, &blacks->scratch, sigma_px);
}

enum cg_status cg_blacks(struct cg_blacks *kept, struct cg_pool *pool,
                         const struct cg_layers *layers, float *logit, float amount,
                         struct cg_error *error)
{
    const size_t rows = (size_t)layers->height;
    struct cg_plane_set planes;
    enum cg_status status =
        cg_planes_reserve(&kept->buffer, layers->width, layers->height, 1, &kept->mark, error);
    if (status != CG_OK)
        return status;
    status = cg_plane_set_create(layers->width, layers->height, PLANES, &planes, error);
    if (status != CG_OK)
        return status;
    struct blacks blacks = {
        .layers = layers,
        .logit = logit,
        .tone = planes.plane[0],
        .skin = planes.plane[1],
        .scratch = planes.plane[2],
        .none = planes.plane[3],
        .mark = kept->mark,
    };
    cg_pool_run(pool, rows, find_tones, &blacks);
    blur(pool, &blacks.skin, &blacks, SKIN_SIGMA_PX);
    cg_pool_run(pool, rows, spare_skin, &blacks);
    blur(pool, &blacks.tone, &blacks, TONE_SIGMA_PX);
    measure_dark(&blacks, amount);
    status = cut(&blacks, pool, error);
    if (status == CG_OK)
        status = choose(&blacks, amount, error);
    if (status == CG_OK) {
        cg_pool_run(pool, rows, mark_shapes, &blacks);
        blur(pool, &blacks.mark, &blacks, EDGE_SIGMA_PX);
        cg_pool_run(pool, rows, ink_shapes, &blacks);
    }
    free(blacks.black);
    free(blacks.dark);
    cg_regions_clear(&blacks.regions);
    cg_plane_set_clear(&planes);
    return status;
}

/* ---- parts ----------------------------------------------------------------------------------- */

struct part {
    const struct cg_plane *mark;
    float left, top, scale;
    int width;
    float *logit;
};

static void continue_row(void *context, size_t row, int worker)
{
    const struct part *part = context;
    const float y = part->top + part->scale * ((float)row + 0.5f) - 0.5f;
    float *logit = part->logit + row * (size_t)part->width;
    (void)worker;
    for (int x = 0; x < part->width; x++)
        logit[x] = with_black(
            logit[x],
            cg_plane_sample(part->mark, part->left + part->scale * ((float)x + 0.5f) - 0.5f, y));
}

void cg_blacks_continue(const struct cg_blacks *kept, struct cg_pool *pool, float left, float top,
                        float scale, int width, int height, float *logit)
{
    cg_pool_run(pool, (size_t)height, continue_row,
                &(struct part){&kept->mark, left, top, scale, width, logit});
}
