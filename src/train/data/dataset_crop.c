/*
 * Drawing from a data set: see dataset.h. Nothing is allocated and nothing kept from crop to crop.
 *
 * Comics are resampled with Keys' cubic (1981, a = -0.5), first down, then across: unlike linear
 * interpolation it keeps lines equally sharp wherever they fall between pixels, and discriminators
 * look at sharpness.
 */
#include "train/data/dataset_private.h"

#include "base/clamp.h"
#include "base/multiversion.h"
#include "train/data/area_stats.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define FACE_CROPS 0.3f /* fraction of crops that show a face, if faces are known */
#define COMIC_TRIES 16
#define COMIC_SCALE_MIN 0.8f
#define TAPS 4
/* The most pixels that a crop's row needs: the crop at the smallest scale, plus taps. */
#define SPAN_MAX_PX (CG_DATASET_CROP_MAX_PX * 5 / 4 + TAPS + 1)

static const struct cg_crop_place *draw_place(const struct cg_crop_table *table, struct cg_rng *rng)
{
    double wanted = (double)cg_rng_uniform(rng) * table->places[table->count - 1].end;
    size_t low = 0, high = table->count - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table->places[middle].end > wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return &table->places[low];
}

static bool draw_mirrored(struct cg_rng *rng)
{
    return cg_rng_next(rng) >> 63;
}

/* ---- photos ---------------------------------------------------------------------------------- */

CG_MULTIVERSION
static void bytes_to_floats(const uint8_t *restrict bytes, size_t count, float *restrict out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (float)bytes[i] * (1.0f / 255.0f);
}

static void mirror_row(float *row, size_t channels, size_t side)
{
    for (size_t x = 0; x < side / 2; x++) {
        float *left = row + x * channels, *right = row + (side - 1 - x) * channels;
        for (size_t c = 0; c < channels; c++) {
            float kept = left[c];
            left[c] = right[c];
            right[c] = kept;
        }
    }
}

/* A square of a plane of bytes as floats; first is its top left pixel. */
static void copy_square(const uint8_t *first, int row_px, int channels, int side, bool mirrored,
                        float *out)
{
    size_t row = (size_t)side * (size_t)channels;
    for (int y = 0; y < side; y++, first += (size_t)row_px * (size_t)channels, out += row) {
        bytes_to_floats(first, row, out);
        if (mirrored)
            mirror_row(out, (size_t)channels, (size_t)side);
    }
}

/* Move a place in 0 to last; returns how far it went. */
static int move_within(int *place, int by, int last)
{
    int from = *place, to = from + by;
    *place = to < 0 ? 0 : to > last ? last : to;
    return *place - from;
}

/* Where a crop begins along one axis, so that a face's middle lies in its middle half. */
static int begin_at_face(struct cg_rng *rng, int face, int face_px, int side, int last)
{
    int middle = face + face_px / 2, begin = 0;
    move_within(&begin, middle - side / 4 - (int)cg_rng_below(rng, (uint32_t)(side / 2)), last);
    return begin;
}

void cg_dataset_photo_crop(const struct cg_dataset *dataset, struct cg_rng *rng,
                           struct cg_crop_shift *shift, float *photo, float *colour, float *ink)
{
    int side = dataset->crop_px;
    const bool face = dataset->faces.count > 0 && cg_rng_uniform(rng) < FACE_CROPS;
    const struct cg_crop_place *place = draw_place(face ? &dataset->faces : &dataset->photos, rng);
    const struct cg_cache_entry *entry = place->entry;
    const struct cg_area *area = &place->area;
    int last_x = entry->width - side, last_y = entry->height - side;
    int x = face ? begin_at_face(rng, area->x, area->width, side, last_x)
                 : (int)cg_rng_below(rng, (uint32_t)last_x + 1);
    int y = face ? begin_at_face(rng, area->y, area->height, side, last_y)
                 : (int)cg_rng_below(rng, (uint32_t)last_y + 1);
    bool mirrored = draw_mirrored(rng);
    if (shift != NULL) {
        int across = mirrored ? -1 : 1;
        shift->right = across * move_within(&x, across * shift->right, last_x);
        shift->down = move_within(&y, shift->down, last_y);
    }
    size_t at = (size_t)y * (size_t)entry->width + (size_t)x;
    copy_square(entry->picture + 3 * at, entry->width, 3, side, mirrored, photo);
    copy_square(entry->colour + 3 * at, entry->width, 3, side, mirrored, colour);
    copy_square(entry->ink + at, entry->width, 1, side, mirrored, ink);
    if (dataset->grade != NULL)
        cg_comic_palette_apply(dataset->grade, colour, (size_t)side * (size_t)side);
}

/* ---- comics ---------------------------------------------------------------------------------- */

/* A square of a picture that becomes a crop. */
struct window {
    const struct cg_cache_entry *entry;
    int x, y;
    float side; /* in the picture's pixels: the crop's, divided by the scale */
    bool mirrored;
};

static struct window draw_window(const struct cg_dataset *dataset, struct cg_rng *rng)
{
    const struct cg_crop_place *place = draw_place(&dataset->comics, rng);
    const struct cg_area *area = &place->area;
    struct window window = {.entry = place->entry};
    float scale = COMIC_SCALE_MIN + (1.0f - COMIC_SCALE_MIN) * cg_rng_uniform(rng);
    float most = (float)(area->width < area->height ? area->width : area->height);
    window.side = fminf((float)dataset->crop_px / scale, most);
    int whole = (int)ceilf(window.side);
    window.x = area->x + (int)cg_rng_below(rng, (uint32_t)(area->width - whole + 1));
    window.y = area->y + (int)cg_rng_below(rng, (uint32_t)(area->height - whole + 1));
    window.mirrored = draw_mirrored(rng);
    return window;
}

/* 0 for an accepted crop; greater for worse ones. */
static float badness(const struct cg_dataset *dataset, const struct window *window)
{
    const struct cg_cache_entry *entry = window->entry;
    size_t at = (size_t)window->y * (size_t)entry->width + (size_t)window->x;
    struct cg_area_stats seen =
        cg_area_stats(entry->picture + 3 * at, entry->width, (int)window->side, (int)window->side);
    return fmaxf(0.0f, seen.white - dataset->comic_white_max) +
           fmaxf(0.0f, 1.0f - seen.deviation / CG_AREA_BLANK_DEVIATION);
}

/* The sources of an output pixel along one axis: taps from first on, with weights of sum 1. */
struct taps {
    int first;
    float weights[TAPS];
};

static struct taps make_taps(int index, int crop_px, float side)
{
    float position = ((float)index + 0.5f) * side / (float)crop_px - 0.5f;
    float whole = floorf(position), t = position - whole;
    return (struct taps){
        .first = (int)whole - 1,
        .weights = {((-0.5f * t + 1.0f) * t - 0.5f) * t, (1.5f * t - 2.5f) * t * t + 1.0f,
                    ((-1.5f * t + 2.0f) * t + 0.5f) * t, (0.5f * t - 0.5f) * t * t},
    };
}

/* The weighted sum of an output row's source rows: span pixels of 3 floats, from one pixel left of
 * the window; the picture's border is repeated outwards. */
static void mix_rows(const struct window *window, const struct taps *taps, int span, float *out)
{
    const struct cg_cache_entry *entry = window->entry;
    int left = cg_clamp_index(window->x - 1, entry->width);
    int inside = cg_clamp_index(window->x - 2 + span, entry->width) - left + 1;
    int outside = left - (window->x - 1); /* pixels left of the picture: none or one */
    float *first = out + 3 * outside;
    memset(first, 0, 3 * (size_t)inside * sizeof(*out));
    for (int k = 0; k < TAPS; k++) {
        int y = cg_clamp_index(window->y + taps->first + k, entry->height);
        const uint8_t *row = entry->picture + 3 * ((size_t)y * (size_t)entry->width + (size_t)left);
        float weight = taps->weights[k] * (1.0f / 255.0f);
        for (int i = 0; i < 3 * inside; i++)
            first[i] += weight * (float)row[i];
    }
    if (outside > 0)
        memcpy(out, first, 3 * sizeof(*out));
    for (int i = 3 * (outside + inside); i < 3 * span; i++)
        out[i] = out[i - 3];
}

static void resample(const struct window *window, int crop_px, float *out)
{
    struct taps across[CG_DATASET_CROP_MAX_PX];
    float mixed[3 * SPAN_MAX_PX];
    for (int x = 0; x < crop_px; x++)
        across[x] = make_taps(window->mirrored ? crop_px - 1 - x : x, crop_px, window->side);
    int last = make_taps(crop_px - 1, crop_px, window->side).first;
    for (int y = 0; y < crop_px; y++) {
        struct taps down = make_taps(y, crop_px, window->side);
        mix_rows(window, &down, last + 1 + TAPS, mixed);
        for (int x = 0; x < crop_px; x++) {
            const float *first = mixed + 3 * (across[x].first + 1);
            for (int c = 0; c < 3; c++) {
                float sum = 0.0f;
                for (int k = 0; k < TAPS; k++)
                    sum += across[x].weights[k] * first[3 * k + c];
                *out++ = cg_clamp_unit(sum);
            }
        }
    }
}

void cg_dataset_comic_crop(const struct cg_dataset *dataset, struct cg_rng *rng, float *comic)
{
    struct window best = draw_window(dataset, rng);
    float lowest = badness(dataset, &best);
    for (int i = 1; i < COMIC_TRIES && lowest > 0.0f; i++) {
        struct window window = draw_window(dataset, rng);
        float bad = badness(dataset, &window);
        if (bad < lowest) {
            best = window;
            lowest = bad;
        }
    }
    resample(&best, dataset->crop_px, comic);
}
