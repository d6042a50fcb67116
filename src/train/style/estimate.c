/* How long a run will take: see estimate.h. */
#include "train/style/estimate.h"

/* Parts of a step in times of one of the first stage without features, as they were measured
 * (docs/TRAINING.md). */
#define DRAWING 0.3      /* crops and comics; what the critics need, too */
#define CRITICS_TURN 0.6 /* of line and colour */
#define PAIR_TURN 0.5    /* of the critic of the pair */
#define PENALTY 0.35     /* --r1 */
#define BY_CRITICS 0.25  /* the generator's gradient through the critics */
#define BY_PAIR 0.25
#define FEATURE_LOSS 1.25 /* --perceptual or --patch-nce */
#define SECOND_LOSS 0.5   /* the other one besides */

#define STEPS_MAX ((uint64_t)1 << 40)

static double features_share(const struct cg_recipe *recipe)
{
    bool both = recipe->perceptual > 0.0f && recipe->patch_nce > 0.0f;
    return cg_recipe_needs_features(recipe) ? FEATURE_LOSS + (both ? SECOND_LOSS : 0.0) : 0.0;
}

/* A step's duration to that of one of the first stage without features. */
static double share(const struct cg_recipe *recipe, enum cg_phase phase)
{
    const bool paired = cg_recipe_has_critic(recipe, CG_CRITIC_PAIR);
    const double turn =
        CRITICS_TURN + (paired ? PAIR_TURN : 0.0) + (recipe->r1 > 0.0f ? PENALTY : 0.0);
    if (phase == CG_PHASE_HEAD_START)
        return DRAWING + turn;
    const double learning = 1.0 + features_share(recipe);
    if (phase == CG_PHASE_PRETRAIN)
        return learning;
    return turn + learning + BY_CRITICS + (paired ? BY_PAIR : 0.0);
}

/* How many of the steps from first to before end lie from begin to before limit. */
static double overlap(uint64_t first, uint64_t end, uint64_t begin, uint64_t limit)
{
    uint64_t low = first > begin ? first : begin, high = end < limit ? end : limit;
    return high > low ? (double)(high - low) : 0.0;
}

double cg_estimate_seconds(const struct cg_costs *costs, const struct cg_recipe *recipe,
                           uint64_t first, uint64_t end)
{
    const uint64_t pretrained = recipe->pretrain_steps;
    const uint64_t started = pretrained + recipe->head_start_steps;
    const double shares =
        overlap(first, end, 0, pretrained) * share(recipe, CG_PHASE_PRETRAIN) +
        overlap(first, end, pretrained, started) * share(recipe, CG_PHASE_HEAD_START) +
        overlap(first, end, started, end) * share(recipe, CG_PHASE_GAME);
    return costs->step * shares / share(recipe, costs->phase) +
           costs->saving * overlap(first, end, 0, end) / (double)costs->save_steps;
}

uint64_t cg_estimate_end(const struct cg_costs *costs, const struct cg_recipe *recipe,
                         uint64_t first, double seconds)
{
    uint64_t low = first, high = first + STEPS_MAX;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (cg_estimate_seconds(costs, recipe, first, middle) <= seconds)
            low = middle;
        else
            high = middle;
    }
    return low;
}
