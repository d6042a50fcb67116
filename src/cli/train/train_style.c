/* comicgan train for styles: see train_common.h. */
#include "cli/train/train_common.h"

#include "base/file.h"
#include "base/memory.h"
#include "model/model.h"
#include "train/core/run_file.h"
#include "train/data/cache.h"
#include "train/style/style.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_DETAIL_PX 1600
#define DEFAULT_GROW 2.0f
#define DEFAULT_STEPS 40000
/* Fewer pictures of a kind are taken for a mistake. */
#define PICTURES_MIN 2

struct style {
    struct cg_cli_train common;
    struct cg_train_options options;
    bool check;
    int clean_days; /* -1: no cleaning */
    /* for what is written at the end */
    char *command, *data; /* owned */
    struct cg_cli_contact contact;
    double seconds;
};

static bool set_generator(void *field, const struct cg_option *row, const char *name)
{
    *(const char **)field = name;
    if (cg_generator_find(name) != NULL)
        return true;
    cg_cli_fail(CG_EXIT_USAGE, "--%s: expected small or large, found \"%s\"", row->name, name);
    return false;
}

#define AT(member) offsetof(struct style, member)

/* For new runs only. */
static const struct cg_option own_rows[] = {
    {"from", 0, CG_OPTION_FILE, AT(options.from), "STYLE|FILE",
     "start from a trained style: some minutes are enough"},
    {"generator", 0, CG_OPTION_CUSTOM, AT(options.generator), "SIZE",
     "without --from: small, or large, which costs four times as much (default small)",
     .set = set_generator},
    {"photos", 0, CG_OPTION_FOLDER, AT(options.photos_dir), "PHOTOS",
     "a folder of photos in place of DIR/photos; DIR may then hold the pages themselves"},
    {"check", 0, CG_OPTION_FLAG, AT(check), NULL, "only look at the pictures"},
    {"keep-all", 0, CG_OPTION_FLAG, AT(options.keep_all), NULL,
     "use also pages of text, almost white ones, and pictures that look alike"},
    {"cache", 0, CG_OPTION_FOLDER, AT(options.cache_dir), "DIR",
     "where prepared pictures are kept from run to run (default: $XDG_CACHE_HOME/comicgan or "
     "~/.cache/comicgan)"},
    {"cache-clean", 0, CG_OPTION_INT, AT(clean_days), "DAYS",
     "train nothing, but remove from the cache what no run has used for DAYS days; 0: all", 0,
     36500},
    {"name", 0, CG_OPTION_TEXT, AT(common.name), "NAME",
     "the style's name (default: the last part of RUN)"},
    {"summary", 0, CG_OPTION_TEXT, AT(options.summary), "TEXT",
     "one line about it, for comicgan styles"},
    {"detail", 0, CG_OPTION_INT, AT(options.detail_px), "PX",
     "working size of photos, long side (default 1600; with --from that of the style)", 64, 8192},
    {"enlarge", 0, CG_OPTION_FLOAT, AT(options.photo_grow), "X",
     "smaller photos are enlarged for that up to X times (default %d)", 1, 4},
    {"faces", 0, CG_OPTION_FILE, AT(options.faces_file), "FILE",
     "where the photos' faces are, for the teacher: JSON, docs/TRAINING.md"},
    {"features", 0, CG_OPTION_FILE, AT(options.features_file), "FILE",
     "a network that --perceptual and --patch-nce look through, as for eval: docs/EVAL.md has the "
     "formats"},
    {"comic-detail", 0, CG_OPTION_INT, AT(options.comic_detail_px), "PX",
     "that of comics (default: at most 1000, and lines 2 pixels wide)", 64, 8192},
    CG_OPTION_END,
};

static const struct cg_option rows[] = {
    CG_CLI_TRAIN_GROUPS(own_rows),
    {"The recipe (docs/TRAINING.md); in brackets what --from makes of the default:",
     .kind = CG_OPTION_HEADING},
    {.kind = CG_OPTION_GROUP,
     .rows = CG_RECIPE_OPTIONS,
     .field = AT(options.recipe),
     .given = AT(common.recipe_given),
     .other = &CG_RECIPE_RESTYLE},
    CG_OPTION_END,
};

static const struct cg_command command = {
    .name = "train",
    .summary = "train a style from photos and comics",
    .usage = "--data DIR --out RUN [OPTIONS]\n"
             "--data DIR --check [OPTIONS]\n"
             "--cache-clean DAYS [--cache DIR]\n"
             "--resume RUN [--steps N | --minutes N] [--threads N] [--monitor PORT]\n"
             "--model vector ... (a GAN that makes small pictures; see its --help)",
    .about = "Train a style (docs/TRAIN.md, step by step). DIR/photos holds photos, DIR/comics the "
             "pages to learn from, both in any depth of folders; without DIR/comics the built-in "
             "teacher's pictures take their place. The pictures are looked at first: what is "
             "skipped, and why, is said. RUN is made and receives model.safetensors, its card "
             "model.md, contact.jpg, log.csv, data.json, samples/, checkpoints to go on from, and "
             "report.html. Ctrl-C saves and stops.",
    .options = rows,
};

/* The last part of a path as a style's name, to be freed. */
static char *name_of_folder(const char *path)
{
    char *name = cg_path_base_name(path);
    for (char *c = name; c != NULL && *c != '\0'; c++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *c) == NULL)
            *c = '-';
    return name;
}

/* Fill in options that follow from others. */
static void complete(struct style *style, const struct cg_cli_train *common, const char *name,
                     const char *cache)
{
    struct cg_train_options *options = &style->options;
    options->data_dir = common->data;
    options->models_dir = cg_cli_models_folder();
    options->out_dir = common->out_dir;
    options->seed = common->seed;
    options->threads = common->threads;
    options->force = common->force;
    options->strict = common->strict;
    options->name = common->name != NULL ? common->name : name;
    if (options->cache_dir == NULL)
        options->cache_dir = cache;
    if (options->from != NULL) {
        struct cg_recipe recipe = CG_RECIPE_RESTYLE;
        cg_options_overlay(CG_RECIPE_OPTIONS, common->recipe_given, &options->recipe, &recipe);
        options->recipe = recipe;
    }
    if (options->recipe.batch < 8 && options->recipe.consistency <= 0.0f)
        options->recipe.micro_batch_crops = 1;
    options->pictures_min = PICTURES_MIN;
}

/* ---- what is told ---------------------------------------------------------------------------- */

struct listener {
    struct style *style;
    struct cg_cli_display *display;
};

/* Keep what the end of the run needs, and show the rest. */
static void take_report(void *context, const struct cg_train_report *report)
{
    const struct listener *listener = context;
    struct style *style = listener->style;
    if (report->event == CG_TRAIN_INSPECTED && style->data == NULL)
        style->data = cg_string_copy(report->text);
    if (report->event == CG_TRAIN_READY)
        cg_cli_contact_collect(&style->contact, report->dataset);
    if (report->seconds > style->seconds)
        style->seconds = report->seconds;
    cg_cli_show_style(listener->display, report);
}

/* The default working size: that of the style to start from, if there is one. */
static enum cg_status choose_detail(struct cg_train_options *options, struct cg_error *error)
{
    struct cg_model *start = NULL;
    if (options->detail_px != 0)
        return CG_OK;
    options->detail_px = DEFAULT_DETAIL_PX;
    if (options->from == NULL)
        return CG_OK;
    enum cg_status status = cg_model_open_style(options->models_dir, options->from, &start, error);
    if (status == CG_OK)
        options->detail_px = start->card.looks.detail_px;
    cg_model_free(start);
    return status;
}

static enum cg_status clean_cache(const struct style *style, bool quiet, struct cg_error *error)
{
    struct cg_cache_cleaned cleaned;
    const char *dir = style->options.cache_dir;
    enum cg_status status = cg_cache_clean(dir, style->clean_days, &cleaned, error);
    if (status == CG_OK && !quiet)
        cg_cli_print("%s: %zu files removed (%.1f MiB), %zu kept", dir, cleaned.removed,
                     (double)cleaned.removed_nbytes / (1 << 20), cleaned.kept);
    return status;
}

static enum cg_status train(void *own, const struct cg_cli_train *common,
                            struct cg_cli_display *display, struct cg_error *error)
{
    struct style *style = own;
    struct listener listener = {style, display};
    if (common->resume != NULL)
        return cg_train_resume(common->resume, common->threads, &common->limits, take_report,
                               &listener, error);
    char *name = name_of_folder(common->out_dir != NULL ? common->out_dir : "");
    char *cache = cg_cli_default_cache();
    complete(style, common, name, cache);
    bool cleans = style->clean_days >= 0;
    enum cg_status status =
        cleans ? clean_cache(style, common->quiet, error) : choose_detail(&style->options, error);
    if (status == CG_OK && style->check)
        status = cg_train_check(&style->options, take_report, &listener, error);
    else if (status == CG_OK && !cleans)
        status = cg_train_start(&style->options, &common->limits, take_report, &listener, error);
    free(cache);
    free(name);
    return status;
}

static enum cg_cli_train_task task(const void *own)
{
    const struct style *style = own;
    return style->clean_days >= 0 ? CG_CLI_TRAIN_TIDY
           : style->check         ? CG_CLI_TRAIN_LOOK
                                  : CG_CLI_TRAIN_RUN;
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Files at the end of a run; owned. */
struct papers {
    char *model, *card, *contact;
    char *use; /* the command that uses the model */
};

static struct papers name_papers(const char *out_dir)
{
    struct papers papers = {.model = cg_run_path(out_dir, CG_RUN_MODEL),
                            .card = cg_run_path(out_dir, CG_RUN_CARD),
                            .contact = cg_run_path(out_dir, CG_RUN_CONTACT)};
    char style[] = "--style", photo[] = "photo.jpg", comic[] = "comic.png";
    char *const words[] = {style, style, papers.model, photo, comic};
    if (papers.model != NULL)
        papers.use = cg_cli_command_line("comicgan convert", 5, words);
    return papers;
}

static void papers_clear(struct papers *papers)
{
    free(papers->use);
    free(papers->contact);
    free(papers->card);
    free(papers->model);
}

static enum cg_status write_papers(const struct style *style, const struct papers *papers,
                                   uint64_t step, int threads, struct cg_error *error)
{
    if (papers->card == NULL || papers->contact == NULL || papers->use == NULL ||
        style->command == NULL || style->data == NULL || style->contact.incomplete)
        return cg_fail(error, CG_ERR_MEMORY, "card and contact sheet: out of memory");
    bool shown = style->contact.photo_count + style->contact.panel_count > 0;
    const struct cg_cli_card_facts facts = {.command = style->command,
                                            .use = papers->use,
                                            .data = style->data,
                                            .contact = shown ? CG_RUN_CONTACT : NULL,
                                            .step = step,
                                            .minutes = style->seconds / 60.0};
    enum cg_status status = cg_cli_card_write(papers->model, papers->card, &facts, error);
    if (status == CG_OK && shown)
        status =
            cg_cli_contact_write(&style->contact, papers->model, papers->contact, threads, error);
    return status;
}

/* The contact sheet, the card, and how to continue. */
static int finish(void *own, const struct cg_cli_train *common,
                  const struct cg_cli_display *display)
{
    const struct style *style = own;
    struct papers papers = name_papers(common->resume != NULL ? common->resume : common->out_dir);
    struct cg_error error;
    int code = CG_EXIT_DONE;
    if (write_papers(style, &papers, display->step, common->threads, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    else if (!common->quiet) {
        cg_cli_print("its card: %s", papers.card);
        if (style->contact.photo_count > 0)
            cg_cli_print("to look at: %s", papers.contact);
        cg_cli_print("to use it: %s", papers.use);
    }
    papers_clear(&papers);
    return code;
}

int cg_cli_train_style(int argc, char *argv[])
{
    static const struct cg_cli_train_kind kind = {.model = 0,
                                                  .data = "DIR",
                                                  .command = &command,
                                                  .default_steps = DEFAULT_STEPS,
                                                  .train = train,
                                                  .finish = finish,
                                                  .task = task};
    struct style style = {.clean_days = -1,
                          .options = {.summary = "a trained style",
                                      .photo_grow = DEFAULT_GROW,
                                      .recipe = CG_RECIPE_DEFAULT},
                          .command = cg_cli_command_line("comicgan train", argc, argv)};
    int code = cg_cli_train(&kind, &style, &style.common, argc, argv);
    cg_cli_contact_clear(&style.contact);
    free(style.data);
    free(style.command);
    return code;
}
