/*
 * Backward of products with small weights: see cg_small_gemm_backward in matrix.h.
 *
 * A block of rows goes through every step while it is in the cache: the activation, the bias's
 * sums, the product for the weights and the one for the inputs. For the weights, a tile of sums
 * stays in vector registers while the rows are traversed, so nothing is packed; tiles lie panel by
 * panel, as the prepared weights of small_gemm.c do, and are added to the gradient at the end. Sums
 * of a block of rows are added up apart from those of the others, which keeps the error small over
 * many rows.
 */
#include "tensor/matrix.h"

#include "base/multiversion.h"

#include <stdbool.h>
#include <string.h>

#define PANEL_COLUMNS 32
#define BLOCK_ROWS 64

/*
 * FUNCTION(gradient, out, x, stride, rows, sums): sums (out x 32) += gradient^T x over rows, for
 * 32 columns of x, stride floats from row to row. TILE outputs at a time; those left over one by
 * one.
 */
#define DEFINE_BY_WEIGHT(FUNCTION, TARGET, LANES, VECTORS, TILE)                                   \
    typedef float FUNCTION##_vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));   \
    TARGET static inline __attribute__((always_inline)) void FUNCTION##_tile(                      \
        const float *gradient, size_t out, const float *x, size_t stride, size_t rows,             \
        float *sums, const int tile)                                                               \
    {                                                                                              \
        FUNCTION##_vec sum[TILE][VECTORS];                                                         \
        for (int o = 0; o < tile; o++)                                                             \
            for (int v = 0; v < VECTORS; v++)                                                      \
                sum[o][v] = (FUNCTION##_vec){0};                                                   \
        for (size_t r = 0; r < rows; r++, gradient += out, x += stride) {                          \
            FUNCTION##_vec value[VECTORS];                                                         \
            for (int v = 0; v < VECTORS; v++)                                                      \
                value[v] = *(const FUNCTION##_vec *)(x + v * LANES);                               \
            for (int o = 0; o < tile; o++)                                                         \
                for (int v = 0; v < VECTORS; v++)                                                  \
                    sum[o][v] += gradient[o] * value[v];                                           \
        }                                                                                          \
        for (int o = 0; o < tile; o++)                                                             \
            for (int v = 0; v < VECTORS; v++)                                                      \
                *(FUNCTION##_vec *)(sums + (o * VECTORS + v) * LANES) += sum[o][v];                \
    }                                                                                              \
    TARGET static void FUNCTION(const float *gradient, size_t out, const float *x, size_t stride,  \
                                size_t rows, float *sums)                                          \
    {                                                                                              \
        size_t o = 0;                                                                              \
        for (; o + TILE <= out; o += TILE)                                                         \
            FUNCTION##_tile(gradient + o, out, x, stride, rows, sums + o * PANEL_COLUMNS, TILE);   \
        for (; o < out; o++)                                                                       \
            FUNCTION##_tile(gradient + o, out, x, stride, rows, sums + o * PANEL_COLUMNS, 1);      \
    }

typedef void (*by_weight_fn)(const float *gradient, size_t out, const float *x, size_t stride,
                             size_t rows, float *sums);

#define NO_TARGET
DEFINE_BY_WEIGHT(by_weight_v4, NO_TARGET, 4, 8, 1)

#if defined(CG_HAS_TARGETS)
DEFINE_BY_WEIGHT(by_weight_v8, CG_TARGET_V3, 8, 4, 3)
DEFINE_BY_WEIGHT(by_weight_v16, CG_TARGET_V4, 16, 2, 8)

static by_weight_fn choose(void)
{
    int lanes = cg_vector_lanes();
    return lanes >= 16 ? by_weight_v16 : lanes >= 8 ? by_weight_v8 : by_weight_v4;
}
#else
static by_weight_fn choose(void)
{
    return by_weight_v4;
}
#endif

/* gradient *= leaky'(y) */
CG_MULTIVERSION
static void leaky_backward(float *restrict gradient, const float *restrict y, size_t count,
                           float slope)
{
    for (size_t i = 0; i < count; i++)
        gradient[i] *= y[i] > 0.0f ? 1.0f : slope;
}

typedef float eight __attribute__((vector_size(32), aligned(4), may_alias));

/* target[c] += sum over rows of x[r][c]; 32 sums at a time are kept in registers. */
CG_MULTIVERSION
static void add_column_sums(float *target, const float *x, size_t rows, size_t columns)
{
    size_t c = 0;
    for (; c + 32 <= columns; c += 32) {
        eight sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0};
        const float *from = x + c;
        for (size_t r = 0; r < rows; r++, from += columns) {
            sum0 += *(const eight *)from;
            sum1 += *(const eight *)(from + 8);
            sum2 += *(const eight *)(from + 16);
            sum3 += *(const eight *)(from + 24);
        }
        *(eight *)(target + c) += sum0;
        *(eight *)(target + c + 8) += sum1;
        *(eight *)(target + c + 16) += sum2;
        *(eight *)(target + c + 24) += sum3;
    }
    for (; c < columns; c++)
        for (size_t r = 0; r < rows; r++)
            target[c] += x[r * columns + c];
}

/* The product for the weights over a block of rows, into panels of sums. */
static void multiply_by_weight(by_weight_fn multiply, const struct cg_small_gemm_backward *call,
                               size_t first, size_t rows, float *sums)
{
    const float *gradient = call->gradient + first * call->out, *x = call->x + first * call->in;
    for (size_t c = 0; c < call->in; c += PANEL_COLUMNS, sums += call->out * PANEL_COLUMNS) {
        float padded[BLOCK_ROWS * PANEL_COLUMNS];
        size_t columns = call->in - c;
        if (columns >= PANEL_COLUMNS) {
            multiply(gradient, call->out, x + c, call->in, rows, sums);
            continue;
        }
        for (size_t r = 0; r < rows; r++) {
            memcpy(padded + r * PANEL_COLUMNS, x + r * call->in + c, columns * sizeof(float));
            memset(padded + r * PANEL_COLUMNS + columns, 0,
                   (PANEL_COLUMNS - columns) * sizeof(float));
        }
        multiply(gradient, call->out, padded, PANEL_COLUMNS, rows, sums);
    }
}

static void add_sums(const float *sums, size_t in, size_t out, float *w_gradient)
{
    for (size_t c = 0; c < in; c += PANEL_COLUMNS)
        for (size_t o = 0; o < out; o++, sums += PANEL_COLUMNS)
            for (size_t i = 0; i < PANEL_COLUMNS && c + i < in; i++)
                w_gradient[o * in + c + i] += sums[i];
}

void cg_small_gemm_backward(const struct cg_small_gemm_backward *call)
{
    size_t in = call->in, out = call->out;
    size_t panels = (in + PANEL_COLUMNS - 1) / PANEL_COLUMNS;
    float sums[CG_SMALL_GEMM_FLOATS_MAX] __attribute__((aligned(64)));
    float turned[CG_SMALL_GEMM_FLOATS_MAX] __attribute__((aligned(64)));
    by_weight_fn multiply = choose();
    if (call->w_gradient != NULL)
        memset(sums, 0, panels * out * PANEL_COLUMNS * sizeof(float));
    if (call->x_gradient != NULL)
        cg_small_gemm_prepare_plain(call->w, out, in, turned);
    for (size_t first = 0; first < call->rows; first += BLOCK_ROWS) {
        size_t rows = call->rows - first < BLOCK_ROWS ? call->rows - first : BLOCK_ROWS;
        float *gradient = call->gradient + first * out;
        if (call->slope < 1.0f)
            leaky_backward(gradient, call->y + first * out, rows * out, call->slope);
        if (call->bias_gradient != NULL)
            add_column_sums(call->bias_gradient, gradient, rows, out);
        if (call->w_gradient != NULL)
            multiply_by_weight(multiply, call, first, rows, sums);
        if (call->x_gradient != NULL)
            cg_small_gemm_multiply(gradient, rows, out, turned, in, 1.0f,
                                   call->x_gradient + first * in);
    }
    if (call->w_gradient != NULL)
        add_sums(sums, in, out, call->w_gradient);
}
