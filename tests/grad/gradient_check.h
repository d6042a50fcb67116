/*
 * Central differences: whether a claimed gradient is one.
 *
 * (f(x + h) - f(x - h)) / 2h errs by h^2 f'''/6 and by the rounding of f over h. Where f is not
 * smooth (leaky ReLU, L1) a kink between x - h and x + h spoils the difference: so each number is
 * tried with h, h/4, h/16, ... h/256 until one fits, and the best counts. A wrong gradient fits
 * none of them.
 */
#ifndef CG_TESTS_GRAD_GRADIENT_CHECK_H
#define CG_TESTS_GRAD_GRADIENT_CHECK_H

#include <stddef.h>

struct gradient_check {
    double (*value)(void *context); /* the function at the present numbers */
    void *context;
    float *numbers;        /* what it is a function of; they are put back */
    const float *gradient; /* what is claimed */
    size_t count;
    size_t sample; /* at most this many of the numbers, evenly spread; 0: all */
    float step;
    double enough; /* an error below which smaller steps are not tried; 0: 2e-4 */
};

/*
 * The largest error of any number tried, as a share of the derivative there or, for derivatives
 * smaller than that, of the root mean square of the claimed gradient. Infinity for NaN.
 */
double gradient_worst_error(const struct gradient_check *check);

#endif
