/*
 * Content hashes: see content.h. The hash is MurmurHash3_x64_128 by Austin Appleby (2011, public
 * domain), written anew; words are read in the machine's byte order, so the numbers are for this
 * machine's cache only.
 */
#include "base/content.h"

#include <string.h>

#define FACTOR_1 0x87c37b91114253d5u
#define FACTOR_2 0x4cf5ad432745937fu

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static uint64_t mix_low(uint64_t word)
{
    return rotate_left(word * FACTOR_1, 31) * FACTOR_2;
}

static uint64_t mix_high(uint64_t word)
{
    return rotate_left(word * FACTOR_2, 33) * FACTOR_1;
}

static uint64_t avalanche(uint64_t x)
{
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdu;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53u;
    return x ^ (x >> 33);
}

struct cg_content_id cg_content_hash(const void *bytes, size_t nbytes, uint64_t seed)
{
    const uint8_t *next = bytes;
    uint64_t low = seed, high = seed, words[2];
    for (size_t block = nbytes / 16; block > 0; block--, next += 16) {
        memcpy(words, next, 16);
        low = (rotate_left(low ^ mix_low(words[0]), 27) + high) * 5 + 0x52dce729;
        high = (rotate_left(high ^ mix_high(words[1]), 31) + low) * 5 + 0x38495ab5;
    }
    words[0] = words[1] = 0;
    if (nbytes % 16 > 0)
        memcpy(words, next, nbytes % 16);
    low ^= mix_low(words[0]) ^ nbytes;
    high ^= mix_high(words[1]) ^ nbytes;
    low += high;
    high += low;
    low = avalanche(low);
    high = avalanche(high);
    low += high;
    high += low;
    return (struct cg_content_id){low, high};
}

int cg_content_compare(const struct cg_content_id *a, const struct cg_content_id *b)
{
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    return a->low == b->low ? 0 : a->low < b->low ? -1 : 1;
}
