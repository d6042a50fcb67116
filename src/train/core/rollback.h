/*
 * What becomes of a run whose numbers were no longer finite: it goes back to its last regular
 * checkpoint with half the learning rates (loop.h). How often it has is part of its state, so a run
 * that is stopped in between and resumed takes the same course.
 */
#ifndef CG_TRAIN_CORE_ROLLBACK_H
#define CG_TRAIN_CORE_ROLLBACK_H

#include "train/core/state_dict.h"

#define CG_ROLLBACKS_MAX 3 /* in a row; then the run is given up */

struct cg_rollback {
    uint64_t in_a_row; /* since the last regular checkpoint */
    uint64_t halvings; /* of the learning rates, in all */
};

/* A learning rate of the recipe as it is now. */
float cg_rollback_rate(const struct cg_rollback *rollback, float rate);

void cg_state_dict_add_rollback(struct cg_state_dict *list, struct cg_rollback *rollback);

#endif
