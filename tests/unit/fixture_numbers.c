/* Random numbers and guarded buffers: see fixture_numbers.h. */
#include "unit/fixture_numbers.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GUARD_FLOATS 64
static const uint32_t guard_bits = 0x7fc5a5a5u;

void fixture_random(float *numbers, size_t count, uint64_t seed, float limit)
{
    struct cg_rng rng = cg_rng_make(seed, 0, 0);
    for (size_t i = 0; i < count; i++)
        numbers[i] = limit * (2.0f * cg_rng_uniform(&rng) - 1.0f);
}

float *fixture_random_new(size_t count, uint64_t seed, float limit)
{
    float *numbers = malloc((count + 1) * sizeof(float));
    assert_non_null(numbers);
    fixture_random(numbers, count, seed, limit);
    return numbers;
}

int fixture_is_guard(float value)
{
    return memcmp(&value, &guard_bits, sizeof(value)) == 0;
}

void fixture_put_guard(float *at)
{
    memcpy(at, &guard_bits, sizeof(*at));
}

struct fixture_guarded fixture_guarded_blank(size_t count)
{
    struct fixture_guarded buffer = {.count = count};
    buffer.memory = malloc((count + 2 * GUARD_FLOATS) * sizeof(float));
    assert_non_null(buffer.memory);
    buffer.data = buffer.memory + GUARD_FLOATS;
    for (size_t i = 0; i < count + 2 * GUARD_FLOATS; i++)
        fixture_put_guard(&buffer.memory[i]);
    return buffer;
}

struct fixture_guarded fixture_guarded_new(size_t count, uint64_t seed)
{
    struct fixture_guarded buffer = fixture_guarded_blank(count);
    buffer.seed = seed;
    fixture_random(buffer.data, count, seed, 1.0f);
    return buffer;
}

void fixture_guarded_clear(struct fixture_guarded *buffer)
{
    for (size_t i = 0; i < GUARD_FLOATS; i++) {
        if (!fixture_is_guard(buffer->data[-1 - (ptrdiff_t)i]))
            fail_msg("written %zu floats before a buffer of %zu", i + 1, buffer->count);
        if (!fixture_is_guard(buffer->data[buffer->count + i]))
            fail_msg("written %zu floats after a buffer of %zu", i + 1, buffer->count);
    }
    free(buffer->memory);
}

void fixture_guarded_clear_unchanged(struct fixture_guarded *buffer)
{
    float *before = fixture_random_new(buffer->count, buffer->seed, 1.0f);
    assert_memory_equal(before, buffer->data, buffer->count * sizeof(float));
    free(before);
    fixture_guarded_clear(buffer);
}
