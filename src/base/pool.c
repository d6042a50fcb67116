/*
 * A pool of threads: see pool.h. Workers sleep on a condition between loops; within a loop items
 * are claimed with one atomic addition.
 */
#define _GNU_SOURCE
#include "base/pool.h"

#include "base/memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define POOL_THREADS_MAX 256
/* An idle thread spins for some ten microseconds before it sleeps: training's loops follow each
 * other faster than a thread wakes up. */
#define WATCH_TURNS 4000
#define TURNS_A_YIELD 32
#define STACK_NBYTES ((size_t)2 << 20) /* the default, often 8 MiB, counts against limits */

struct cg_pool {
    pthread_t *helpers; /* threads - 1 of them */
    int helper_count;
    int threads;
    pthread_mutex_t mutex;
    pthread_cond_t work_ready;
    pthread_cond_t work_done;
    atomic_uint generation; /* counts loops; a helper that sees a new one joins it */
    atomic_int helpers_busy;
    int stopping;
    atomic_size_t next_item;
    size_t item_count;
    cg_pool_fn fn;
    void *context;
    const struct cg_pool_watch *watch; /* NULL: none */
    bool is_watched;                   /* this loop */
    bool cancelled;                    /* by the watch */
    double from, to;                   /* of this loop */
};

struct helper_start {
    struct cg_pool *pool;
    int worker;
};

int cg_processor_count(void)
{
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set) < POOL_THREADS_MAX ? CPU_COUNT(&set) : POOL_THREADS_MAX;
#endif
    return 1;
}

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* A moment's waiting. Now and then, whoever else is ready gets the core: a film's encoder, say. */
static void wait_a_turn(int turn)
{
    if (turn % TURNS_A_YIELD == TURNS_A_YIELD - 1)
        sched_yield();
    else
        pause_briefly();
}

static bool has_loop(const struct cg_pool *pool, unsigned seen)
{
    return atomic_load_explicit(&pool->generation, memory_order_relaxed) != seen;
}

static bool is_done(const struct cg_pool *pool)
{
    return atomic_load_explicit(&pool->helpers_busy, memory_order_relaxed) == 0;
}

/* Report the loop's progress to the watch, which may cancel it. */
static void tell(struct cg_pool *pool, size_t item)
{
    const struct cg_pool_watch *watch = pool->watch;
    double done = (double)(item < pool->item_count ? item : pool->item_count);
    double share = done / (double)pool->item_count;
    if (watch->progress(watch->context, pool->from + (pool->to - pool->from) * share) == 0)
        return;
    pool->cancelled = true;
    atomic_store_explicit(&pool->next_item, pool->item_count, memory_order_relaxed);
}

static void work(struct cg_pool *pool, int worker)
{
    for (;;) {
        size_t item = atomic_fetch_add_explicit(&pool->next_item, 1, memory_order_relaxed);
        if (item >= pool->item_count)
            return;
        pool->fn(pool->context, item, worker);
        if (worker == 0 && pool->is_watched)
            tell(pool, atomic_load_explicit(&pool->next_item, memory_order_relaxed));
    }
}

static void *helper_main(void *argument)
{
    struct helper_start start = *(struct helper_start *)argument;
    struct cg_pool *pool = start.pool;
    free(argument);
    unsigned seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (!pool->stopping && !has_loop(pool, seen))
            pthread_cond_wait(&pool->work_ready, &pool->mutex);
        if (pool->stopping)
            break;
        seen = pool->generation;
        pthread_mutex_unlock(&pool->mutex);
        work(pool, start.worker);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->helpers_busy == 0)
            pthread_cond_signal(&pool->work_done);
        pthread_mutex_unlock(&pool->mutex);
        for (int i = 0; i < WATCH_TURNS && !has_loop(pool, seen); i++)
            wait_a_turn(i);
        pthread_mutex_lock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static enum cg_status start_helper(struct cg_pool *pool, int worker, struct cg_error *error)
{
    struct helper_start *start = malloc(sizeof(*start));
    if (start == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "thread pool: out of memory");
    start->pool = pool;
    start->worker = worker;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_NBYTES);
    int failure =
        pthread_create(&pool->helpers[pool->helper_count], &attributes, helper_main, start);
    pthread_attr_destroy(&attributes);
    if (failure != 0) {
        free(start);
        return cg_fail(error, CG_ERR_MEMORY, "thread pool: thread %d of %d could not be started",
                       worker + 1, pool->threads);
    }
    pool->helper_count++;
    return CG_OK;
}

enum cg_status cg_pool_create(int threads, struct cg_pool **out, struct cg_error *error)
{
    *out = NULL;
    if (threads == 0)
        threads = cg_processor_count();
    if (threads < 1 || threads > POOL_THREADS_MAX)
        return cg_fail(error, CG_ERR_ARGUMENT, "threads: expected 1 to %d, got %d",
                       POOL_THREADS_MAX, threads);
    struct cg_pool *pool = cg_alloc_zero(1, sizeof(*pool), "thread pool", error);
    if (pool == NULL)
        return CG_ERR_MEMORY;
    pool->threads = threads;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work_ready, NULL);
    pthread_cond_init(&pool->work_done, NULL);
    pool->helpers = cg_alloc((size_t)threads, sizeof(pthread_t), "thread pool", error);
    enum cg_status status = pool->helpers == NULL ? CG_ERR_MEMORY : CG_OK;
    for (int worker = 1; status == CG_OK && worker < threads; worker++)
        status = start_helper(pool, worker, error);
    if (status != CG_OK) {
        cg_pool_free(pool);
        return status;
    }
    *out = pool;
    return CG_OK;
}

void cg_pool_free(struct cg_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = 1;
    pthread_cond_broadcast(&pool->work_ready);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 0; i < pool->helper_count; i++)
        pthread_join(pool->helpers[i], NULL);
    pthread_cond_destroy(&pool->work_done);
    pthread_cond_destroy(&pool->work_ready);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->helpers);
    free(pool);
}

int cg_pool_threads(const struct cg_pool *pool)
{
    return pool->threads;
}

void cg_pool_run(struct cg_pool *pool, size_t item_count, cg_pool_fn fn, void *context)
{
    pool->fn = fn;
    pool->context = context;
    pool->item_count = item_count;
    atomic_store_explicit(&pool->next_item, 0, memory_order_relaxed);
    if (pool->helper_count > 0 && item_count > 1) {
        pthread_mutex_lock(&pool->mutex);
        pool->helpers_busy = pool->helper_count;
        pool->generation++;
        pthread_cond_broadcast(&pool->work_ready);
        pthread_mutex_unlock(&pool->mutex);
        work(pool, 0);
        for (int i = 0; i < WATCH_TURNS && !is_done(pool); i++)
            wait_a_turn(i);
        pthread_mutex_lock(&pool->mutex);
        while (!is_done(pool))
            pthread_cond_wait(&pool->work_done, &pool->mutex);
        pthread_mutex_unlock(&pool->mutex);
    } else {
        work(pool, 0);
    }
}

void cg_pool_set_watch(struct cg_pool *pool, const struct cg_pool_watch *watch)
{
    pool->watch = watch;
}

enum cg_status cg_pool_run_watched(struct cg_pool *pool, size_t item_count, cg_pool_fn fn,
                                   void *context, int part, int parts, struct cg_error *error)
{
    const struct cg_pool_watch *watch = pool->watch;
    if (watch != NULL) {
        pool->from = watch->from + (watch->to - watch->from) * part / parts;
        pool->to = watch->from + (watch->to - watch->from) * (part + 1) / parts;
    }
    pool->is_watched = watch != NULL;
    pool->cancelled = false;
    cg_pool_run(pool, item_count, fn, context);
    pool->is_watched = false;
    return pool->cancelled ? cg_fail(error, CG_ERR_CANCELLED, "cancelled") : CG_OK;
}
