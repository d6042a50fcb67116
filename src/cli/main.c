/*
 * comicgan: photos into comics. This file picks the command; each has a folder of its own. A new
 * one is a struct cg_command (command.h) and its row in the table below.
 */
#include "base/sandbox.h"
#include "cli/command.h"
#include "startup/allocator.h"
#include "startup/core_type.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct cg_command *const commands[] = {
    &CG_COMMAND_CONVERT,  &CG_COMMAND_PREVIEW, &CG_COMMAND_PAGE,  &CG_COMMAND_VIDEO,
    &CG_COMMAND_STREAM,   &CG_COMMAND_STYLES,  &CG_COMMAND_TRAIN, &CG_COMMAND_CARD,
    &CG_COMMAND_GENERATE, &CG_COMMAND_AUGMENT, &CG_COMMAND_SCORE, &CG_COMMAND_EVAL,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const struct cg_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static int print_version(void)
{
    char blas[256];
    cg_blas_describe(blas, sizeof(blas));
    printf("comicgan " CG_VERSION "\n%s\nCore type %s\nSandbox: seccomp %s, Landlock %s\n"
           "Licence: MIT. No warranty.\n",
           blas, cg_blas_core_type_origin(), cg_sandbox_has_calls() ? "yes" : "no",
           cg_sandbox_has_files() ? "yes" : "no");
    return CG_EXIT_DONE;
}

static int refuse_command(const char *word)
{
    const char *names[COMMAND_COUNT + 1] = {NULL};
    char known[CG_COMMAND_WORDS_NBYTES];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i]->name;
    const char *nearest = cg_cli_nearest(word, names);
    if (nearest != NULL)
        return cg_cli_fail(CG_EXIT_USAGE, "unknown command %s; did you mean %s?", word, nearest);
    if (access(word, F_OK) == 0)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "%s is not a command; did you mean "
                           "comicgan convert %s OUT?",
                           word, word);
    return cg_cli_fail(CG_EXIT_USAGE, "unknown command %s; the commands are %s", word,
                       cg_command_words(names, known));
}

/* ---- comicgan itself ------------------------------------------------------------------------- */

struct settings {
    bool version;
};

/* Run an option of comicgan itself, or its help, which lists commands like options. */
static int run_itself(int argc, char *argv[])
{
    struct cg_option rows[COMMAND_COUNT + 4] = {{"Commands:", .kind = CG_OPTION_HEADING}};
    struct settings settings = {false};
    const struct cg_command itself = {
        .name = "",
        .summary = "turn photos into comics",
        .usage = "COMMAND [OPTIONS]\nhelp COMMAND",
        .about = "Turn photos into comics, by a small network that runs on the processor.",
        .after = "Exit codes: 0 all done, 1 a picture failed, 2 wrong options, or OUT is there "
                 "already, 3 no usable style, 130 interrupted.",
        .options = rows,
    };
    int code, count = 1;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        rows[count++] = (struct cg_option){
            commands[i]->name, 0, CG_OPTION_WORD, 0, commands[i]->arguments, commands[i]->summary};
    rows[count++] = (struct cg_option){"Options:", .kind = CG_OPTION_HEADING};
    rows[count] = (struct cg_option){"version", 'V',  CG_OPTION_FLAG,
                                     0,         NULL, "version, BLAS library in use, licence"};
    return cg_command_read(&itself, argc, argv, &settings, &code) ? print_version() : code;
}

static int run(int argc, char *argv[])
{
    char help[] = "--help", *ask[] = {argv[0], help, NULL};
    if (argc < 2) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        run_itself(2, ask);
        return CG_EXIT_USAGE;
    }
    if (argv[1][0] == '-')
        return run_itself(2, argv);
    if (strcmp(argv[1], "help") == 0) {
        if (argc == 2)
            return run_itself(2, ask);
        argv[1] = argv[2]; /* help COMMAND is COMMAND --help */
        argv[2] = help;
    }
    const struct cg_command *command = find_command(argv[1]);
    return command != NULL ? command->run(argc - 1, argv + 1) : refuse_command(argv[1]);
}

int main(int argc, char *argv[])
{
    cg_blas_begin(argv);
    cg_allocator_keep();
    signal(SIGXFSZ, SIG_IGN); /* exceeding a file size limit is a failed write */
    int code = run(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == CG_EXIT_DONE)
        code =
            cg_cli_fail(CG_EXIT_INPUT, "writing to the standard output: %s", CG_ERRNO_WORDS(errno));
    return code;
}
