/* Set against set: see compare.h. */
#include "eval/compare.h"

#include "base/file.h"
#include "base/memory.h"
#include "convnet/perceptual.h"
#include "eval/features.h"
#include "eval/picture_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct comparing {
    struct cg_picture_set a, b;
    const struct cg_compare_options *options;
    struct cg_pool *pool;
    double *values; /* of a measure and its resamples */
};

/* Compute a measure and its interval. */
static enum cg_status take(const struct comparing *c, cg_measure_fn measure, const void *context,
                           size_t count_a, size_t count_b, double least, struct cg_estimate *out,
                           struct cg_error *error)
{
    struct cg_bootstrap bootstrap = {
        measure, context, count_a, count_b, c->options->resamples, c->options->seed};
    enum cg_status status = cg_bootstrap_run(&bootstrap, c->pool, c->values, error);
    if (status == CG_OK)
        *out = cg_estimate_make(c->values[0], c->values + 1, c->options->resamples, least);
    return status;
}

static enum cg_status compare_features(const struct comparing *c, struct cg_comparison *out,
                                       struct cg_error *error)
{
    struct cg_frechet frechet = {c->a.features, c->b.features};
    struct cg_kernel_distance kernel;
    enum cg_status status = take(c, cg_frechet_measure, &frechet, out->count_a, out->count_b, 0.0,
                                 &out->frechet, error);
    if (status == CG_OK && out->class_count > 0)
        status = take(c, cg_class_score_measure, &c->a.probabilities, out->count_a, 0, 1.0,
                      &out->class_score, error);
    if (status == CG_OK)
        status = cg_kernel_distance_create(&c->a.features, &c->b.features, c->pool, &kernel, error);
    if (status != CG_OK)
        return status;
    status = take(c, cg_kernel_distance_measure, &kernel, out->count_a, out->count_b, -INFINITY,
                  &out->kernel, error);
    cg_kernel_distance_clear(&kernel);
    return status;
}

static enum cg_status compare_pairs(const struct comparing *c, struct cg_comparison *out,
                                    struct cg_error *error)
{
    const struct cg_picture_set_options *options = &c->options->pictures;
    struct cg_picture_pair *pairs = cg_alloc(out->count_a, sizeof(*pairs), "pairs", error);
    float *distances = cg_alloc(out->count_a, sizeof(*distances), "pairs", error);
    enum cg_status status = pairs != NULL && distances != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        out->pair_count = cg_picture_pairs_find(&c->a, &c->b, pairs);
    if (out->pair_count > 0 && options->net != NULL && options->net->judge_count > 0) {
        status = cg_picture_pairs_measure(&c->a, &c->b, pairs, out->pair_count, options, c->pool,
                                          distances, error);
        struct cg_feature_rows rows = {distances, out->pair_count, 1};
        if (status == CG_OK)
            status =
                take(c, cg_mean_measure, &rows, out->pair_count, 0, 0.0, &out->perceptual, error);
    }
    free(distances);
    free(pairs);
    return status;
}

static enum cg_status compare(struct comparing *c, struct cg_comparison *out,
                              struct cg_error *error)
{
    const struct cg_compare_options *options = c->options;
    const struct cg_convnet *net = options->pictures.net;
    out->count_a = c->a.files.count;
    out->count_b = c->b.files.count;
    if (net != NULL) {
        out->feature_count = cg_feature_count(net);
        out->class_count = cg_class_count(net);
    }
    enum cg_status status = cg_swd_measure(c->a.patches, c->b.patches, options->resamples,
                                           options->seed, c->pool, &out->swd, NULL, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "%s", cg_path_tail(c->b.dir));
        return status;
    }
    if (net != NULL)
        status = compare_features(c, out, error);
    return status == CG_OK ? compare_pairs(c, out, error) : status;
}

/* Read set `part` of two. */
static enum cg_status read_set(const struct comparing *c, const char *dir, int part,
                               struct cg_picture_set *out, struct cg_error *error)
{
    const struct cg_pool_watch watch = {c->options->progress, c->options->context, part / 2.0,
                                        (part + 1) / 2.0};
    cg_pool_set_watch(c->pool, c->options->progress != NULL ? &watch : NULL);
    enum cg_status status = cg_picture_set_read(dir, &c->options->pictures, c->pool, out, error);
    cg_pool_set_watch(c->pool, NULL);
    return status;
}

enum cg_status cg_compare(const char *dir_a, const char *dir_b,
                          const struct cg_compare_options *options, struct cg_pool *pool,
                          struct cg_comparison *out, struct cg_error *error)
{
    struct comparing c = {.options = options, .pool = pool};
    *out = (struct cg_comparison){0};
    c.values = cg_alloc(options->resamples + 1, sizeof(*c.values), "resamples", error);
    enum cg_status status = c.values != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        status = read_set(&c, dir_a, 0, &c.a, error);
    if (status == CG_OK)
        status = read_set(&c, dir_b, 1, &c.b, error);
    if (status == CG_OK)
        status = compare(&c, out, error);
    cg_picture_set_clear(&c.b);
    cg_picture_set_clear(&c.a);
    free(c.values);
    return status;
}

/* A picture's name without its folder and its ending. */
struct name {
    const char *text;
    size_t length;
};

static struct name name_of(const struct cg_picture_set *set, size_t index)
{
    const char *text = set->files.paths[index] + strlen(set->dir);
    text += strspn(text, "/");
    const char *dot = strrchr(text, '.');
    return (struct name){text, dot != NULL ? (size_t)(dot - text) : strlen(text)};
}

size_t cg_picture_pairs_find(const struct cg_picture_set *a, const struct cg_picture_set *b,
                             struct cg_picture_pair *out)
{
    size_t count = 0;
    for (size_t i = 0; i < a->files.count; i++) {
        struct name wanted = name_of(a, i);
        for (size_t j = 0; j < b->files.count; j++) {
            struct name found = name_of(b, j);
            if (wanted.length == found.length &&
                memcmp(wanted.text, found.text, wanted.length) == 0) {
                out[count++] = (struct cg_picture_pair){i, j};
                break;
            }
        }
    }
    return count;
}

struct measuring {
    const struct cg_picture_set *a, *b;
    const struct cg_picture_pair *pairs;
    const struct cg_picture_set_options *options;
    float *distances;
};

/* Run the network on a picture. */
static enum cg_status look_at(const char *path, struct cg_conv_pass *pass, struct cg_error *error)
{
    struct cg_image picture;
    enum cg_status status =
        cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, &picture, NULL, error);
    if (status != CG_OK)
        return status;
    status = cg_conv_pass_set_image(pass, &picture, error);
    if (status == CG_OK)
        cg_conv_pass_run(pass);
    cg_image_clear(&picture);
    return status;
}

static enum cg_status measure_pair(void *context, size_t item, struct cg_conv_pass **passes,
                                   struct cg_error *error)
{
    const struct measuring *measuring = context;
    const struct cg_picture_pair *pair = &measuring->pairs[item];
    const char *cache = measuring->options->cache_dir;
    struct cg_feature_key key = {.network = measuring->options->net->id,
                                 .first = measuring->a->ids[pair->a],
                                 .second = measuring->b->ids[pair->b]};
    float *distance = &measuring->distances[item];
    if (cg_feature_cache_get(cache, &key, distance, 1))
        return CG_OK;
    enum cg_status status = look_at(measuring->a->files.paths[pair->a], passes[0], error);
    if (status == CG_OK)
        status = look_at(measuring->b->files.paths[pair->b], passes[1], error);
    if (status != CG_OK)
        return status;
    *distance = (float)cg_perceptual_distance(passes[0], passes[1]);
    return cg_feature_cache_put(cache, &key, distance, 1, error);
}

enum cg_status cg_picture_pairs_measure(const struct cg_picture_set *a,
                                        const struct cg_picture_set *b,
                                        const struct cg_picture_pair *pairs, size_t count,
                                        const struct cg_picture_set_options *options,
                                        struct cg_pool *pool, float *distances,
                                        struct cg_error *error)
{
    struct measuring measuring = {a, b, pairs, options, distances};
    return cg_picture_work(pool, count, options->net, 2, measure_pair, &measuring, error);
}
