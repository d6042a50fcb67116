/*
 * Products with small weights in bfloat16: see cg_bf16_gemm_multiply in matrix.h.
 *
 * As in small_gemm.c, a panel of 32 outputs keeps all its sums for a few rows in registers while
 * the inputs are traversed once, but two inputs at a time: VDPBF16PS adds the products of two pairs
 * of bfloat16 to a float. Weights lie in that order, rounded when they are prepared; inputs are
 * rounded block by block.
 */
#include "tensor/matrix.h"

#include "base/multiversion.h"

#include <stdint.h>
#include <string.h>

#if defined(CG_HAS_TARGETS)
#include <immintrin.h>

#define PANEL_COLUMNS ((size_t)32)
#define LANES 16
#define ROWS 12
#define PAIRS_MAX (CG_SMALL_GEMM_IN_MAX / 2)

/* To the nearest, of two the even one; as the processor does it. */
static uint32_t rounded(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

static void prepare_pairs(const float *w, const float *bias, size_t in, size_t out, float *prepared)
{
    for (size_t first = 0; first < out; first += PANEL_COLUMNS) {
        size_t columns = out - first < PANEL_COLUMNS ? out - first : PANEL_COLUMNS;
        size_t pairs = (in + 1) / 2;
        memset(prepared, 0, PANEL_COLUMNS * (pairs + 1) * sizeof(float));
        memcpy(prepared, bias + first, columns * sizeof(float));
        prepared += PANEL_COLUMNS;
        for (size_t k = 0; k < pairs; k++, prepared += PANEL_COLUMNS)
            for (size_t c = 0; c < columns; c++) {
                const float *weight = w + (first + c) * in + 2 * k;
                uint32_t pair = rounded(weight[0]);
                if (2 * k + 1 < in)
                    pair |= rounded(weight[1]) << 16;
                memcpy(prepared + c, &pair, sizeof(pair));
            }
    }
}

/* The first so many of a vector's lanes: all of them, if count is larger. */
static inline __mmask16 first_lanes(size_t count)
{
    return (__mmask16)(count < LANES ? (1u << count) - 1 : 0xffffu);
}

/* What of count columns, or floats, the second of two vectors has. */
static inline __mmask16 lanes_after_first(size_t count)
{
    return first_lanes(count < LANES ? 0 : count - LANES);
}

/* Two vectors of floats after each other as one of bfloat16, of which `count` floats are there. */
CG_TARGET_BF16
static inline __m512bh load_rounded(const float *x, size_t count)
{
    return _mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(lanes_after_first(count), x + LANES),
                               _mm512_maskz_loadu_ps(first_lanes(count), x));
}

CG_TARGET_BF16
static void round_row(const float *x, size_t in, int32_t *pairs)
{
    for (size_t k = 0; k < in; k += 2 * LANES) {
        const __m512bh values = load_rounded(x + k, in - k);
        memcpy(pairs + k / 2, &values, sizeof(values));
    }
}

/* One panel for `rows` rows, a constant. y: the panel's first column,
 * out floats from row to row. */
CG_TARGET_BF16
static inline __attribute__((always_inline)) void multiply_rows(const int32_t (*x)[PAIRS_MAX],
                                                                size_t pairs, const float *panel,
                                                                float slope, float *y, size_t out,
                                                                size_t columns, const int rows)
{
    const __mmask16 first = first_lanes(columns), second = lanes_after_first(columns);
    __m512 sum[ROWS][2];
    for (int r = 0; r < rows; r++) {
        sum[r][0] = _mm512_loadu_ps(panel);
        sum[r][1] = _mm512_loadu_ps(panel + LANES);
    }
    for (size_t k = 0; k < pairs; k++) {
        panel += PANEL_COLUMNS;
        const __m512bh low = (__m512bh)_mm512_loadu_si512(panel);
        const __m512bh high = (__m512bh)_mm512_loadu_si512(panel + LANES);
        for (int r = 0; r < rows; r++) {
            const __m512bh value = (__m512bh)_mm512_set1_epi32(x[r][k]);
            sum[r][0] = _mm512_dpbf16_ps(sum[r][0], low, value);
            sum[r][1] = _mm512_dpbf16_ps(sum[r][1], high, value);
        }
    }
    for (int r = 0; r < rows; r++, y += out) {
        const __m512 by = _mm512_set1_ps(slope);
        _mm512_mask_storeu_ps(y, first, _mm512_max_ps(sum[r][0], _mm512_mul_ps(sum[r][0], by)));
        _mm512_mask_storeu_ps(y + LANES, second,
                              _mm512_max_ps(sum[r][1], _mm512_mul_ps(sum[r][1], by)));
    }
}

CG_TARGET_BF16
static void multiply(const float *x, size_t rows, size_t in, const float *prepared, size_t out,
                     float slope, float *y)
{
    int32_t pairs[ROWS][PAIRS_MAX] __attribute__((aligned(64)));
    const size_t count = (in + 1) / 2;
    for (size_t r = 0; r < rows;) {
        size_t block = rows - r < ROWS ? 1 : ROWS;
        for (size_t k = 0; k < block; k++)
            round_row(x + (r + k) * in, in, pairs[k]);
        const float *panel = prepared;
        for (size_t first = 0; first < out; first += PANEL_COLUMNS) {
            size_t columns = out - first < PANEL_COLUMNS ? out - first : PANEL_COLUMNS;
            float *to = y + r * out + first;
            if (block == ROWS)
                multiply_rows(pairs, count, panel, slope, to, out, columns, ROWS);
            else
                multiply_rows(pairs, count, panel, slope, to, out, columns, 1);
            panel += PANEL_COLUMNS * (count + 1);
        }
        r += block;
    }
}

/* Panels of fewer columns, as small_gemm.c has them for up to 8 outputs, would be half empty. */
static bool is_native(size_t out)
{
    return out >= LANES && cg_cpu_has_bf16();
}

#endif

void cg_bf16_gemm_prepare(const float *w, const float *bias, size_t in, size_t out, float *prepared)
{
#if defined(CG_HAS_TARGETS)
    if (is_native(out)) {
        prepare_pairs(w, bias, in, out, prepared);
        return;
    }
#endif
    cg_small_gemm_prepare(w, bias, in, out, prepared);
}

void cg_bf16_gemm_multiply(const float *x, size_t rows, size_t in, const float *prepared,
                           size_t out, float slope, float *y)
{
#if defined(CG_HAS_TARGETS)
    if (is_native(out)) {
        multiply(x, rows, in, prepared, out, slope, y);
        return;
    }
#endif
    cg_small_gemm_multiply(x, rows, in, prepared, out, slope, y);
}
