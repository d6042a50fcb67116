/* comicgan-train: train a model or resume a run; the command line says of which kind. */
#include "cli/cli.h"
#include "cli/train/train_common.h"
#include "startup/core_type.h"

#include <signal.h>

int main(int argc, char *argv[])
{
    cg_blas_begin(argv);
    signal(SIGXFSZ, SIG_IGN); /* exceeding a file size limit is a failed write */
    if (cg_cli_is_faces(argc, argv))
        return cg_cli_train_faces(argc, argv);
    bool is_vector;
    struct cg_error error;
    if (cg_cli_is_vector(argc, argv, &is_vector, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    if (is_vector)
        return cg_cli_train_vector(argc, argv);
    return cg_cli_train_style(argc, argv);
}
