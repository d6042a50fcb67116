/* Rollback: see rollback.h. */
#include "train/core/rollback.h"

#include <math.h>

float cg_rollback_rate(const struct cg_rollback *rollback, float rate)
{
    return ldexpf(rate, -(int)rollback->halvings);
}

void cg_state_dict_add_rollback(struct cg_state_dict *list, struct cg_rollback *rollback)
{
    cg_state_dict_add_counter(list, "run", "rollbacks_in_a_row", &rollback->in_a_row);
    cg_state_dict_add_counter(list, "run", "halvings", &rollback->halvings);
}
