/* All that changes while a vector GAN is trained, and what of it a checkpoint holds. */
#ifndef CG_GAN_VECTOR_STATE_H
#define CG_GAN_VECTOR_STATE_H

#include "gan/gan.h"
#include "train/core/rollback.h"

struct cg_vector_state {
    struct cg_learner generator, discriminator;
    float *average; /* moving average of G's parameters: what is shipped */
    struct cg_stability stability;
    uint64_t step; /* done */
    struct cg_rollback rollback;
};

/* Everything at its start. Errors: CG_ERR_MODEL, CG_ERR_MEMORY. */
enum cg_status cg_vector_state_create(const struct cg_vector_options *options,
                                      struct cg_vector_state *out, struct cg_error *error);
void cg_vector_state_clear(struct cg_vector_state *state);

/* All of it by name, for checkpoints. */
void cg_vector_state_list(struct cg_vector_state *state, struct cg_state_dict *list);

#endif
