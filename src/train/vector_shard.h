/*
 * Some rows of a vector GAN's batch: their passes and buffers. The functions below are the text's
 * steps on these rows; which thread does them makes no difference. Random numbers depend on (seed,
 * purpose, number of the row in the run) alone.
 */
#ifndef CG_TRAIN_VECTOR_SHARD_H
#define CG_TRAIN_VECTOR_SHARD_H

#include "train/vector_state.h"

struct cg_vector_shard;

/* Means over a shard's rows, times its share of the batch. */
struct cg_vector_losses {
    double discriminator, generator, penalty;
    double accuracy_real, accuracy_fake;
};

/* index: which rows of the batch; share: 1 / number of shards. The state's networks must outlive
 * it. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY. */
enum cg_status cg_vector_shard_create(const struct cg_vector_options *options,
                                      const struct cg_vector_state *state, int index, float share,
                                      struct cg_vector_shard **out, struct cg_error *error);
void cg_vector_shard_free(struct cg_vector_shard *shard);

/* Step 1: draw noise, let G make pictures of it. round: counts batches through the run. */
void cg_vector_shard_make_fake(struct cg_vector_shard *shard, uint64_t round,
                               const struct cg_learner *generator);

/* Step 2: draw pictures of the data. */
void cg_vector_shard_draw_real(struct cg_vector_shard *shard, uint64_t round,
                               const struct cg_samples *samples);

/* Step 3: D judges both; add its gradient. */
void cg_vector_shard_judge(struct cg_vector_shard *shard, uint64_t round,
                           const struct cg_learner *discriminator);

/* Step 4: D, as it is now, judges the fake ones once more; add G's gradient through it. */
void cg_vector_shard_learn(struct cg_vector_shard *shard, uint64_t round,
                           const struct cg_learner *discriminator,
                           const struct cg_learner *generator);

/* Of the last steps 3 and 4. */
const struct cg_vector_losses *cg_vector_shard_losses(const struct cg_vector_shard *shard);

#endif
