/* Distances to comics: see quality_swd.h. */
#include "measure/quality_swd.h"

#include "base/memory.h"
#include "base/rng.h"
#include "image/walk.h"
#include "train/data/area_stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CROP_PX 256
#define MARGIN 0.04
#define WHITE_MAX 0.6f
#define TRIES 16
#define SEED 1

enum { STREAM_PHOTOS = 0x7068, STREAM_PAGES };

/* ---- crops ----------------------------------------------------------------------------------- */

/* A square within left to right, top to bottom, which it may fill. */
struct square {
    int x, y, side;
};

static struct square draw_square(struct cg_rng *rng, int left, int top, int width, int height)
{
    int shorter = width < height ? width : height;
    int side = shorter < CROP_PX ? shorter : CROP_PX;
    int x = left + (int)cg_rng_below(rng, (uint32_t)(width - side + 1));
    int y = top + (int)cg_rng_below(rng, (uint32_t)(height - side + 1));
    return (struct square){x, y, side};
}

static enum cg_status put_square(struct cg_swd_set *set, size_t place, size_t unit,
                                 const struct cg_image *picture, const struct square *square,
                                 struct cg_error *error)
{
    struct cg_image crop;
    enum cg_status status = cg_image_create(square->side, square->side, 3, &crop, error);
    if (status != CG_OK)
        return status;
    size_t row_nbytes = 3 * (size_t)square->side;
    for (int row = 0; row < square->side; row++) {
        size_t at = (size_t)(square->y + row) * (size_t)picture->width + (size_t)square->x;
        memcpy(crop.pixels + (size_t)row * row_nbytes, picture->pixels + 3 * at, row_nbytes);
    }
    status = cg_swd_set_put(set, place, unit, place, &crop, error);
    cg_image_clear(&crop);
    return status;
}

enum cg_status quality_crops_create(size_t picture_count, struct cg_swd_set **out,
                                    struct cg_error *error)
{
    return cg_swd_set_create(QUALITY_CROPS * picture_count, picture_count, CG_SWD_DESCRIPTORS, out,
                             error);
}

enum cg_status quality_crops_put(struct cg_swd_set *set, size_t index,
                                 const struct cg_image *picture, struct cg_error *error)
{
    struct cg_rng rng = cg_rng_make(SEED, STREAM_PHOTOS, index);
    enum cg_status status = CG_OK;
    for (size_t i = 0; status == CG_OK && i < QUALITY_CROPS; i++) {
        struct square square = draw_square(&rng, 0, 0, picture->width, picture->height);
        status = put_square(set, QUALITY_CROPS * index + i, index, picture, &square, error);
    }
    return status;
}

/* ---- pages ----------------------------------------------------------------------------------- */

/* 0 for a crop that will do; more the less there is to see on it. */
static float emptiness(const struct cg_image *page, const struct square *square)
{
    size_t at = (size_t)square->y * (size_t)page->width + (size_t)square->x;
    struct cg_area_stats seen =
        cg_area_stats(page->pixels + 3 * at, page->width, square->side, square->side);
    return fmaxf(0.0f, seen.white - WHITE_MAX) +
           fmaxf(0.0f, 1.0f - seen.deviation / CG_AREA_BLANK_DEVIATION);
}

static struct square draw_page_square(struct cg_rng *rng, const struct cg_image *page)
{
    int margin_x = (int)(page->width * MARGIN), margin_y = (int)(page->height * MARGIN);
    int width = page->width - 2 * margin_x, height = page->height - 2 * margin_y;
    struct square best = draw_square(rng, margin_x, margin_y, width, height);
    float least = emptiness(page, &best);
    for (int i = 1; i < TRIES && least > 0.0f; i++) {
        struct square square = draw_square(rng, margin_x, margin_y, width, height);
        float empty = emptiness(page, &square);
        if (empty < least) {
            best = square;
            least = empty;
        }
    }
    return best;
}

static enum cg_status read_page(const char *path, int long_px, struct cg_image *out,
                                struct cg_error *error)
{
    struct cg_image page;
    enum cg_status status =
        cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, &page, NULL, error);
    if (status != CG_OK)
        return status;
    int longer = page.width > page.height ? page.width : page.height;
    double scale = longer > long_px ? (double)long_px / longer : 1.0;
    status = cg_image_resize(&page, (int)ceil(page.width * scale), (int)ceil(page.height * scale),
                             out, error);
    cg_image_clear(&page);
    return status;
}

/* Crops from every second page, from page first on; evenly over them, from each the same number or
 * one more. A page is a unit. */
static enum cg_status read_pages(const struct cg_path_list *pages, size_t first, size_t crops,
                                 int long_px, struct cg_swd_set **out, struct cg_error *error)
{
    size_t page_count = (pages->count - first + 1) / 2;
    size_t units = page_count < crops ? page_count : crops;
    enum cg_status status = cg_swd_set_create(crops, units, CG_SWD_DESCRIPTORS, out, error);
    for (size_t unit = 0, place = 0; status == CG_OK && unit < units; unit++) {
        const char *path = pages->paths[first + 2 * (unit * page_count / units)];
        struct cg_image page = {0};
        struct cg_rng rng = cg_rng_make(SEED, STREAM_PAGES, 2 * unit + first);
        status = read_page(path, long_px, &page, error);
        for (size_t end = (unit + 1) * crops / units; status == CG_OK && place < end; place++) {
            struct square square = draw_page_square(&rng, &page);
            status = put_square(*out, place, unit, &page, &square, error);
        }
        cg_image_clear(&page);
    }
    return status;
}

enum cg_status quality_comics_read(struct quality_comics *comics, size_t picture_count, int long_px,
                                   struct cg_error *error)
{
    struct cg_path_list pages = {0};
    const struct cg_walk_options whole_tree = {.recursive = true, .follow_folders = true};
    enum cg_status status = cg_walk_pictures(comics->dir, &whole_tree, &pages, NULL, error);
    size_t crops = QUALITY_CROPS * picture_count;
    if (status == CG_OK && pages.count < 2)
        status = cg_fail(error, CG_ERR_FORMAT, "%s: expected at least 2 comics, found %zu",
                         comics->dir, pages.count);
    if (status == CG_OK)
        status = read_pages(&pages, 0, crops, long_px, &comics->reference, error);
    if (status == CG_OK)
        status = read_pages(&pages, 1, crops, long_px, &comics->others, error);
    cg_path_list_clear(&pages);
    return status;
}

void quality_comics_clear(struct quality_comics *comics)
{
    cg_swd_set_free(comics->others);
    cg_swd_set_free(comics->reference);
    comics->reference = comics->others = NULL;
}

/* ---- distances ------------------------------------------------------------------------------- */

enum cg_status quality_distance_measure(const struct cg_swd_set *set,
                                        const struct quality_comics *comics, struct cg_pool *pool,
                                        struct quality_distance *out, struct cg_error *error)
{
    return cg_swd_measure(set, comics->reference, QUALITY_RESAMPLES, SEED, pool, &out->swd,
                          out->resampled, error);
}

struct cg_estimate quality_distance_gain(const struct quality_distance *a,
                                         const struct quality_distance *b)
{
    double gains[QUALITY_RESAMPLES];
    for (size_t i = 0; i < QUALITY_RESAMPLES; i++)
        gains[i] = a->resampled[i] - b->resampled[i];
    return cg_estimate_make(a->swd.mean.value - b->swd.mean.value, gains, QUALITY_RESAMPLES,
                            -INFINITY);
}
