/*
 * How long a run will take, by one step's time and what other steps take to it.
 */
#ifndef CG_TRAIN_STYLE_ESTIMATE_H
#define CG_TRAIN_STYLE_ESTIMATE_H

#include "train/style/recipe.h"

#include <stdint.h>

/* What steps of a run do. */
enum cg_phase {
    CG_PHASE_PRETRAIN,   /* the generator learns from targets */
    CG_PHASE_HEAD_START, /* the critics learn, the generator rests */
    CG_PHASE_GAME        /* both learn */
};

struct cg_costs {
    enum cg_phase phase; /* of the measured step */
    double step;         /* seconds that it took */
    double saving;       /* samples, checkpoint and model */
    uint64_t save_steps; /* from one save to the next */
};

/* The duration of the steps from first to end - 1. */
double cg_estimate_seconds(const struct cg_costs *costs, const struct cg_recipe *recipe,
                           uint64_t first, uint64_t end);

/* The step reached in that time, starting at first. */
uint64_t cg_estimate_end(const struct cg_costs *costs, const struct cg_recipe *recipe,
                         uint64_t first, double seconds);

#endif
