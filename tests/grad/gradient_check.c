/* Central differences: see gradient_check.h. */
#include "grad/gradient_check.h"

#include <math.h>

#define STEPS_TRIED 5
#define STEP_RATIO 4.0f
#define GOOD_ENOUGH 2e-4

static double root_mean_square(const float *values, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += (double)values[i] * (double)values[i];
    return sqrt(sum / (double)count);
}

static double difference(const struct gradient_check *check, size_t i, float step)
{
    float kept = check->numbers[i];
    float above = kept + step, below = kept - step;
    check->numbers[i] = above;
    double value_above = check->value(check->context);
    check->numbers[i] = below;
    double value_below = check->value(check->context);
    check->numbers[i] = kept;
    return (value_above - value_below) / ((double)above - (double)below);
}

static double error_of(const struct gradient_check *check, size_t i, double typical)
{
    double best = INFINITY, claimed = check->gradient[i];
    double enough = check->enough > 0.0 ? check->enough : GOOD_ENOUGH;
    float step = check->step;
    for (int k = 0; k < STEPS_TRIED && best > enough; k++, step /= STEP_RATIO) {
        double found = difference(check, i, step);
        double size = fmax(fmax(fabs(found), fabs(claimed)), fmax(typical, 1e-30));
        double error = fabs(found - claimed) / size;
        if (error < best)
            best = error;
    }
    return best;
}

double gradient_worst_error(const struct gradient_check *check)
{
    double worst = 0.0, typical = root_mean_square(check->gradient, check->count);
    size_t tried = check->sample > 0 && check->sample < check->count ? check->sample : check->count;
    if (!isfinite(typical))
        return INFINITY;
    for (size_t k = 0; k < tried; k++) {
        double error = error_of(check, k * check->count / tried, typical);
        if (!(error <= worst))
            worst = error;
    }
    return worst;
}
