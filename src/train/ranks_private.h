/* Ranks as exchanges see them. Private to ranks.c and exchange.c. */
#ifndef CG_TRAIN_RANKS_PRIVATE_H
#define CG_TRAIN_RANKS_PRIVATE_H

#include "train/ranks.h"

#include <pthread.h>

struct cg_ranks {
    const struct cg_carrier *carrier;
    void *context;
    int index, count;
    void *control;                 /* channel of all but exchanges */
    size_t *ends;                  /* of the control channel's parts */
    int *values;                   /* one of each rank */
    pthread_mutex_t mutex;         /* guards the carrier and what follows */
    struct cg_exchange *under_way; /* a list */
};

/* Bring an exchange further; true when it is over. With the mutex held. */
bool cg_exchange_advance(struct cg_exchange *exchange);

/* The next exchange of the list that it is in. */
struct cg_exchange **cg_exchange_next(struct cg_exchange *exchange);

/* Call is_over, with the mutex held, until it says so: first again and again, then with ever longer
 * sleeps. */
void cg_ranks_wait(struct cg_ranks *ranks, bool (*is_over)(void *subject), void *subject);

#endif
