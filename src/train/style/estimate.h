/* Estimating a run's duration from the measured cost of its parts. */
#ifndef CG_TRAIN_STYLE_ESTIMATE_H
#define CG_TRAIN_STYLE_ESTIMATE_H

#include "train/style/recipe.h"

#include <stdbool.h>
#include <stdint.h>

/* Seconds, as measured on one step. */
struct cg_costs {
    bool second_stage; /* of the measured step */
    double before;     /* drawing, generating, critics; all of a step in the critics' head start */
    double learning;   /* the generator's turn */
    double saving;     /* samples, checkpoint and model */
    uint64_t save_steps; /* from one save to the next */
};

/* The duration of the steps from first to end - 1. */
double cg_estimate_seconds(const struct cg_costs *costs, const struct cg_recipe *recipe,
                           uint64_t first, uint64_t end);

/* The step reached in that time, starting at first. */
uint64_t cg_estimate_end(const struct cg_costs *costs, const struct cg_recipe *recipe,
                         uint64_t first, double seconds);

#endif
