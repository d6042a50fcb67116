/*
 * Products with few outputs: see cg_gemm_narrow in matrix.h.
 *
 * All outputs of a few rows stay in vector registers while the inputs are walked through once:
 * per input, one broadcast per row and one load per vector of outputs. The weights are turned
 * round (in x padded out) on the stack first. The same function is made for each vector width.
 */
#include "tensor/matrix.h"

#include <string.h>

#define PADDED_OUT_MAX CG_NARROW_OUT_MAX

/*
 * FUNCTION(x, rows, in, wt, bias, slope, y, out): wt is in x (VECTORS * LANES), bias padded to
 * that; ROWS rows at a time. Rows left over at the end are done one by one.
 */
#define DEFINE_NARROW(FUNCTION, TARGET, LANES, VECTORS, ROWS)                                      \
    typedef int FUNCTION##_mask __attribute__((vector_size(4 * LANES), aligned(4)));               \
    typedef float FUNCTION##_vec __attribute__((vector_size(4 * LANES), aligned(4)));              \
    TARGET static inline __attribute__((always_inline)) void FUNCTION##_rows(                      \
        const float *x, size_t in, const float *wt, const float *bias, float slope, float *y,      \
        size_t out, const int rows)                                                                \
    {                                                                                              \
        FUNCTION##_vec sum[ROWS][VECTORS];                                                         \
        for (int r = 0; r < rows; r++)                                                             \
            for (int v = 0; v < VECTORS; v++)                                                      \
                sum[r][v] = *(const FUNCTION##_vec *)(bias + v * LANES);                           \
        for (size_t k = 0; k < in; k++) {                                                          \
            FUNCTION##_vec weight[VECTORS];                                                        \
            for (int v = 0; v < VECTORS; v++)                                                      \
                weight[v] = *(const FUNCTION##_vec *)(wt + (k * VECTORS + (size_t)v) * LANES);     \
            for (int r = 0; r < rows; r++)                                                         \
                for (int v = 0; v < VECTORS; v++)                                                  \
                    sum[r][v] += x[(size_t)r * in + k] * weight[v];                                \
        }                                                                                          \
        for (int r = 0; r < rows; r++)                                                             \
            for (int v = 0; v < VECTORS; v++) {                                                    \
                FUNCTION##_vec s = sum[r][v], scaled = s * slope;                                  \
                FUNCTION##_mask kept = s > 0.0f;                                                   \
                s = (FUNCTION##_vec)(((FUNCTION##_mask)s & kept) |                                 \
                                     ((FUNCTION##_mask)scaled & ~kept));                           \
                size_t first = (size_t)v * LANES;                                                  \
                float *target = y + (size_t)r * out + first;                                       \
                if (first + LANES <= out)                                                          \
                    memcpy(target, &s, sizeof(s));                                                 \
                else if (first < out)                                                              \
                    memcpy(target, &s, (out - first) * sizeof(float));                             \
            }                                                                                      \
    }                                                                                              \
    TARGET static void FUNCTION(const float *x, size_t rows, size_t in, const float *wt,           \
                                const float *bias, float slope, float *y, size_t out)              \
    {                                                                                              \
        size_t r = 0;                                                                              \
        for (; r + ROWS <= rows; r += ROWS)                                                        \
            FUNCTION##_rows(x + r * in, in, wt, bias, slope, y + r * out, out, ROWS);              \
        for (; r < rows; r++)                                                                      \
            FUNCTION##_rows(x + r * in, in, wt, bias, slope, y + r * out, out, 1);                 \
    }

typedef void (*narrow_fn)(const float *x, size_t rows, size_t in, const float *wt,
                          const float *bias, float slope, float *y, size_t out);

#define NO_TARGET
DEFINE_NARROW(narrow32_v4, NO_TARGET, 4, 8, 1)
DEFINE_NARROW(narrow8_v4, NO_TARGET, 4, 2, 4)

#if defined(__x86_64__) && !defined(CG_NO_MULTIVERSION)
#define TARGET_V3 __attribute__((target("arch=x86-64-v3")))
#define TARGET_V4 __attribute__((target("arch=x86-64-v4,prefer-vector-width=512")))
DEFINE_NARROW(narrow32_v8, TARGET_V3, 8, 4, 3)
DEFINE_NARROW(narrow8_v8, TARGET_V3, 8, 1, 8)
DEFINE_NARROW(narrow32_v16, TARGET_V4, 16, 2, 12)

static narrow_fn choose(size_t out)
{
    if (out <= 8)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? narrow8_v8
                                                                               : narrow8_v4;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
        return narrow32_v16;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? narrow32_v8
                                                                           : narrow32_v4;
}
#else
static narrow_fn choose(size_t out)
{
    return out <= 8 ? narrow8_v4 : narrow32_v4;
}
#endif

void cg_gemm_narrow(const float *x, size_t rows, size_t in, const float *w, const float *bias,
                    size_t out, float slope, float *y)
{
    float turned[CG_NARROW_IN_MAX * PADDED_OUT_MAX] __attribute__((aligned(64)));
    float padded_bias[PADDED_OUT_MAX] __attribute__((aligned(64))) = {0};
    size_t padded_out = out <= 8 ? 8 : PADDED_OUT_MAX;
    memset(turned, 0, in * padded_out * sizeof(float));
    for (size_t o = 0; o < out; o++) {
        padded_bias[o] = bias[o];
        for (size_t k = 0; k < in; k++)
            turned[k * padded_out + o] = w[o * in + k];
    }
    choose(out)(x, rows, in, turned, padded_bias, slope, y, out);
}
