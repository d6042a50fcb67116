/* Element kernels: see kernels.h. */
#include "tensor/kernels.h"

#include "base/multiversion.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

void cg_rows_fill(float *y, const float *bias, size_t rows, size_t columns)
{
    for (size_t r = 0; r < rows; r++)
        memcpy(y + r * columns, bias, columns * sizeof(float));
}

CG_MULTIVERSION
static void leaky(float *y, size_t count, float slope)
{
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] > 0.0f ? y[i] : y[i] * slope;
}

void cg_activate(float *y, size_t count, enum cg_activation activation, float slope)
{
    switch (activation) {
    case CG_ACT_NONE:
        break;
    case CG_ACT_RELU:
        leaky(y, count, 0.0f);
        break;
    case CG_ACT_LEAKY_RELU:
        leaky(y, count, slope);
        break;
    case CG_ACT_TANH:
        for (size_t i = 0; i < count; i++)
            y[i] = tanhf(y[i]);
        break;
    case CG_ACT_SIGMOID:
        for (size_t i = 0; i < count; i++)
            y[i] = 1.0f / (1.0f + expf(-y[i]));
        break;
    }
}

CG_MULTIVERSION
static void leaky_backward(float *restrict gradient, const float *restrict y, size_t count,
                           float slope)
{
    for (size_t i = 0; i < count; i++)
        gradient[i] = y[i] > 0.0f ? gradient[i] : gradient[i] * slope;
}

void cg_activation_backward(float *gradient, const float *y, size_t count,
                            enum cg_activation activation, float slope)
{
    switch (activation) {
    case CG_ACT_NONE:
        break;
    case CG_ACT_RELU:
        leaky_backward(gradient, y, count, 0.0f);
        break;
    case CG_ACT_LEAKY_RELU:
        leaky_backward(gradient, y, count, slope);
        break;
    case CG_ACT_TANH:
        for (size_t i = 0; i < count; i++)
            gradient[i] *= 1.0f - y[i] * y[i];
        break;
    case CG_ACT_SIGMOID:
        for (size_t i = 0; i < count; i++)
            gradient[i] *= y[i] * (1.0f - y[i]);
        break;
    }
}

CG_MULTIVERSION
void cg_column_sums_add(float *restrict target, const float *restrict x, size_t rows,
                        size_t columns)
{
    for (size_t r = 0; r < rows; r++, x += columns)
        for (size_t c = 0; c < columns; c++)
            target[c] += x[c];
}

CG_MULTIVERSION
void cg_vector_sum(float *out, const float *a, const float *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = a[i] + b[i];
}

CG_MULTIVERSION
void cg_vector_axpy(float *restrict y, float alpha, const float *restrict x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] += alpha * x[i];
}

CG_MULTIVERSION
void cg_vector_scale(float *y, float alpha, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] *= alpha;
}

CG_MULTIVERSION
double cg_vector_dot(const float *a, const float *b, size_t count)
{
    double partial[16] = {0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
        for (size_t j = 0; j < 16; j++)
            partial[j] += (double)a[i + j] * (double)b[i + j];
    double sum = 0.0;
    for (; i < count; i++)
        sum += (double)a[i] * (double)b[i];
    for (size_t j = 0; j < 16; j++)
        sum += partial[j];
    return sum;
}

/* A float is not finite when all bits of its exponent are set. */
CG_MULTIVERSION
bool cg_vector_is_finite(const float *x, size_t count)
{
    const uint32_t exponent = 0x7f800000u;
    uint32_t bad = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof(bits));
        bad |= (bits & exponent) == exponent;
    }
    return bad == 0;
}
