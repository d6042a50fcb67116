/*
 * Rollback of a run whose numbers became non-finite: back to the last regular checkpoint with half
 * the learning rates (loop.h). The count is part of the state, so a run that is stopped in between
 * and resumed takes the same course.
 */
#ifndef CG_TRAIN_CORE_ROLLBACK_H
#define CG_TRAIN_CORE_ROLLBACK_H

#include "train/core/state_dict.h"

#define CG_ROLLBACKS_MAX 3 /* in a row; then the run is given up */

struct cg_rollback {
    uint64_t in_a_row; /* since the last regular checkpoint */
    uint64_t halvings; /* of the learning rates, in all */
};

/* A learning rate of the recipe, after the halvings. */
float cg_rollback_rate(const struct cg_rollback *rollback, float rate);

void cg_state_dict_add_rollback(struct cg_state_dict *list, struct cg_rollback *rollback);

#endif
