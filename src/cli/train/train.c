/* comicgan train: start comicgan-train, which lies beside this program or on PATH. */
#include "base/memory.h"
#include "cli/command.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRAINER "comicgan-train"

/* The trainer's path beside this program, to be freed; NULL when it is not there. */
static char *find_beside(void)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length <= 0)
        return NULL;
    self[length] = '\0';
    char *slash = strrchr(self, '/');
    if (slash == NULL)
        return NULL;
    *slash = '\0';
    char *path = cg_string_format("%s/" TRAINER, self);
    if (path != NULL && access(path, X_OK) != 0) {
        free(path);
        path = NULL;
    }
    return path;
}

static int run(int argc, char *argv[])
{
    (void)argc;
    char name[] = TRAINER;
    argv[0] = name;
    char *beside = find_beside();
    if (beside != NULL)
        execv(beside, argv);
    else
        execvp(name, argv);
    int reason = errno;
    free(beside);
    if (beside == NULL && reason == ENOENT)
        return cg_cli_fail(CG_EXIT_USAGE, TRAINER " was found neither beside this program nor on "
                                                  "PATH; it is built and installed with comicgan");
    return cg_cli_fail(CG_EXIT_USAGE, "starting " TRAINER ": %s", strerror(reason));
}

/* comicgan-train has the rest, its options among it. */
const struct cg_command CG_COMMAND_TRAIN = {
    .name = "train",
    .arguments = "--data DIR",
    .summary = "train a style of your own, or (--model vector) a GAN that makes small pictures "
               "from noise",
    .run = run,
};
