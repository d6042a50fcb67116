/*
 * Data-parallel training by several processes (ranks): each processes its part of a batch's
 * micro-batches, all sum the same gradient (cg_allreduce) and take the same step, so all hold the
 * same networks. A single process has no ranks: NULL, which all these functions treat as one rank.
 *
 * All but the first three and cg_ranks_advance are collective: called by all ranks in the same
 * order, waiting for each other (asleep if it takes long). One thread per rank at a time, except
 * that cg_ranks_advance and cg_allreduce_start may be called from any.
 */
#ifndef CG_TRAIN_COMM_RANKS_H
#define CG_TRAIN_COMM_RANKS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct cg_ranks;

int cg_ranks_index(const struct cg_ranks *ranks);
int cg_ranks_count(const struct cg_ranks *ranks);

/* This rank's part of count items: *begin to *end - 1, divided as in the tree below. */
void cg_ranks_share(const struct cg_ranks *ranks, int count, int *begin, int *end);

/* Copy the first rank's bytes to all ranks. */
void cg_ranks_broadcast(struct cg_ranks *ranks, void *bytes, size_t nbytes);

/* items: count of them, of which this rank has filled in its part; on return all are filled in. */
void cg_ranks_allgather(struct cg_ranks *ranks, void *items, int count, size_t item_nbytes);

/* The maximum of all ranks' values. */
int cg_ranks_allreduce_max(struct cg_ranks *ranks, int value);

/*
 * CG_OK if every rank passed CG_OK; otherwise all return the status and text of the lowest failing
 * rank, named in the text unless it is rank 0.
 */
enum cg_status cg_ranks_agree(struct cg_ranks *ranks, enum cg_status status,
                              struct cg_error *error);

/* Make progress on pending transfers unless another thread is doing so; does not block. */
void cg_ranks_advance(struct cg_ranks *ranks);

/* ---- allreduce ------------------------------------------------------------------------------- */

/*
 * Summing a gradient over all ranks while the next part of it is computed, as reduce-scatter and
 * allgather: every rank receives its part of the numbers from all others, sums it, and sends the
 * sums to all. That is bandwidth-optimal, 2 (N - 1) / N of the bytes out of each rank (Patarasuk
 * and Yuan 2009). Unlike MPI_Allreduce, which may add in any order, it always adds in that of
 * cg_reduction_tree_sum: the same bytes on every machine, and the same as those of a single rank.
 */
struct cg_allreduce;

/*
 * For count numbers at data, which must outlive it. Collective. Without ranks *out is NULL, for
 * which the other functions do nothing. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_allreduce_create(struct cg_ranks *ranks, float *data, size_t count,
                                   struct cg_allreduce **out, struct cg_error *error);
void cg_allreduce_free(struct cg_allreduce *allreduce);

/* Start with this rank's numbers, which may not be touched until wait. Ranks may start the
 * allreduces of a run in different orders. */
void cg_allreduce_start(struct cg_allreduce *allreduce);

/* Block until data holds the sums of all ranks. */
void cg_allreduce_wait(struct cg_allreduce *allreduce);

/* ---- what carries it ------------------------------------------------------------------------- */

/*
 * A transport between ranks. Channels separate concurrent operations: on each, all ranks start the
 * same operations in the same order. ends[r]: end of rank r's part of some bytes and start of rank
 * r + 1's. All but open are non-blocking; an operation progresses only while is_done is polled, and
 * is complete when that returns true. Calls are serialised.
 */
struct cg_transport {
    /* Collective. NULL if no more channels are available. */
    void *(*open)(void *context);
    void (*close)(void *channel);
    /* Part r of from goes to rank r; to receives this rank's part from every rank, in order. */
    void (*scatter)(void *channel, const void *from, void *to, const size_t *ends);
    /* This rank's part of bytes goes to all others; on completion bytes is whole. */
    void (*gather)(void *channel, void *bytes, const size_t *ends);
    bool (*is_done)(void *channel);
};

/* transport and context must outlive it. Free it after all allreduces. Collective. */
enum cg_status cg_ranks_create(const struct cg_transport *transport, void *context, int index,
                               int count, struct cg_ranks **out, struct cg_error *error);
void cg_ranks_free(struct cg_ranks *ranks);

/*
 * The order of gradient summation: a fixed binary tree over the n micro-batches of a batch. At
 * depth d it has 2^d nodes; node i covers micro-batches floor(i n / 2^d) to floor((i + 1) n / 2^d)
 * - 1, and a node is the sum of its two children. Floating-point sums depend on their order; this
 * one does not depend on who computes it: N ranks, N a power of two, that each sum one node at
 * depth log2 N and then sum these in the same way obtain, to the last bit, what one rank obtains.
 * Other numbers of ranks use a different order, equally fixed.
 */

/* The first of n items that belongs to part `part` of `parts`. */
int cg_reduction_tree_cut(int n, int parts, int part);

/*
 * Sum the vectors of part `part` of `parts` into the first of them. vectors: `length` numbers each,
 * `stride` numbers apart, beginning with the part's first.
 */
void cg_reduction_tree_sum(float *vectors, size_t stride, size_t length, int n, int parts,
                           int part);

#endif
