/*
 * comicgan train of a style: see train_style.h. A new option is an entry of the enum, of
 * long_options and of the help, and a case below.
 */
#include "cli/train/train_style.h"

#include "base/file.h"
#include "base/memory.h"
#include "cli/train/train_card.h"
#include "cli/train/train_common.h"
#include "cli/train/train_contact.h"
#include "model/model.h"
#include "train/core/run_folder.h"
#include "train/style/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_DETAIL_PX 1600
#define DEFAULT_GROW 2.0f
#define DEFAULT_STEPS 40000
/* In the run's folder, beside what the trainer writes. */

enum {
    OPTION_CACHE = CG_CLI_TRAIN_OWN,
    OPTION_FROM,
    OPTION_GENERATOR,
    OPTION_SUMMARY,
    OPTION_DETAIL,
    OPTION_GROW,
    OPTION_FACES,
    OPTION_PHOTOS,
    OPTION_COMIC_DETAIL,
    OPTION_KEEP_ALL,
    OPTION_CHECK,
    OPTION_PRETRAIN,
    OPTION_CROP,
    OPTION_BATCH,
    OPTION_NOISE,
    OPTION_CONSISTENCY,
    OPTION_LINE,
    OPTION_COLOUR,
    OPTION_CHROMA,
    OPTION_GRADIENT,
    OPTION_PALETTE,
    OPTION_SPURIOUS_INK,
    OPTION_TARGET,
    OPTION_TEACHER
};

static const struct option long_options[] = {
    CG_CLI_TRAIN_OPTIONS,
    {"cache", required_argument, NULL, OPTION_CACHE},
    {"from", required_argument, NULL, OPTION_FROM},
    {"generator", required_argument, NULL, OPTION_GENERATOR},
    {"summary", required_argument, NULL, OPTION_SUMMARY},
    {"detail", required_argument, NULL, OPTION_DETAIL},
    {"enlarge", required_argument, NULL, OPTION_GROW},
    {"faces", required_argument, NULL, OPTION_FACES},
    {"photos", required_argument, NULL, OPTION_PHOTOS},
    {"comic-detail", required_argument, NULL, OPTION_COMIC_DETAIL},
    {"keep-all", no_argument, NULL, OPTION_KEEP_ALL},
    {"check", no_argument, NULL, OPTION_CHECK},
    {"pretrain", required_argument, NULL, OPTION_PRETRAIN},
    {"crop", required_argument, NULL, OPTION_CROP},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"noise", required_argument, NULL, OPTION_NOISE},
    {"consistency", required_argument, NULL, OPTION_CONSISTENCY},
    {"adversarial-line", required_argument, NULL, OPTION_LINE},
    {"adversarial-colour", required_argument, NULL, OPTION_COLOUR},
    {"chroma", required_argument, NULL, OPTION_CHROMA},
    {"gradient", required_argument, NULL, OPTION_GRADIENT},
    {"palette", required_argument, NULL, OPTION_PALETTE},
    {"spurious-ink", required_argument, NULL, OPTION_SPURIOUS_INK},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"teacher", required_argument, NULL, OPTION_TEACHER},
    {NULL, 0, NULL, 0},
};

static const char help_text[] =
    "usage: comicgan train --data DIR --out RUN [options]\n"
    "       comicgan train --data DIR --check [options]\n"
    "       comicgan train --resume RUN [--steps N | --minutes N] [--threads N] [--monitor PORT]\n"
    "       comicgan train --model vector ... (a GAN that makes small pictures; see its --help)\n"
    "\n"
    "Train a style (docs/TRAIN.md, step by step). DIR/photos holds photos, DIR/comics the pages "
    "to\n"
    "learn from, both in any depth of folders; without DIR/comics the built-in teacher's pictures\n"
    "take their place. The pictures are looked at first: what is skipped, and why, is said. RUN "
    "is\n"
    "made and receives model.safetensors, its card model.md, contact.jpg, log.csv, data.json,\n"
    "samples/, checkpoints to go on from, and report.html. Ctrl-C saves and stops.\n"
    "\n"
    "  --from STYLE|FILE    start from a trained style: some minutes are enough\n"
    "  --generator SIZE     without --from: small, or large, which costs four times as much "
    "(default\n"
    "                       small)\n"
    "  --photos PHOTOS      a folder of photos in place of DIR/photos; DIR may then hold the "
    "pages\n"
    "                       themselves\n"
    "  --check              only look at the pictures\n"
    "  --keep-all           use also pages of text, almost white ones, and pictures that look "
    "alike\n"
    "  --cache DIR          where prepared pictures are kept from run to run\n"
    "                       (default: $XDG_CACHE_HOME/comicgan or ~/.cache/comicgan)\n"
    "  --steps N            stop when N steps are done, those before a resume included\n"
    "                       (default 40000 if --minutes is not given)\n"
    "  --minutes N          stop after N minutes\n"
    "  --force              replace what is in RUN already\n"
    "  --seed S             random seed (default 1)\n"
    "  --threads N          threads (default: all processors); the result does not depend on "
    "it\n" CG_CLI_WATCH_HELP
    "  --name NAME          the style's name (default: the last part of RUN)\n"
    "  --summary TEXT       one line about it, for comicgan styles\n"
    "  --detail PX          working size of photos, long side (default 1600; with --from that of\n"
    "                       the style)\n"
    "  --enlarge X          smaller photos are enlarged for that up to X times (default 2)\n"
    "  --faces FILE         where the photos' faces are, for the teacher: JSON, docs/TRAINING.md\n"
    "  --comic-detail PX    that of comics (default: at most 1000, and lines 2 pixels wide)\n"
    "\n"
    "The recipe (docs/TRAINING.md); in brackets what --from makes of the default:\n"
    "  --pretrain N         steps on targets before the adversaries join (default 20000 [0])\n"
    "  --crop PX            side of the crops (default 128)\n"
    "  --batch N            crops a step (default 8)\n"
    "  --noise X            noise put on the photos, largest deviation in 1/255 (default 5): "
    "comics\n"
    "                       stay calm where photos are grainy, and from frame to frame\n"
    "  --consistency W      weight of: the same photo, moved by up to 4 pixels and with other "
    "noise,\n"
    "                       gives the same comic, so that videos do not flicker (default 0)\n"
    "  --adversarial-line W, --adversarial-colour W\n"
    "                       weight of the critics of line and of colour (default 0.1, 0.02\n"
    "                       [0.08, 0.04])\n"
    "  --spurious-ink W     weight against ink that is far from every line of the target: "
    "flecks,\n"
    "                       as critics ask for (default 0 [1])\n"
    "  --target W           weight of the targets in the second stage (default 0.5 [1])\n"
    "  --teacher P          share of the teacher's pictures among the critics' real ones (default\n"
    "                       0 [0.3]; 1 without comics)\n"
    "  --gradient W         weight of the differences between neighbours, for flat areas and\n"
    "                       clean edges (default 1 [4])\n"
    "  --palette X          how far colours follow those of the comics: 0 not at all, 1 as far as\n"
    "                       looks well (default 0.8 [1])\n"
    "  --chroma W           weight of the targets' hues (default 1)\n"
    "  --help               this text\n";

/* Fewer pictures of a kind than these are taken for a mistake. */
#define PICTURES_MIN 2

struct style {
    struct cg_train_options options; /* its recipe: for a run from nothing */
    struct cg_recipe restyle;        /* for one from a trained style */
    bool check;
    /* for what is written at the end */
    char *command, *data; /* owned */
    struct cg_cli_contact contact;
    double seconds;
};

static bool parse_noise(const char *text, float *out)
{
    float levels;
    if (!cg_cli_parse_float("noise", text, 0.0f, 64.0f, &levels))
        return false;
    *out = levels / 255.0f;
    return true;
}

static bool take_recipe_option(struct cg_recipe *recipe, int option, const char *value)
{
    switch (option) {
    case OPTION_PRETRAIN:
        return cg_cli_parse_steps("pretrain", value, &recipe->pretrain_steps);
    case OPTION_CROP:
        return cg_cli_parse_int("crop", value, 16, 512, &recipe->crop_px);
    case OPTION_BATCH:
        return cg_cli_parse_int("batch", value, 2, 1024, &recipe->batch);
    case OPTION_NOISE:
        return parse_noise(value, &recipe->noise);
    case OPTION_CONSISTENCY:
        return cg_cli_parse_float("consistency", value, 0.0f, 100.0f, &recipe->consistency);
    case OPTION_LINE:
        return cg_cli_parse_float("adversarial-line", value, 0.0f, 100.0f,
                                  &recipe->adversarial[CG_CRITIC_LINE]);
    case OPTION_COLOUR:
        return cg_cli_parse_float("adversarial-colour", value, 0.0f, 100.0f,
                                  &recipe->adversarial[CG_CRITIC_COLOUR]);
    case OPTION_CHROMA:
        return cg_cli_parse_float("chroma", value, 0.0f, 100.0f, &recipe->chroma);
    case OPTION_GRADIENT:
        return cg_cli_parse_float("gradient", value, 0.0f, 100.0f, &recipe->gradient);
    case OPTION_PALETTE:
        return cg_cli_parse_float("palette", value, 0.0f, 1.0f, &recipe->palette);
    case OPTION_SPURIOUS_INK:
        return cg_cli_parse_float("spurious-ink", value, 0.0f, 100.0f, &recipe->spurious_ink);
    case OPTION_TEACHER:
        return cg_cli_parse_float("teacher", value, 0.0f, 1.0f, &recipe->teacher_fraction);
    default:
        return cg_cli_parse_float("target", value, 0.0f, 100.0f, &recipe->target_fraction);
    }
}

static bool take_generator(struct cg_train_options *options, const char *name)
{
    options->generator = name;
    if (cg_generator_find(name) != NULL)
        return true;
    cg_cli_fail(CG_EXIT_USAGE, "--generator: expected small or large, found \"%s\"", name);
    return false;
}

static bool take_option(void *own, int option, const char *value)
{
    struct style *style = own;
    struct cg_train_options *options = &style->options;
    switch (option) {
    case OPTION_CACHE:
        options->cache_dir = value;
        return true;
    case OPTION_FROM:
        options->from = value;
        return true;
    case OPTION_GENERATOR:
        return take_generator(options, value);
    case OPTION_SUMMARY:
        options->summary = value;
        return true;
    case OPTION_DETAIL:
        return cg_cli_parse_int("detail", value, 64, 8192, &options->detail_px);
    case OPTION_GROW:
        return cg_cli_parse_float("enlarge", value, 1.0f, 4.0f, &options->photo_grow);
    case OPTION_FACES:
        options->faces_file = value;
        return true;
    case OPTION_PHOTOS:
        options->photos_dir = value;
        return true;
    case OPTION_COMIC_DETAIL:
        return cg_cli_parse_int("comic-detail", value, 64, 8192, &options->comic_detail_px);
    case OPTION_KEEP_ALL:
        options->keep_all = true;
        return true;
    case OPTION_CHECK:
        style->check = true;
        return true;
    default: /* by both, as --from may still come */
        return take_recipe_option(&options->recipe, option, value) &&
               take_recipe_option(&style->restyle, option, value);
    }
}

/* The last part of a path, as a style's name. To be freed. */
static char *name_of_folder(const char *path)
{
    char *name = cg_path_base_name(path);
    for (char *c = name; c != NULL && *c != '\0'; c++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *c) == NULL)
            *c = '-';
    return name;
}

/* What was not given as it follows from what was. */
static void complete(struct style *style, const struct cg_cli_train *common, const char *name,
                     const char *cache)
{
    struct cg_train_options *options = &style->options;
    options->data_dir = common->data;
    options->out_dir = common->out_dir;
    options->seed = common->seed;
    options->threads = common->threads;
    options->force = common->force;
    options->name = common->name != NULL ? common->name : name;
    if (options->cache_dir == NULL)
        options->cache_dir = cache;
    if (options->from != NULL)
        options->recipe = style->restyle;
    if (options->recipe.batch < 8 && options->recipe.consistency <= 0.0f)
        options->recipe.micro_batch_crops = 1;
    options->pictures_min = PICTURES_MIN;
}

/* ---- what is told ---------------------------------------------------------------------------- */

struct listener {
    struct style *style;
    struct cg_cli_display *display;
};

/* Keep what the end of the run asks for, and show the rest. */
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

/* The working size that was not given: that of the style to start from, if there is one. */
static enum cg_status choose_detail(struct cg_train_options *options, struct cg_error *error)
{
    struct cg_model *start = NULL;
    if (options->detail_px != 0)
        return CG_OK;
    options->detail_px = DEFAULT_DETAIL_PX;
    if (options->from == NULL)
        return CG_OK;
    enum cg_status status = cg_model_open_style(options->from, &start, error);
    if (status == CG_OK)
        options->detail_px = start->card.detail_px;
    cg_model_free(start);
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
    enum cg_status status = choose_detail(&style->options, error);
    if (status == CG_OK && style->check)
        status = cg_train_check(&style->options, take_report, &listener, error);
    else if (status == CG_OK)
        status = cg_train_start(&style->options, &common->limits, take_report, &listener, error);
    free(cache);
    free(name);
    return status;
}

static bool only_checks(const void *own)
{
    return ((const struct style *)own)->check;
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
        style->command == NULL || style->data == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "card: out of memory");
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

/* The contact sheet and the card, and how to go on. */
static int finish(void *own, const struct cg_cli_train *common,
                  const struct cg_cli_display *display)
{
    const struct style *style = own;
    struct papers papers = name_papers(common->resume != NULL ? common->resume : common->out_dir);
    struct cg_error error;
    int code = CG_EXIT_DONE;
    if (write_papers(style, &papers, display->step, common->threads, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_INPUT, "train: %s", error.text);
    else {
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
    static const struct cg_cli_train_kind kind = {.model = "style",
                                                  .data = "DIR",
                                                  .help = help_text,
                                                  .help_command = "comicgan train --help",
                                                  .options = long_options,
                                                  .default_steps = DEFAULT_STEPS,
                                                  .take = take_option,
                                                  .train = train,
                                                  .finish = finish,
                                                  .is_no_run = only_checks};
    struct style style = {.options = {.summary = "a trained style",
                                      .photo_grow = DEFAULT_GROW,
                                      .recipe = CG_RECIPE_DEFAULT},
                          .restyle = CG_RECIPE_RESTYLE,
                          .command = cg_cli_command_line("comicgan train", argc, argv)};
    int code = cg_cli_train(&kind, &style, argc, argv);
    cg_cli_contact_clear(&style.contact);
    free(style.data);
    free(style.command);
    return code;
}
