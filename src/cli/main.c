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

static int run_help(int argc, char *argv[]);

static const struct cg_option no_options[] = {CG_OPTION_END};

static const struct cg_command help_command = {
    .name = "help",
    .arguments = "[COMMAND]",
    .summary = "show the options of a command",
    .usage = "[COMMAND]",
    .about = "Show what a command does and which options it has, as comicgan COMMAND --help does.",
    .options = no_options,
    .run = run_help,
};

static const struct cg_command *const commands[] = {
    &CG_COMMAND_CONVERT,  &CG_COMMAND_PREVIEW, &CG_COMMAND_PAGE,  &CG_COMMAND_VIDEO,
    &CG_COMMAND_STREAM,   &CG_COMMAND_STYLES,  &CG_COMMAND_TRAIN, &CG_COMMAND_CARD,
    &CG_COMMAND_GENERATE, &CG_COMMAND_AUGMENT, &CG_COMMAND_SCORE, &CG_COMMAND_EVAL,
    &help_command,
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
    printf("comicgan " CG_VERSION
           "\n%s\nOpenBLAS's core type: %s\nSandbox: seccomp %s, Landlock %s\n"
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
    if (!cg_command_read(&itself, argc, argv, &settings, &code))
        return code;
    code = cg_command_check_arguments(&itself, argc, argv, 0, 0, "options alone");
    if (code == CG_EXIT_DONE && !settings.version)
        return cg_command_refuse(&itself, "expected a COMMAND, found nothing");
    return code == CG_EXIT_DONE ? print_version() : code;
}

static int run_command(int argc, char *argv[])
{
    const struct cg_command *command = find_command(argv[0]);
    return command != NULL ? command->run(argc, argv) : refuse_command(argv[0]);
}

/* help COMMAND [OPTIONS] is COMMAND --help [OPTIONS]: train --model vector has another help. */
static int run_help(int argc, char *argv[])
{
    char help[] = "--help", *ask[] = {argv[0], help, NULL};
    int code;
    if (argc == 1)
        return run_itself(2, ask);
    if (argv[1][0] == '-')
        return cg_command_read(&help_command, argc, argv, NULL, &code) ? CG_EXIT_DONE : code;
    optind = 1;
    if (argc > 2 && argv[2][0] != '-')
        return cg_command_check_arguments(&help_command, argc, argv, 0, 1, "a COMMAND");
    argv[0] = argv[1];
    argv[1] = help;
    return run_command(argc, argv);
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
        return run_itself(argc, argv);
    return run_command(argc - 1, argv + 1);
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
