/* Random numbers for tests, and buffers whose surroundings are watched. */
#ifndef CG_TESTS_UNIT_FIXTURE_NUMBERS_H
#define CG_TESTS_UNIT_FIXTURE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/* count numbers, uniform in [-limit, limit]. */
void fixture_random(float *numbers, size_t count, uint64_t seed, float limit);

/* The same in memory of its own; free() it. */
float *fixture_random_new(size_t count, uint64_t seed, float limit);

/* data: count numbers between guards, which are NaN: what reads them shows in its results, what
 * writes them fails the test when the buffer is cleared. */
struct fixture_guarded {
    float *memory, *data;
    size_t count;
    uint64_t seed;
};

/* Numbers uniform in [-1, 1]. */
struct fixture_guarded fixture_guarded_new(size_t count, uint64_t seed);

/* All NaN: what is to be written and never read. */
struct fixture_guarded fixture_guarded_blank(size_t count);

/* The guard's number, as bits: a NaN that no arithmetic makes. */
int fixture_is_guard(float value);
void fixture_put_guard(float *at);

/* Fails the test if a guard was written to. */
void fixture_guarded_clear(struct fixture_guarded *buffer);

/* The same for a buffer that was only to be read: it must hold what it held. */
void fixture_guarded_clear_unchanged(struct fixture_guarded *buffer);

#endif
