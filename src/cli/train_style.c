/*
 * comicgan train of a style: see train_style.h. A new option is an entry of the enum, of
 * long_options and of the help, and a case below.
 */
#include "cli/train_style.h"

#include "base/memory.h"
#include "cli/train_common.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_DETAIL_PX 960
#define DEFAULT_STEPS 40000

enum {
    OPTION_CACHE = CG_CLI_TRAIN_OWN,
    OPTION_FROM,
    OPTION_SUMMARY,
    OPTION_DETAIL,
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
    OPTION_TARGET,
    OPTION_TEACHER
};

static const struct option long_options[] = {
    CG_CLI_TRAIN_OPTIONS,
    {"cache", required_argument, NULL, OPTION_CACHE},
    {"from", required_argument, NULL, OPTION_FROM},
    {"summary", required_argument, NULL, OPTION_SUMMARY},
    {"detail", required_argument, NULL, OPTION_DETAIL},
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
    {"target", required_argument, NULL, OPTION_TARGET},
    {"teacher", required_argument, NULL, OPTION_TEACHER},
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
    "  --consistency W      weight of: the same photo, moved by up to 4 pixels and with other "
    "noise,\n"
    "                       gives the same comic, so that films do not flicker (default 0)\n"
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

struct style {
    struct cg_train_options options;
    bool pretrain_given;
};

static bool parse_noise(const char *text, float *out)
{
    float levels;
    if (!cg_cli_parse_float("noise", text, 0.0f, 64.0f, &levels))
        return false;
    *out = levels / 255.0f;
    return true;
}

static bool take_recipe_option(struct style *style, int option)
{
    struct cg_recipe *recipe = &style->options.recipe;
    switch (option) {
    case OPTION_PRETRAIN:
        style->pretrain_given = true;
        return cg_cli_parse_steps("pretrain", optarg, &recipe->pretrain_steps);
    case OPTION_CROP:
        return cg_cli_parse_int("crop", optarg, 16, 512, &recipe->crop_px);
    case OPTION_BATCH:
        return cg_cli_parse_int("batch", optarg, 2, 1024, &recipe->batch);
    case OPTION_NOISE:
        return parse_noise(optarg, &recipe->noise);
    case OPTION_CONSISTENCY:
        return cg_cli_parse_float("consistency", optarg, 0.0f, 100.0f, &recipe->consistency);
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

static bool take_option(void *own, int option)
{
    struct style *style = own;
    struct cg_train_options *options = &style->options;
    switch (option) {
    case OPTION_CACHE:
        options->cache_dir = optarg;
        return true;
    case OPTION_FROM:
        options->from = optarg;
        return true;
    case OPTION_SUMMARY:
        options->summary = optarg;
        return true;
    case OPTION_DETAIL:
        return cg_cli_parse_int("detail", optarg, 64, 8192, &options->detail_px);
    default:
        return take_recipe_option(style, option);
    }
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

/* What was not given as it follows from what was. */
static void complete(struct style *style, const struct cg_cli_train *common, const char *name,
                     const char *cache)
{
    struct cg_train_options *options = &style->options;
    options->data_dir = common->data;
    options->out_dir = common->out_dir;
    options->seed = common->seed;
    options->threads = common->threads;
    options->name = common->name != NULL ? common->name : name;
    if (options->cache_dir == NULL)
        options->cache_dir = cache;
    if (options->recipe.batch < 8 && options->recipe.consistency <= 0.0f)
        options->recipe.shard_crops = 1;
    if (options->from != NULL && !style->pretrain_given)
        options->recipe.pretrain_steps = 0;
}

static enum cg_status train(void *own, const struct cg_cli_train *common,
                            struct cg_cli_display *display, struct cg_error *error)
{
    struct style *style = own;
    if (common->resume != NULL)
        return cg_train_resume(common->resume, common->threads, &common->limits, cg_cli_show_style,
                               display, error);
    char *name = name_of_folder(common->out_dir), *cache = cg_cli_default_cache();
    complete(style, common, name, cache);
    enum cg_status status =
        cg_train_start(&style->options, &common->limits, cg_cli_show_style, display, error);
    free(cache);
    free(name);
    return status;
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
                                                  .train = train};
    struct style style = {.options = {.summary = "a trained style",
                                      .detail_px = DEFAULT_DETAIL_PX,
                                      .recipe = CG_RECIPE_DEFAULT}};
    return cg_cli_train(&kind, &style, argc, argv);
}
