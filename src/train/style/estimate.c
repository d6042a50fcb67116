/* Estimating a run's time: see estimate.h. */
#include "train/style/estimate.h"

/* A step of the second stage to one of the first, as they were measured: the critics' share. */
#define CRITICS_FACTOR 1.5
#define HEAD_START_FACTOR 0.7
#define STEPS_MAX ((uint64_t)1 << 40)

/* How many of the steps from first to before end lie from begin to before limit. */
static double overlap(uint64_t first, uint64_t end, uint64_t begin, uint64_t limit)
{
    uint64_t low = first > begin ? first : begin, high = end < limit ? end : limit;
    return high > low ? (double)(high - low) : 0.0;
}

double cg_estimate_seconds(const struct cg_costs *costs, const struct cg_recipe *recipe,
                           uint64_t first, uint64_t end)
{
    const double step = costs->before + costs->learning;
    const uint64_t pretrained = recipe->pretrain_steps;
    const uint64_t started = pretrained + recipe->head_start_steps;
    const double pretrain = costs->second_stage ? step / CRITICS_FACTOR : step;
    const double game = costs->second_stage ? step : step * CRITICS_FACTOR;
    const double head_start = costs->second_stage ? costs->before : step * HEAD_START_FACTOR;
    return overlap(first, end, 0, pretrained) * pretrain +
           overlap(first, end, pretrained, started) * head_start +
           overlap(first, end, started, end) * game +
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
