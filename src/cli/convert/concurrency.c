/* Dividing the machine among pictures: see concurrency.h. */
#include "cli/convert/concurrency.h"

#include "cli/convert/budget.h"

#include <stdio.h>

/* The fraction of free memory to use. A limit on address space is this process's own. */
#define SHARE_OF_FREE 0.75

/*
 * What a thread maps at its start, which counts if address space is limited: OpenBLAS's buffer for
 * each caller (128 MiB, nearly all of it untouched) and a stack.
 */
#define THREAD_MAPS_NBYTES ((size_t)132 << 20)

static int least_of(size_t a, size_t b)
{
    return (int)(a < b ? a : b);
}

static size_t of_one_job(const struct cg_concurrency_request *request, int threads)
{
    size_t nbytes = cg_budget_of_session(request->looks, threads);
    return request->machine.address_limited ? nbytes + (size_t)threads * THREAD_MAPS_NBYTES
                                            : nbytes;
}

/* The memory that the process may still take. */
static size_t memory_of(const struct cg_concurrency_request *request, char *reason,
                        size_t reason_nbytes)
{
    if (request->memory_nbytes == 0 && request->machine.address_limited) {
        snprintf(reason, reason_nbytes, "what %s", request->machine.source);
        return request->machine.nbytes;
    }
    if (request->memory_nbytes == 0) {
        snprintf(reason, reason_nbytes, "%.0f %% of what %s", 100.0 * SHARE_OF_FREE,
                 request->machine.source);
        return (size_t)(SHARE_OF_FREE * (double)request->machine.nbytes);
    }
    snprintf(reason, reason_nbytes, "--max-memory %zuM", request->memory_nbytes >> 20);
    return request->memory_nbytes > request->resident_nbytes
               ? request->memory_nbytes - request->resident_nbytes
               : 0;
}

static int threads_for(const struct cg_concurrency_request *request, int jobs)
{
    if (request->threads > 0)
        return request->threads;
    return request->processors > jobs ? request->processors / jobs : 1;
}

static int jobs_for(const struct cg_concurrency_request *request)
{
    size_t jobs = (size_t)request->jobs;
    if (jobs == 0)
        jobs = (size_t)(request->threads > 0 ? request->processors / request->threads
                                             : request->processors);
    return least_of(jobs > 0 ? jobs : 1, request->pictures > 0 ? request->pictures : 1);
}

struct cg_concurrency cg_concurrency_choose(const struct cg_concurrency_request *request)
{
    struct cg_concurrency share = {.jobs = jobs_for(request)};
    size_t memory = memory_of(request, share.reason, sizeof(share.reason));
    share.threads = threads_for(request, share.jobs);
    while (request->jobs == 0 && share.jobs > 1 &&
           (size_t)share.jobs * of_one_job(request, share.threads) > memory / 2)
        share.jobs--;
    while (request->threads == 0 && share.threads > 1 &&
           (size_t)share.jobs * of_one_job(request, share.threads) > memory / 2)
        share.threads--;
    size_t sessions = (size_t)share.jobs * of_one_job(request, share.threads);
    share.picture_nbytes = memory > sessions ? memory - sessions : 0;
    return share;
}
