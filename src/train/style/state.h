/* All that changes during training, and what of it a checkpoint holds. */
#ifndef CG_TRAIN_STYLE_STATE_H
#define CG_TRAIN_STYLE_STATE_H

#include "model/model.h"
#include "train/core/rollback.h"
#include "train/style/style.h"

struct cg_train_state {
    struct cg_generator_config config;
    struct cg_learner generator;
    struct cg_learner critics[CG_CRITIC_COUNT];
    float *average; /* moving average of the generator's parameters: what is shipped */
    uint64_t step;  /* done */
    struct cg_rollback rollback;
};

/* Everything at its start; the generator from start (may be NULL: at random, of
 * the architecture that options name). */
enum cg_status cg_train_state_create(const struct cg_train_options *options, struct cg_ranks *ranks,
                                     const struct cg_model *start, struct cg_train_state *out,
                                     struct cg_error *error);

/* Join the other ranks: from now on all have the first one's state, and take their steps together.
 * By all ranks; error: CG_ERR_MEMORY. */
enum cg_status cg_train_state_join(struct cg_train_state *state, struct cg_error *error);

void cg_train_state_clear(struct cg_train_state *state);

/* All of it by name, for checkpoints. */
void cg_train_state_list(struct cg_train_state *state, struct cg_state_dict *list);

#endif
