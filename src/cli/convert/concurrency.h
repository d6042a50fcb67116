/*
 * How a batch shares out the machine: how many pictures at once, with how many threads each, and
 * how much memory all pictures together may take.
 */
#ifndef CG_CLI_CONVERT_CONCURRENCY_H
#define CG_CLI_CONVERT_CONCURRENCY_H

#include "cli/convert/machine_memory.h"
#include "comicgan/comicgan.h"

struct cg_concurrency_request {
    int jobs, threads; /* as the user said; 0: as it is best */
    size_t pictures;   /* in the plan */
    int processors;
    const struct cg_render_params *looks;
    size_t memory_nbytes; /* --max-memory: for the whole process; 0: a share of what there is */
    struct cg_machine_memory machine;
    size_t resident_nbytes; /* what the process has already */
};

struct cg_concurrency {
    int jobs, threads;
    size_t picture_nbytes; /* for all pictures that are worked on at one time */
    char reason[160];      /* where picture_nbytes comes from, for people */
};

/*
 * One picture gets all processors, many get one each, unless the user said otherwise. Sessions keep
 * their memory; where they would take more than half of it, there are fewer of them. The comics do
 * not depend on any of this.
 */
struct cg_concurrency cg_concurrency_choose(const struct cg_concurrency_request *request);

#endif
