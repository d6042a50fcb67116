/*
 * A batch of the vector GAN: passes and buffers for all of its rows. The functions below are the
 * steps of the algorithm. They run on a thread pool, by blocks of rows or columns; results do not
 * depend on the threads. Random numbers depend on (seed, purpose, row index in the run) alone.
 */
#ifndef CG_GAN_VECTOR_BATCH_H
#define CG_GAN_VECTOR_BATCH_H

#include "gan/gan.h"
#include "train/core/state_dict.h"

/* What training changes; a checkpoint holds it. */
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

struct cg_vector_batch;

/* Means over the rows. */
struct cg_vector_losses {
    double discriminator, generator, penalty;
    double accuracy_real, accuracy_fake;
};

/* The options, the state's networks and the pool must outlive it. Errors: CG_ERR_ARGUMENT,
 * CG_ERR_MEMORY. */
enum cg_status cg_vector_batch_create(const struct cg_vector_options *options,
                                      const struct cg_vector_state *state, struct cg_pool *pool,
                                      struct cg_vector_batch **out, struct cg_error *error);
void cg_vector_batch_free(struct cg_vector_batch *batch);

/* Step 1: draw latents and generate pictures. round: index of the batch in the run. */
void cg_vector_batch_make_fake(struct cg_vector_batch *batch, uint64_t round,
                               const struct cg_learner *generator);

/* Step 2: draw pictures of the data. */
void cg_vector_batch_draw_real(struct cg_vector_batch *batch, uint64_t round,
                               const struct cg_samples *samples);

/* Step 3: run D on both; add to its gradient. */
void cg_vector_batch_judge(struct cg_vector_batch *batch, uint64_t round,
                           const struct cg_learner *discriminator);

/* Step 4: run the updated D on the generated ones again; add to G's gradient through it. */
void cg_vector_batch_learn(struct cg_vector_batch *batch, uint64_t round,
                           const struct cg_learner *discriminator,
                           const struct cg_learner *generator);

/* Of the last steps 3 and 4. */
const struct cg_vector_losses *cg_vector_batch_losses(const struct cg_vector_batch *batch);

#endif
