/* 128-bit hashes of files' contents: they name cache entries and seed random draws. */
#ifndef CG_BASE_CONTENT_H
#define CG_BASE_CONTENT_H

#include <stddef.h>
#include <stdint.h>

struct cg_content_id {
    uint64_t low, high;
};

/* XXH3, 128 bits (Collet; xxHash 0.8). Not collision-resistant against an attacker. */
struct cg_content_id cg_content_hash(const void *bytes, size_t nbytes, uint64_t seed);

int cg_content_compare(const struct cg_content_id *a, const struct cg_content_id *b);

#endif
