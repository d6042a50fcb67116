/*
 * The processes that train one run together: each takes its share of every batch's shards, all add
 * up the same gradient (exchange.h) and take the same step, so that all of them hold the same
 * networks. What they tell each other apart from gradients is here. A process that trains by itself
 * has no ranks: NULL, which all of these functions take for one rank.
 *
 * All but the first three, and cg_ranks_advance, are called by all ranks, in the same order, and
 * wait for each other, asleep if it takes long. One thread of a rank at a time; cg_ranks_advance
 * and the start of an exchange may come from any.
 */
#ifndef CG_TRAIN_RANKS_H
#define CG_TRAIN_RANKS_H

#include "base/error.h"

#include <stdbool.h>

struct cg_ranks;

int cg_ranks_index(const struct cg_ranks *ranks);
int cg_ranks_count(const struct cg_ranks *ranks);

/* Which of count things are this rank's: *begin to *end - 1. The cuts are those of tree.h. */
void cg_ranks_share(const struct cg_ranks *ranks, int count, int *begin, int *end);

/* Every rank gets what the first one has. */
void cg_ranks_tell(struct cg_ranks *ranks, void *bytes, size_t nbytes);

/* items: count of them, of which this rank's share is filled in; then all are. */
void cg_ranks_collect(struct cg_ranks *ranks, void *items, int count, size_t item_nbytes);

/* The greatest of all ranks' values. */
int cg_ranks_greatest(struct cg_ranks *ranks, int value);

/*
 * CG_OK if that is every rank's status; otherwise all get status and text of the first rank that
 * failed, which the text names, if it is not the very first.
 */
enum cg_status cg_ranks_agree(struct cg_ranks *ranks, enum cg_status status,
                              struct cg_error *error);

/* Bring what is being exchanged a little further, if nobody else is at it; returns at once. */
void cg_ranks_advance(struct cg_ranks *ranks);

/* ---- what carries it ------------------------------------------------------------------------- */

/*
 * A way for ranks to reach each other. Channels keep apart what goes on at the same time: on each,
 * all ranks start the same things in the same order. ends[r]: where rank r's part of some bytes
 * ends, and that of rank r + 1 begins. All but open return at once; what was started is over when
 * is_done says so, and goes on only while that is asked. No two calls come at the same time.
 */
struct cg_carrier {
    /* By all ranks, in the same order. NULL if there can be no more. */
    void *(*open)(void *context);
    void (*close)(void *channel);
    /* Part r of from goes to rank r; to receives this rank's part from every rank, in order. */
    void (*scatter)(void *channel, const void *from, void *to, const size_t *ends);
    /* Of bytes this rank's part is filled in and goes to all others. */
    void (*gather)(void *channel, void *bytes, const size_t *ends);
    bool (*is_done)(void *channel);
};

/* carrier and context must outlive it. Free it after all exchanges. By all ranks. */
enum cg_status cg_ranks_create(const struct cg_carrier *carrier, void *context, int index,
                               int count, struct cg_ranks **out, struct cg_error *error);
void cg_ranks_free(struct cg_ranks *ranks);

#endif
