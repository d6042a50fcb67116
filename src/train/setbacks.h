/*
 * What becomes of a run whose numbers were no longer finite: it goes back to its last regular
 * checkpoint with half the learning rates (loop.h). How often it has is part of its state, so a run
 * that is stopped in between and gone on with takes the same course.
 */
#ifndef CG_TRAIN_SETBACKS_H
#define CG_TRAIN_SETBACKS_H

#include "train/inventory.h"

#define CG_SETBACKS_MAX 3 /* in a row; then the run is given up */

struct cg_setbacks {
    uint64_t in_a_row; /* since the last regular checkpoint */
    uint64_t halvings; /* of the learning rates, in all */
};

/* A learning rate of the recipe as it is now. */
float cg_setbacks_rate(const struct cg_setbacks *setbacks, float rate);

void cg_inventory_add_setbacks(struct cg_inventory *list, struct cg_setbacks *setbacks);

#endif
