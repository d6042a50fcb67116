/* A network as a function with a gradient, to be checked. What goes wrong fails the test. */
#ifndef CG_TESTS_GRAD_SUBJECT_H
#define CG_TESTS_GRAD_SUBJECT_H

#include "nn/pass.h"

/* The function: sum of output times weight, in double; all numbers random. */
struct subject {
    struct cg_network *network;
    struct cg_pass *pass;
    float *parameters, *input, *weights;
    float *by_parameters, *by_input; /* the gradient as backward gives it */
    size_t input_count, output_count;
};

/* Takes the network over. */
struct subject subject_new(struct cg_network *network, int count, int height, int width);
void subject_clear(struct subject *subject);

/* Run backward, then the worse of the errors by parameters and by input (gradient_check.h). */
double subject_error(struct subject *subject, float step, size_t sample);

/*
 * The same along one direction only, the gradient's own, in which kinks of many outputs even out:
 * the error of the gradient's length, by parameters or by input, whichever is worse.
 */
double subject_length_error(struct subject *subject, float step);

/* What is asked for must not depend on what else is, and parameters' gradients must add up. After
 * subject_error. */
void subject_check_the_ways_of_asking(struct subject *subject);

#endif
