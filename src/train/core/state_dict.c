/* What a checkpoint holds: see state_dict.h. */
#include "train/core/state_dict.h"

#include "base/content.h"
#include "model/safetensors.h"
#include "tensor/kernels.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_KEY "xxh3"
#define FORMER_HASH_KEY "hash"
#define HASH_NBYTES 24

void cg_state_dict_add_array(struct cg_state_dict *list, const char *owner, const char *what,
                             float *data, size_t count)
{
    size_t at = list->array_count++;
    snprintf(list->arrays[at].name, CG_STATE_DICT_NAME_NBYTES, "%s.%s", owner, what);
    list->arrays[at].data = data;
    list->arrays[at].count = count;
}

void cg_state_dict_add_counter(struct cg_state_dict *list, const char *owner, const char *what,
                               uint64_t *value)
{
    size_t at = list->counter_count++;
    snprintf(list->counters[at].name, CG_STATE_DICT_NAME_NBYTES, "%s.%s", owner, what);
    list->counters[at].value = value;
}

void cg_state_dict_add_learner(struct cg_state_dict *list, const char *owner,
                               struct cg_learner *learner)
{
    cg_state_dict_add_array(list, owner, "parameters", learner->parameters, learner->count);
    cg_state_dict_add_array(list, owner, "first_moment", learner->first, learner->count);
    cg_state_dict_add_array(list, owner, "second_moment", learner->second, learner->count);
    cg_state_dict_add_counter(list, owner, "steps", &learner->steps);
    if (learner->spectral != NULL) {
        size_t count;
        float *vectors = cg_spectral_vectors(learner->spectral, &count);
        cg_state_dict_add_array(list, owner, "spectral_vectors", vectors, count);
    }
}

void cg_state_dict_tell(const struct cg_state_dict *list, struct cg_ranks *ranks)
{
    for (size_t i = 0; i < list->array_count; i++)
        cg_ranks_broadcast(ranks, list->arrays[i].data, list->arrays[i].count * sizeof(float));
    for (size_t i = 0; i < list->counter_count; i++)
        cg_ranks_broadcast(ranks, list->counters[i].value, sizeof(*list->counters[i].value));
}

bool cg_state_dict_is_finite(const struct cg_state_dict *list)
{
    bool finite = true;
    for (size_t i = 0; i < list->array_count; i++)
        finite &= cg_vector_is_finite(list->arrays[i].data, list->arrays[i].count);
    return finite;
}

/* A hash of all arrays and counters, in the list's order. */
static void print_hash(const struct cg_state_dict *list, char text[HASH_NBYTES])
{
    uint64_t hash = 0;
    for (size_t i = 0; i < list->array_count; i++)
        hash =
            cg_content_hash(list->arrays[i].data, list->arrays[i].count * sizeof(float), hash).low;
    for (size_t i = 0; i < list->counter_count; i++)
        hash = cg_content_hash(list->counters[i].value, sizeof(uint64_t), hash).low;
    snprintf(text, HASH_NBYTES, "%016" PRIx64, hash);
}

enum cg_status cg_state_dict_write(const char *path, const struct cg_state_dict *list,
                                   struct cg_error *error)
{
    struct cg_tensor tensors[CG_STATE_DICT_ARRAYS_MAX];
    struct cg_metadata metadata[CG_STATE_DICT_COUNTERS_MAX + 1];
    char digits[CG_STATE_DICT_COUNTERS_MAX][24], hash[HASH_NBYTES];
    for (size_t i = 0; i < list->array_count; i++)
        tensors[i] = (struct cg_tensor){.name = list->arrays[i].name,
                                        .rank = 1,
                                        .shape = {list->arrays[i].count},
                                        .data = list->arrays[i].data};
    for (size_t i = 0; i < list->counter_count; i++) {
        snprintf(digits[i], sizeof(digits[i]), "%" PRIu64, *list->counters[i].value);
        metadata[i] = (struct cg_metadata){list->counters[i].name, digits[i]};
    }
    print_hash(list, hash);
    metadata[list->counter_count] = (struct cg_metadata){HASH_KEY, hash};
    return cg_safetensors_write(path, CG_WRITE_OVER, tensors, list->array_count, metadata,
                                list->counter_count + 1, error);
}

static enum cg_status read_arrays(const char *path, const struct cg_safetensors *file,
                                  const struct cg_state_dict *list, struct cg_error *error)
{
    for (size_t i = 0; i < list->array_count; i++) {
        const struct cg_tensor *tensor = cg_safetensors_find(file, list->arrays[i].name);
        size_t found = tensor == NULL ? 0 : tensor->shape[0];
        if (tensor == NULL || tensor->rank != 1 || found != list->arrays[i].count)
            return cg_fail(error, CG_ERR_MODEL,
                           "%s: expected %zu numbers of %s, found %zu: a checkpoint of another run",
                           path, list->arrays[i].count, list->arrays[i].name, found);
        memcpy(list->arrays[i].data, tensor->data, found * sizeof(float));
    }
    return CG_OK;
}

static enum cg_status read_counters(const char *path, const struct cg_safetensors *file,
                                    const struct cg_state_dict *list, struct cg_error *error)
{
    for (size_t i = 0; i < list->counter_count; i++) {
        const char *digits = cg_safetensors_metadata(file, list->counters[i].name);
        char *end = NULL;
        if (digits != NULL)
            *list->counters[i].value = strtoull(digits, &end, 10);
        if (digits == NULL || end == digits || *end != '\0')
            return cg_fail(error, CG_ERR_MODEL, "%s: no count of %s: not a checkpoint", path,
                           list->counters[i].name);
    }
    return CG_OK;
}

static enum cg_status check_hash(const char *path, const struct cg_safetensors *file,
                                 const struct cg_state_dict *list, struct cg_error *error)
{
    char hash[HASH_NBYTES];
    const char *written = cg_safetensors_metadata(file, HASH_KEY);
    if (written == NULL && cg_safetensors_metadata(file, FORMER_HASH_KEY) != NULL)
        return cg_fail(error, CG_ERR_MODEL,
                       "%s: a checkpoint of an earlier version of comicgan, which alone can resume "
                       "it",
                       path);
    print_hash(list, hash);
    if (written == NULL || strcmp(written, hash) != 0)
        return cg_fail(error, CG_ERR_MODEL, "%s: expected numbers of hash %s, found %s: damaged",
                       path, written != NULL ? written : "(none)", hash);
    return CG_OK;
}

enum cg_status cg_state_dict_read(const char *path, const struct cg_state_dict *list,
                                  struct cg_error *error)
{
    struct cg_safetensors *file = NULL;
    enum cg_status status = cg_safetensors_read(path, &file, error);
    if (status == CG_OK)
        status = read_arrays(path, file, list, error);
    if (status == CG_OK)
        status = read_counters(path, file, list, error);
    if (status == CG_OK)
        status = check_hash(path, file, list, error);
    cg_safetensors_free(file);
    return status;
}

float cg_rollback_rate(const struct cg_rollback *rollback, float rate)
{
    return ldexpf(rate, -(int)rollback->halvings);
}

void cg_state_dict_add_rollback(struct cg_state_dict *list, struct cg_rollback *rollback)
{
    cg_state_dict_add_counter(list, "run", "rollbacks_in_a_row", &rollback->in_a_row);
    cg_state_dict_add_counter(list, "run", "halvings", &rollback->halvings);
}
