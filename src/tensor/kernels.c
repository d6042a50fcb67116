/* Element kernels: see kernels.h. */
#include "tensor/kernels.h"

#include "base/multiversion.h"
#include "tensor/exponential.h"

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

/* x + x^3 P(x^2), to 4e-9 for |x| < 0.625; P fitted by least squares. */
static inline float tanh_near_zero(float x)
{
    float square = x * x, p = -5.71703243e-3f;
    p = p * square + 2.06505755e-2f;
    p = p * square - 5.37434942e-2f;
    p = p * square + 1.33314912e-1f;
    p = p * square - 3.33332839e-1f;
    return p * square * x + x;
}

/* Without calls and branches, so that many are done at once. NaN stays NaN. */
CG_MULTIVERSION
static void tanh_range(float *y, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float x = y[i], size = fabsf(x);
        float far = 1.0f - 2.0f / (cg_exponential(size > 10.0f ? 20.0f : 2.0f * size) + 1.0f);
        y[i] = size < 0.625f ? tanh_near_zero(x) : copysignf(far, x);
    }
}

CG_MULTIVERSION
static void sigmoid_range(float *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = cg_sigmoid(y[i], cg_exponential_of_minus(y[i]));
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
        tanh_range(y, count);
        break;
    case CG_ACT_SIGMOID:
        sigmoid_range(y, count);
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
