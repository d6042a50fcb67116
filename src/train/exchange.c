/* Adding up a gradient over all ranks: see exchange.h. */
#include "train/exchange.h"

#include "base/memory.h"
#include "train/ranks_private.h"
#include "train/tree.h"

#include <stdlib.h>
#include <string.h>

enum phase { AT_REST, SCATTERING, GATHERING };

struct cg_exchange {
    struct cg_ranks *ranks;
    void *channel;
    float *data;
    float *versions;    /* every rank's numbers of this one's part */
    size_t *ends;       /* of the ranks' parts, in bytes */
    size_t begin, part; /* this rank's part, in numbers */
    enum phase phase;
    struct cg_exchange *next; /* under way */
};

static void cut(struct cg_exchange *exchange, size_t count)
{
    const struct cg_ranks *ranks = exchange->ranks;
    size_t each = (count + (size_t)ranks->count - 1) / (size_t)ranks->count, end = 0;
    for (int r = 0; r < ranks->count; r++) {
        size_t begin = end;
        end = count - begin < each ? count : begin + each;
        exchange->ends[r] = end * sizeof(float);
        if (r == ranks->index) {
            exchange->begin = begin;
            exchange->part = end - begin;
        }
    }
}

enum cg_status cg_exchange_create(struct cg_ranks *ranks, float *data, size_t count,
                                  struct cg_exchange **out, struct cg_error *error)
{
    *out = NULL;
    if (ranks == NULL)
        return CG_OK;
    void *channel = ranks->carrier->open(ranks->context); /* first: the others wait for it */
    struct cg_exchange *exchange = cg_alloc_zero(1, sizeof(*exchange), "exchange", error);
    if (channel == NULL || exchange == NULL) {
        if (channel != NULL)
            ranks->carrier->close(channel);
        free(exchange);
        return cg_fail(error, CG_ERR_MEMORY, "exchange: no memory, or no channel between ranks");
    }
    exchange->ranks = ranks;
    exchange->data = data;
    exchange->channel = channel;
    exchange->ends = cg_alloc((size_t)ranks->count, sizeof(size_t), "exchange", error);
    if (exchange->ends != NULL) {
        cut(exchange, count);
        exchange->versions =
            cg_alloc((size_t)ranks->count * exchange->part, sizeof(float), "exchange", error);
    }
    if (exchange->versions == NULL) {
        cg_exchange_free(exchange);
        return CG_ERR_MEMORY;
    }
    *out = exchange;
    return CG_OK;
}

void cg_exchange_free(struct cg_exchange *exchange)
{
    if (exchange == NULL)
        return;
    exchange->ranks->carrier->close(exchange->channel);
    free(exchange->versions);
    free(exchange->ends);
    free(exchange);
}

void cg_exchange_start(struct cg_exchange *exchange)
{
    if (exchange == NULL)
        return;
    struct cg_ranks *ranks = exchange->ranks;
    pthread_mutex_lock(&ranks->mutex);
    ranks->carrier->scatter(exchange->channel, exchange->data, exchange->versions, exchange->ends);
    exchange->phase = SCATTERING;
    exchange->next = ranks->under_way;
    ranks->under_way = exchange;
    pthread_mutex_unlock(&ranks->mutex);
}

static void add_up(const struct cg_exchange *exchange)
{
    const size_t part = exchange->part;
    cg_tree_sum(exchange->versions, part, part, exchange->ranks->count, 1, 0);
    memcpy(exchange->data + exchange->begin, exchange->versions, part * sizeof(float));
}

bool cg_exchange_advance(struct cg_exchange *exchange)
{
    const struct cg_carrier *carrier = exchange->ranks->carrier;
    if (!carrier->is_done(exchange->channel))
        return false;
    if (exchange->phase == SCATTERING) {
        add_up(exchange);
        carrier->gather(exchange->channel, exchange->data, exchange->ends);
        exchange->phase = GATHERING;
        return false;
    }
    exchange->phase = AT_REST;
    return true;
}

struct cg_exchange **cg_exchange_next(struct cg_exchange *exchange)
{
    return &exchange->next;
}

static bool is_over(void *subject)
{
    return ((struct cg_exchange *)subject)->phase == AT_REST;
}

void cg_exchange_wait(struct cg_exchange *exchange)
{
    if (exchange != NULL)
        cg_ranks_wait(exchange->ranks, is_over, exchange);
}
