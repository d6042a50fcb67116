/*
 * comicgan: photos into comics. This file picks the subcommand; each has a file of its own. A new
 * one is a row of the table below and its line in the help.
 */
#include "cli/cli.h"
#include "startup/core_type.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "Usage: comicgan COMMAND [OPTIONS]\n"
    "Turn photos into comics, by a small network that runs on the processor.\n"
    "\n"
    "Commands:\n"
    "  convert IN... OUT    turn photos into comics: a file, a folder, thousands\n"
    "  page PHOTO... OUT    lay two to nine photos out as a comic page\n"
    "  video IN OUT         turn a video into a comic that moves (needs ffmpeg)\n"
    "  stream               the same between two programs, frames on stdin and stdout\n"
    "  styles               list the styles that convert can use\n"
    "  train --data DIR     train a style of your own, or (--model vector) a GAN that makes\n"
    "                       small pictures from noise\n"
    "  card STYLE           show how a style looks by default, or change it\n"
    "  generate MODEL OUT   make pictures with such a GAN\n"
    "  augment --data DIR   make more pictures for a training set\n"
    "  score --model MODEL  tell which pictures do not belong\n"
    "  eval DIR_A DIR_B     measure how far one folder of pictures is from another\n"
    "\n"
    "  comicgan COMMAND --help   the options of a command\n"
    "  comicgan --version        version, BLAS library in use, licence\n"
    "\n"
    "Exit codes: 0 all done, 1 a picture failed, 2 wrong options, or OUT is there already,\n"
    "3 no usable style, 130 interrupted.\n";

struct command {
    const char *name;
    int (*run)(int argc, char *argv[]);
};

static const struct command commands[] = {
    {"convert", cg_command_convert},   {"page", cg_command_page},       {"video", cg_command_video},
    {"stream", cg_command_stream},     {"styles", cg_command_styles},   {"train", cg_command_train},
    {"generate", cg_command_generate}, {"augment", cg_command_augment}, {"card", cg_command_card},
    {"score", cg_command_score},       {"eval", cg_command_eval},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int print_version(void)
{
    char blas[256];
    cg_blas_describe(blas, sizeof(blas));
    printf("comicgan " CG_VERSION "\n%s\nLicence: MIT. No warranty.\n", blas);
    return CG_EXIT_DONE;
}

static int refuse_command(const char *word)
{
    const char *names[COMMAND_COUNT + 1] = {NULL};
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    const char *nearest = cg_cli_nearest(word, names);
    if (word[0] == '-')
        return cg_cli_fail(CG_EXIT_USAGE,
                           "unknown option %s; options follow the command: "
                           "comicgan convert [OPTIONS] IN OUT",
                           word);
    if (nearest != NULL)
        return cg_cli_fail(CG_EXIT_USAGE, "unknown command %s; did you mean %s?", word, nearest);
    if (access(word, F_OK) == 0)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "%s is not a command; did you mean "
                           "comicgan convert %s OUT?",
                           word, word);
    return cg_cli_fail(CG_EXIT_USAGE,
                       "unknown command %s; the commands are convert, page, video, stream, styles, "
                       "train, card, generate, augment, score, eval",
                       word);
}

static int run(int argc, char *argv[])
{
    if (argc < 2) {
        fputs(help, stderr);
        return CG_EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
        return fputs(help, stdout) < 0 ? CG_EXIT_INPUT : CG_EXIT_DONE;
    if (strcmp(word, "--version") == 0)
        return print_version();
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(word, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return refuse_command(word);
}

int main(int argc, char *argv[])
{
    cg_blas_fix_core_type(argv);
    signal(SIGXFSZ, SIG_IGN); /* a file that grows too large is a failed write, not our end */
    int code = run(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == CG_EXIT_DONE)
        code = cg_cli_fail(CG_EXIT_INPUT, "writing to the standard output: %s", strerror(errno));
    return code;
}
