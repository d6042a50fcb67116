/* tensor: the way back through products with small weights, against sums in double. */
#include "tensor/matrix.h"
#include "unit/fixture_numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOLERANCE 2e-6

/* One product and everything that its way back reads and writes. */
struct subject {
    size_t rows, in, out;
    float slope;
    struct fixture_guarded x, w, y, gradient, by_weight, by_bias, by_input;
};

static struct subject subject_new(size_t rows, size_t in, size_t out, float slope)
{
    return (struct subject){.rows = rows,
                            .in = in,
                            .out = out,
                            .slope = slope,
                            .x = fixture_guarded_new(rows * in, 1),
                            .w = fixture_guarded_new(out * in, 2),
                            .y = fixture_guarded_new(rows * out, 3),
                            .gradient = fixture_guarded_new(rows * out, 4),
                            .by_weight = fixture_guarded_new(out * in, 5),
                            .by_bias = fixture_guarded_new(out, 6),
                            .by_input = fixture_guarded_blank(rows * in)};
}

static void subject_clear(struct subject *subject)
{
    fixture_guarded_clear(&subject->by_input);
    fixture_guarded_clear(&subject->by_bias);
    fixture_guarded_clear(&subject->by_weight);
    fixture_guarded_clear(&subject->gradient);
    fixture_guarded_clear_unchanged(&subject->y);
    fixture_guarded_clear_unchanged(&subject->w);
    fixture_guarded_clear_unchanged(&subject->x);
}

static void go_back(struct subject *subject, bool by_parameters, bool by_input)
{
    const struct cg_small_gemm_backward call = {
        .rows = subject->rows,
        .in = subject->in,
        .out = subject->out,
        .x = subject->x.data,
        .w = subject->w.data,
        .y = subject->slope < 1.0f ? subject->y.data : NULL,
        .slope = subject->slope,
        .gradient = subject->gradient.data,
        .w_gradient = by_parameters ? subject->by_weight.data : NULL,
        .bias_gradient = by_parameters ? subject->by_bias.data : NULL,
        .x_gradient = by_input ? subject->by_input.data : NULL};
    cg_small_gemm_backward(&call);
}

static void expect(double wanted, double sizes, float got, const char *what)
{
    if (!(fabs(got - wanted) <= TOLERANCE * (sizes + 1.0)))
        fail_msg("%s: expected %.9g, got %.9g", what, wanted, got);
}

/* gradient: by what the activation was applied to; before: what the sums are added to. */
static void check_parameters(const struct subject *subject, const float *gradient,
                             const struct subject *before)
{
    for (size_t o = 0; o < subject->out; o++) {
        double bias = before->by_bias.data[o], bias_sizes = 0.0;
        for (size_t r = 0; r < subject->rows; r++) {
            bias += gradient[r * subject->out + o];
            bias_sizes += fabs(gradient[r * subject->out + o]);
        }
        expect(bias, bias_sizes, subject->by_bias.data[o], "by bias");
        for (size_t i = 0; i < subject->in; i++) {
            double sum = before->by_weight.data[o * subject->in + i], sizes = 0.0;
            for (size_t r = 0; r < subject->rows; r++) {
                double term =
                    (double)gradient[r * subject->out + o] * subject->x.data[r * subject->in + i];
                sum += term;
                sizes += fabs(term);
            }
            expect(sum, sizes, subject->by_weight.data[o * subject->in + i], "by weight");
        }
    }
}

static void check_input(const struct subject *subject, const float *gradient)
{
    for (size_t r = 0; r < subject->rows; r++)
        for (size_t i = 0; i < subject->in; i++) {
            double sum = 0.0, sizes = 0.0;
            for (size_t o = 0; o < subject->out; o++) {
                double term =
                    (double)gradient[r * subject->out + o] * subject->w.data[o * subject->in + i];
                sum += term;
                sizes += fabs(term);
            }
            expect(sum, sizes, subject->by_input.data[r * subject->in + i], "by input");
        }
}

static void check(size_t rows, size_t in, size_t out, float slope)
{
    struct subject before = subject_new(rows, in, out, slope);
    struct subject subject = subject_new(rows, in, out, slope);
    float *bent = before.gradient.data;
    for (size_t i = 0; i < rows * out; i++)
        bent[i] *= before.y.data[i] > 0.0f ? 1.0f : slope;
    go_back(&subject, true, true);
    for (size_t i = 0; i < rows * out; i++)
        assert_float_equal(subject.gradient.data[i], bent[i], 0.0f);
    check_parameters(&subject, bent, &before);
    check_input(&subject, bent);
    subject_clear(&subject);
    subject_clear(&before);
}

static void it_equals_sums_in_double(void **state)
{
    (void)state;
    static const size_t ins[] = {1,  7,   16,  31,  32,  33,  43,
                                 64, 128, 129, 160, 256, 496, CG_SMALL_GEMM_IN_MAX};
    static const size_t outs[] = {1, 2, 4, 9, 32, 33, 64, 100, 127, CG_SMALL_GEMM_OUT_MAX};
    static const size_t rows[] = {0, 1, 5, 63, 64, 65, 150};
    static const float slopes[] = {1.0f, 0.1f, 0.0f};
    for (size_t i = 0; i < sizeof(ins) / sizeof(ins[0]); i++)
        for (size_t o = 0; o < sizeof(outs) / sizeof(outs[0]); o++)
            if (ins[i] * outs[o] <= CG_SMALL_GEMM_WEIGHTS_MAX)
                check(rows[(2 * i + o) % 7], ins[i], outs[o], slopes[(i + o) % 3]);
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        check(rows[r], 43, 32, slopes[r % 3]);
}

/* Thousands of rows: sums of one float would be off by more than is allowed here. */
static void many_rows_lose_little(void **state)
{
    (void)state;
    check(20000, 9, 3, 0.1f);
}

static void what_is_not_wanted_is_left_alone(void **state)
{
    (void)state;
    struct subject all = subject_new(70, 40, 20, 0.1f), untouched = subject_new(70, 40, 20, 0.1f);
    struct subject first = subject_new(70, 40, 20, 0.1f), second = subject_new(70, 40, 20, 0.1f);
    go_back(&all, true, true);
    go_back(&first, true, false);
    go_back(&second, false, true);
    assert_memory_equal(first.by_weight.data, all.by_weight.data, 800 * sizeof(float));
    assert_memory_equal(second.by_input.data, all.by_input.data, 2800 * sizeof(float));
    assert_true(fixture_is_guard(first.by_input.data[0])); /* not written */
    assert_memory_equal(second.by_weight.data, untouched.by_weight.data, 800 * sizeof(float));
    assert_memory_equal(second.by_bias.data, untouched.by_bias.data, 20 * sizeof(float));
    subject_clear(&untouched);
    subject_clear(&second);
    subject_clear(&first);
    subject_clear(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_equals_sums_in_double),
        cmocka_unit_test(many_rows_lose_little),
        cmocka_unit_test(what_is_not_wanted_is_left_alone),
    };
    return cmocka_run_group_tests_name("the way back through small weights", tests, NULL, NULL);
}
