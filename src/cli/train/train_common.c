/* comicgan train for any kind of model: see train_common.h. */
#include "cli/train/train_common.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- stopping -------------------------------------------------------------------------------- */

static volatile sig_atomic_t stop_wanted;

static void want_stop(int signal_number)
{
    (void)signal_number;
    stop_wanted = 1;
}

/* Let Ctrl-C and SIGTERM set the flag returned. */
static const volatile sig_atomic_t *listen_for_stop(void)
{
    struct sigaction action = {.sa_handler = want_stop};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &stop_wanted;
}

/* ---- options --------------------------------------------------------------------------------- */

const char *const CG_CLI_TRAIN_MODELS[] = {"style", "vector", "faces", NULL};

#define AT(member) offsetof(struct cg_cli_train, member)

const struct cg_option CG_CLI_TRAIN_OPTIONS[] = {
    {"steps", 0, CG_OPTION_STEPS, AT(limits.steps), "N",
     "stop when N steps are done, those before a resume included (default %d if --minutes is not "
     "given)",
     0, 1e9},
    {"model", 0, CG_OPTION_CHOICE, AT(model), "KIND", "what is trained: style, vector or faces",
     .words = CG_CLI_TRAIN_MODELS},
    {"resume", 0, CG_OPTION_FOLDER, AT(resume), "RUN", "go on with a run"},
    {"minutes", 0, CG_OPTION_DOUBLE, AT(limits.minutes), "N", "stop after N minutes", 0.001, 1e6},
    {"threads", 0, CG_OPTION_INT, AT(threads), "N",
     "threads (default: all processors); the result does not depend on it", 1, 256},
    {"monitor", 0, CG_OPTION_TEXT, AT(monitor), "[HOST:]PORT",
     "show the run as a page on this port (of this machine only, unless HOST is another of its "
     "addresses); 0: any port that is free"},
    CG_CLI_VERBOSE_ROW(AT(verbose), "row of log.csv"),
    CG_CLI_QUIET_ROW(AT(quiet)),
    CG_OPTION_END,
};

const struct cg_option CG_CLI_TRAIN_NEW_OPTIONS[] = {
    {"data", 0, CG_OPTION_FOLDER, AT(data), "DIR", "the pictures to learn from"},
    {"out", 'o', CG_OPTION_FOLDER, AT(out_dir), "RUN", "folder of the run; made if missing"},
    {"force", 'f', CG_OPTION_FLAG, AT(force), NULL, "replace what is in RUN already"},
    CG_CLI_STRICT_ROW(AT(strict)),
    {"seed", 0, CG_OPTION_STEPS, AT(seed), "S", "random seed (default %d)", 0, 1e9},
    CG_OPTION_END,
};

static enum cg_cli_train_task task_of(const struct cg_cli_train_kind *kind, const void *own)
{
    return kind->task != NULL ? kind->task(own) : CG_CLI_TRAIN_RUN;
}

static int check(const struct cg_cli_train_kind *kind, const void *own,
                 const struct cg_cli_train *common, int argc, char *argv[])
{
    enum cg_cli_train_task task = task_of(kind, own);
    const struct cg_command *command = kind->command;
    int code = cg_command_check_arguments(command, argc, argv, 0, 0, "options alone");
    if (code != CG_EXIT_DONE)
        return code;
    if (common->model != kind->model)
        return cg_command_refuse(command, "--model %s is to be said in full, or as the run has it",
                                 CG_CLI_TRAIN_MODELS[common->model]);
    if (common->resume != NULL && (common->new_run_given != 0 || common->recipe_given != 0))
        return cg_command_refuse(
            command, "--resume takes --steps, --minutes, --threads, "
                     "--monitor, --verbose and --quiet; all else stays as the run began");
    if (common->resume == NULL && task != CG_CLI_TRAIN_TIDY &&
        (common->data == NULL || (task == CG_CLI_TRAIN_RUN && common->out_dir == NULL)))
        return cg_command_refuse(command, "--data %s and --out RUN are needed, or --resume RUN",
                                 kind->data);
    return CG_EXIT_DONE;
}

/* False, with an exit code, if there is nothing left to do. */
static bool read_command(const struct cg_cli_train_kind *kind, void *own, int argc, char *argv[],
                         struct cg_cli_train *common, int *code)
{
    if (!cg_command_read(kind->command, argc, argv, own, code))
        return false;
    *code = check(kind, own, common, argc, argv);
    return *code == CG_EXIT_DONE;
}

/* ---- the command ----------------------------------------------------------------------------- */

/* CG_ERR_STATE of a new run means that --out is taken. */
static int code_of(enum cg_status status, const struct cg_cli_train *common)
{
    if (status == CG_ERR_STATE && common->resume == NULL)
        return CG_EXIT_USAGE;
    return status == CG_ERR_MODEL ? CG_EXIT_MODEL : CG_EXIT_INPUT;
}

static int fail(const struct cg_cli_train *common, const struct cg_error *error)
{
    return cg_cli_fail((enum cg_cli_exit)code_of(error->status, common), "%s", error->text);
}

static struct cg_cli_display display_of(const struct cg_cli_train *common)
{
    return (struct cg_cli_display){.quiet = common->quiet,
                                   .verbose = common->verbose,
                                   .terminal = !common->quiet && isatty(STDERR_FILENO) != 0};
}

/* Only the first rank has a board, a server and output. Returns an exit code. */
static int run_first(const struct cg_cli_train_kind *kind, void *own, struct cg_cli_train *common)
{
    struct cg_cli_display display = display_of(common);
    struct cg_error error;
    enum cg_status status = CG_OK;
    bool resumed = common->resume != NULL;
    const char *out_dir = resumed ? common->resume : common->out_dir;
    int code =
        cg_cli_watch_open(common->monitor, out_dir, resumed, &common->limits, &display.watch);
    cg_ranks_broadcast(common->limits.ranks, &code, sizeof(code));
    if (code == CG_EXIT_DONE)
        status = kind->train(own, common, &display, &error);
    if (display.terminal)
        fputc('\n', stderr);
    int report_code = cg_cli_watch_close(&display.watch, status == CG_OK ? NULL : &error);
    if (status != CG_OK)
        return fail(common, &error);
    if (code != CG_EXIT_DONE)
        return code;
    if (!common->quiet)
        cg_cli_print("%s/model.safetensors: step %llu", out_dir, (unsigned long long)display.step);
    if (kind->finish != NULL)
        code = kind->finish(own, common, &display);
    return code != CG_EXIT_DONE ? code : report_code;
}

/* For tasks that are not runs: no watching, no report. */
static int try(const struct cg_cli_train_kind *kind, void *own, const struct cg_cli_train *common)
{
    struct cg_cli_display display = display_of(common);
    struct cg_error error;
    enum cg_status status = kind->train(own, common, &display, &error);
    return status == CG_OK ? CG_EXIT_DONE : fail(common, &error);
}

/* Other ranks train silently: the first one reports their failures. */
static int run_other(const struct cg_cli_train_kind *kind, void *own, struct cg_cli_train *common)
{
    struct cg_cli_display display = {.quiet = true};
    struct cg_error error;
    int code = CG_EXIT_DONE;
    cg_ranks_broadcast(common->limits.ranks, &code, sizeof(code));
    enum cg_status status =
        code == CG_EXIT_DONE ? kind->train(own, common, &display, &error) : CG_OK;
    return status == CG_OK ? code : code_of(status, common);
}

/* The command line is the same for all ranks, so only the first one complains about it. */
static int run_command(const struct cg_cli_train_kind *kind, void *own, struct cg_cli_train *common,
                       int argc, char *argv[], struct cg_ranks *ranks)
{
    bool first = cg_ranks_index(ranks) == 0, go_on = true;
    int code = CG_EXIT_DONE;
    if (first)
        go_on = read_command(kind, own, argc, argv, common, &code);
    cg_ranks_broadcast(ranks, &go_on, sizeof(go_on));
    cg_ranks_broadcast(ranks, &code, sizeof(code));
    if (go_on && !first)
        go_on = read_command(kind, own, argc, argv, common, &code);
    if (!go_on)
        return code;
    if (task_of(kind, own) != CG_CLI_TRAIN_RUN)
        return first ? try(kind, own, common) : CG_EXIT_DONE;
    common->limits.stop = listen_for_stop();
    if (common->limits.minutes > 0.0 && (common->given & 1) == 0)
        common->limits.steps = 0; /* the default is for runs without --minutes */
    return first ? run_first(kind, own, common) : run_other(kind, own, common);
}

int cg_cli_train(const struct cg_cli_train_kind *kind, void *own, struct cg_cli_train *common,
                 int argc, char *argv[])
{
    struct cg_ranks *ranks;
    struct cg_error error;
    int code;
    common->seed = 1;
    common->model = kind->model;
    common->limits.steps = kind->default_steps;
    if (cg_cli_ranks_open(&argc, &argv, &ranks, &error) == CG_OK) {
        common->limits.ranks = ranks;
        code = run_command(kind, own, common, argc, argv, ranks);
    } else {
        code = cg_cli_fail(CG_EXIT_USAGE, "%s", error.text);
    }
    cg_cli_ranks_close(ranks);
    return code;
}
