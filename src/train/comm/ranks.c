/* Data-parallel training: see ranks.h. */
#include "train/comm/ranks.h"

#include "base/clock.h"
#include "base/memory.h"
#include "tensor/kernels.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Spin for about as long as an allreduce takes. Longer waits, as while the first rank writes or the
 * run pauses, must not take the processor from those who work. No yielding in between: with more
 * threads than processors, that costs whole time slices.
 */
#define SECONDS_AWAKE 0.0005
#define SLEEP_SHARE 0.02 /* a sleep's length, as a fraction of the time waited so far */
#define SLEEP_SECONDS_MAX 0.002

struct cg_ranks {
    const struct cg_transport *transport;
    void *context;
    int index, count;
    void *control;                  /* channel of all but allreduces */
    size_t *ends;                   /* of the control channel's parts */
    int *values;                    /* one of each rank */
    pthread_mutex_t mutex;          /* guards the transport and what follows */
    struct cg_allreduce *under_way; /* a list */
};

enum phase { AT_REST, SCATTERING, GATHERING };

struct cg_allreduce {
    struct cg_ranks *ranks;
    void *channel;
    float *data;
    float *versions;    /* all ranks' values of this rank's part */
    size_t *ends;       /* of the ranks' parts, in bytes */
    size_t begin, part; /* this rank's part, in numbers */
    enum phase phase;
    struct cg_allreduce *next; /* under way */
};

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
    *begin = cg_reduction_tree_cut(count, cg_ranks_count(ranks), cg_ranks_index(ranks));
    *end = cg_reduction_tree_cut(count, cg_ranks_count(ranks), cg_ranks_index(ranks) + 1);
}

/* ---- allreduces under way -------------------------------------------------------------------- */

static void add_up(const struct cg_allreduce *allreduce)
{
    const size_t part = allreduce->part;
    cg_reduction_tree_sum(allreduce->versions, part, part, allreduce->ranks->count, 1, 0);
    memcpy(allreduce->data + allreduce->begin, allreduce->versions, part * sizeof(float));
}

static bool advance(struct cg_allreduce *allreduce)
{
    const struct cg_transport *transport = allreduce->ranks->transport;
    if (!transport->is_done(allreduce->channel))
        return false;
    if (allreduce->phase == SCATTERING) {
        add_up(allreduce);
        transport->gather(allreduce->channel, allreduce->data, allreduce->ends);
        allreduce->phase = GATHERING;
        return false;
    }
    allreduce->phase = AT_REST;
    return true;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void advance_all(struct cg_ranks *ranks)
{
    struct cg_allreduce **place = &ranks->under_way;
    while (*place != NULL) {
        struct cg_allreduce *allreduce = *place;
        if (advance(allreduce))
            *place = allreduce->next;
        else
            place = &allreduce->next;
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

/* Call is_over, with the mutex held, until it returns true: first spinning, then with ever longer
 * sleeps. */
static void wait_until(struct cg_ranks *ranks, bool (*is_over)(void *subject), void *subject)
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
    return ranks->transport->is_done(ranks->control);
}

/* Parts as in ranks->ends; every rank gets all of them. */
static void gather(struct cg_ranks *ranks, void *bytes)
{
    pthread_mutex_lock(&ranks->mutex);
    ranks->transport->gather(ranks->control, bytes, ranks->ends);
    pthread_mutex_unlock(&ranks->mutex);
    wait_until(ranks, control_is_done, ranks);
}

/* ---- collectives -------------------------------------------------------------- */

static void tell_from(struct cg_ranks *ranks, int teller, void *bytes, size_t nbytes)
{
    for (int r = 0; r < ranks->count; r++)
        ranks->ends[r] = r < teller ? 0 : nbytes;
    gather(ranks, bytes);
}

void cg_ranks_broadcast(struct cg_ranks *ranks, void *bytes, size_t nbytes)
{
    if (ranks != NULL)
        tell_from(ranks, 0, bytes, nbytes);
}

void cg_ranks_allgather(struct cg_ranks *ranks, void *items, int count, size_t item_nbytes)
{
    if (ranks == NULL)
        return;
    for (int r = 0; r < ranks->count; r++)
        ranks->ends[r] = (size_t)cg_reduction_tree_cut(count, ranks->count, r + 1) * item_nbytes;
    gather(ranks, items);
}

/* The first rank of those with the greatest value. */
static int rank_of_max(struct cg_ranks *ranks, int value, int *greatest)
{
    int best = 0;
    ranks->values[ranks->index] = value;
    cg_ranks_allgather(ranks, ranks->values, ranks->count, sizeof(int));
    for (int r = 1; r < ranks->count; r++)
        if (ranks->values[r] > ranks->values[best])
            best = r;
    *greatest = ranks->values[best];
    return best;
}

int cg_ranks_allreduce_max(struct cg_ranks *ranks, int value)
{
    if (ranks != NULL)
        rank_of_max(ranks, value, &value);
    return value;
}

enum cg_status cg_ranks_agree(struct cg_ranks *ranks, enum cg_status status, struct cg_error *error)
{
    struct cg_error told = {0};
    int failed;
    if (ranks == NULL)
        return status;
    int teller = rank_of_max(ranks, status != CG_OK, &failed);
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

/* ---- adding up ------------------------------------------------------------------------------- */

static void cut_parts(struct cg_allreduce *allreduce, size_t count)
{
    const struct cg_ranks *ranks = allreduce->ranks;
    size_t each = (count + (size_t)ranks->count - 1) / (size_t)ranks->count, end = 0;
    for (int r = 0; r < ranks->count; r++) {
        size_t begin = end;
        end = count - begin < each ? count : begin + each;
        allreduce->ends[r] = end * sizeof(float);
        if (r == ranks->index) {
            allreduce->begin = begin;
            allreduce->part = end - begin;
        }
    }
}

enum cg_status cg_allreduce_create(struct cg_ranks *ranks, float *data, size_t count,
                                   struct cg_allreduce **out, struct cg_error *error)
{
    *out = NULL;
    if (ranks == NULL)
        return CG_OK;
    void *channel = ranks->transport->open(ranks->context); /* before all else: other ranks wait
                                                             * for it */
    struct cg_allreduce *allreduce = cg_alloc_zero(1, sizeof(*allreduce), "allreduce", error);
    if (channel == NULL || allreduce == NULL) {
        if (channel != NULL)
            ranks->transport->close(channel);
        free(allreduce);
        return cg_fail(error, CG_ERR_MEMORY, "allreduce: no memory, or no channel between ranks");
    }
    allreduce->ranks = ranks;
    allreduce->data = data;
    allreduce->channel = channel;
    allreduce->ends = cg_alloc((size_t)ranks->count, sizeof(size_t), "allreduce", error);
    if (allreduce->ends != NULL) {
        cut_parts(allreduce, count);
        allreduce->versions =
            cg_alloc((size_t)ranks->count * allreduce->part, sizeof(float), "allreduce", error);
    }
    if (allreduce->versions == NULL) {
        cg_allreduce_free(allreduce);
        return CG_ERR_MEMORY;
    }
    *out = allreduce;
    return CG_OK;
}

void cg_allreduce_free(struct cg_allreduce *allreduce)
{
    if (allreduce == NULL)
        return;
    allreduce->ranks->transport->close(allreduce->channel);
    free(allreduce->versions);
    free(allreduce->ends);
    free(allreduce);
}

void cg_allreduce_start(struct cg_allreduce *allreduce)
{
    if (allreduce == NULL)
        return;
    struct cg_ranks *ranks = allreduce->ranks;
    pthread_mutex_lock(&ranks->mutex);
    ranks->transport->scatter(allreduce->channel, allreduce->data, allreduce->versions,
                              allreduce->ends);
    allreduce->phase = SCATTERING;
    allreduce->next = ranks->under_way;
    ranks->under_way = allreduce;
    pthread_mutex_unlock(&ranks->mutex);
}

static bool is_over(void *subject)
{
    return ((struct cg_allreduce *)subject)->phase == AT_REST;
}

void cg_allreduce_wait(struct cg_allreduce *allreduce)
{
    if (allreduce != NULL)
        wait_until(allreduce->ranks, is_over, allreduce);
}

/* ---- beginning and end ----------------------------------------------------------------------- */

enum cg_status cg_ranks_create(const struct cg_transport *transport, void *context, int index,
                               int count, struct cg_ranks **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_ranks *ranks = cg_alloc_zero(1, sizeof(*ranks), "ranks", error);
    if (ranks == NULL)
        return CG_ERR_MEMORY;
    *ranks = (struct cg_ranks){
        .transport = transport, .context = context, .index = index, .count = count};
    pthread_mutex_init(&ranks->mutex, NULL);
    ranks->ends = cg_alloc((size_t)count, sizeof(*ranks->ends), "ranks", error);
    ranks->values = cg_alloc((size_t)count, sizeof(*ranks->values), "ranks", error);
    ranks->control = transport->open(context);
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
        ranks->transport->close(ranks->control);
    pthread_mutex_destroy(&ranks->mutex);
    free(ranks->values);
    free(ranks->ends);
    free(ranks);
}

int cg_reduction_tree_cut(int n, int parts, int part)
{
    return (int)((int64_t)n * part / parts);
}

void cg_reduction_tree_sum(float *vectors, size_t stride, size_t length, int n, int parts, int part)
{
    int begin = cg_reduction_tree_cut(n, parts, part),
        end = cg_reduction_tree_cut(n, parts, part + 1);
    if (end - begin < 2)
        return;
    /* begin < middle < end, as n / parts is more than 1 */
    int middle = cg_reduction_tree_cut(n, 2 * parts, 2 * part + 1);
    float *second = vectors + (size_t)(middle - begin) * stride;
    cg_reduction_tree_sum(vectors, stride, length, n, 2 * parts, 2 * part);
    cg_reduction_tree_sum(second, stride, length, n, 2 * parts, 2 * part + 1);
    cg_vector_axpy(vectors, 1.0f, second, length);
}
