/*
 * What ranks cost each other: microseconds that adding up a gradient takes, by exchanges as
 * training uses them (train/comm/ranks.h) and by MPI_Allreduce, for the gradients of the networks
 * that a style is trained with. Median and range of rounds, the slowest rank's. mpirun -np N
 * bench_ranks [ROUNDS]
 */
#include "base/clock.h"
#include "base/memory.h"
#include "cli/train/train_common.h"
#include "model/architecture.h"
#include "train/comm/ranks.h"
#include "train/style/critic.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#define RANGE 32768 /* as in train/learner.c */
#define RANGES_MAX 64

struct subject {
    const char *name;
    float *data;
    size_t count, range_count;
    struct cg_allreduce *ranges[RANGES_MAX];
};

static void create(const char *name, struct cg_network *network, struct cg_ranks *ranks,
                   struct subject *out)
{
    *out = (struct subject){.name = name, .count = network->parameter_count};
    out->data = cg_alloc_zero(out->count, sizeof(float), "gradient", NULL);
    out->range_count = (out->count + RANGE - 1) / RANGE;
    bool well = out->data != NULL && out->range_count <= RANGES_MAX;
    for (size_t r = 0; well && r < out->range_count; r++) {
        size_t rest = out->count - r * RANGE;
        well = cg_allreduce_create(ranks, out->data + r * RANGE, rest < RANGE ? rest : RANGE,
                                   &out->ranges[r], NULL) == CG_OK;
    }
    if (!well)
        MPI_Abort(MPI_COMM_WORLD, 1);
    cg_network_free(network);
}

static void by_exchanges(struct subject *subject)
{
    for (size_t r = subject->range_count; r-- > 0;)
        cg_allreduce_start(subject->ranges[r]);
    for (size_t r = subject->range_count; r-- > 0;)
        cg_allreduce_wait(subject->ranges[r]);
}

static void by_allreduce(struct subject *subject)
{
    MPI_Allreduce(MPI_IN_PLACE, subject->data, (int)subject->count, MPI_FLOAT, MPI_SUM,
                  MPI_COMM_WORLD);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(struct subject *subject, const char *way, void (*fn)(struct subject *subject),
                    int rounds, struct cg_ranks *ranks)
{
    double *times = cg_alloc((size_t)rounds, sizeof(double), "times", NULL);
    if (times == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    fn(subject);
    for (int i = 0; i < rounds; i++) {
        MPI_Barrier(MPI_COMM_WORLD);
        double start = cg_clock_seconds();
        fn(subject);
        times[i] = cg_clock_seconds() - start;
    }
    MPI_Allreduce(MPI_IN_PLACE, times, rounds, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    qsort(times, (size_t)rounds, sizeof(times[0]), compare);
    if (cg_ranks_index(ranks) == 0)
        printf("%s, %.2f MB, %d ranks, %s: %.0f us (%.0f to %.0f)\n", subject->name,
               4e-6 * (double)subject->count, cg_ranks_count(ranks), way, 1e6 * times[rounds / 2],
               1e6 * times[rounds / 20], 1e6 * times[rounds - 1 - rounds / 20]);
    free(times);
}

static void measure_network(const char *name, struct cg_network *network, int rounds,
                            struct cg_ranks *ranks)
{
    struct subject subject;
    create(name, network, ranks, &subject);
    measure(&subject, "exchanges", by_exchanges, rounds, ranks);
    measure(&subject, "MPI_Allreduce", by_allreduce, rounds, ranks);
    for (size_t r = 0; r < subject.range_count; r++)
        cg_allreduce_free(subject.ranges[r]);
    free(subject.data);
}

int main(int argc, char *argv[])
{
    struct cg_ranks *ranks;
    struct cg_network *network;
    struct cg_error error = {0};
    int rounds = argc > 1 ? atoi(argv[1]) : 200;
    enum cg_status status = cg_cli_ranks_open(&argc, &argv, &ranks, &error);
    if (status == CG_OK)
        status = cg_generator_build(cg_generator_find(NULL), &network, &error);
    if (status == CG_OK)
        measure_network("generator", network, rounds, ranks);
    for (int c = 0; status == CG_OK && c < CG_CRITIC_COUNT; c++) {
        status = cg_critic_build((enum cg_critic)c, &network, &error);
        if (status == CG_OK)
            measure_network(cg_critic_name((enum cg_critic)c), network, rounds, ranks);
    }
    cg_cli_ranks_close(ranks);
    if (status != CG_OK)
        fprintf(stderr, "bench_ranks: %s\n", error.text);
    return status != CG_OK;
}
