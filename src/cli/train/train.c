/* comicgan train: start comicgan-train, which lies beside this program or on PATH. */
#include "base/memory.h"
#include "cli/command.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define TRAINER "comicgan-train"

/* The trainer's path beside this program; false when it is not there. */
static bool find_beside(char path[PATH_MAX + sizeof(TRAINER)])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (length <= 0)
        return false;
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return false;
    strcpy(slash + 1, TRAINER);
    return access(path, X_OK) == 0;
}

static int run(int argc, char *argv[])
{
    (void)argc;
    char name[] = TRAINER, path[PATH_MAX + sizeof(TRAINER)];
    argv[0] = name;
    bool beside = find_beside(path);
    if (beside)
        execv(path, argv);
    else
        execvp(name, argv);
    int reason = errno;
    if (!beside && reason == ENOENT)
        return cg_cli_fail(CG_EXIT_USAGE, TRAINER " was found neither beside this program nor on "
                                                  "PATH; it is built and installed with comicgan");
    return cg_cli_fail(CG_EXIT_USAGE, "starting " TRAINER ": %s", CG_ERRNO_WORDS(reason));
}

/* comicgan-train does the rest, including the options. */
const struct cg_command CG_COMMAND_TRAIN = {
    .name = "train",
    .arguments = "--data DIR",
    .summary = "train a style of your own, or (--model vector) a GAN that makes small pictures "
               "from noise, or (--model faces) a finder of faces",
    .run = run,
};
