/*
 * A network that is being trained: its parameters, the optimiser's moments, and one gradient for
 * each shard of the batch. Shards are summed in their order, so a step does not depend on which
 * thread did which shard, nor on how many there are.
 */
#ifndef CG_TRAIN_LEARNER_H
#define CG_TRAIN_LEARNER_H

#include "base/pool.h"
#include "nn/network.h"
#include "nn/optimizer.h"
#include "nn/spectral.h"

struct cg_learner {
    struct cg_network *network; /* owned */
    size_t count;               /* parameters */
    int shard_count;
    float *parameters;
    float *used;                  /* what passes shall use: parameters, or normalised ones */
    float *first, *second;        /* moments */
    float *gradient;              /* sum over shards; of one shard: that itself */
    float *shard_gradients;       /* shard_count times count */
    struct cg_spectral *spectral; /* NULL: no spectral norm */
    struct cg_adam adam;
    enum cg_update_rule rule;
    uint64_t steps; /* taken so far */
};

/*
 * Takes the network over (also on failure). Parameters start from seed. Errors: CG_ERR_MEMORY;
 * then *out is empty.
 */
enum cg_status cg_learner_create(struct cg_network *network, int shard_count, bool spectral_norm,
                                 uint64_t seed, struct cg_learner *out, struct cg_error *error);
void cg_learner_clear(struct cg_learner *learner);

/* Start a step: zero the shards' gradients, bring `used` up to date. */
void cg_learner_begin(struct cg_learner *learner, struct cg_pool *pool);

/* Where a shard's passes add their gradient. */
float *cg_learner_shard(const struct cg_learner *learner, int shard);

/* Sum the shards and take one step of the rule. False if the gradient is not finite: nothing
 * changed.
 */
bool cg_learner_step(struct cg_learner *learner, struct cg_pool *pool);

/* average = decay * average + (1 - decay) * parameters */
void cg_learner_average(const struct cg_learner *learner, struct cg_pool *pool, float *average,
                        float decay);

/* Length of the gradient of the last step. */
double cg_learner_gradient_length(const struct cg_learner *learner);

#endif
