/*
 * A thread pool for loops with independent iterations. The caller works too, so a pool of one
 * starts no thread. Results must not depend on which worker takes which item.
 */
#ifndef CG_BASE_POOL_H
#define CG_BASE_POOL_H

#include "base/error.h"

struct cg_pool;

/* item: 0 to item_count - 1; worker: 0 to threads - 1, one item at a time per worker. */
typedef void (*cg_pool_fn)(void *context, size_t item, int worker);

/* Processors that this process may run on, at least 1. */
int cg_processor_count(void);

/* threads: 1 to 256, or 0 for cg_processor_count(). */
enum cg_status cg_pool_create(int threads, struct cg_pool **out, struct cg_error *error);
void cg_pool_free(struct cg_pool *pool);
int cg_pool_threads(const struct cg_pool *pool);

/* Call fn for every item, then return. Not from inside fn, and by one caller at a time. */
void cg_pool_run(struct cg_pool *pool, size_t item_count, cg_pool_fn fn, void *context);

#endif
