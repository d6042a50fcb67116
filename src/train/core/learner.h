/*
 * A network in training: its parameters, the optimiser's moments, and one gradient for each of this
 * rank's micro-batches. Micro-batches are summed in a fixed order (ranks.h), so a step
 * does not depend on which thread processed which micro-batch, nor on the number of threads or
 * ranks.
 *
 * The gradient is divided into ranges. A range is summed, and its allreduce started, as soon as the
 * last micro-batch's backward has completed it (cg_learner_backward).
 */
#ifndef CG_TRAIN_CORE_LEARNER_H
#define CG_TRAIN_CORE_LEARNER_H

#include "base/pool.h"
#include "nn/network.h"
#include "nn/optimizer.h"
#include "nn/pass.h"
#include "nn/spectral.h"
#include "train/comm/ranks.h"

struct cg_gradient_range;

struct cg_learner {
    struct cg_network *network; /* owned */
    struct cg_ranks *ranks;
    size_t count;                             /* parameters */
    int total_micro_batches;                  /* of the batch, */
    int first_micro_batch, micro_batch_count; /* of which these are here */
    struct cg_gradient_range *ranges;         /* what is summed and sent together */
    size_t range_count;
    size_t *to_come; /* by micro-batch: ranges not yet complete */
    float *parameters;
    float *used;                  /* what passes use: the parameters, or the normalised ones */
    float *first, *second;        /* moments */
    float *micro_batch_gradients; /* micro_batch_count times count */
    float *gradient; /* sum over all micro-batches, in the place of the first one here */
    struct cg_spectral *spectral; /* NULL: no spectral norm */
    struct cg_adam adam;
    enum cg_update_rule rule;
    float clip;     /* greatest length of a step's gradient; longer ones are scaled down to it
                 * (Pascanu, Mikolov and Bengio 2013); 0: no limit */
    uint64_t steps; /* taken so far */
    double gradient_length; /* in the last step, before it was clipped */
};

/*
 * Takes ownership of the network (also on failure). total_micro_batches: of all ranks. Parameters
 * are initialised from seed. Errors: CG_ERR_MEMORY; *out is then empty.
 */
enum cg_status cg_learner_create(struct cg_network *network, struct cg_ranks *ranks,
                                 int total_micro_batches, bool spectral_norm, uint64_t seed,
                                 struct cg_learner *out, struct cg_error *error);

/*
 * Connect with the other ranks' learners, before the first step. Collective: called by all ranks.
 */
enum cg_status cg_learner_join(struct cg_learner *learner, struct cg_error *error);

void cg_learner_clear(struct cg_learner *learner);

/* Start a step: zero the micro-batches' gradients, update `used`. */
void cg_learner_begin(struct cg_learner *learner, struct cg_pool *pool);

/* Where a micro-batch's passes accumulate their gradient; micro_batch: its index in the batch. */
float *cg_learner_micro_batch(const struct cg_learner *learner, int micro_batch);

/* A micro-batch's last backward: the ranges that it completes are summed while it runs. */
void cg_learner_backward(const struct cg_learner *learner, int micro_batch, struct cg_pass *pass,
                         float *grad_output);

/* Complete the sums and apply the update rule. Returns false, with nothing changed, if the gradient
 * is not finite. */
bool cg_learner_step(struct cg_learner *learner, struct cg_pool *pool);

/* average = decay * average + (1 - decay) * parameters */
void cg_learner_average(const struct cg_learner *learner, struct cg_pool *pool, float *average,
                        float decay);

#endif
