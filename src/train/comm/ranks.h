/*
 * The processes that train one run together: each takes its share of every batch's micro-batches,
 * all add up the same gradient (cg_allreduce) and take the same step, so that all of them hold the
 * same networks. What they tell each other apart from gradients is here. A process that trains by
 * itself has no ranks: NULL, which all of these functions take for one rank.
 *
 * All but the first three, and cg_ranks_advance, are called by all ranks, in the same order, and
 * wait for each other, asleep if it takes long. One thread of a rank at a time; cg_ranks_advance
 * and the start of an allreduce may come from any.
 */
#ifndef CG_TRAIN_COMM_RANKS_H
#define CG_TRAIN_COMM_RANKS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct cg_ranks;

int cg_ranks_index(const struct cg_ranks *ranks);
int cg_ranks_count(const struct cg_ranks *ranks);

/* Which of count things are this rank's: *begin to *end - 1. The cuts are those of
 * reduction_tree.h. */
void cg_ranks_share(const struct cg_ranks *ranks, int count, int *begin, int *end);

/* Every rank gets what the first one has. */
void cg_ranks_broadcast(struct cg_ranks *ranks, void *bytes, size_t nbytes);

/* items: count of them, of which this rank's share is filled in; then all are. */
void cg_ranks_allgather(struct cg_ranks *ranks, void *items, int count, size_t item_nbytes);

/* The greatest of all ranks' values. */
int cg_ranks_allreduce_max(struct cg_ranks *ranks, int value);

/*
 * CG_OK if that is every rank's status; otherwise all get status and text of the first rank that
 * failed, which the text names, if it is not the very first.
 */
enum cg_status cg_ranks_agree(struct cg_ranks *ranks, enum cg_status status,
                              struct cg_error *error);

/* Bring what is being exchanged a little further, if nobody else is at it; returns at once. */
void cg_ranks_advance(struct cg_ranks *ranks);

/* ---- allreduce ----------------------------------------------------------------------------------
 */

/*
 * Adding up a gradient over all ranks, behind the back of what computes the next part of it: an
 * Allreduce in its two halves. Every rank receives its part of the numbers from all others, adds
 * them up, and sends the sums back to all. That moves as few bytes as any way of doing it,
 * 2 (N - 1) / N of them out of each rank (Patarasuk and Yuan 2009), and unlike MPI_Allreduce, which
 * may add in any order, it adds in that of reduction_tree.h, always: the same bytes on every
 * machine, and the same as those of a run by one rank.
 */
struct cg_allreduce;

/*
 * For count numbers of data, which must outlive it. By all ranks, in the same order. Without ranks
 * *out is NULL, which the other functions take for nothing to do. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_allreduce_create(struct cg_ranks *ranks, float *data, size_t count,
                                   struct cg_allreduce **out, struct cg_error *error);
void cg_allreduce_free(struct cg_allreduce *allreduce);

/* This rank's numbers are there; none may be touched before wait. Exchanges of one run need not be
 * started in the same order by all ranks. */
void cg_allreduce_start(struct cg_allreduce *allreduce);

/* Until data holds the sums of all ranks. */
void cg_allreduce_wait(struct cg_allreduce *allreduce);

/* ---- what carries it ------------------------------------------------------------------------- */

/*
 * A way for ranks to reach each other. Channels keep apart what goes on at the same time: on each,
 * all ranks start the same things in the same order. ends[r]: where rank r's part of some bytes
 * ends, and that of rank r + 1 begins. All but open return at once; what was started is over when
 * is_done says so, and goes on only while that is asked. No two calls come at the same time.
 */
struct cg_transport {
    /* By all ranks, in the same order. NULL if there can be no more. */
    void *(*open)(void *context);
    void (*close)(void *channel);
    /* Part r of from goes to rank r; to receives this rank's part from every rank, in order. */
    void (*scatter)(void *channel, const void *from, void *to, const size_t *ends);
    /* Of bytes this rank's part is filled in and goes to all others. */
    void (*gather)(void *channel, void *bytes, const size_t *ends);
    bool (*is_done)(void *channel);
};

/* transport and context must outlive it. Free it after all allreduces. By all ranks. */
enum cg_status cg_ranks_create(const struct cg_transport *transport, void *context, int index,
                               int count, struct cg_ranks **out, struct cg_error *error);
void cg_ranks_free(struct cg_ranks *ranks);

#endif
