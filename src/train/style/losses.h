/*
 * The losses of a step. Those against the targets are a table: log.csv, the sum, the check for
 * numbers that are not finite and the tests of gradients go through it. A new one is a weight in
 * the recipe (recipe.h), and a row and a function in losses.c.
 */
#ifndef CG_TRAIN_STYLE_LOSSES_H
#define CG_TRAIN_STYLE_LOSSES_H

#include "train/style/recipe.h"

struct cg_micro_batch;

struct cg_loss {
    const char *name; /* in log.csv; NULL ends the table */
    size_t weight;    /* offset of the float in struct cg_recipe; 0 there: disabled */
    /* The loss of the micro-batch times weight; adds to its gradients. */
    double (*add)(struct cg_micro_batch *micro_batch, float weight);
    bool optional; /* without a weight log.csv has no column of it */
};

#define CG_LOSSES_MAX 12
extern const struct cg_loss CG_LOSSES[CG_LOSSES_MAX + 1];

float cg_loss_weight(const struct cg_loss *loss, const struct cg_recipe *recipe);

/* Parts of the loss, weighted, summed over micro-batches; and how the game stands with each critic.
 * Doubles alone. */
struct cg_losses {
    double target[CG_LOSSES_MAX]; /* in the order of the table */
    double critic[CG_CRITIC_COUNT], adversarial[CG_CRITIC_COUNT];
    double r1[CG_CRITIC_COUNT]; /* the critic's gradient penalty, not part of `critic` */
    double right_real[CG_CRITIC_COUNT], right_fake[CG_CRITIC_COUNT]; /* patches judged right, 0-1 */
    double adversarial_gradient[CG_CRITIC_COUNT]; /* squared length of the gradient that it gives
                                                     the comics */
};

/* sum += factor * part, in every field. */
void cg_losses_add_scaled(struct cg_losses *sum, const struct cg_losses *part, double factor);

bool cg_losses_are_finite(const struct cg_losses *losses);

/* The generator's: against the targets and against the critics. */
double cg_losses_total(const struct cg_losses *losses);

/*
 * Spurious ink: flecks and ticks far from every line of the target. A critic trained on crops of
 * hatched or speckled pages rewards them anywhere, and they increase over a run.
 */

/* How far from a target's line ink may be, in working pixels to each side: three line widths. */
#define CG_SPURIOUS_INK_REACH_PX 6

/*
 * distant (side x side): 1 minus the maximum of ink (side x side, 0 to 1) over the square that
 * reaches `reach` pixels to each side; 0 where the square leaves the picture, as there may be lines
 * outside. room: side x side floats of scratch.
 */
void cg_spurious_ink_distant(const float *ink, int side, int reach, float *room, float *distant);

#endif
