/*
 * Training by several processes over MPI (MPI-3.1, chapter 5.12: collectives in the background):
 * see train_common.h. A channel is a communicator of its own, so that operations on different
 * channels may start in different orders on the ranks. Counts of bytes are below 2^31, as MPI's. If
 * a rank dies, the launcher and MPI's error handler end the others.
 */
#include "cli/train/train_common.h"

#include "base/memory.h"

#include <mpi.h>
#include <stdlib.h>

struct channel {
    MPI_Comm communicator;
    MPI_Request request;
    int index, count;
    int *lengths, *offsets;         /* of the ranks' parts, in bytes */
    int *own_lengths, *own_offsets; /* of this rank's part, repeated for each rank */
};

static void close_channel(void *opened)
{
    struct channel *channel = opened;
    MPI_Comm_free(&channel->communicator);
    free(channel->lengths);
    free(channel);
}

static void *open_channel(void *context)
{
    struct channel *channel = cg_alloc_zero(1, sizeof(*channel), "channel", NULL);
    (void)context;
    if (channel == NULL)
        return NULL;
    MPI_Comm_dup(MPI_COMM_WORLD, &channel->communicator);
    MPI_Comm_rank(channel->communicator, &channel->index);
    MPI_Comm_size(channel->communicator, &channel->count);
    channel->request = MPI_REQUEST_NULL;
    channel->lengths = cg_alloc_zero(4 * (size_t)channel->count, sizeof(int), "channel", NULL);
    if (channel->lengths == NULL) {
        close_channel(channel);
        return NULL;
    }
    channel->offsets = channel->lengths + channel->count;
    channel->own_lengths = channel->offsets + channel->count;
    channel->own_offsets = channel->own_lengths + channel->count;
    return channel;
}

static void set_parts(struct channel *channel, const size_t *ends)
{
    for (int r = 0; r < channel->count; r++) {
        channel->offsets[r] = r == 0 ? 0 : (int)ends[r - 1];
        channel->lengths[r] = (int)ends[r] - channel->offsets[r];
    }
    for (int r = 0; r < channel->count; r++) {
        channel->own_lengths[r] = channel->lengths[channel->index];
        channel->own_offsets[r] = r * channel->lengths[channel->index];
    }
}

static void scatter(void *opened, const void *from, void *to, const size_t *ends)
{
    struct channel *channel = opened;
    set_parts(channel, ends);
    MPI_Ialltoallv(from, channel->lengths, channel->offsets, MPI_BYTE, to, channel->own_lengths,
                   channel->own_offsets, MPI_BYTE, channel->communicator, &channel->request);
}

static void gather(void *opened, void *bytes, const size_t *ends)
{
    struct channel *channel = opened;
    set_parts(channel, ends);
    MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, bytes, channel->lengths, channel->offsets,
                    MPI_BYTE, channel->communicator, &channel->request);
}

static bool is_done(void *opened)
{
    int done;
    MPI_Test(&((struct channel *)opened)->request, &done, MPI_STATUS_IGNORE);
    return done;
}

static const struct cg_transport transport = {open_channel, close_channel, scatter, gather,
                                              is_done};

/* srun tells how many processes it starts, even if it does not connect them. */
static int processes_started(void)
{
    const char *tasks = getenv("SLURM_STEP_NUM_TASKS");
    return tasks == NULL ? 1 : atoi(tasks);
}

enum cg_status cg_cli_ranks_open(int *argc, char ***argv, struct cg_ranks **out,
                                 struct cg_error *error)
{
    int index, count, level;
    *out = NULL;
    MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &index);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    if (count == 1 && processes_started() > 1)
        return cg_fail(error, CG_ERR_STATE,
                       "srun started %d processes, but not as one MPI program (srun --mpi=pmix, or "
                       "mpirun): each would train the same run",
                       processes_started());
    if (count == 1)
        return CG_OK;
    if (level < MPI_THREAD_SERIALIZED)
        return cg_fail(error, CG_ERR_STATE,
                       "this MPI allows no calls from threads (MPI_THREAD_SERIALIZED)");
    return cg_ranks_create(&transport, NULL, index, count, out, error);
}

void cg_cli_ranks_close(struct cg_ranks *ranks)
{
    cg_ranks_free(ranks);
    MPI_Finalize();
}
