/*
 * Products with small weights: see cg_small_gemm_multiply in matrix.h.
 *
 * The outputs are cut into panels of 32 columns. All of a panel's sums for a few rows stay in
 * vector registers while the inputs are traversed once: per input, one broadcast per row and
 * one load per vector of weights, which lie in that order (Goto and van de Geijn 2008, "Anatomy of
 * High-Performance Matrix Multiplication", section 5, without its packing of x). Bias and leaky
 * ReLU are applied at no extra cost. The same function is instantiated for each vector width.
 */
#include "tensor/matrix.h"

#include "base/multiversion.h"

#include <string.h>

#define PANEL_COLUMNS 32
#define SLIM_COLUMNS 8 /* the panel's width when there are no more outputs than this */
#define FEW_COLUMNS 4  /* and than this */

/*
 * FUNCTION(x, rows, in, panel, slope, y, stride, columns): panel is a row of biases, then in rows
 * of weights, each VECTORS * LANES long; y is the panel's first column, stride floats from row to
 * row, of which `columns` are written. ROWS rows at a time; those left over one by one.
 */
#define DEFINE_NARROW(FUNCTION, TARGET, LANES, VECTORS, ROWS)                                      \
    typedef int FUNCTION##_mask __attribute__((vector_size(4 * LANES), aligned(4), may_alias));    \
    typedef float FUNCTION##_vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));   \
    TARGET static inline __attribute__((always_inline)) void FUNCTION##_rows(                      \
        const float *x, size_t in, const float *panel, float slope, float *y, size_t stride,       \
        size_t columns, const int rows)                                                            \
    {                                                                                              \
        FUNCTION##_vec sum[ROWS][VECTORS];                                                         \
        for (int r = 0; r < rows; r++)                                                             \
            for (int v = 0; v < VECTORS; v++)                                                      \
                sum[r][v] = *(const FUNCTION##_vec *)(panel + v * LANES);                          \
        const float *weights = panel + VECTORS * LANES;                                            \
        for (size_t k = 0; k < in; k++) {                                                          \
            FUNCTION##_vec weight[VECTORS];                                                        \
            for (int v = 0; v < VECTORS; v++)                                                      \
                weight[v] =                                                                        \
                    *(const FUNCTION##_vec *)(weights + (k * VECTORS + (size_t)v) * LANES);        \
            for (int r = 0; r < rows; r++)                                                         \
                for (int v = 0; v < VECTORS; v++)                                                  \
                    sum[r][v] += x[(size_t)r * in + k] * weight[v];                                \
        }                                                                                          \
        for (int r = 0; r < rows; r++) {                                                           \
            float *row = y + (size_t)r * stride;                                                   \
            FUNCTION##_vec result[VECTORS];                                                        \
            for (int v = 0; v < VECTORS; v++) {                                                    \
                FUNCTION##_vec scaled = sum[r][v] * slope;                                         \
                FUNCTION##_mask kept = sum[r][v] > 0.0f;                                           \
                result[v] = (FUNCTION##_vec)(((FUNCTION##_mask)sum[r][v] & kept) |                 \
                                             ((FUNCTION##_mask)scaled & ~kept));                   \
            }                                                                                      \
            if (columns == VECTORS * LANES)                                                        \
                for (int v = 0; v < VECTORS; v++)                                                  \
                    *(FUNCTION##_vec *)(row + v * LANES) = result[v];                              \
            else                                                                                   \
                memcpy(row, result, columns * sizeof(float));                                      \
        }                                                                                          \
    }                                                                                              \
    TARGET static void FUNCTION(const float *x, size_t rows, size_t in, const float *panel,        \
                                float slope, float *y, size_t stride, size_t columns)              \
    {                                                                                              \
        size_t r = 0;                                                                              \
        for (; r + ROWS <= rows; r += ROWS)                                                        \
            FUNCTION##_rows(x + r * in, in, panel, slope, y + r * stride, stride, columns, ROWS);  \
        for (; r < rows; r++)                                                                      \
            FUNCTION##_rows(x + r * in, in, panel, slope, y + r * stride, stride, columns, 1);     \
    }

typedef void (*small_gemm_fn)(const float *x, size_t rows, size_t in, const float *panel,
                              float slope, float *y, size_t stride, size_t columns);

#define NO_TARGET
DEFINE_NARROW(narrow32_v4, NO_TARGET, 4, 8, 1)
DEFINE_NARROW(narrow8_v4, NO_TARGET, 4, 2, 4)
DEFINE_NARROW(narrow4_v4, NO_TARGET, 4, 1, 12)

#if defined(CG_HAS_TARGETS)
DEFINE_NARROW(narrow32_v8, CG_TARGET_V3, 8, 4, 3)
DEFINE_NARROW(narrow8_v8, CG_TARGET_V3, 8, 1, 8)
DEFINE_NARROW(narrow4_fused, CG_TARGET_V3, 4, 1, 12)
DEFINE_NARROW(narrow32_v16, CG_TARGET_V4, 16, 2, 12)

static small_gemm_fn choose(size_t out)
{
    int lanes = cg_vector_lanes();
    if (out <= FEW_COLUMNS)
        return lanes >= 8 ? narrow4_fused : narrow4_v4;
    if (out <= SLIM_COLUMNS)
        return lanes >= 8 ? narrow8_v8 : narrow8_v4;
    return lanes >= 16 ? narrow32_v16 : lanes >= 8 ? narrow32_v8 : narrow32_v4;
}
#else
static small_gemm_fn choose(size_t out)
{
    return out <= FEW_COLUMNS ? narrow4_v4 : out <= SLIM_COLUMNS ? narrow8_v4 : narrow32_v4;
}
#endif

static size_t panel_width(size_t out)
{
    return out <= FEW_COLUMNS ? FEW_COLUMNS : out <= SLIM_COLUMNS ? SLIM_COLUMNS : PANEL_COLUMNS;
}

size_t cg_small_gemm_floats(size_t in, size_t out)
{
    size_t width = panel_width(out), panels = (out + width - 1) / width;
    return panels * width * (in + 1);
}

void cg_small_gemm_prepare(const float *w, const float *bias, size_t in, size_t out,
                           float *prepared)
{
    size_t width = panel_width(out);
    for (size_t first = 0; first < out; first += width, prepared += width * (in + 1)) {
        size_t columns = out - first < width ? out - first : width;
        memset(prepared, 0, width * (in + 1) * sizeof(float));
        memcpy(prepared, bias + first, columns * sizeof(float));
        for (size_t k = 0; k < in; k++)
            for (size_t c = 0; c < columns; c++)
                prepared[(k + 1) * width + c] = w[(first + c) * in + k];
    }
}

void cg_small_gemm_prepare_plain(const float *w, size_t in, size_t out, float *prepared)
{
    size_t width = panel_width(out);
    for (size_t first = 0; first < out; first += width, prepared += width * (in + 1)) {
        size_t columns = out - first < width ? out - first : width;
        memset(prepared, 0, width * (in + 1) * sizeof(float));
        for (size_t k = 0; k < in; k++)
            memcpy(prepared + (k + 1) * width, w + k * out + first, columns * sizeof(float));
    }
}

void cg_small_gemm_multiply(const float *x, size_t rows, size_t in, const float *prepared,
                            size_t out, float slope, float *y)
{
    size_t width = panel_width(out);
    small_gemm_fn multiply = choose(out);
    for (size_t first = 0; first < out; first += width, prepared += width * (in + 1)) {
        size_t columns = out - first < width ? out - first : width;
        multiply(x, rows, in, prepared, slope, y + first, out, columns);
    }
}

void cg_small_gemm(const float *x, size_t rows, size_t in, const float *w, const float *bias,
                   size_t out, float slope, float *y)
{
    float prepared[CG_SMALL_GEMM_FLOATS_MAX] __attribute__((aligned(64)));
    cg_small_gemm_prepare(w, bias, in, out, prepared);
    cg_small_gemm_multiply(x, rows, in, prepared, out, slope, y);
}
