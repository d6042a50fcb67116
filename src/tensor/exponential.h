/*
 * Functions built on e^x without calls or branches, so that loops over them vectorise. NaN stays
 * NaN.
 */
#ifndef CG_TENSOR_EXPONENTIAL_H
#define CG_TENSOR_EXPONENTIAL_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* e^x for 0 <= x <= 80 as 2^k e^r with |r| <= ln 2 / 2; adding and taking off 1.5 * 2^23 rounds,
 * and leaves k in the last bits. */
static inline float cg_exponential(float x)
{
    const float rounder = 12582912.0f;
    float shifted = x * 1.44269504f + rounder;
    float r = x - (shifted - rounder) * 0.693147181f;
    float p = 1.0f / 720.0f, power;
    p = p * r + 1.0f / 120.0f;
    p = p * r + 1.0f / 24.0f;
    p = p * r + 1.0f / 6.0f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof(bits));
    bits = (bits << 23) + 0x3f800000u;
    memcpy(&power, &bits, sizeof(power));
    return p * power;
}

/* e^-|x|, 0 from 80 on. */
static inline float cg_exponential_of_minus(float x)
{
    float size = fabsf(x);
    return size > 80.0f ? 0.0f : 1.0f / cg_exponential(size);
}

/* 1 / (1 + e^-x), where small is e^-|x|. */
static inline float cg_sigmoid(float x, float small)
{
    return (x > 0.0f ? 1.0f : small) / (1.0f + small);
}

/* log(1 + e^x), where small is e^-|x|: max(x, 0) + log(1 + small), the logarithm as 2 artanh(z)
 * with z at most a third. */
static inline float cg_softplus(float x, float small)
{
    float z = small / (2.0f + small), square = z * z, sum = 1.0f / 15.0f;
    sum = sum * square + 1.0f / 13.0f;
    sum = sum * square + 1.0f / 11.0f;
    sum = sum * square + 1.0f / 9.0f;
    sum = sum * square + 1.0f / 7.0f;
    sum = sum * square + 1.0f / 5.0f;
    sum = sum * square + 1.0f / 3.0f;
    sum = sum * square + 1.0f;
    return (x > 0.0f ? x : 0.0f) + 2.0f * z * sum;
}

/* Natural logarithm of a normal x > 0, off by a unit of the last place or two: x = 2^k m, with m
 * between the roots of 1/2 and 2, and log m = 2 artanh((m - 1) / (m + 1)). */
static inline float cg_logarithm(float x)
{
    const uint32_t root_half = 0x3f3504f3u;
    uint32_t bits;
    float m;
    memcpy(&bits, &x, sizeof(bits));
    int32_t power = (int32_t)(bits - root_half) >> 23;
    bits -= (uint32_t)power << 23;
    memcpy(&m, &bits, sizeof(m));
    float z = (m - 1.0f) / (m + 1.0f), square = z * z, sum = 1.0f / 9.0f;
    sum = sum * square + 1.0f / 7.0f;
    sum = sum * square + 1.0f / 5.0f;
    sum = sum * square + 1.0f / 3.0f;
    sum = sum * square + 1.0f;
    return (float)power * 0.693147181f + 2.0f * z * sum;
}

#endif
