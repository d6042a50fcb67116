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

/*
 * A watch over long loops: progress is called with values from `from` to `to`, the part of the work
 * that the loops cover. Once it returns nonzero, no further items are started.
 */
struct cg_pool_watch {
    cg_progress_fn progress;
    void *context;
    double from, to;
};

/* Set the watch for later loops, which it must outlive; NULL: none. */
void cg_pool_set_watch(struct cg_pool *pool, const struct cg_pool_watch *watch);

/* cg_pool_run for a loop that is part `part` of that many equal parts of the watched work. Error:
 * CG_ERR_CANCELLED if items were left out. */
enum cg_status cg_pool_run_watched(struct cg_pool *pool, size_t item_count, cg_pool_fn fn,
                                   void *context, int part, int parts, struct cg_error *error);

#endif
