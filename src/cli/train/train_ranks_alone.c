/* Training without MPI: see train_common.h. */
#include "cli/train/train_common.h"

#include <stdlib.h>

/* mpirun of Open MPI, and that of MPICH and others, say how many processes they start. */
static int processes_started(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL)
            return atoi(value);
    }
    return 1;
}

enum cg_status cg_cli_ranks_open(int *argc, char ***argv, struct cg_ranks **out,
                                 struct cg_error *error)
{
    (void)argc;
    (void)argv;
    *out = NULL;
    if (processes_started() > 1)
        return cg_fail(error, CG_ERR_STATE,
                       "%d processes were started, but this comicgan-train is built without MPI "
                       "(cmake -DCOMICGAN_MPI=ON): each would train the same run",
                       processes_started());
    return CG_OK;
}

void cg_cli_ranks_close(struct cg_ranks *ranks)
{
    cg_ranks_free(ranks);
}
