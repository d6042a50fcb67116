/* comicgan train --model vector: the GAN that makes small pictures from noise. */
#ifndef CG_CLI_TRAIN_TRAIN_VECTOR_H
#define CG_CLI_TRAIN_TRAIN_VECTOR_H

#include "base/error.h"

#include <stdbool.h>

/* Whether the command line is about such a model: it says so, or resumes a run of one. Errors:
 * CG_ERR_MEMORY, CG_ERR_IO. */
enum cg_status cg_cli_is_vector(int argc, char *argv[], bool *out, struct cg_error *error);

/* The whole command; argv as of main. Returns an exit code. */
int cg_cli_train_vector(int argc, char *argv[]);

#endif
