/* Content hashes: see content.h. */
#include "base/content.h"

#include <xxhash.h>

struct cg_content_id cg_content_hash(const void *bytes, size_t nbytes, uint64_t seed)
{
    XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, nbytes, seed);
    return (struct cg_content_id){hash.low64, hash.high64};
}

int cg_content_compare(const struct cg_content_id *a, const struct cg_content_id *b)
{
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    return a->low == b->low ? 0 : a->low < b->low ? -1 : 1;
}
