/* Random numbers: see rng.h. */
#include "base/rng.h"

#include <math.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

struct cg_rng cg_rng_make(uint64_t seed, uint64_t stream, uint64_t index)
{
    struct cg_rng rng;
    uint64_t state = seed;
    state = splitmix64(&state) ^ stream;
    state = splitmix64(&state) ^ index;
    for (int i = 0; i < 4; i++)
        rng.state[i] = splitmix64(&state);
    return rng;
}

uint64_t cg_rng_next(struct cg_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

float cg_rng_uniform(struct cg_rng *rng)
{
    return (float)(cg_rng_next(rng) >> 40) * 0x1p-24f;
}

uint32_t cg_rng_below(struct cg_rng *rng, uint32_t bound)
{
    return (uint32_t)(((cg_rng_next(rng) >> 32) * (uint64_t)bound) >> 32);
}

float cg_rng_normal(struct cg_rng *rng)
{
    float radius = sqrtf(-2.0f * logf(1.0f - cg_rng_uniform(rng)));
    return radius * cosf(6.28318531f * cg_rng_uniform(rng));
}
