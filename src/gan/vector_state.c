/* The mutable state of a vector GAN's training: see vector_state.h. */
#include "gan/vector_state.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void set_rule(struct cg_learner *learner, const struct cg_vector_recipe *recipe)
{
    learner->rule = recipe->rule;
    learner->adam =
        (struct cg_adam){.beta1 = recipe->beta1, .beta2 = recipe->beta2, .epsilon = 1e-8f};
}

enum cg_status cg_vector_state_create(const struct cg_vector_options *options,
                                      struct cg_vector_state *out, struct cg_error *error)
{
    const struct cg_vector_recipe *recipe = &options->recipe;
    struct cg_network *network = NULL;
    *out = (struct cg_vector_state){0};
    enum cg_status status = cg_vector_generator_build(&options->config, &network, error);
    if (status == CG_OK)
        status = cg_learner_create(network, NULL, 1, false, options->seed, &out->generator, error);
    if (status == CG_OK)
        status = cg_vector_discriminator_build(&options->config, &network, error);
    if (status == CG_OK)
        status = cg_learner_create(network, NULL, 1, recipe->spectral_norm != 0, options->seed + 10,
                                   &out->discriminator, error);
    if (status == CG_OK) {
        out->average = cg_alloc(out->generator.count, sizeof(float), "average", error);
        status = out->average == NULL ? CG_ERR_MEMORY : CG_OK;
    }
    if (status != CG_OK) {
        cg_vector_state_clear(out);
        return status;
    }
    set_rule(&out->generator, recipe);
    set_rule(&out->discriminator, recipe);
    memcpy(out->average, out->generator.parameters, out->generator.count * sizeof(float));
    if (out->discriminator.spectral != NULL) /* until the first step says better */
        memcpy(out->discriminator.used, out->discriminator.parameters,
               out->discriminator.count * sizeof(float));
    return CG_OK;
}

void cg_vector_state_clear(struct cg_vector_state *state)
{
    cg_learner_clear(&state->generator);
    cg_learner_clear(&state->discriminator);
    free(state->average);
    *state = (struct cg_vector_state){0};
}

void cg_vector_state_list(struct cg_vector_state *state, struct cg_state_dict *list)
{
    struct cg_learner *d = &state->discriminator;
    *list = (struct cg_state_dict){0};
    cg_state_dict_add_counter(list, "run", "step", &state->step);
    cg_state_dict_add_rollback(list, &state->rollback);
    cg_state_dict_add_learner(list, "generator", &state->generator);
    cg_state_dict_add_array(list, "generator", "average", state->average, state->generator.count);
    cg_state_dict_add_learner(list, "discriminator", d);
    if (d->spectral != NULL)
        cg_state_dict_add_array(list, "discriminator", "used", d->used, d->count);
    cg_state_dict_add_array(list, "stability", "memory", (float *)&state->stability,
                            CG_STABILITY_FLOATS);
}
