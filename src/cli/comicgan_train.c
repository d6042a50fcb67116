/* comicgan-train: train a style from folders of photos and comics, or go on with a run. */
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/train_common.h"
#include "cli/train_vector.h"
#include "cli/train_watch.h"
#include "train/train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_DETAIL_PX 960
#define DEFAULT_STEPS 40000

enum {
    OPTION_MODEL = CG_CLI_LONG_OPTION,
    OPTION_DATA,
    OPTION_OUT,
    OPTION_RESUME,
    OPTION_CACHE,
    OPTION_FROM,
    OPTION_STEPS,
    OPTION_MINUTES,
    OPTION_SEED,
    OPTION_THREADS,
    OPTION_MONITOR,
    OPTION_NAME,
    OPTION_SUMMARY,
    OPTION_DETAIL,
    OPTION_PRETRAIN,
    OPTION_CROP,
    OPTION_BATCH,
    OPTION_NOISE,
    OPTION_LINE,
    OPTION_COLOUR,
    OPTION_CHROMA,
    OPTION_GRADIENT,
    OPTION_PALETTE,
    OPTION_TARGET,
    OPTION_TEACHER,
    OPTION_HELP
};

static const struct option long_options[] = {
    {"model", required_argument, NULL, OPTION_MODEL},
    {"data", required_argument, NULL, OPTION_DATA},
    {"out", required_argument, NULL, OPTION_OUT},
    {"resume", required_argument, NULL, OPTION_RESUME},
    {"cache", required_argument, NULL, OPTION_CACHE},
    {"from", required_argument, NULL, OPTION_FROM},
    {"steps", required_argument, NULL, OPTION_STEPS},
    {"minutes", required_argument, NULL, OPTION_MINUTES},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"monitor", required_argument, NULL, OPTION_MONITOR},
    {"name", required_argument, NULL, OPTION_NAME},
    {"summary", required_argument, NULL, OPTION_SUMMARY},
    {"detail", required_argument, NULL, OPTION_DETAIL},
    {"pretrain", required_argument, NULL, OPTION_PRETRAIN},
    {"crop", required_argument, NULL, OPTION_CROP},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"noise", required_argument, NULL, OPTION_NOISE},
    {"adversarial-line", required_argument, NULL, OPTION_LINE},
    {"adversarial-colour", required_argument, NULL, OPTION_COLOUR},
    {"chroma", required_argument, NULL, OPTION_CHROMA},
    {"gradient", required_argument, NULL, OPTION_GRADIENT},
    {"palette", required_argument, NULL, OPTION_PALETTE},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"teacher", required_argument, NULL, OPTION_TEACHER},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static const char help_text[] =
    "usage: comicgan train --data DIR --out RUN [options]\n"
    "       comicgan train --resume RUN [--steps N | --minutes N] [--threads N] [--monitor PORT]\n"
    "       comicgan train --model vector ... (a GAN that makes small pictures; see its --help)\n"
    "\n"
    "Train a style. DIR/photos holds photos, DIR/comics the comics to learn from, both in any\n"
    "depth of folders (without DIR/comics the built-in teacher's pictures take their place). RUN "
    "is made\n"
    "and receives model.safetensors, log.csv, samples/, a checkpoint to go on from, and at last\n"
    "report.html. Ctrl-C saves and stops.\n"
    "\n"
    "  --from STYLE|FILE    start from a trained style instead of from nothing\n"
    "  --cache DIR          where prepared pictures are kept from run to run\n"
    "                       (default: $XDG_CACHE_HOME/comicgan or ~/.cache/comicgan)\n"
    "  --steps N            stop when N steps are done, those before a resume included\n"
    "                       (default 40000 if --minutes is not given)\n"
    "  --minutes N          stop after N minutes\n"
    "  --seed S             random seed (default 1)\n"
    "  --threads N          threads (default: all processors); the result does not depend on "
    "it\n" CG_CLI_WATCH_HELP
    "  --name NAME          the style's name (default: the last part of RUN)\n"
    "  --summary TEXT       one line about it, for comicgan styles\n"
    "  --detail PX          working size, long side (default 960, or that of --from)\n"
    "\n"
    "The recipe (docs/TRAINING.md):\n"
    "  --pretrain N         steps on targets before the adversaries join (default 20000; 0 with\n"
    "                       --from)\n"
    "  --crop PX            side of the crops (default 128)\n"
    "  --batch N            crops a step (default 8)\n"
    "  --noise X            noise put on the photos, largest deviation in 1/255 (default 5): "
    "comics\n"
    "                       stay calm where photos are grainy, and from frame to frame\n"
    "  --adversarial-line W, --adversarial-colour W\n"
    "                       weight of the critics of line and of colour (default 0.1, 0.02)\n"
    "  --target W           weight of the targets in the second stage (default 0.5)\n"
    "  --teacher P          share of the teacher's pictures among the critics' real ones (default "
    "0;\n"
    "                       1 without DIR/comics)\n"
    "  --gradient W         weight of the differences between neighbours, for flat areas and\n"
    "                       clean edges (default 1)\n"
    "  --palette X          how far colours follow those of the comics: 0 not at all, 1 as far as\n"
    "                       looks well (default 0.8)\n"
    "  --chroma W           weight of the targets' hues (default 1)\n"
    "  --help               this text\n";

struct command {
    struct cg_train_options options;
    struct cg_train_limits limits;
    const char *resume, *monitor;
    bool recipe_given; /* an option that only a new run takes */
    bool pretrain_given;
    bool help;
};

static bool parse_noise(const char *text, float *out)
{
    float levels;
    if (!cg_cli_parse_float("noise", text, 0.0f, 64.0f, &levels))
        return false;
    *out = levels / 255.0f;
    return true;
}

/* Options that both a new run and a resumed one take; -1 when it is none of them. */
static int take_common_option(struct command *command, int option)
{
    switch (option) {
    case OPTION_MODEL: /* vector has been dealt with */
        if (strcmp(optarg, "style") != 0)
            cg_cli_fail(CG_EXIT_USAGE, "--model: expected style or vector, found \"%s\"", optarg);
        return strcmp(optarg, "style") == 0;
    case OPTION_RESUME:
        command->resume = optarg;
        return 1;
    case OPTION_STEPS:
        return cg_cli_parse_steps("steps", optarg, &command->limits.steps);
    case OPTION_MINUTES:
        return cg_cli_parse_minutes(optarg, &command->limits.minutes);
    case OPTION_THREADS:
        return cg_cli_parse_int("threads", optarg, 1, 256, &command->options.threads);
    case OPTION_MONITOR:
        command->monitor = optarg;
        return 1;
    case OPTION_HELP:
        command->help = true;
        return 1;
    default:
        return -1;
    }
}

static bool take_recipe_option(struct command *command, int option)
{
    struct cg_recipe *recipe = &command->options.recipe;
    switch (option) {
    case OPTION_PRETRAIN:
        command->pretrain_given = true;
        return cg_cli_parse_steps("pretrain", optarg, &recipe->pretrain_steps);
    case OPTION_CROP:
        return cg_cli_parse_int("crop", optarg, 16, 512, &recipe->crop_px);
    case OPTION_BATCH:
        return cg_cli_parse_int("batch", optarg, 2, 1024, &recipe->batch);
    case OPTION_NOISE:
        return parse_noise(optarg, &recipe->noise);
    case OPTION_LINE:
        return cg_cli_parse_float("adversarial-line", optarg, 0.0f, 100.0f,
                                  &recipe->adversarial[CG_CRITIC_LINE]);
    case OPTION_COLOUR:
        return cg_cli_parse_float("adversarial-colour", optarg, 0.0f, 100.0f,
                                  &recipe->adversarial[CG_CRITIC_COLOUR]);
    case OPTION_CHROMA:
        return cg_cli_parse_float("chroma", optarg, 0.0f, 100.0f, &recipe->chroma);
    case OPTION_GRADIENT:
        return cg_cli_parse_float("gradient", optarg, 0.0f, 100.0f, &recipe->gradient);
    case OPTION_PALETTE:
        return cg_cli_parse_float("palette", optarg, 0.0f, 1.0f, &recipe->palette);
    case OPTION_TEACHER:
        return cg_cli_parse_float("teacher", optarg, 0.0f, 1.0f, &recipe->teacher_share);
    default:
        return cg_cli_parse_float("target", optarg, 0.0f, 100.0f, &recipe->target_share);
    }
}

static bool take_new_run_option(struct command *command, int option)
{
    struct cg_train_options *options = &command->options;
    uint64_t seed;
    command->recipe_given = true;
    switch (option) {
    case OPTION_DATA:
        options->data_dir = optarg;
        return true;
    case OPTION_OUT:
        options->out_dir = optarg;
        return true;
    case OPTION_CACHE:
        options->cache_dir = optarg;
        return true;
    case OPTION_FROM:
        options->from = optarg;
        return true;
    case OPTION_NAME:
        options->name = optarg;
        return true;
    case OPTION_SUMMARY:
        options->summary = optarg;
        return true;
    case OPTION_DETAIL:
        return cg_cli_parse_int("detail", optarg, 64, 8192, &options->detail_px);
    case OPTION_SEED:
        if (!cg_cli_parse_steps("seed", optarg, &seed))
            return false;
        options->seed = seed;
        return true;
    default:
        return take_recipe_option(command, option);
    }
}

/* Everything as asked for; an exit code, CG_EXIT_DONE to go on. */
static int parse(int argc, char *argv[], struct command *command)
{
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
        if (option == '?' || option == ':')
            return cg_cli_refuse_option(option, argv, long_options);
        int taken = take_common_option(command, option);
        if (taken < 0)
            taken = take_new_run_option(command, option);
        if (!taken)
            return CG_EXIT_USAGE;
    }
    if (command->help)
        return CG_EXIT_DONE;
    if (optind < argc)
        return cg_cli_fail(CG_EXIT_USAGE, "train: unexpected argument %s", argv[optind]);
    if (command->resume != NULL && command->recipe_given)
        return cg_cli_fail(CG_EXIT_USAGE, "train: --resume takes --steps, --minutes, --threads and "
                                          "--monitor; all else stays as the run began");
    if (command->resume == NULL &&
        (command->options.data_dir == NULL || command->options.out_dir == NULL))
        return cg_cli_fail(CG_EXIT_USAGE, "train: --data DIR and --out RUN are needed, or "
                                          "--resume RUN; see comicgan train --help");
    return CG_EXIT_DONE;
}

/* The last part of a path, as a style's name. To be freed. */
static char *name_of_folder(const char *path)
{
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    char *name = cg_string_format("%.*s", (int)(end - begin), path + begin);
    for (char *c = name; c != NULL && *c != '\0'; c++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *c) == NULL)
            *c = '-';
    return name;
}

/* ---- what people see ---- */

struct display {
    bool terminal;
    struct cg_cli_watch watch;
    struct cg_train_report last;
};

static void show_preparing(const struct display *display, const struct cg_train_report *report)
{
    if (display->terminal)
        fprintf(stderr, "\rpreparing pictures: %zu of %zu\033[K%s", report->done, report->total,
                report->done == report->total ? "\n" : "");
}

static void show_step(const struct display *display, const struct cg_train_report *report)
{
    char left[64] = "";
    if (!display->terminal)
        return;
    if (report->steps_limit > report->step && report->steps_per_second > 0.0) {
        double seconds = (double)(report->steps_limit - report->step) / report->steps_per_second;
        snprintf(left, sizeof(left), ", %.0f min left", seconds / 60.0);
    }
    fprintf(stderr, "\rstep %llu: loss %.4f, %.1f steps/s%s%s\033[K",
            (unsigned long long)report->step, report->total_loss, report->steps_per_second,
            report->adversarial ? ", adversarial" : "", left);
}

static void show_alarm(const char *line, const struct cg_train_report *report)
{
    fprintf(stderr, "%sstep %llu: alarm: %s%s%s; to try: %s\n", line,
            (unsigned long long)report->step, report->text,
            report->critic != NULL ? ", critic of " : "",
            report->critic != NULL ? report->critic : "", report->advice);
}

static void show(struct display *display, const struct cg_train_report *report)
{
    const char *line = display->terminal ? "\r\033[K" : "";
    switch (report->event) {
    case CG_TRAIN_PREPARING:
        show_preparing(display, report);
        break;
    case CG_TRAIN_READY:
        fprintf(stderr, "%sdata: %s\n", line, report->text);
        break;
    case CG_TRAIN_STEP:
        show_step(display, report);
        break;
    case CG_TRAIN_VALIDATED:
        fprintf(stderr, "%sstep %llu: validation %.4f (%.0f s)\n", line,
                (unsigned long long)report->step, report->validation_loss, report->seconds);
        break;
    case CG_TRAIN_ALARM:
        show_alarm(line, report);
        break;
    case CG_TRAIN_SAMPLED:
    case CG_TRAIN_SAVED:
        break;
    }
    display->last = *report;
}

/* The same for those who watch. */
static void pass_on(struct cg_cli_watch *watch, const struct cg_train_report *report)
{
    char text[CG_BOARD_TEXT_NBYTES];
    switch (report->event) {
    case CG_TRAIN_PREPARING:
        snprintf(text, sizeof(text), "%zu of %zu pictures", report->done, report->total);
        cg_board_set_state(watch->board, CG_BOARD_PREPARING, text);
        break;
    case CG_TRAIN_READY:
        cg_board_set_state(watch->board, CG_BOARD_PREPARING, NULL);
        cg_board_set_fact(watch->board, "pictures", report->text);
        break;
    case CG_TRAIN_STEP:
        cg_cli_watch_row(watch, report->step, report->values, report->value_count);
        break;
    case CG_TRAIN_ALARM:
        snprintf(text, sizeof(text), "critic of %s", report->critic == NULL ? "" : report->critic);
        cg_board_add_alarm(watch->board, report->step, report->text,
                           report->critic != NULL ? text : NULL, report->advice);
        break;
    case CG_TRAIN_VALIDATED:
        break;
    case CG_TRAIN_SAMPLED:
        cg_cli_watch_sample(watch, report->step, report->text, report->sheet);
        break;
    case CG_TRAIN_SAVED:
        cg_board_note_saved(watch->board, report->step);
        break;
    }
}

static void take_report(void *context, const struct cg_train_report *report)
{
    struct display *display = context;
    show(display, report);
    pass_on(&display->watch, report);
}

/* What was not given as it follows from what was. */
static void complete(struct command *command, const char *name, const char *cache)
{
    struct cg_train_options *options = &command->options;
    if (options->name == NULL)
        options->name = name;
    if (options->cache_dir == NULL)
        options->cache_dir = cache;
    if (options->recipe.batch < 8)
        options->recipe.shard_crops = 1;
    if (options->from != NULL && !command->pretrain_given)
        options->recipe.pretrain_steps = 0;
}

static enum cg_status train(struct command *command, struct display *display,
                            struct cg_error *error)
{
    struct cg_train_options *options = &command->options;
    if (command->resume != NULL)
        return cg_train_resume(command->resume, options->threads, &command->limits, take_report,
                               display, error);
    char *name = name_of_folder(options->out_dir), *cache = cg_cli_default_cache();
    complete(command, name, cache);
    enum cg_status status = cg_train_start(options, &command->limits, take_report, display, error);
    free(cache);
    free(name);
    return status;
}

static int run(struct command *command)
{
    struct display display = {.terminal = isatty(STDERR_FILENO) != 0};
    struct cg_error error;
    bool resumed = command->resume != NULL;
    const char *out_dir = resumed ? command->resume : command->options.out_dir;
    command->limits.stop = cg_cli_listen_for_stop();
    if (command->limits.steps == 0 && command->limits.minutes <= 0.0)
        command->limits.steps = DEFAULT_STEPS;
    int code =
        cg_cli_watch_open(command->monitor, out_dir, resumed, &command->limits, &display.watch);
    enum cg_status status = CG_OK;
    if (code == CG_EXIT_DONE)
        status = train(command, &display, &error);
    if (display.terminal)
        fputc('\n', stderr);
    cg_cli_watch_close(&display.watch, status == CG_OK ? NULL : &error);
    if (status != CG_OK)
        return cg_cli_fail(status == CG_ERR_MODEL ? CG_EXIT_MODEL : CG_EXIT_INPUT, "train: %s",
                           error.text);
    if (code == CG_EXIT_DONE)
        printf("%s/model.safetensors: step %llu\n", out_dir, (unsigned long long)display.last.step);
    return code;
}

int main(int argc, char *argv[])
{
    struct command command = {.options = {.summary = "a trained style",
                                          .detail_px = DEFAULT_DETAIL_PX,
                                          .seed = 1,
                                          .recipe = CG_RECIPE_DEFAULT}};
    cg_blas_fix_core_type(argv);
    if (cg_cli_is_vector(argc, argv))
        return cg_cli_train_vector(argc, argv);
    int code = parse(argc, argv, &command);
    if (code == CG_EXIT_DONE && command.help)
        fputs(help_text, stdout);
    else if (code == CG_EXIT_DONE)
        code = run(&command);
    return code;
}
