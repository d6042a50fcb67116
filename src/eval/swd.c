/*
 * The sliced Wasserstein distance of two sets of patches: see swd.h.
 *
 * Work is cut into items of one level and BLOCK directions: patches times directions is a matrix
 * product, each of its columns is sorted (by radix: the numbers' bits, turned so that they sort as
 * whole numbers, carry the picture's unit along), and the area between the two distribution
 * functions summed on the way up. Every item has its own sum, so the result does not depend on
 * threads.
 *
 * Resamples give every unit a weight. The first KEPT directions of every level are kept sorted for
 * them: weighting needs no sorting, and a few directions suffice to show how much the distance
 * varies.
 */
#include "eval/swd.h"

#include "base/memory.h"
#include "base/rng.h"
#include "tensor/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 16
#define KEPT 4
#define BLOCKS (CG_SWD_DIRECTIONS / BLOCK)
#define PAPER_SCALE 1000.0
#define DEVIATION_LEAST 1e-3 /* of 255: below it a level is constant but for rounding */

enum { STREAM_DIRECTIONS = 0x6469 };

/* A projected patch: key sorts as its number does. */
struct projection {
    uint32_t key, unit;
};

/* Projections of a set along the kept directions, sorted: of level l and direction d from
 * (l * KEPT + d) * count on. */
struct sorted_set {
    const struct cg_swd_set *set;
    size_t count; /* of patches a level */
    struct projection *kept;
};

struct work {
    struct sorted_set a, b;
    const uint32_t *once;    /* weights: every unit once */
    float *directions;       /* level by level, CG_SWD_DIRECTIONS x CG_SWD_PATCH_FLOATS */
    struct scratch *scratch; /* of each worker */
    double sums[CG_SWD_LEVELS][BLOCKS];
};

struct scratch {
    float *products; /* count of the larger set x BLOCK */
    struct projection *a, *b, *spare;
};

/* ---- sorting --------------------------------------------------------------------------------- */

static uint32_t key_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static float value_of(uint32_t key)
{
    uint32_t bits = key & 0x80000000u ? key & 0x7fffffffu : ~key;
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* One pass: stable, by 11 bits of the key. */
static void sort_by_bits(const struct projection *from, size_t count, int shift,
                         struct projection *to)
{
    uint32_t places[2048] = {0}, next = 0;
    for (size_t i = 0; i < count; i++)
        places[from[i].key >> shift & 2047]++;
    for (size_t i = 0; i < 2048; i++) {
        uint32_t here = places[i];
        places[i] = next;
        next += here;
    }
    for (size_t i = 0; i < count; i++)
        to[places[from[i].key >> shift & 2047]++] = from[i];
}

/* Sort from into to, which may be the same, by way of spare. */
static void sort(struct projection *from, size_t count, struct projection *spare,
                 struct projection *to)
{
    sort_by_bits(from, count, 0, spare);
    sort_by_bits(spare, count, 11, from);
    sort_by_bits(from, count, 22, spare);
    memcpy(to, spare, count * sizeof(*to));
}

/* ---- one dimension --------------------------------------------------------------------------- */

static double total_weight(const struct sorted_set *set, const uint32_t *weights)
{
    double sum = 0.0;
    for (size_t i = 0; i < set->set->picture_count; i++)
        sum += weights[set->set->units[i]];
    return sum * (double)set->set->descriptors;
}

/* The Wasserstein distance of two sorted sets of weighed numbers: the area between their
 * distribution functions. */
static double distance_1d(const struct projection *a, size_t a_count, const uint32_t *a_weights,
                          double a_total, const struct projection *b, size_t b_count,
                          const uint32_t *b_weights, double b_total)
{
    double area = 0.0, a_below = 0.0, b_below = 0.0;
    float last = value_of(a[0].key < b[0].key ? a[0].key : b[0].key);
    for (size_t i = 0, j = 0; i < a_count || j < b_count;) {
        bool from_a = j == b_count || (i < a_count && a[i].key <= b[j].key);
        float value = value_of(from_a ? a[i].key : b[j].key);
        area += fabs(a_below / a_total - b_below / b_total) * (double)(value - last);
        last = value;
        if (from_a)
            a_below += a_weights[a[i++].unit];
        else
            b_below += b_weights[b[j++].unit];
    }
    return area;
}

/* ---- directions ------------------------------------------------------------------------------ */

/* The deviation of each channel over all patches of a level. */
static void channel_deviations(const struct cg_swd_set *set, int level, double deviations[3])
{
    size_t count = set->picture_count * set->descriptors * CG_SWD_PATCH_PX * CG_SWD_PATCH_PX;
    double sums[3] = {0.0}, squares[3] = {0.0};
    const float *pixel = set->levels[level];
    for (size_t i = 0; i < count; i++, pixel += 3)
        for (int c = 0; c < 3; c++) {
            sums[c] += (double)pixel[c];
            squares[c] += (double)pixel[c] * (double)pixel[c];
        }
    for (int c = 0; c < 3; c++) {
        double mean = sums[c] / (double)count;
        deviations[c] = sqrt(fmax(0.0, squares[c] / (double)count - mean * mean));
    }
}

/* Random unit directions, each channel divided by its deviation in b, instead of the patches
 * themselves. Means need not be subtracted: the shift is the same in both sets. */
static enum cg_status make_directions(const struct cg_swd_set *b, float *directions,
                                      struct cg_error *error)
{
    for (int level = 0; level < CG_SWD_LEVELS; level++) {
        double deviations[3];
        channel_deviations(b, level, deviations);
        for (int c = 0; c < 3; c++)
            if (!(deviations[c] > DEVIATION_LEAST))
                return cg_fail(error, CG_ERR_FORMAT,
                               "nothing to compare by: all pictures are constant (at %d pixels "
                               "a patch)",
                               CG_SWD_PATCH_PX << level);
        struct cg_rng rng = cg_rng_make(0, STREAM_DIRECTIONS, (uint64_t)level);
        for (int d = 0; d < CG_SWD_DIRECTIONS; d++, directions += CG_SWD_PATCH_FLOATS) {
            double squares = 0.0;
            for (int i = 0; i < CG_SWD_PATCH_FLOATS; i++) {
                directions[i] = cg_rng_normal(&rng);
                squares += (double)directions[i] * (double)directions[i];
            }
            for (int i = 0; i < CG_SWD_PATCH_FLOATS; i++)
                directions[i] =
                    (float)((double)directions[i] / (sqrt(squares) * deviations[i % 3]));
        }
    }
    return CG_OK;
}

/* ---- items ----------------------------------------------------------------------------------- */

/* All patches of a level along BLOCK directions: count x BLOCK. */
static void project(const struct sorted_set *set, int level, const float *directions,
                    float *products)
{
    cg_gemm(CG_PLAIN, CG_TRANSPOSED, 1.0f,
            cg_matrix_of(set->set->levels[level], set->count, CG_SWD_PATCH_FLOATS),
            cg_matrix_of(directions, BLOCK, CG_SWD_PATCH_FLOATS), 0.0f,
            cg_matrix_make(products, set->count, BLOCK));
}

/* One column of the products, with units, sorted. */
static void sort_column(const struct sorted_set *set, const float *products, int column,
                        struct projection *spare, struct projection *out)
{
    for (size_t i = 0; i < set->count; i++)
        out[i] = (struct projection){key_of(products[i * BLOCK + (size_t)column]),
                                     set->set->units[i / set->set->descriptors]};
    sort(out, set->count, spare, out);
}

static struct projection *kept_column(const struct sorted_set *set, int level, int column)
{
    return set->kept + (size_t)(level * KEPT + column) * set->count;
}

/* Project and sort one set; column by column into out, BLOCK x count. */
static void sort_block(const struct sorted_set *set, int level, int block, const float *directions,
                       const struct scratch *scratch, struct projection *out)
{
    project(set, level, directions, scratch->products);
    for (int d = 0; d < BLOCK; d++) {
        struct projection *column = out + (size_t)d * set->count;
        sort_column(set, scratch->products, d, scratch->spare, column);
        if (block == 0 && d < KEPT)
            memcpy(kept_column(set, level, d), column, set->count * sizeof(*column));
    }
}

static void run_item(void *context, size_t item, int worker)
{
    struct work *work = context;
    const struct scratch *scratch = &work->scratch[worker];
    int level = (int)(item / BLOCKS), block = (int)(item % BLOCKS);
    const float *directions = work->directions + item * BLOCK * CG_SWD_PATCH_FLOATS;
    sort_block(&work->a, level, block, directions, scratch, scratch->a);
    sort_block(&work->b, level, block, directions, scratch, scratch->b);
    double sum = 0.0;
    for (size_t d = 0; d < BLOCK; d++)
        sum += distance_1d(scratch->a + d * work->a.count, work->a.count, work->once,
                           (double)work->a.count, scratch->b + d * work->b.count, work->b.count,
                           work->once, (double)work->b.count);
    work->sums[level][block] = sum;
}

/* The mean distance over levels and kept directions (distances.h). */
static enum cg_status measure_kept(const void *context, const uint32_t *weights_a,
                                   const uint32_t *weights_b, double *out, struct cg_error *error)
{
    (void)error;
    const struct work *work = context;
    double a_total = total_weight(&work->a, weights_a), b_total = total_weight(&work->b, weights_b);
    double sum = 0.0;
    for (int level = 0; level < CG_SWD_LEVELS; level++)
        for (int d = 0; d < KEPT; d++)
            sum += distance_1d(kept_column(&work->a, level, d), work->a.count, weights_a, a_total,
                               kept_column(&work->b, level, d), work->b.count, weights_b, b_total);
    *out = PAPER_SCALE * sum / (CG_SWD_LEVELS * KEPT);
    return CG_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static enum cg_status sorted_set_create(const struct cg_swd_set *set, struct sorted_set *out,
                                        struct cg_error *error)
{
    *out = (struct sorted_set){.set = set, .count = set->picture_count * set->descriptors};
    out->kept = cg_alloc(out->count * CG_SWD_LEVELS * KEPT, sizeof(*out->kept),
                         "sorted projections", error);
    return out->kept != NULL ? CG_OK : CG_ERR_MEMORY;
}

static enum cg_status scratch_create(struct work *work, int threads, struct cg_error *error)
{
    size_t larger = work->a.count > work->b.count ? work->a.count : work->b.count;
    static const char what[] = "projections";
    work->scratch = cg_alloc_zero((size_t)threads, sizeof(*work->scratch), what, error);
    for (int i = 0; work->scratch != NULL && i < threads; i++) {
        struct scratch *scratch = &work->scratch[i];
        scratch->products = cg_alloc(larger * BLOCK, sizeof(float), what, error);
        scratch->a = cg_alloc(work->a.count * BLOCK, sizeof(struct projection), what, error);
        scratch->b = cg_alloc(work->b.count * BLOCK, sizeof(struct projection), what, error);
        scratch->spare = cg_alloc(larger, sizeof(struct projection), what, error);
        if (scratch->products == NULL || scratch->a == NULL || scratch->b == NULL ||
            scratch->spare == NULL)
            return CG_ERR_MEMORY;
    }
    return work->scratch != NULL ? CG_OK : CG_ERR_MEMORY;
}

static enum cg_status work_create(const struct cg_swd_set *a, const struct cg_swd_set *b,
                                  int threads, struct work *work, struct cg_error *error)
{
    size_t units = a->unit_count > b->unit_count ? a->unit_count : b->unit_count;
    uint32_t *once = cg_alloc(units, sizeof(*once), "weights", error);
    work->once = once;
    work->directions = cg_alloc((size_t)CG_SWD_LEVELS * CG_SWD_DIRECTIONS * CG_SWD_PATCH_FLOATS,
                                sizeof(float), "directions", error);
    if (once == NULL || work->directions == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; i < units; i++)
        once[i] = 1;
    enum cg_status status = sorted_set_create(a, &work->a, error);
    if (status == CG_OK)
        status = sorted_set_create(b, &work->b, error);
    if (status == CG_OK)
        status = scratch_create(work, threads, error);
    return status == CG_OK ? make_directions(b, work->directions, error) : status;
}

static void work_free(struct work *work, int threads)
{
    for (int i = 0; work->scratch != NULL && i < threads; i++) {
        free(work->scratch[i].spare);
        free(work->scratch[i].b);
        free(work->scratch[i].a);
        free(work->scratch[i].products);
    }
    free(work->scratch);
    free(work->b.kept);
    free(work->a.kept);
    free(work->directions);
    free((void *)(uintptr_t)work->once);
    free(work);
}

/* Intervals, when all items have run. */
static enum cg_status resample(const struct work *work, size_t resamples, uint64_t seed,
                               struct cg_pool *pool, double mean, struct cg_swd *out,
                               double *resampled, struct cg_error *error)
{
    struct cg_bootstrap bootstrap = {.measure = measure_kept,
                                     .context = work,
                                     .count_a = work->a.set->unit_count,
                                     .count_b = work->b.set->unit_count,
                                     .resamples = resamples,
                                     .seed = seed};
    double *values = cg_alloc(resamples + 1, sizeof(*values), "resamples", error);
    enum cg_status status =
        values != NULL ? cg_bootstrap_run(&bootstrap, pool, values, error) : CG_ERR_MEMORY;
    if (status == CG_OK && resampled != NULL)
        memcpy(resampled, values + 1, resamples * sizeof(*resampled));
    if (status == CG_OK) /* sorts them */
        out->mean = cg_estimate_make(mean, values + 1, resamples, 0.0);
    free(values);
    return status;
}

enum cg_status cg_swd_measure(const struct cg_swd_set *a, const struct cg_swd_set *b,
                              size_t resamples, uint64_t seed, struct cg_pool *pool,
                              struct cg_swd *out, double *resampled, struct cg_error *error)
{
    int threads = cg_pool_threads(pool);
    *out = (struct cg_swd){0};
    struct work *work = cg_alloc_zero(1, sizeof(*work), "patches to compare", error);
    if (work == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = work_create(a, b, threads, work, error);
    if (status == CG_OK) {
        double mean = 0.0;
        cg_pool_run(pool, (size_t)CG_SWD_LEVELS * BLOCKS, run_item, work);
        for (int level = 0; level < CG_SWD_LEVELS; level++) {
            for (int block = 0; block < BLOCKS; block++)
                out->levels[level] += PAPER_SCALE / CG_SWD_DIRECTIONS * work->sums[level][block];
            mean += out->levels[level] / CG_SWD_LEVELS;
        }
        status = resample(work, resamples, seed, pool, mean, out, resampled, error);
    }
    work_free(work, threads);
    return status;
}
