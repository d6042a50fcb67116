/*
 * Reproducible random numbers: xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64. A
 * generator is created where it is needed from (seed, stream, index), so that a run draws the same
 * numbers when resumed or with other threads, and no generator state is saved.
 */
#ifndef CG_BASE_RNG_H
#define CG_BASE_RNG_H

#include <stdint.h>

struct cg_rng {
    uint64_t state[4];
};

/* A generator for one purpose (stream) and one use of it (index: a step, an item). */
struct cg_rng cg_rng_make(uint64_t seed, uint64_t stream, uint64_t index);

uint64_t cg_rng_next(struct cg_rng *rng);

/* Uniform in [0, 1). */
float cg_rng_uniform(struct cg_rng *rng);

/* Uniform integer in [0, bound); bound at least 1. */
uint32_t cg_rng_below(struct cg_rng *rng, uint32_t bound);

/* Normal with mean 0, deviation 1 (Box and Muller 1958). */
float cg_rng_normal(struct cg_rng *rng);

#endif
