/* The mutable state of training: see state.h. */
#include "train/style/state.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum cg_status cg_train_state_create(const struct cg_train_options *options, struct cg_ranks *ranks,
                                     const struct cg_model *start, struct cg_train_state *out,
                                     struct cg_error *error)
{
    int micro_batches = options->recipe.batch / options->recipe.micro_batch_crops;
    struct cg_network *network = NULL;
    *out = (struct cg_train_state){0};
    out->config = start != NULL ? start->config : *cg_generator_find(options->generator);
    enum cg_status status = cg_generator_build(&out->config, &network, error);
    if (status == CG_OK)
        status = cg_learner_create(network, ranks, micro_batches, false, options->seed,
                                   &out->generator, error);
    for (int c = 0; status == CG_OK && c < CG_CRITIC_COUNT; c++) {
        status = cg_critic_build((enum cg_critic)c, &network, error);
        if (status == CG_OK)
            status = cg_learner_create(network, ranks, micro_batches, true,
                                       options->seed + 10 + (uint64_t)c, &out->critics[c], error);
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

void cg_train_state_list(struct cg_train_state *state, struct cg_state_dict *list)
{
    *list = (struct cg_state_dict){0};
    cg_state_dict_add_counter(list, "run", "step", &state->step);
    cg_state_dict_add_rollback(list, &state->rollback);
    cg_state_dict_add_learner(list, "generator", &state->generator);
    cg_state_dict_add_array(list, "generator", "average", state->average, state->generator.count);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        cg_state_dict_add_learner(list, cg_critic_name((enum cg_critic)c), &state->critics[c]);
}

enum cg_status cg_train_state_join(struct cg_train_state *state, struct cg_error *error)
{
    struct cg_state_dict list;
    enum cg_status status = cg_learner_join(&state->generator, error);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        if (cg_learner_join(&state->critics[c], error) != CG_OK)
            status = CG_ERR_MEMORY;
    cg_train_state_list(state, &list);
    cg_state_dict_tell(&list, state->generator.ranks);
    return status;
}
