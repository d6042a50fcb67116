/* Pairs of pictures of one name, and how alike they look to a network: see picture_set.h. */
#include "eval/picture_set.h"

#include "eval/feature_cache.h"
#include "eval/picture_work.h"

#include <string.h>

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

/* Fill a pass with a picture's maps. */
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
