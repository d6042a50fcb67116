/*
 * All that changes during training: see state.h. A checkpoint is a safetensors file of flat
 * tensors, the counters in its metadata.
 */
#include "train/state.h"

#include "base/memory.h"
#include "model/safetensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TENSORS_MAX (4 * (CG_CRITIC_COUNT + 1) + 1)
#define COUNTERS_MAX (CG_CRITIC_COUNT + 2)
#define NAME_NBYTES 48

enum cg_status cg_train_state_create(const struct cg_train_options *options,
                                     const struct cg_model *start, struct cg_train_state *out,
                                     struct cg_error *error)
{
    int shards = options->recipe.batch / options->recipe.shard_crops;
    struct cg_network *network = NULL;
    *out = (struct cg_train_state){0};
    enum cg_status status =
        cg_generator_build(start != NULL ? &start->config : &CG_GENERATOR_DEFAULT, &network, error);
    if (status == CG_OK)
        status = cg_learner_create(network, shards, false, options->seed, &out->generator, error);
    for (int c = 0; status == CG_OK && c < CG_CRITIC_COUNT; c++) {
        status = cg_critic_build((enum cg_critic)c, &network, error);
        if (status == CG_OK)
            status = cg_learner_create(network, shards, true, options->seed + 10 + (uint64_t)c,
                                       &out->critics[c], error);
    }
    if (status == CG_OK) {
        out->average = cg_alloc(out->generator.count, sizeof(float), "average", error);
        status = out->average == NULL ? CG_ERR_MEMORY : CG_OK;
    }
    if (status != CG_OK) {
        cg_train_state_clear(out);
        return status;
    }
    if (start != NULL)
        memcpy(out->generator.parameters, start->parameters, out->generator.count * sizeof(float));
    memcpy(out->average, out->generator.parameters, out->generator.count * sizeof(float));
    return CG_OK;
}

void cg_train_state_clear(struct cg_train_state *state)
{
    cg_learner_clear(&state->generator);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        cg_learner_clear(&state->critics[c]);
    free(state->average);
    *state = (struct cg_train_state){0};
}

/* Every array and counter of the state with its name in the file: one list for both directions. */
struct inventory {
    struct {
        char name[NAME_NBYTES];
        float *data;
        size_t count;
    } arrays[TENSORS_MAX];
    size_t array_count;
    struct {
        char name[NAME_NBYTES];
        uint64_t *value;
    } counters[COUNTERS_MAX];
    size_t counter_count;
};

static void list_array(struct inventory *list, const char *owner, const char *what, float *data,
                       size_t count)
{
    snprintf(list->arrays[list->array_count].name, NAME_NBYTES, "%s.%s", owner, what);
    list->arrays[list->array_count].data = data;
    list->arrays[list->array_count].count = count;
    list->array_count++;
}

static void list_counter(struct inventory *list, const char *owner, const char *what,
                         uint64_t *value)
{
    snprintf(list->counters[list->counter_count].name, NAME_NBYTES, "%s.%s", owner, what);
    list->counters[list->counter_count].value = value;
    list->counter_count++;
}

static void list_learner(struct inventory *list, const char *owner, struct cg_learner *learner)
{
    list_array(list, owner, "parameters", learner->parameters, learner->count);
    list_array(list, owner, "first_moment", learner->first, learner->count);
    list_array(list, owner, "second_moment", learner->second, learner->count);
    list_counter(list, owner, "steps", &learner->steps);
    if (learner->spectral != NULL) {
        size_t count;
        float *vectors = cg_spectral_vectors(learner->spectral, &count);
        list_array(list, owner, "spectral_vectors", vectors, count);
    }
}

static void list_state(struct inventory *list, struct cg_train_state *state)
{
    *list = (struct inventory){0};
    list_counter(list, "run", "step", &state->step);
    list_learner(list, "generator", &state->generator);
    list_array(list, "generator", "average", state->average, state->generator.count);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        list_learner(list, cg_critic_name((enum cg_critic)c), &state->critics[c]);
}

enum cg_status cg_checkpoint_write(const char *path, const struct cg_train_state *state,
                                   struct cg_error *error)
{
    struct inventory list;
    struct cg_tensor tensors[TENSORS_MAX];
    struct cg_metadata metadata[COUNTERS_MAX];
    char digits[COUNTERS_MAX][24];
    list_state(&list, (struct cg_train_state *)(size_t)state);
    for (size_t i = 0; i < list.array_count; i++)
        tensors[i] = (struct cg_tensor){.name = list.arrays[i].name,
                                        .rank = 1,
                                        .shape = {list.arrays[i].count},
                                        .data = list.arrays[i].data};
    for (size_t i = 0; i < list.counter_count; i++) {
        snprintf(digits[i], sizeof(digits[i]), "%" PRIu64, *list.counters[i].value);
        metadata[i] = (struct cg_metadata){list.counters[i].name, digits[i]};
    }
    return cg_safetensors_write(path, tensors, list.array_count, metadata, list.counter_count,
                                error);
}

static enum cg_status read_arrays(const char *path, const struct cg_safetensors *file,
                                  const struct inventory *list, struct cg_error *error)
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
                                    const struct inventory *list, struct cg_error *error)
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

enum cg_status cg_checkpoint_read(const char *path, struct cg_train_state *state,
                                  struct cg_error *error)
{
    struct inventory list;
    struct cg_safetensors *file = NULL;
    enum cg_status status = cg_safetensors_read(path, &file, error);
    list_state(&list, state);
    if (status == CG_OK)
        status = read_arrays(path, file, &list, error);
    if (status == CG_OK)
        status = read_counters(path, file, &list, error);
    cg_safetensors_free(file);
    return status;
}
