/*
 * Dividing the machine among a batch's pictures: how many at once, with how many threads each, and
 * how much memory for all together.
 */
#ifndef CG_CLI_CONVERT_CONCURRENCY_H
#define CG_CLI_CONVERT_CONCURRENCY_H

#include "cli/convert/machine_memory.h"
#include "comicgan/comicgan.h"

struct cg_concurrency_request {
    int jobs, threads; /* the user's; 0: automatic */
    size_t pictures;   /* in the plan */
    int processors;
    const struct cg_render_params *looks;
    size_t memory_nbytes; /* --max-memory, for the whole process; 0: automatic */
    struct cg_machine_memory machine;
    size_t resident_nbytes; /* the process's current memory */
};

struct cg_concurrency {
    int jobs, threads;
    size_t picture_nbytes; /* for all pictures in progress together */
    char reason[160];      /* where picture_nbytes comes from, for people */
};

/*
 * One picture gets all processors, many get one each, unless the user chose otherwise. Sessions
 * keep their memory; there are fewer of them if they would take more than half. Comics do not
 * depend on any of this.
 */
struct cg_concurrency cg_concurrency_choose(const struct cg_concurrency_request *request);

#endif
