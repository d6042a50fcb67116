/*
 * This process's part of a list that several machines share. The list, in a fixed order, is dealt
 * like cards: shard K of N (K from 1) gets the pictures K, K + N, K + 2N...
 *
 * Without --shard, a process learns its part from what started it. There are two levels, which
 * multiply (an array of 4 tasks, each with 2 processes, makes 8 shards):
 *   tasks      Slurm arrays: SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _MAX, _STEP; Kubernetes' indexed
 *              jobs: JOB_COMPLETION_INDEX. If the number of tasks is unknown or unreliable,
 *              COMICGAN_SHARDS gives it.
 *   processes  Open MPI: OMPI_COMM_WORLD_RANK, _SIZE; MPICH, Intel MPI: PMI_RANK, PMI_SIZE; Slurm
 *              steps (srun): SLURM_PROCID, SLURM_NTASKS, with SLURM_STEP_ID.
 */
#ifndef CG_CLI_CONVERT_SHARD_H
#define CG_CLI_CONVERT_SHARD_H

#include <stdbool.h>
#include <stddef.h>

#define CG_SHARDS_MAX 1000000

struct cg_cli_shard {
    unsigned index, count; /* index from 1; count 1: the whole list */
    const char *source;    /* what started the process, for people, a constant; NULL: nothing
                            * did, or --shard */
};

/*
 * given: the value of --shard, or NULL. Returns CG_EXIT_DONE; or CG_EXIT_USAGE after a message.
 */
int cg_cli_shard_find(const char *given, struct cg_cli_shard *out);

/* Whether the picture at position (from 0) of the list belongs to the shard. */
bool cg_cli_shard_has(const struct cg_cli_shard *shard, size_t position);

#endif
