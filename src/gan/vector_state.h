/* The mutable state of a vector GAN's training, and the part of it that a checkpoint holds. */
#ifndef CG_GAN_VECTOR_STATE_H
#define CG_GAN_VECTOR_STATE_H

#include "gan/gan.h"
#include "train/core/rollback.h"

struct cg_vector_state {
    struct cg_learner generator, discriminator;
    float *average; /* moving average of G's parameters; the model that is written */
    struct cg_stability stability;
    uint64_t step; /* done */
    struct cg_rollback rollback;
};

/* The initial state. Errors: CG_ERR_MODEL, CG_ERR_MEMORY. */
enum cg_status cg_vector_state_create(const struct cg_vector_options *options,
                                      struct cg_vector_state *out, struct cg_error *error);
void cg_vector_state_clear(struct cg_vector_state *state);

/* All of it by name, for checkpoints. */
void cg_vector_state_list(struct cg_vector_state *state, struct cg_state_dict *list);

#endif
