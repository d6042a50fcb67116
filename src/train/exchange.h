/*
 * Adding up a gradient over all ranks, behind the back of what computes the next part of it: an
 * Allreduce in its two halves. Every rank receives its part of the numbers from all others, adds
 * them up, and sends the sums back to all. That moves as few bytes as any way of doing it,
 * 2 (N - 1) / N of them out of each rank (Patarasuk and Yuan 2009), and unlike MPI_Allreduce, which
 * may add in any order, it adds in that of tree.h, always: the same bytes on every machine, and the
 * same as those of a run by one rank.
 */
#ifndef CG_TRAIN_EXCHANGE_H
#define CG_TRAIN_EXCHANGE_H

#include "train/ranks.h"

struct cg_exchange;

/*
 * For count numbers of data, which must outlive it. By all ranks, in the same order. Without ranks
 * *out is NULL, which the other functions take for nothing to do. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_exchange_create(struct cg_ranks *ranks, float *data, size_t count,
                                  struct cg_exchange **out, struct cg_error *error);
void cg_exchange_free(struct cg_exchange *exchange);

/* This rank's numbers are there; none may be touched before wait. Exchanges of one run need not be
 * started in the same order by all ranks. */
void cg_exchange_start(struct cg_exchange *exchange);

/* Until data holds the sums of all ranks. */
void cg_exchange_wait(struct cg_exchange *exchange);

#endif
