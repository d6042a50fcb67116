/*
 * From pictures to patches: see swd.h. The pyramid is Burt and Adelson's (1983, "The Laplacian
 * pyramid as a compact image code"): reduced by the kernel 1 4 6 4 1, expanded by the same, every
 * level but the last less its prediction from the next one. Beyond the border its pixels are
 * repeated.
 */
#include "eval/swd.h"

#include "base/clamp.h"
#include "base/memory.h"
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

enum { STREAM_PATCHES = 0x7061 };

/* A level: RGB floats, 0 to 255 at first, row by row. */
struct plane {
    int width, height;
    float *v;
};

static enum cg_status plane_create(int width, int height, struct plane *out, struct cg_error *error)
{
    *out = (struct plane){width, height, NULL};
    out->v =
        cg_alloc((size_t)width * (size_t)height * 3, sizeof(float), "level of a pyramid", error);
    return out->v != NULL ? CG_OK : CG_ERR_MEMORY;
}

static float *row_of(const struct plane *plane, int y)
{
    return plane->v + (size_t)cg_clamp_index(y, plane->height) * (size_t)plane->width * 3;
}

/* ---- the pyramid ----------------------------------------------------------------------------- */

/* Row y of the reduced plane, before it is reduced across; width floats of 3. */
static void reduce_rows(const struct plane *from, int y, float *out)
{
    const float *rows[5];
    for (int k = 0; k < 5; k++)
        rows[k] = row_of(from, 2 * y + k - 2);
    for (int i = 0; i < 3 * from->width; i++)
        out[i] = (rows[0][i] + rows[4][i] + 4.0f * (rows[1][i] + rows[3][i]) + 6.0f * rows[2][i]) *
                 (1.0f / 16.0f);
}

/* to = from at half the size, rounded up; row has room for one row of from. */
static void reduce(const struct plane *from, float *row, const struct plane *to)
{
    float *out = to->v;
    for (int y = 0; y < to->height; y++) {
        reduce_rows(from, y, row);
        for (int x = 0; x < to->width; x++)
            for (int c = 0; c < 3; c++) {
                const float weights[5] = {1.0f, 4.0f, 6.0f, 4.0f, 1.0f};
                float sum = 0.0f;
                for (int k = 0; k < 5; k++)
                    sum += weights[k] * row[3 * cg_clamp_index(2 * x + k - 2, from->width) + c];
                *out++ = sum * (1.0f / 16.0f);
            }
    }
}

/* The weights of three neighbours in the smaller plane for a position in the larger one. */
static void expand_taps(int position, int count, int neighbours[3], float weights[3])
{
    bool odd = position % 2 != 0;
    for (int k = 0; k < 3; k++)
        neighbours[k] = cg_clamp_index(position / 2 - 1 + k, count);
    weights[0] = odd ? 0.0f : 0.125f;
    weights[1] = odd ? 0.5f : 0.75f;
    weights[2] = odd ? 0.5f : 0.125f;
}

/* from -= small at twice the size; row has room for one row of small. */
static void subtract_expanded(const struct plane *from, const struct plane *small, float *row)
{
    int at[3];
    float weights[3];
    float *out = from->v;
    for (int y = 0; y < from->height; y++) {
        expand_taps(y, small->height, at, weights);
        const float *rows[3] = {row_of(small, at[0]), row_of(small, at[1]), row_of(small, at[2])};
        for (int i = 0; i < 3 * small->width; i++)
            row[i] = weights[0] * rows[0][i] + weights[1] * rows[1][i] + weights[2] * rows[2][i];
        for (int x = 0; x < from->width; x++) {
            expand_taps(x, small->width, at, weights);
            for (int c = 0; c < 3; c++)
                *out++ -= weights[0] * row[3 * at[0] + c] + weights[1] * row[3 * at[1] + c] +
                          weights[2] * row[3 * at[2] + c];
        }
    }
}

/* ---- patches --------------------------------------------------------------------------------- */

static void draw_patches(const struct plane *plane, struct cg_rng *rng, size_t count, float *out)
{
    uint32_t across = (uint32_t)(plane->width - CG_SWD_PATCH_PX + 1);
    uint32_t down = (uint32_t)(plane->height - CG_SWD_PATCH_PX + 1);
    for (size_t i = 0; i < count; i++) {
        int x = (int)cg_rng_below(rng, across), y = (int)cg_rng_below(rng, down);
        for (int row = 0; row < CG_SWD_PATCH_PX; row++, out += 3 * CG_SWD_PATCH_PX)
            memcpy(out, row_of(plane, y + row) + 3 * x, 3 * CG_SWD_PATCH_PX * sizeof(*out));
    }
}

/* Draw from each level in turn, so that only two are held at a time. */
static enum cg_status put_levels(struct cg_swd_set *set, size_t place, struct cg_rng *rng,
                                 struct plane *level, float *row, struct cg_error *error)
{
    size_t picture_floats = set->descriptors * CG_SWD_PATCH_FLOATS;
    for (int i = 0; i < CG_SWD_LEVELS; i++) {
        struct plane smaller = {0};
        if (i + 1 < CG_SWD_LEVELS) {
            enum cg_status status =
                plane_create((level->width + 1) / 2, (level->height + 1) / 2, &smaller, error);
            if (status != CG_OK)
                return status;
            reduce(level, row, &smaller);
            subtract_expanded(level, &smaller, row);
        }
        draw_patches(level, rng, set->descriptors, set->levels[i] + place * picture_floats);
        free(level->v);
        *level = smaller;
    }
    return CG_OK;
}

enum cg_status cg_swd_set_put(struct cg_swd_set *set, size_t place, size_t unit, uint64_t seed,
                              const struct cg_image *rgb, struct cg_error *error)
{
    struct plane level;
    if (rgb->width < CG_SWD_SIDE_MIN_PX || rgb->height < CG_SWD_SIDE_MIN_PX)
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected at least %d pixels a side to compare patches, found %d x %d",
                       CG_SWD_SIDE_MIN_PX, rgb->width, rgb->height);
    enum cg_status status = plane_create(rgb->width, rgb->height, &level, error);
    if (status != CG_OK)
        return status;
    size_t count = 3 * (size_t)rgb->width * (size_t)rgb->height;
    for (size_t i = 0; i < count; i++)
        level.v[i] = (float)rgb->pixels[i];
    float *row = cg_alloc(3 * (size_t)rgb->width, sizeof(*row), "row of a pyramid", error);
    struct cg_rng rng = cg_rng_make(seed, STREAM_PATCHES, 0);
    set->units[place] = (uint32_t)unit;
    status = row != NULL ? put_levels(set, place, &rng, &level, row, error) : CG_ERR_MEMORY;
    free(row);
    free(level.v);
    return status;
}

/* ---- the set --------------------------------------------------------------------------------- */

enum cg_status cg_swd_set_create(size_t picture_count, size_t unit_count, size_t descriptors,
                                 struct cg_swd_set **out, struct cg_error *error)
{
    size_t patches;
    *out = NULL;
    struct cg_swd_set *set = cg_alloc_zero(1, sizeof(*set), "set of patches", error);
    if (set == NULL)
        return CG_ERR_MEMORY;
    set->picture_count = picture_count;
    set->unit_count = unit_count;
    set->descriptors = descriptors;
    set->units = cg_alloc_zero(picture_count, sizeof(*set->units), "set of patches", error);
    bool whole = set->units != NULL && cg_mul_size(picture_count, descriptors, &patches);
    for (int i = 0; whole && i < CG_SWD_LEVELS; i++) {
        set->levels[i] =
            cg_alloc_zero(patches, CG_SWD_PATCH_FLOATS * sizeof(float), "set of patches", error);
        whole = set->levels[i] != NULL;
    }
    if (!whole) {
        cg_swd_set_free(set);
        return cg_fail(error, CG_ERR_MEMORY, "patches of %zu pictures: out of memory",
                       picture_count);
    }
    *out = set;
    return CG_OK;
}

void cg_swd_set_trim(struct cg_swd_set *set, size_t picture_count, size_t unit_count)
{
    set->picture_count = picture_count;
    set->unit_count = unit_count;
}

void cg_swd_set_free(struct cg_swd_set *set)
{
    if (set == NULL)
        return;
    for (int i = 0; i < CG_SWD_LEVELS; i++)
        free(set->levels[i]);
    free(set->units);
    free(set);
}
