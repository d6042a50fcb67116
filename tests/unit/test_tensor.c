/* tensor: products and element kernels, each against the plainest loop that says the same. */
#include "assert_near.h"
#include "base/rng.h"
#include "tensor/blas.h"
#include "tensor/kernels.h"
#include "tensor/matrix.h"
#include "unit/fixture_numbers.h"

#include <comicgan/comicgan.h>

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Sums of floats in another order: each of up to 300 terms is rounded to 6e-8 of the sum of their
 * sizes, and roundings hardly add up. An element left out would be 3e-3 of it. */
#define SUM_TOLERANCE 1e-6

/* ---- gemm ------------------------------------------------------------------------------------ */

struct gemm_case {
    enum cg_transpose transpose_a, transpose_b;
    size_t rows, columns, inner;
    size_t gap; /* stride less columns, of all three */
    float alpha, beta;
};

struct operand {
    struct fixture_guarded buffer;
    struct cg_matrix view;
};

/* A matrix of random numbers, guards in the gaps between its rows. */
static struct operand operand_new(size_t rows, size_t columns, size_t gap, uint64_t seed)
{
    struct operand operand = {.buffer = fixture_guarded_new(rows * (columns + gap), seed)};
    operand.view = (struct cg_matrix){operand.buffer.data, rows, columns, columns + gap};
    for (size_t r = 0; r < rows; r++)
        for (size_t c = columns; c < columns + gap; c++)
            fixture_put_guard(&operand.buffer.data[r * (columns + gap) + c]);
    return operand;
}

static void operand_clear(struct operand *operand)
{
    const struct cg_matrix *view = &operand->view;
    for (size_t r = 0; r < view->rows; r++)
        for (size_t c = view->columns; c < view->stride; c++)
            assert_true(fixture_is_guard(view->data[r * view->stride + c]));
    fixture_guarded_clear(&operand->buffer);
}

/* The sizes of all terms of element (row, column) added up: what its error is measured by. */
static double term_sizes(const struct gemm_case *test, struct cg_matrix a, struct cg_matrix b,
                         size_t row, size_t column)
{
    double sum = fabs((double)test->beta);
    for (size_t k = 0; k < test->inner; k++) {
        size_t at_a = test->transpose_a ? k * a.stride + row : row * a.stride + k;
        size_t at_b = test->transpose_b ? column * b.stride + k : k * b.stride + column;
        sum += fabs((double)test->alpha * a.data[at_a] * b.data[at_b]);
    }
    return sum;
}

static void compare_products(const struct gemm_case *test, struct cg_matrix a, struct cg_matrix b,
                             struct cg_matrix fast, struct cg_matrix naive)
{
    for (size_t i = 0; i < test->rows; i++)
        for (size_t j = 0; j < test->columns; j++) {
            double got = fast.data[i * fast.stride + j], wanted = naive.data[i * naive.stride + j];
            double allowed = SUM_TOLERANCE * term_sizes(test, a, b, i, j) + 1e-30;
            if (!(fabs(got - wanted) <= allowed))
                fail_msg("%zu x %zu x %zu, element %zu %zu: expected %.9g, got %.9g", test->rows,
                         test->columns, test->inner, i, j, wanted, got);
        }
}

static void check_gemm(const struct gemm_case *test)
{
    bool ta = test->transpose_a == CG_TRANSPOSED, tb = test->transpose_b == CG_TRANSPOSED;
    struct operand a =
        operand_new(ta ? test->inner : test->rows, ta ? test->rows : test->inner, test->gap, 1);
    struct operand b = operand_new(tb ? test->columns : test->inner,
                                   tb ? test->inner : test->columns, test->gap, 2);
    struct operand fast = operand_new(test->rows, test->columns, test->gap, 3);
    struct operand naive = operand_new(test->rows, test->columns, test->gap, 3);
    for (size_t i = 0; test->beta == 0.0f && i < fast.buffer.count; i++) {
        fixture_put_guard(&fast.buffer.data[i]); /* not to be read */
        fixture_put_guard(&naive.buffer.data[i]);
    }
    cg_gemm(test->transpose_a, test->transpose_b, test->alpha, a.view, b.view, test->beta,
            fast.view);
    cg_gemm_naive(test->transpose_a, test->transpose_b, test->alpha, a.view, b.view, test->beta,
                  naive.view);
    compare_products(test, a.view, b.view, fast.view, naive.view);
    if (test->columns == 1 && test->gap == 0 && test->alpha == 1.0f && test->beta == 0.0f) {
        for (size_t i = 0; i < fast.buffer.count; i++)
            fixture_put_guard(&fast.buffer.data[i]);
        cg_gemv(test->transpose_a, a.view, b.view.data, fast.view.data);
        compare_products(test, a.view, b.view, fast.view, naive.view);
    }
    operand_clear(&naive);
    operand_clear(&fast);
    operand_clear(&b);
    operand_clear(&a);
}

/* One shape with every transposition, scale and gap. */
static void check_gemm_shape(size_t rows, size_t columns, size_t inner)
{
    static const float scales[][2] = {{1.0f, 0.0f}, {1.0f, 1.0f}, {-0.5f, 0.25f}, {0.0f, 2.0f}};
    for (int transposes = 0; transposes < 4; transposes++)
        for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++)
            for (size_t gap = 0; gap <= 5; gap += 5) {
                struct gemm_case test = {transposes & 1 ? CG_TRANSPOSED : CG_PLAIN,
                                         transposes & 2 ? CG_TRANSPOSED : CG_PLAIN,
                                         rows,
                                         columns,
                                         inner,
                                         gap,
                                         scales[s][0],
                                         scales[s][1]};
                check_gemm(&test);
            }
}

static void gemm_equals_the_naive_product(void **state)
{
    (void)state;
    static const size_t shapes[][3] = {{1, 1, 1},    {1, 1, 300}, {300, 1, 1},  {1, 300, 1},
                                       {3, 5, 7},    {17, 1, 9},  {16, 16, 16}, {65, 31, 129},
                                       {128, 48, 3}, {1, 64, 64}, {63, 65, 1}};
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        check_gemm_shape(shapes[i][0], shapes[i][1], shapes[i][2]);
    struct cg_rng rng = cg_rng_make(1, 0, 0);
    for (int i = 0; i < 25; i++)
        check_gemm_shape(1 + cg_rng_below(&rng, 70), 1 + cg_rng_below(&rng, 70),
                         1 + cg_rng_below(&rng, 70));
}

static void the_naive_product_is_a_product(void **state)
{
    (void)state;
    const float a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, -1, 2, 0, 3, 1};
    float c[4] = {10, 10, 10, 10};
    cg_gemm_naive(CG_PLAIN, CG_PLAIN, 2.0f, cg_matrix_of(a, 2, 3), cg_matrix_of(b, 3, 2), 0.5f,
                  cg_matrix_make(c, 2, 2));
    const float expected[] = {2 * 14 + 5, 2 * 2 + 5, 2 * 32 + 5, 2 * 2 + 5};
    assert_memory_equal(c, expected, sizeof(c));
}

/* ---- narrow products ------------------------------------------------------------------------- */

static void compare_small(const float *x, const float *w, const float *bias, const float *y,
                          size_t rows, size_t in, size_t out, float slope, double tolerance)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < out; o++) {
            double sum = bias[o], sizes = fabs(sum);
            for (size_t k = 0; k < in; k++) {
                double term = (double)x[r * in + k] * w[o * in + k];
                sum += term;
                sizes += fabs(term);
            }
            double wanted = sum > 0.0 ? sum : sum * (double)slope, got = y[r * out + o];
            if (!(fabs(got - wanted) <= tolerance * sizes))
                fail_msg("%zu rows, %zu in, %zu out, row %zu, output %zu: expected %.9g, got %.9g",
                         rows, in, out, r, o, wanted, got);
        }
}

/* Each factor is off by up to 2^-8 of its size. */
#define BF16_TOLERANCE (SUM_TOLERANCE + 0x1.01p-7)

/* In one go, and with weights prepared before: the same bytes; nearly the same in bfloat16. */
static void check_small(size_t rows, size_t in, size_t out, float slope)
{
    struct fixture_guarded x = fixture_guarded_new(rows * in, 1);
    struct fixture_guarded w = fixture_guarded_new(out * in, 2);
    struct fixture_guarded bias = fixture_guarded_new(out, 3);
    struct fixture_guarded prepared = fixture_guarded_blank(cg_small_gemm_floats(in, out));
    struct fixture_guarded y = fixture_guarded_blank(rows * out);
    struct fixture_guarded again = fixture_guarded_blank(rows * out);
    cg_small_gemm(x.data, rows, in, w.data, bias.data, out, slope, y.data);
    compare_small(x.data, w.data, bias.data, y.data, rows, in, out, slope, SUM_TOLERANCE);
    cg_small_gemm_prepare(w.data, bias.data, in, out, prepared.data);
    cg_small_gemm_multiply(x.data, rows, in, prepared.data, out, slope, again.data);
    assert_memory_equal(y.data, again.data, rows * out * sizeof(float));
    cg_bf16_gemm_prepare(w.data, bias.data, in, out, prepared.data);
    cg_bf16_gemm_multiply(x.data, rows, in, prepared.data, out, slope, again.data);
    compare_small(x.data, w.data, bias.data, again.data, rows, in, out, slope, BF16_TOLERANCE);
    fixture_guarded_clear(&again);
    fixture_guarded_clear(&y);
    fixture_guarded_clear(&prepared);
    fixture_guarded_clear_unchanged(&bias);
    fixture_guarded_clear_unchanged(&w);
    fixture_guarded_clear_unchanged(&x);
}

static void small_products_equal_the_naive_one(void **state)
{
    (void)state;
    static const size_t ins[] = {
        1, 2, 7, 16, 27, 43, 127, 128, 129, 160, 256, 496, CG_SMALL_GEMM_IN_MAX};
    static const size_t outs[] = {1,  2,  3,  4,  5,  7,  8,  9,  15,  16,
                                  17, 31, 32, 33, 47, 64, 65, 97, 127, CG_SMALL_GEMM_OUT_MAX};
    static const size_t rows[] = {0, 1, 2, 3, 4, 7, 8, 11, 12, 13, 25, 50};
    static const float slopes[] = {1.0f, 0.1f, 0.0f};
    for (size_t i = 0; i < sizeof(ins) / sizeof(ins[0]); i++)
        for (size_t o = 0; o < sizeof(outs) / sizeof(outs[0]); o++)
            for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
                if (ins[i] * outs[o] <= CG_SMALL_GEMM_WEIGHTS_MAX)
                    check_small(rows[r], ins[i], outs[o], slopes[(i + o + r) % 3]);
    for (size_t s = 0; s < 3; s++)
        check_small(13, 30, 32, slopes[s]);
}

/* ---- element kernels ------------------------------------------------------------------------- */

static const size_t counts[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 100, 1001};
#define COUNT_COUNT (sizeof(counts) / sizeof(counts[0]))

/* y op= x and the like; called with three buffers of count numbers, which it may compare. */
typedef void (*kernel_check)(float *y, const float *before, const float *x, size_t count);

static void with_all_counts(kernel_check check)
{
    for (size_t i = 0; i < COUNT_COUNT; i++) {
        struct fixture_guarded y = fixture_guarded_new(counts[i], 1);
        struct fixture_guarded before = fixture_guarded_new(counts[i], 1);
        struct fixture_guarded x = fixture_guarded_new(counts[i], 2);
        check(y.data, before.data, x.data, counts[i]);
        fixture_guarded_clear_unchanged(&x);
        fixture_guarded_clear_unchanged(&before);
        fixture_guarded_clear(&y);
    }
}

static void check_sum(float *y, const float *before, const float *x, size_t count)
{
    cg_vector_sum(y, before, x, count);
    for (size_t i = 0; i < count; i++)
        assert_true(y[i] == before[i] + x[i]);
    memcpy(y, before, count * sizeof(float));
    cg_vector_sum(y, y, x, count); /* in place */
    for (size_t i = 0; i < count; i++)
        assert_true(y[i] == before[i] + x[i]);
}

/* One rounding or two, with and without fused multiply-add: numbers are up to 2. */
static void check_axpy(float *y, const float *before, const float *x, size_t count)
{
    cg_vector_axpy(y, -0.7f, x, count);
    for (size_t i = 0; i < count; i++)
        assert_near(y[i], (double)before[i] + (double)-0.7f * x[i], 2.0 * FLT_EPSILON);
}

static void check_scale(float *y, const float *before, const float *x, size_t count)
{
    (void)x;
    cg_vector_scale(y, -0.3f, count);
    for (size_t i = 0; i < count; i++)
        assert_true(y[i] == before[i] * -0.3f);
}

/* In double the order of terms is no matter: 1000 terms of up to 1, roundings of 1e-16. */
static void check_dot(float *y, const float *before, const float *x, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += (double)before[i] * (double)x[i];
    assert_near(cg_vector_dot(y, x, count), sum, 1e-12);
}

static void check_copy(float *y, const float *before, const float *x, size_t count)
{
    (void)before;
    cg_copy_floats(y, x, count);
    assert_memory_equal(y, x, count * sizeof(float));
}

static void vector_kernels_equal_plain_loops(void **state)
{
    (void)state;
    static const kernel_check checks[] = {check_sum, check_axpy, check_scale, check_dot,
                                          check_copy};
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
        with_all_counts(checks[i]);
    for (size_t count = 1; count < 40; count++) { /* the lengths with code of their own */
        struct fixture_guarded from = fixture_guarded_new(count, 1);
        struct fixture_guarded to = fixture_guarded_blank(count);
        check_copy(to.data, NULL, from.data, count);
        fixture_guarded_clear(&to);
        fixture_guarded_clear_unchanged(&from);
    }
}

/* Sums over rows: up to 65 terms of up to 1. */
static void row_kernels_equal_plain_loops(void **state)
{
    (void)state;
    for (size_t rows = 0; rows < 66; rows += 5)
        for (size_t columns = 1; columns < 40; columns += 3) {
            struct fixture_guarded x = fixture_guarded_new(rows * columns, 1);
            struct fixture_guarded target = fixture_guarded_new(columns, 2);
            struct fixture_guarded bias = fixture_guarded_new(columns, 2);
            cg_column_sums_add(target.data, x.data, rows, columns);
            for (size_t c = 0; c < columns; c++) {
                double sum = bias.data[c];
                for (size_t r = 0; r < rows; r++)
                    sum += x.data[r * columns + c];
                assert_near(target.data[c], sum, SUM_TOLERANCE * (double)(rows + 1));
            }
            cg_rows_fill(x.data, bias.data, rows, columns);
            for (size_t r = 0; r < rows; r++)
                assert_memory_equal(x.data + r * columns, bias.data, columns * sizeof(float));
            fixture_guarded_clear_unchanged(&bias);
            fixture_guarded_clear(&target);
            fixture_guarded_clear(&x);
        }
}

static double activation_of(enum cg_activation activation, double x, double slope)
{
    switch (activation) {
    case CG_ACT_NONE:
        break;
    case CG_ACT_RELU:
        return x > 0.0 ? x : 0.0;
    case CG_ACT_LEAKY_RELU:
        return x > 0.0 ? x : x * slope;
    case CG_ACT_TANH:
        return tanh(x);
    case CG_ACT_SIGMOID:
        return 1.0 / (1.0 + exp(-x));
    }
    return x;
}

/* By y, as the kernel has it. */
static double slope_of(enum cg_activation activation, double y, double slope)
{
    switch (activation) {
    case CG_ACT_NONE:
        break;
    case CG_ACT_RELU:
        return y > 0.0 ? 1.0 : 0.0;
    case CG_ACT_LEAKY_RELU:
        return y > 0.0 ? 1.0 : slope;
    case CG_ACT_TANH:
        return 1.0 - y * y;
    case CG_ACT_SIGMOID:
        return y * (1.0 - y);
    }
    return 1.0;
}

/* Values up to 1, a few roundings each. */
static void check_activations(float *y, const float *before, const float *x, size_t count)
{
    for (int a = CG_ACT_NONE; a <= CG_ACT_SIGMOID; a++) {
        enum cg_activation activation = (enum cg_activation)a;
        float *gradient = malloc((count + 1) * sizeof(float));
        assert_non_null(gradient);
        memcpy(y, before, count * sizeof(float));
        memcpy(gradient, x, count * sizeof(float));
        cg_activate(y, count, activation, 0.2f);
        cg_activation_backward(gradient, y, count, activation, 0.2f);
        for (size_t i = 0; i < count; i++) {
            assert_near(y[i], activation_of(activation, before[i], 0.2f), 4.0 * FLT_EPSILON);
            assert_near(gradient[i], x[i] * slope_of(activation, y[i], 0.2f), 4.0 * FLT_EPSILON);
        }
        free(gradient);
    }
}

static void activations_equal_their_formulas(void **state)
{
    (void)state;
    with_all_counts(check_activations);
    float far[] = {-1e30f, -200.0f, 200.0f, 1e30f};
    cg_activate(far, 4, CG_ACT_SIGMOID, 0.0f);
    assert_true(far[0] == 0.0f && far[1] < 1e-30f && far[2] == 1.0f && far[3] == 1.0f);
    float steep[] = {-INFINITY, -1e30f, -0.0f, 1e-30f, 11.0f, NAN};
    cg_activate(steep, 6, CG_ACT_TANH, 0.0f);
    assert_true(steep[0] == -1.0f && steep[1] == -1.0f && steep[2] == 0.0f && steep[3] == 1e-30f);
    assert_true(steep[4] == 1.0f && isnan(steep[5]));
    for (int i = -4000; i <= 4000; i++) {
        float x = (float)i * 2.5e-3f, y = x;
        cg_activate(&y, 1, CG_ACT_TANH, 0.0f);
        assert_near(y, tanh(x), 4.0 * FLT_EPSILON * fabs(tanh(x)));
    }
}

static void what_is_not_finite_is_found_anywhere(void **state)
{
    (void)state;
    const float bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    const float good[] = {FLT_MAX, -FLT_MAX, FLT_MIN, FLT_TRUE_MIN, -0.0f};
    for (size_t count = 1; count <= 70; count += 3) {
        struct fixture_guarded x = fixture_guarded_new(count, 1);
        for (size_t i = 0; i < count; i++) {
            float kept = x.data[i];
            for (size_t b = 0; b < 5; b++) {
                x.data[i] = good[b];
                assert_true(cg_vector_is_finite(x.data, count));
            }
            for (size_t b = 0; b < 4; b++) {
                x.data[i] = bad[b];
                assert_false(cg_vector_is_finite(x.data, count));
                assert_true(cg_vector_is_finite(x.data, i));
            }
            x.data[i] = kept;
        }
        fixture_guarded_clear_unchanged(&x);
    }
}

/* ---- the BLAS library ------------------------------------------------------------------------ */

static void only_missed_avx512_is_mended(void **state)
{
    (void)state;
    static const struct {
        const char *core, *user;
        bool avx512, expected;
    } rows[] = {
        {"Haswell", NULL, true, true},
        {"Zen", NULL, true, true},
        {"Haswell", NULL, false, false},
        {"Zen", NULL, false, false},
        {"SkylakeX", NULL, true, false},
        {"Cooperlake", NULL, true, false},
        {"Prescott", NULL, true, false},
        {"Zen", "Zen", true, false},
        {"Haswell", "Haswell", true, false},
        {"Zen", "", true, false},
        {"", NULL, true, false},
        {"zen", NULL, true, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(cg_blas_needs_mending(rows[i].core, rows[i].avx512, rows[i].user),
                         rows[i].expected);
}

static void the_description_names_library_and_kernels(void **state)
{
    (void)state;
    char text[256] = "", small[12];
    int major, minor, patch;
    char after[2];
    cg_blas_describe(text, sizeof(text));
    if (sscanf(text, "OpenBLAS %d.%d.%d%1[,] core type", &major, &minor, &patch, after) != 4)
        fail_msg("no version at the start of \"%s\"", text);
    assert_non_null(strstr(text, "; own kernels: "));
    memset(small, '#', sizeof(small));
    cg_blas_describe(small, sizeof(small) - 1);
    assert_int_equal(strlen(small), sizeof(small) - 2);
    assert_int_equal(small[sizeof(small) - 1], '#');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gemm_equals_the_naive_product),
        cmocka_unit_test(the_naive_product_is_a_product),
        cmocka_unit_test(small_products_equal_the_naive_one),
        cmocka_unit_test(vector_kernels_equal_plain_loops),
        cmocka_unit_test(row_kernels_equal_plain_loops),
        cmocka_unit_test(activations_equal_their_formulas),
        cmocka_unit_test(what_is_not_finite_is_found_anywhere),
        cmocka_unit_test(only_missed_avx512_is_mended),
        cmocka_unit_test(the_description_names_library_and_kernels),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("tensor", tests, NULL, NULL);
}
