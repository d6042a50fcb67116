/* The processes that train one run together: see ranks.h. */
#include "train/ranks_private.h"

#include "base/clock.h"
#include "base/memory.h"
#include "train/tree.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Others are waited for awake for about as long as an exchange takes; who waits for longer, as
 * while the first rank writes or the run pauses, must not take the processor from those who work.
 * There is no yielding in between: where more threads run than processors, that costs whole time
 * slices.
 */
#define SECONDS_AWAKE 0.0005
#define SLEEP_SHARE 0.02 /* of what was waited so far: so much it may become too long */
#define SLEEP_SECONDS_MAX 0.002

int cg_ranks_index(const struct cg_ranks *ranks)
{
    return ranks == NULL ? 0 : ranks->index;
}

int cg_ranks_count(const struct cg_ranks *ranks)
{
    return ranks == NULL ? 1 : ranks->count;
}

void cg_ranks_share(const struct cg_ranks *ranks, int count, int *begin, int *end)
{
    *begin = cg_tree_cut(count, cg_ranks_count(ranks), cg_ranks_index(ranks));
    *end = cg_tree_cut(count, cg_ranks_count(ranks), cg_ranks_index(ranks) + 1);
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void advance_all(struct cg_ranks *ranks)
{
    struct cg_exchange **place = &ranks->under_way;
    while (*place != NULL) {
        struct cg_exchange *exchange = *place;
        struct cg_exchange **next = cg_exchange_next(exchange);
        if (cg_exchange_advance(exchange))
            *place = *next;
        else
            place = next;
    }
}

void cg_ranks_advance(struct cg_ranks *ranks)
{
    if (ranks == NULL || pthread_mutex_trylock(&ranks->mutex) != 0)
        return;
    advance_all(ranks);
    pthread_mutex_unlock(&ranks->mutex);
}

static void sleep_for(double seconds)
{
    if (seconds > SLEEP_SECONDS_MAX)
        seconds = SLEEP_SECONDS_MAX;
    nanosleep(&(struct timespec){.tv_nsec = (long)(1e9 * seconds)}, NULL);
}

void cg_ranks_wait(struct cg_ranks *ranks, bool (*is_over)(void *subject), void *subject)
{
    const double start = cg_clock_seconds();
    for (;;) {
        pthread_mutex_lock(&ranks->mutex);
        advance_all(ranks);
        bool over = is_over(subject);
        pthread_mutex_unlock(&ranks->mutex);
        if (over)
            return;
        double waited = cg_clock_seconds() - start;
        if (waited > SECONDS_AWAKE)
            sleep_for(SLEEP_SHARE * waited);
    }
}

static bool control_is_done(void *subject)
{
    struct cg_ranks *ranks = subject;
    return ranks->carrier->is_done(ranks->control);
}

/* Parts as in ranks->ends: every rank gets all of them. */
static void gather(struct cg_ranks *ranks, void *bytes)
{
    pthread_mutex_lock(&ranks->mutex);
    ranks->carrier->gather(ranks->control, bytes, ranks->ends);
    pthread_mutex_unlock(&ranks->mutex);
    cg_ranks_wait(ranks, control_is_done, ranks);
}

/* ---- what ranks tell each other -------------------------------------------------------------- */

static void tell_from(struct cg_ranks *ranks, int teller, void *bytes, size_t nbytes)
{
    for (int r = 0; r < ranks->count; r++)
        ranks->ends[r] = r < teller ? 0 : nbytes;
    gather(ranks, bytes);
}

void cg_ranks_tell(struct cg_ranks *ranks, void *bytes, size_t nbytes)
{
    if (ranks != NULL)
        tell_from(ranks, 0, bytes, nbytes);
}

void cg_ranks_collect(struct cg_ranks *ranks, void *items, int count, size_t item_nbytes)
{
    if (ranks == NULL)
        return;
    for (int r = 0; r < ranks->count; r++)
        ranks->ends[r] = (size_t)cg_tree_cut(count, ranks->count, r + 1) * item_nbytes;
    gather(ranks, items);
}

/* The first rank of those with the greatest value. */
static int rank_of_greatest(struct cg_ranks *ranks, int value, int *greatest)
{
    int best = 0;
    ranks->values[ranks->index] = value;
    cg_ranks_collect(ranks, ranks->values, ranks->count, sizeof(int));
    for (int r = 1; r < ranks->count; r++)
        if (ranks->values[r] > ranks->values[best])
            best = r;
    *greatest = ranks->values[best];
    return best;
}

int cg_ranks_greatest(struct cg_ranks *ranks, int value)
{
    if (ranks != NULL)
        rank_of_greatest(ranks, value, &value);
    return value;
}

enum cg_status cg_ranks_agree(struct cg_ranks *ranks, enum cg_status status, struct cg_error *error)
{
    struct cg_error told = {0};
    int failed;
    if (ranks == NULL)
        return status;
    int teller = rank_of_greatest(ranks, status != CG_OK, &failed);
    if (!failed)
        return CG_OK;
    if (teller == ranks->index) {
        if (teller > 0)
            cg_error_prefix(error, "rank %d", teller);
        if (error != NULL)
            told = *error;
        told.status = status;
    }
    tell_from(ranks, teller, &told, sizeof(told));
    return cg_fail(error, told.status, "%s", told.text);
}

/* ---- beginning and end ----------------------------------------------------------------------- */

enum cg_status cg_ranks_create(const struct cg_carrier *carrier, void *context, int index,
                               int count, struct cg_ranks **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_ranks *ranks = cg_alloc_zero(1, sizeof(*ranks), "ranks", error);
    if (ranks == NULL)
        return CG_ERR_MEMORY;
    *ranks =
        (struct cg_ranks){.carrier = carrier, .context = context, .index = index, .count = count};
    pthread_mutex_init(&ranks->mutex, NULL);
    ranks->ends = cg_alloc((size_t)count, sizeof(*ranks->ends), "ranks", error);
    ranks->values = cg_alloc((size_t)count, sizeof(*ranks->values), "ranks", error);
    ranks->control = carrier->open(context);
    if (ranks->ends == NULL || ranks->values == NULL || ranks->control == NULL) {
        cg_ranks_free(ranks);
        return cg_fail(error, CG_ERR_MEMORY, "ranks: no memory, or no channel between them");
    }
    *out = ranks;
    return CG_OK;
}

void cg_ranks_free(struct cg_ranks *ranks)
{
    if (ranks == NULL)
        return;
    if (ranks->control != NULL)
        ranks->carrier->close(ranks->control);
    pthread_mutex_destroy(&ranks->mutex);
    free(ranks->values);
    free(ranks->ends);
    free(ranks);
}
