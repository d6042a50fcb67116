/*
 * Whether this process trains by itself or is one of several that mpirun or srun started. There are
 * two of these, of which CMake takes one: train_ranks_mpi.c with COMICGAN_MPI=ON,
 * train_ranks_alone.c without.
 */
#ifndef CG_CLI_TRAIN_TRAIN_RANKS_H
#define CG_CLI_TRAIN_TRAIN_RANKS_H

#include "train/comm/ranks.h"

/*
 * Find the others; *out stays NULL where there are none. argc and argv as of main. Errors:
 * CG_ERR_STATE for processes that were started together and cannot reach each other, of which each
 * would train the same run. Close in any case, at last.
 */
enum cg_status cg_cli_ranks_open(int *argc, char ***argv, struct cg_ranks **out,
                                 struct cg_error *error);
void cg_cli_ranks_close(struct cg_ranks *ranks);

#endif
