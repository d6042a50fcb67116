/* All that changes while a vector GAN is trained, and its checkpoint. */
#ifndef CG_TRAIN_VECTOR_STATE_H
#define CG_TRAIN_VECTOR_STATE_H

#include "train/learner.h"
#include "train/vector.h"

struct cg_vector_state {
    struct cg_learner generator, discriminator;
    float *average; /* moving average of G's parameters: what is shipped */
    struct cg_stability stability;
    uint64_t step; /* done */
};

/* Everything at its start. Errors: CG_ERR_MODEL, CG_ERR_MEMORY. */
enum cg_status cg_vector_state_create(const struct cg_vector_options *options,
                                      struct cg_vector_state *out, struct cg_error *error);
void cg_vector_state_clear(struct cg_vector_state *state);

/* Write and read a checkpoint. Errors: CG_ERR_IO; CG_ERR_MODEL for one of another run. */
enum cg_status cg_vector_state_write(const char *path, const struct cg_vector_state *state,
                                     struct cg_error *error);
enum cg_status cg_vector_state_read(const char *path, struct cg_vector_state *state,
                                    struct cg_error *error);

#endif
