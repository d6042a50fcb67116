/* Features, class probabilities and their cache: see features.h. */
#include "eval/features.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t cg_feature_count(const struct cg_convnet *net)
{
    return (size_t)net->shapes[net->feature_layer].channels;
}

size_t cg_class_count(const struct cg_convnet *net)
{
    return net->logit_layer >= 0 ? (size_t)net->shapes[net->logit_layer].channels : 0;
}

/* values = exp(values) / sum of them */
static void softmax(float *values, size_t count)
{
    float most = values[0];
    double sum = 0.0;
    for (size_t i = 1; i < count; i++)
        most = fmaxf(most, values[i]);
    for (size_t i = 0; i < count; i++) {
        values[i] = expf(values[i] - most);
        sum += (double)values[i];
    }
    for (size_t i = 0; i < count; i++)
        values[i] = (float)((double)values[i] / sum);
}

enum cg_status cg_features_of(struct cg_conv_pass *pass, const struct cg_image *rgb, float *out,
                              struct cg_error *error)
{
    enum cg_status status = cg_conv_pass_set_image(pass, rgb, error);
    if (status != CG_OK)
        return status;
    cg_conv_pass_run(pass);
    cg_conv_pass_mean(pass, pass->net->feature_layer, out);
    if (pass->net->logit_layer >= 0) {
        float *classes = out + cg_feature_count(pass->net);
        cg_conv_pass_mean(pass, pass->net->logit_layer, classes);
        softmax(classes, cg_class_count(pass->net));
    }
    return CG_OK;
}

/* Raise it whenever the numbers for a picture change. */
#define FORMAT_VERSION 1u

struct entry_header {
    char magic[8];
    uint32_t version, count;
    struct cg_feature_key key;
    uint64_t check; /* hash of the numbers */
};

_Static_assert(sizeof(struct entry_header) == 72, "the header has no padding");

static struct entry_header make_header(const struct cg_feature_key *key, const float *values,
                                       size_t count)
{
    return (struct entry_header){.magic = "CGFEATS",
                                 .version = FORMAT_VERSION,
                                 .count = (uint32_t)count,
                                 .key = *key,
                                 .check = cg_content_hash(values, count * sizeof(*values), 0).low};
}

static char *entry_path(const char *dir, const struct cg_feature_key *key)
{
    struct cg_content_id name = cg_content_hash(key, sizeof(*key), FORMAT_VERSION);
    return cg_string_format("%s/%016" PRIx64 "%016" PRIx64 ".features", dir, name.high, name.low);
}

bool cg_feature_cache_get(const char *dir, const struct cg_feature_key *key, float *values,
                          size_t count)
{
    char *path = dir != NULL ? entry_path(dir, key) : NULL;
    size_t expected = sizeof(struct entry_header) + count * sizeof(*values), nbytes = 0;
    uint8_t *bytes = NULL;
    bool found = path != NULL && cg_file_read(path, expected, &bytes, &nbytes, NULL) == CG_OK &&
                 nbytes == expected;
    if (found) {
        memcpy(values, bytes + sizeof(struct entry_header), count * sizeof(*values));
        struct entry_header header = make_header(key, values, count);
        found = memcmp(bytes, &header, sizeof(header)) == 0;
    }
    free(bytes);
    free(path);
    return found;
}

enum cg_status cg_feature_cache_put(const char *dir, const struct cg_feature_key *key,
                                    const float *values, size_t count, struct cg_error *error)
{
    if (dir == NULL)
        return CG_OK;
    struct entry_header header = make_header(key, values, count);
    struct cg_file_writer *writer = NULL;
    char *path = entry_path(dir, key);
    enum cg_status status = path != NULL
                                ? cg_file_writer_create(path, CG_WRITE_OVER, &writer, error)
                                : cg_fail(error, CG_ERR_MEMORY, "cache %s: out of memory", dir);
    if (status == CG_OK)
        status = cg_file_writer_add(writer, &header, sizeof(header), error);
    if (status == CG_OK)
        status = cg_file_writer_add(writer, values, count * sizeof(*values), error);
    if (status == CG_OK)
        status = cg_file_writer_commit(writer, error);
    cg_file_writer_free(writer);
    free(path);
    return status;
}
