/* Setbacks: see setbacks.h. */
#include "train/setbacks.h"

#include <math.h>

float cg_setbacks_rate(const struct cg_setbacks *setbacks, float rate)
{
    return ldexpf(rate, -(int)setbacks->halvings);
}

void cg_inventory_add_setbacks(struct cg_inventory *list, struct cg_setbacks *setbacks)
{
    cg_inventory_add_counter(list, "run", "setbacks_in_a_row", &setbacks->in_a_row);
    cg_inventory_add_counter(list, "run", "halvings", &setbacks->halvings);
}
