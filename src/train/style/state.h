/* The mutable state of training, and the part of it that a checkpoint holds. */
#ifndef CG_TRAIN_STYLE_STATE_H
#define CG_TRAIN_STYLE_STATE_H

#include "model/model.h"
#include "train/core/rollback.h"
#include "train/style/style.h"

struct cg_train_state {
    struct cg_generator_config config;
    struct cg_learner generator;
    struct cg_learner critics[CG_CRITIC_COUNT];
    float *average; /* moving average of the generator's parameters; the model that is written */
    uint64_t step;  /* done */
    struct cg_rollback rollback;
};

/* The initial state; the generator from start, or if NULL at random, of the architecture named by
 * options. */
enum cg_status cg_train_state_create(const struct cg_train_options *options, struct cg_ranks *ranks,
                                     const struct cg_model *start, struct cg_train_state *out,
                                     struct cg_error *error);

/* Join the other ranks: all receive the first one's state and step together from then on.
 * Collective. Error: CG_ERR_MEMORY. */
enum cg_status cg_train_state_join(struct cg_train_state *state, struct cg_error *error);

void cg_train_state_clear(struct cg_train_state *state);

/* All of it by name, for checkpoints. */
void cg_train_state_list(struct cg_train_state *state, struct cg_state_dict *list);

#endif
