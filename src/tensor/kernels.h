/*
 * Element kernels: loops over floats, multiversioned by vector width (base/multiversion.h). "="
 * and "+=" say whether the target is overwritten or accumulated into. Targets may not overlap
 * sources unless they are identical.
 */
#ifndef CG_TENSOR_KERNELS_H
#define CG_TENSOR_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum cg_activation {
    CG_ACT_NONE,
    CG_ACT_RELU,
    CG_ACT_LEAKY_RELU, /* slope given beside it, 0 to 1 */
    CG_ACT_TANH,
    CG_ACT_SIGMOID
};

/* Every row of y = bias: rows x columns; bias: columns. */
void cg_rows_fill(float *y, const float *bias, size_t rows, size_t columns);

/* y = act(y) */
void cg_activate(float *y, size_t count, enum cg_activation activation, float slope);

/* gradient *= act'(x) for y = act(x), computed from y alone. */
void cg_activation_backward(float *gradient, const float *y, size_t count,
                            enum cg_activation activation, float slope);

/* target[c] += sum over rows of x[r][c] */
void cg_column_sums_add(float *target, const float *x, size_t rows, size_t columns);

/* to = from, inlined for the short lengths that gathers use. */
static inline void cg_copy_floats(float *to, const float *from, size_t count)
{
    switch (count) {
    case 1:
        memcpy(to, from, 1 * sizeof(float));
        break;
    case 3:
        memcpy(to, from, 3 * sizeof(float));
        break;
    case 16:
        memcpy(to, from, 16 * sizeof(float));
        break;
    case 27:
        memcpy(to, from, 27 * sizeof(float));
        break;
    case 32:
        memcpy(to, from, 32 * sizeof(float));
        break;
    case 64:
        memcpy(to, from, 64 * sizeof(float));
        break;
    default:
        memcpy(to, from, count * sizeof(float));
    }
}

/* out = a + b */
void cg_vector_sum(float *out, const float *a, const float *b, size_t count);

/* y += alpha * x */
void cg_vector_axpy(float *y, float alpha, const float *x, size_t count);

/* y *= alpha */
void cg_vector_scale(float *y, float alpha, size_t count);

/* Sum of a * b, accumulated in double in a fixed order. */
double cg_vector_dot(const float *a, const float *b, size_t count);

/* Whether no value is NaN or infinite. */
bool cg_vector_is_finite(const float *x, size_t count);

#endif
