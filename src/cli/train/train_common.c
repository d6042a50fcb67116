/* comicgan train, whatever is trained: see train_common.h. */
#include "cli/train/train_common.h"

#include "cli/train/train_ranks.h"

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

/* From now on Ctrl-C and SIGTERM set what is pointed at. */
static const volatile sig_atomic_t *listen_for_stop(void)
{
    struct sigaction action = {.sa_handler = want_stop};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &stop_wanted;
}

/* ---- options --------------------------------------------------------------------------------- */

bool cg_cli_parse_steps(const char *option, const char *text, uint64_t *out)
{
    int value;
    if (!cg_cli_parse_int(option, text, 0, 1000000000, &value))
        return false;
    *out = (uint64_t)value;
    return true;
}

static bool parse_minutes(const char *text, double *out)
{
    float minutes;
    if (!cg_cli_parse_float("minutes", text, 0.001f, 1e6f, &minutes))
        return false;
    *out = (double)minutes;
    return true;
}

/* Options that both a new run and a resumed one take; -1 when it is none of them. */
static int take_any_run_option(struct cg_cli_train *common, const char *model, int option,
                               const char *value)
{
    switch (option) {
    case CG_CLI_TRAIN_MODEL:
        if (strcmp(value, model) != 0)
            cg_cli_fail(CG_EXIT_USAGE, "--model: expected style or vector, found \"%s\"", value);
        return strcmp(value, model) == 0;
    case CG_CLI_TRAIN_RESUME:
        common->resume = value;
        return 1;
    case CG_CLI_TRAIN_STEPS:
        return cg_cli_parse_steps("steps", value, &common->limits.steps);
    case CG_CLI_TRAIN_MINUTES:
        return parse_minutes(value, &common->limits.minutes);
    case CG_CLI_TRAIN_THREADS:
        return cg_cli_parse_int("threads", value, 1, 256, &common->threads);
    case CG_CLI_TRAIN_MONITOR:
        common->monitor = value;
        return 1;
    default:
        return -1;
    }
}

/* Options that only a new run takes, whatever its kind; -1 when it is none of them. */
static int take_new_run_option(struct cg_cli_train *common, int option, const char *value)
{
    common->new_run_given = true;
    switch (option) {
    case CG_CLI_TRAIN_DATA:
        common->data = value;
        return 1;
    case CG_CLI_TRAIN_OUT:
        common->out_dir = value;
        return 1;
    case CG_CLI_TRAIN_FORCE:
        return common->force = true;
    case CG_CLI_TRAIN_NAME:
        common->name = value;
        return 1;
    case CG_CLI_TRAIN_SEED:
        return cg_cli_parse_steps("seed", value, &common->seed);
    default:
        return -1;
    }
}

static bool is_no_run(const struct cg_cli_train_kind *kind, const void *own)
{
    return kind->is_no_run != NULL && kind->is_no_run(own);
}

static int check(const struct cg_cli_train_kind *kind, const void *own,
                 const struct cg_cli_train *common, int argc, char *argv[])
{
    bool out_needed = !is_no_run(kind, own);
    if (optind < argc)
        return cg_cli_fail(CG_EXIT_USAGE, "train: unexpected argument %s", argv[optind]);
    if (common->resume != NULL && common->new_run_given)
        return cg_cli_fail(CG_EXIT_USAGE, "train: --resume takes --steps, --minutes, --threads and "
                                          "--monitor; all else stays as the run began");
    if (common->resume == NULL && (common->data == NULL || (out_needed && common->out_dir == NULL)))
        return cg_cli_fail(CG_EXIT_USAGE,
                           "train: --data %s and --out RUN are needed, or --resume RUN; see %s",
                           kind->data, kind->help_command);
    return CG_EXIT_DONE;
}

/* A command line that is being read. */
struct reading {
    const struct cg_cli_train_kind *kind;
    struct cg_cli_train *common;
    void *own;
};

static bool set_option(void *context, int option, const char *value)
{
    const struct reading *reading = context;
    int taken = take_any_run_option(reading->common, reading->kind->model, option, value);
    if (taken < 0)
        taken = take_new_run_option(reading->common, option, value);
    return taken < 0 ? reading->kind->take(reading->own, option, value) : taken;
}

/* False when all is said, with the exit code. */
static bool read_command(const struct cg_cli_train_kind *kind, void *own, int argc, char *argv[],
                         struct cg_cli_train *common, int *code)
{
    struct reading reading = {kind, common, own};
    const struct cg_cli_syntax syntax = {":h", kind->options,
                                         (const char *const[]){kind->help, NULL}, set_option};
    optind = 1;
    if (!cg_cli_read_options(&syntax, argc, argv, &reading, code))
        return false;
    *code = check(kind, own, common, argc, argv);
    return *code == CG_EXIT_DONE;
}

/* ---- the command ----------------------------------------------------------------------------- */

/* A new run fails by its state when --out is taken. */
static int code_of(enum cg_status status, const struct cg_cli_train *common)
{
    if (status == CG_ERR_STATE && common->resume == NULL)
        return CG_EXIT_USAGE;
    return status == CG_ERR_MODEL ? CG_EXIT_MODEL : CG_EXIT_INPUT;
}

static int fail(const struct cg_cli_train *common, const struct cg_error *error)
{
    return cg_cli_fail((enum cg_cli_exit)code_of(error->status, common), "train: %s", error->text);
}

/* The board, the server and what is printed are the first rank's. Returns an exit code. */
static int run_first(const struct cg_cli_train_kind *kind, void *own, struct cg_cli_train *common)
{
    struct cg_cli_display display = {.terminal = isatty(STDERR_FILENO) != 0};
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
    cg_cli_print("%s/model.safetensors: step %llu", out_dir, (unsigned long long)display.step);
    if (kind->finish != NULL)
        code = kind->finish(own, common, &display);
    return code != CG_EXIT_DONE ? code : report_code;
}

/* What is no run is only tried: nobody watches, nothing is written. */
static int try(const struct cg_cli_train_kind *kind, void *own, const struct cg_cli_train *common)
{
    struct cg_cli_display display = {.terminal = isatty(STDERR_FILENO) != 0};
    struct cg_error error;
    enum cg_status status = kind->train(own, common, &display, &error);
    return status == CG_OK ? CG_EXIT_DONE : fail(common, &error);
}

/* Any other rank trains in silence: what fails there is told to the first. */
static int run_other(const struct cg_cli_train_kind *kind, void *own, struct cg_cli_train *common)
{
    struct cg_cli_display display = {0};
    struct cg_error error;
    int code = CG_EXIT_DONE;
    cg_ranks_broadcast(common->limits.ranks, &code, sizeof(code));
    enum cg_status status =
        code == CG_EXIT_DONE ? kind->train(own, common, &display, &error) : CG_OK;
    return status == CG_OK ? code : code_of(status, common);
}

/* The command line is the same for all ranks, so what is to be said of it the first one says. */
static int run_command(const struct cg_cli_train_kind *kind, void *own, int argc, char *argv[],
                       struct cg_ranks *ranks)
{
    struct cg_cli_train common = {.seed = 1, .limits = {.ranks = ranks}};
    bool first = cg_ranks_index(ranks) == 0, go_on = true;
    int code = CG_EXIT_DONE;
    if (first)
        go_on = read_command(kind, own, argc, argv, &common, &code);
    cg_ranks_broadcast(ranks, &go_on, sizeof(go_on));
    cg_ranks_broadcast(ranks, &code, sizeof(code));
    if (go_on && !first)
        go_on = read_command(kind, own, argc, argv, &common, &code);
    if (!go_on)
        return code;
    if (is_no_run(kind, own))
        return first ? try(kind, own, &common) : CG_EXIT_DONE;
    common.limits.stop = listen_for_stop();
    if (common.limits.steps == 0 && common.limits.minutes <= 0.0)
        common.limits.steps = kind->default_steps;
    return first ? run_first(kind, own, &common) : run_other(kind, own, &common);
}

int cg_cli_train(const struct cg_cli_train_kind *kind, void *own, int argc, char *argv[])
{
    struct cg_ranks *ranks;
    struct cg_error error;
    int code;
    if (cg_cli_ranks_open(&argc, &argv, &ranks, &error) == CG_OK)
        code = run_command(kind, own, argc, argv, ranks);
    else
        code = cg_cli_fail(CG_EXIT_USAGE, "train: %s", error.text);
    cg_cli_ranks_close(ranks);
    return code;
}
