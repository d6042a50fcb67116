/* A network as a function with a gradient: see subject.h. */
#include "grad/subject.h"

#include "grad/gradient_check.h"
#include "unit/fixture_network.h"
#include "unit/fixture_numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DROPOUT_NOISE 77 /* for layers that draw at random */

static double subject_value(void *context)
{
    const struct subject *subject = context;
    const float *output = cg_pass_forward(subject->pass, subject->parameters, subject->input);
    double sum = 0.0;
    for (size_t i = 0; i < subject->output_count; i++)
        sum += (double)output[i] * (double)subject->weights[i];
    return sum;
}

/* by_parameters is added to, by_input written; either may be NULL. */
static void subject_backward(const struct subject *subject, float *by_parameters, float *by_input)
{
    float *grad_output = malloc(subject->output_count * sizeof(float));
    assert_non_null(grad_output);
    memcpy(grad_output, subject->weights, subject->output_count * sizeof(float));
    cg_pass_forward(subject->pass, subject->parameters, subject->input);
    cg_pass_backward(subject->pass, subject->parameters, grad_output, by_parameters, by_input);
    free(grad_output);
}

struct subject subject_new(struct cg_network *network, int count, int height, int width)
{
    struct subject subject = {.network = network};
    struct cg_error error;
    struct cg_shape in = {count, height, width, network->input_channels, 1};
    if (cg_pass_create(network, count, height, width, true, &subject.pass, &error) != CG_OK)
        fail_msg("%s", error.text);
    cg_pass_set_noise(subject.pass, DROPOUT_NOISE);
    subject.input_count = fixture_value_count(&in);
    subject.output_count = fixture_value_count(cg_pass_output_shape(subject.pass));
    subject.parameters = fixture_random_new(network->parameter_count, 1, 0.7f);
    subject.input = fixture_random_new(subject.input_count, 2, 1.0f);
    subject.weights = fixture_random_new(subject.output_count, 3, 1.0f);
    subject.by_parameters = calloc(network->parameter_count + 1, sizeof(float));
    subject.by_input = fixture_random_new(subject.input_count, 4, 1.0f); /* to be overwritten */
    assert_non_null(subject.by_parameters);
    return subject;
}

void subject_clear(struct subject *subject)
{
    free(subject->by_input);
    free(subject->by_parameters);
    free(subject->weights);
    free(subject->input);
    free(subject->parameters);
    cg_pass_free(subject->pass);
    cg_network_free(subject->network);
}

double subject_error(struct subject *subject, float step, size_t sample)
{
    struct gradient_check check = {.value = subject_value,
                                   .context = subject,
                                   .numbers = subject->parameters,
                                   .gradient = subject->by_parameters,
                                   .count = subject->network->parameter_count,
                                   .sample = sample,
                                   .step = step};
    memset(subject->by_parameters, 0, check.count * sizeof(float));
    subject_backward(subject, subject->by_parameters, subject->by_input);
    double error = check.count > 0 ? gradient_worst_error(&check) : 0.0;
    check.numbers = subject->input;
    check.gradient = subject->by_input;
    check.count = subject->input_count;
    return fmax(error, gradient_worst_error(&check));
}

void subject_check_the_ways_of_asking(struct subject *subject)
{
    size_t count = subject->network->parameter_count;
    float *by_parameters = calloc(count + 1, sizeof(float));
    float *by_input = fixture_random_new(subject->input_count, 5, 1.0f);
    assert_non_null(by_parameters);
    subject_backward(subject, NULL, by_input);
    assert_memory_equal(by_input, subject->by_input, subject->input_count * sizeof(float));
    subject_backward(subject, by_parameters, NULL);
    assert_memory_equal(by_parameters, subject->by_parameters, count * sizeof(float));
    subject_backward(subject, by_parameters, by_input);
    double typical = sqrt(cg_vector_dot(subject->by_parameters, subject->by_parameters, count) /
                          (double)(count + 1));
    for (size_t i = 0; i < count; i++) { /* sums of some hundred floats begun elsewhere */
        double twice = 2.0 * (double)subject->by_parameters[i];
        assert_true(fabs(by_parameters[i] - twice) <= 1e-5 * (fabs(twice) + typical));
    }
    free(by_input);
    free(by_parameters);
}

/* ---- along the gradient ---- */

/* numbers = start + t * direction */
struct line {
    struct subject *subject;
    float *numbers, *start, *direction;
    size_t count;
    float t;
};

static double line_value(void *context)
{
    const struct line *line = context;
    for (size_t i = 0; i < line->count; i++)
        line->numbers[i] = line->start[i] + line->t * line->direction[i];
    return subject_value(line->subject);
}

/* direction: the gradient by numbers, made one long and lost. */
static double error_along(struct subject *subject, float *numbers, float *direction, size_t count,
                          float step)
{
    struct line line = {.subject = subject, .numbers = numbers, .direction = direction};
    float length = (float)sqrt(cg_vector_dot(direction, direction, count));
    line.count = count;
    line.start = malloc(count * sizeof(float));
    assert_non_null(line.start);
    memcpy(line.start, numbers, count * sizeof(float));
    cg_vector_scale(direction, 1.0f / length, count);
    struct gradient_check check = {.value = line_value,
                                   .context = &line,
                                   .numbers = &line.t,
                                   .gradient = &length,
                                   .count = 1,
                                   .step = step};
    double error = gradient_worst_error(&check);
    memcpy(numbers, line.start, count * sizeof(float));
    free(line.start);
    return error;
}

double subject_length_error(struct subject *subject, float step)
{
    size_t count = subject->network->parameter_count;
    memset(subject->by_parameters, 0, count * sizeof(float));
    subject_backward(subject, subject->by_parameters, subject->by_input);
    double by_parameters =
        error_along(subject, subject->parameters, subject->by_parameters, count, step);
    double by_input =
        error_along(subject, subject->input, subject->by_input, subject->input_count, step);
    return fmax(by_parameters, by_input);
}
