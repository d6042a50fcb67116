/*
 * Ranks that are threads of the test: what goes over MPI elsewhere is copied from one to another.
 */
#ifndef CG_TESTS_UNIT_FIXTURE_RANKS_H
#define CG_TESTS_UNIT_FIXTURE_RANKS_H

#include "train/comm/ranks.h"

/* Call fn on count threads, each with its ranks, and wait for all. */
void fixture_with_ranks(int count, void (*fn)(struct cg_ranks *ranks, void *context),
                        void *context);

#endif
