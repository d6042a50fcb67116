/* How long a run will take, from what its parts were seen to take. */
#ifndef CG_TRAIN_STYLE_ESTIMATE_H
#define CG_TRAIN_STYLE_ESTIMATE_H

#include "train/style/recipe.h"

#include <stdbool.h>
#include <stdint.h>

/* Seconds, as measured on one step. */
struct cg_costs {
    bool second_stage;   /* that the step was of */
    double before;       /* drawing, generating, critics; all there is in the critics' head start */
    double learning;     /* the generator's turn */
    double saving;       /* samples, checkpoint and model */
    uint64_t save_steps; /* from one save to the next */
};

/* Of the steps from first to before end. */
double cg_estimate_seconds(const struct cg_costs *costs, const struct cg_recipe *recipe,
                           uint64_t first, uint64_t end);

/* How far the steps from first on come in that time. */
uint64_t cg_estimate_end(const struct cg_costs *costs, const struct cg_recipe *recipe,
                         uint64_t first, double seconds);

#endif
