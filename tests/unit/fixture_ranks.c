/*
 * Ranks that are threads: see fixture_ranks.h. A board stands for one channel. Each rank posts
 * where its bytes are; when all have, each takes what it wants, and when all have taken, it is
 * done.
 */
#include "unit/fixture_ranks.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RANKS_MAX 8
#define BOARDS_MAX 64

struct post {
    const void *from;
    void *to;
    const size_t *ends;
    bool scatters, taken;
    int number; /* posts so far */
};

struct board {
    struct post posts[RANKS_MAX];
    int taken; /* by all ranks, since the beginning */
};

struct hub {
    pthread_mutex_t mutex;
    int count;
    struct board boards[BOARDS_MAX];
};

struct member {
    struct hub *hub;
    int index, opened;
    void (*fn)(struct cg_ranks *ranks, void *context);
    void *context;
};

struct channel {
    struct member *member;
    struct board *board;
};

static void *open_channel(void *context)
{
    struct member *member = context;
    struct channel *channel = malloc(sizeof(*channel));
    if (channel == NULL || member->opened == BOARDS_MAX)
        abort();
    *channel = (struct channel){member, &member->hub->boards[member->opened++]};
    return channel;
}

static void post(void *opened, struct post what)
{
    struct channel *channel = opened;
    struct hub *hub = channel->member->hub;
    struct post *place = &channel->board->posts[channel->member->index];
    pthread_mutex_lock(&hub->mutex);
    what.number = place->number + 1;
    *place = what;
    pthread_mutex_unlock(&hub->mutex);
}

static void scatter(void *opened, const void *from, void *to, const size_t *ends)
{
    post(opened, (struct post){.from = from, .to = to, .ends = ends, .scatters = true});
}

static void gather(void *opened, void *bytes, const size_t *ends)
{
    post(opened, (struct post){.from = bytes, .to = bytes, .ends = ends});
}

/* Bytes of rank r's part. */
static size_t begin_of(const struct post *post, int r)
{
    return r == 0 ? 0 : post->ends[r - 1];
}

static void take(const struct board *board, int count, int index)
{
    const struct post *own = &board->posts[index];
    for (int r = 0; r < count; r++) {
        int part = own->scatters ? index : r;
        size_t begin = begin_of(own, part), nbytes = own->ends[part] - begin;
        size_t to = own->scatters ? (size_t)r * nbytes : begin;
        if (own->scatters || r != index)
            memcpy((char *)own->to + to, (const char *)board->posts[r].from + begin, nbytes);
    }
}

static bool is_done(void *opened)
{
    struct channel *channel = opened;
    struct board *board = channel->board;
    struct hub *hub = channel->member->hub;
    bool all_posted = true;
    pthread_mutex_lock(&hub->mutex);
    struct post *own = &board->posts[channel->member->index];
    for (int r = 0; r < hub->count; r++)
        all_posted &= board->posts[r].number >= own->number;
    if (all_posted && !own->taken) {
        take(board, hub->count, channel->member->index);
        own->taken = true;
        board->taken++;
    }
    bool done = board->taken >= hub->count * own->number;
    pthread_mutex_unlock(&hub->mutex);
    return done;
}

static const struct cg_transport carrier = {open_channel, free, scatter, gather, is_done};

static void *run_member(void *argument)
{
    struct member *member = argument;
    struct cg_ranks *ranks;
    if (cg_ranks_create(&carrier, member, member->index, member->hub->count, &ranks, NULL) != CG_OK)
        abort();
    member->fn(ranks, member->context);
    cg_ranks_free(ranks);
    return NULL;
}

void fixture_with_ranks(int count, void (*fn)(struct cg_ranks *ranks, void *context), void *context)
{
    pthread_t threads[RANKS_MAX];
    struct member members[RANKS_MAX];
    struct hub hub = {.mutex = PTHREAD_MUTEX_INITIALIZER, .count = count};
    assert_true(count <= RANKS_MAX);
    for (int r = 0; r < count; r++) {
        members[r] = (struct member){.hub = &hub, .index = r, .fn = fn, .context = context};
        assert_int_equal(pthread_create(&threads[r], NULL, run_member, &members[r]), 0);
    }
    for (int r = 0; r < count; r++)
        pthread_join(threads[r], NULL);
}
