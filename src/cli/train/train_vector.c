/*
 * comicgan train --model vector: see train_vector.h. A new option is an entry of the enum, of
 * long_options and of the help, and a case below.
 */
#include "cli/train/train_vector.h"

#include "base/memory.h"
#include "cli/train/train_common.h"
#include "gan/diff_augment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_STEPS 10000
#define RATE_MAX 1.0f

enum {
    OPTION_SIDE = CG_CLI_TRAIN_OWN,
    OPTION_CHANNELS,
    OPTION_CROPS,
    OPTION_CROP,
    OPTION_NOISE,
    OPTION_GENERATOR,
    OPTION_DISCRIMINATOR,
    OPTION_BATCH,
    OPTION_D_STEPS,
    OPTION_OBJECTIVE,
    OPTION_R1,
    OPTION_SPECTRAL_NORM,
    OPTION_LABEL_SMOOTHING,
    OPTION_INSTANCE_NOISE,
    OPTION_DROPOUT,
    OPTION_AUGMENT,
    OPTION_MIRROR,
    OPTION_OPTIMIZER,
    OPTION_GENERATOR_RATE,
    OPTION_DISCRIMINATOR_RATE,
    OPTION_BETA1,
    OPTION_BETA2,
    OPTION_SCHEDULE,
    OPTION_WARMUP,
    OPTION_HOLD,
    OPTION_EMA,
    OPTION_LOG_STEPS
};

static const struct option long_options[] = {
    CG_CLI_TRAIN_OPTIONS,
    {"side", required_argument, NULL, OPTION_SIDE},
    {"channels", required_argument, NULL, OPTION_CHANNELS},
    {"crops", required_argument, NULL, OPTION_CROPS},
    {"crop", required_argument, NULL, OPTION_CROP},
    {"noise", required_argument, NULL, OPTION_NOISE},
    {"generator", required_argument, NULL, OPTION_GENERATOR},
    {"discriminator", required_argument, NULL, OPTION_DISCRIMINATOR},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"d-steps", required_argument, NULL, OPTION_D_STEPS},
    {"objective", required_argument, NULL, OPTION_OBJECTIVE},
    {"r1", required_argument, NULL, OPTION_R1},
    {"spectral-norm", no_argument, NULL, OPTION_SPECTRAL_NORM},
    {"label-smoothing", required_argument, NULL, OPTION_LABEL_SMOOTHING},
    {"instance-noise", required_argument, NULL, OPTION_INSTANCE_NOISE},
    {"dropout", required_argument, NULL, OPTION_DROPOUT},
    {"augment", required_argument, NULL, OPTION_AUGMENT},
    {"mirror", no_argument, NULL, OPTION_MIRROR},
    {"optimizer", required_argument, NULL, OPTION_OPTIMIZER},
    {"generator-rate", required_argument, NULL, OPTION_GENERATOR_RATE},
    {"discriminator-rate", required_argument, NULL, OPTION_DISCRIMINATOR_RATE},
    {"beta1", required_argument, NULL, OPTION_BETA1},
    {"beta2", required_argument, NULL, OPTION_BETA2},
    {"schedule", required_argument, NULL, OPTION_SCHEDULE},
    {"warmup", required_argument, NULL, OPTION_WARMUP},
    {"hold", required_argument, NULL, OPTION_HOLD},
    {"ema", required_argument, NULL, OPTION_EMA},
    {"log-steps", required_argument, NULL, OPTION_LOG_STEPS},
    {NULL, 0, NULL, 0},
};

static const char help_text[] =
    "usage: comicgan train --model vector --data DIR|IDX --out RUN [options]\n"
    "       comicgan train --resume RUN [--steps N | --minutes N] [--threads N] [--monitor PORT]\n"
    "\n"
    "Train a GAN that makes small pictures from noise: a generator 100-256-512-1024-784 against a\n"
    "discriminator 784-1024-512-256-1. The data are square crops of the pictures in DIR, or an "
    "IDX\n"
    "file as MNIST comes in. RUN receives model.safetensors (for comicgan generate, augment,\n"
    "score), log.csv, samples/ and checkpoints. Ctrl-C saves and stops.\n"
    "\n"
    "  --steps N            stop when N steps are done (default 10000 without --minutes)\n"
    "  --minutes N          stop after N minutes\n"
    "  --force              replace what is in RUN already\n"
    "  --seed S             random seed (default 1)\n"
    "  --threads N          threads (default: all processors); the result does not depend on "
    "it\n" CG_CLI_WATCH_HELP "  --name NAME          of the model (default: vector)\n"
    "  --log-steps N        steps between rows of log.csv (default 100)\n"
    "\n"
    "Pictures:\n"
    "  --side PX            side of the pictures (default 28)\n"
    "  --channels 1|3       grey or colour (default 1)\n"
    "  --crop SHARE         side of the crops as a share of the picture's shorter side, give or\n"
    "                       take a quarter (default 0.5; 1: the middle square of each)\n"
    "  --crops N            crops of each picture (default: enough for 8192 in all)\n"
    "  --mirror             mirror real pictures half of the time\n"
    "\n"
    "Networks:\n"
    "  --noise N            numbers that a picture is made from (default 100)\n"
    "  --generator W,W,...  widths of the hidden layers (default 256,512,1024)\n"
    "  --discriminator W,W,...\n"
    "                       (default 1024,512,256)\n"
    "\n"
    "The game (docs/GAN.md):\n"
    "  --objective NAME     minimax, non-saturating (default), least-squares, hinge\n"
    "  --r1 W               weight of D's gradient penalty (default 0.2; 0: none)\n"
    "  --spectral-norm      bound D's layers by their largest singular value\n"
    "  --label-smoothing S  real pictures count as 1 - S (default 0)\n"
    "  --instance-noise S   deviation of the noise on what D sees, halved every 1000 steps\n"
    "  --dropout P          share of D's hidden values dropped (default 0)\n"
    "  --augment LIST       what is done to all that D sees: colour, translation, cutout\n"
    "  --d-steps N          steps of D for one of G (default 1)\n"
    "\n"
    "Learning:\n"
    "  --batch N            pictures a step (default 128)\n"
    "  --optimizer NAME     adam (default), rmsprop, sgd\n"
    "  --generator-rate R, --discriminator-rate R\n"
    "                       learning rates (default 2e-4)\n"
    "  --beta1 B, --beta2 B of Adam; of SGD's momentum and RMSProp's mean (default 0.5, 0.99)\n"
    "  --schedule NAME      constant, root (default), halves, cosine\n"
    "  --hold N             the schedule's length in steps (default 20000)\n"
    "  --warmup N           steps in which the rates rise (default 0)\n"
    "  --ema D              decay of the average that is shipped (default 0.999; 0: none)\n"
    "  --help               this text\n";

/* ---- values ---------------------------------------------------------------------------------- */

/* A word of a list that ends with NULL, by its place; false after a message. */
static bool parse_word(const char *option, const char *text, const char *const *words, int *out)
{
    char list[128] = "";
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return true;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof(list) - used, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    cg_cli_fail(CG_EXIT_USAGE, "--%s: expected one of %s, found \"%s\"", option, list, text);
    return false;
}

static bool parse_objective(const char *text, enum cg_gan_objective *out)
{
    static const char *const words[] = {"minimax", "non-saturating", "least-squares", "hinge",
                                        NULL};
    int index = 0;
    bool ok = parse_word("objective", text, words, &index);
    *out = (enum cg_gan_objective)index;
    return ok;
}

static bool parse_rule(const char *text, enum cg_update_rule *out)
{
    static const char *const words[] = {"adam", "rmsprop", "sgd", NULL};
    int index = 0;
    bool ok = parse_word("optimizer", text, words, &index);
    *out = (enum cg_update_rule)index;
    return ok;
}

static bool parse_schedule(const char *text, enum cg_schedule *out)
{
    static const char *const words[] = {"constant", "root", "halves", "cosine", NULL};
    int index = 0;
    bool ok = parse_word("schedule", text, words, &index);
    *out = (enum cg_schedule)index;
    return ok;
}

/* The parts of a list between commas, one call each; false when one is refused. */
static bool for_each_part(const char *text, bool (*take)(const char *part, void *context),
                          void *context)
{
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        char part[64]; /* what is longer is no part, cut or not */
        snprintf(part, sizeof(part), "%.*s", (int)length, at);
        bool ok = take(part, context);
        at += length;
        if (!ok || *at == '\0')
            return ok;
    }
}

static bool take_width(const char *part, void *context)
{
    struct cg_vector_widths *widths = context;
    if (widths->count == CG_VECTOR_WIDTHS_MAX) {
        cg_cli_fail(CG_EXIT_USAGE, "widths: expected at most %d", CG_VECTOR_WIDTHS_MAX);
        return false;
    }
    return cg_cli_parse_int("generator, --discriminator", part, 1, CG_VECTOR_WIDTH_MAX,
                            &widths->width[widths->count++]);
}

static bool parse_widths(const char *text, struct cg_vector_widths *out)
{
    *out = (struct cg_vector_widths){0};
    return for_each_part(text, take_width, out);
}

static bool take_augment(const char *part, void *context)
{
    static const char *const words[] = {"colour", "translation", "cutout", NULL};
    int bit = 0;
    bool ok = parse_word("augment", part, words, &bit);
    *(int *)context |= 1 << bit;
    return ok;
}

/* ---- options --------------------------------------------------------------------------------- */

/* Options of the pictures and of the networks; -1 when it is none of them. */
static int take_shape_option(struct cg_vector_options *options, int option, const char *value)
{
    struct cg_vector_config *config = &options->config;
    switch (option) {
    case OPTION_SIDE:
        return cg_cli_parse_int("side", value, 4, CG_VECTOR_SIDE_MAX_PX, &config->side_px);
    case OPTION_CHANNELS:
        return cg_cli_parse_int("channels", value, 1, 3, &config->channels);
    case OPTION_CROPS:
        return cg_cli_parse_int("crops", value, 1, CG_SAMPLES_CROPS_MAX, &options->crops);
    case OPTION_CROP:
        return cg_cli_parse_float("crop", value, 0.05f, 1.0f, &options->crop);
    case OPTION_MIRROR:
        options->recipe.mirror = 1;
        return 1;
    case OPTION_NOISE:
        return cg_cli_parse_int("noise", value, 1, CG_VECTOR_LATENT_MAX, &config->latent);
    case OPTION_GENERATOR:
        return parse_widths(value, &config->generator);
    case OPTION_DISCRIMINATOR:
        return parse_widths(value, &config->discriminator);
    case OPTION_DROPOUT:
        return cg_cli_parse_float("dropout", value, 0.0f, 0.9f, &config->dropout);
    default:
        return -1;
    }
}

/* Options of the game; -1 when it is none of them. */
static int take_game_option(struct cg_vector_recipe *recipe, int option, const char *value)
{
    switch (option) {
    case OPTION_OBJECTIVE:
        return parse_objective(value, &recipe->objective);
    case OPTION_R1:
        return cg_cli_parse_float("r1", value, 0.0f, 1000.0f, &recipe->r1);
    case OPTION_SPECTRAL_NORM:
        recipe->spectral_norm = 1;
        return 1;
    case OPTION_LABEL_SMOOTHING:
        return cg_cli_parse_float("label-smoothing", value, 0.0f, 0.5f, &recipe->label_smoothing);
    case OPTION_INSTANCE_NOISE:
        return cg_cli_parse_float("instance-noise", value, 0.0f, 10.0f, &recipe->instance_noise);
    case OPTION_AUGMENT:
        recipe->augment = 0;
        return for_each_part(value, take_augment, &recipe->augment);
    case OPTION_D_STEPS:
        return cg_cli_parse_int("d-steps", value, 1, 100, &recipe->d_steps);
    default:
        return -1;
    }
}

/* Options of the optimisers. */
static bool take_learning_option(struct cg_vector_recipe *recipe, int option, const char *value)
{
    switch (option) {
    case OPTION_BATCH:
        return cg_cli_parse_int("batch", value, 2, 65536, &recipe->batch);
    case OPTION_OPTIMIZER:
        return parse_rule(value, &recipe->rule);
    case OPTION_GENERATOR_RATE:
        return cg_cli_parse_float("generator-rate", value, 0.0f, RATE_MAX, &recipe->generator_rate);
    case OPTION_DISCRIMINATOR_RATE:
        return cg_cli_parse_float("discriminator-rate", value, 0.0f, RATE_MAX,
                                  &recipe->discriminator_rate);
    case OPTION_BETA1:
        return cg_cli_parse_float("beta1", value, 0.0f, 0.9999f, &recipe->beta1);
    case OPTION_BETA2:
        return cg_cli_parse_float("beta2", value, 0.0f, 0.99999f, &recipe->beta2);
    case OPTION_SCHEDULE:
        return parse_schedule(value, &recipe->schedule);
    case OPTION_WARMUP:
        return cg_cli_parse_steps("warmup", value, &recipe->warmup);
    case OPTION_HOLD:
        return cg_cli_parse_steps("hold", value, &recipe->hold);
    case OPTION_EMA:
        return cg_cli_parse_float("ema", value, 0.0f, 0.99999f, &recipe->ema);
    default:
        return cg_cli_parse_int("log-steps", value, 1, 1000000, &recipe->log_steps);
    }
}

static bool take_option(void *own, int option, const char *value)
{
    struct cg_vector_options *options = own;
    int taken = take_shape_option(options, option, value);
    if (taken < 0)
        taken = take_game_option(&options->recipe, option, value);
    return taken < 0 ? take_learning_option(&options->recipe, option, value) : taken != 0;
}

/* ---- the command ----------------------------------------------------------------------------- */

/* What the command line has for every kind of training. */
static void complete(struct cg_vector_options *options, const struct cg_cli_train *common)
{
    options->data = common->data;
    options->out_dir = common->out_dir;
    options->seed = common->seed;
    options->threads = common->threads;
    options->force = common->force;
    options->name = common->name != NULL ? common->name : CG_VECTOR_NAME;
}

static enum cg_status train(void *own, const struct cg_cli_train *common,
                            struct cg_cli_display *display, struct cg_error *error)
{
    struct cg_vector_options *options = own;
    if (common->resume != NULL)
        return cg_vector_resume(common->resume, common->threads, &common->limits,
                                cg_cli_show_vector, display, error);
    complete(options, common);
    return cg_vector_start(options, &common->limits, cg_cli_show_vector, display, error);
}

enum cg_status cg_cli_is_vector(int argc, char *argv[], bool *out, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    *out = false;
    for (int i = 1; i < argc && status == CG_OK && !*out; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--model=vector") == 0 ||
            (strcmp(argv[i], "--model") == 0 && strcmp(next, CG_VECTOR_NAME) == 0))
            *out = true;
        else if (strcmp(argv[i], "--resume") == 0)
            status = cg_vector_is_run(next, out, error);
        else if (strncmp(argv[i], "--resume=", 9) == 0)
            status = cg_vector_is_run(argv[i] + 9, out, error);
    }
    return status;
}

int cg_cli_train_vector(int argc, char *argv[])
{
    static const struct cg_cli_train_kind kind = {.model = CG_VECTOR_NAME,
                                                  .data = "DIR|IDX",
                                                  .help = help_text,
                                                  .help_command =
                                                      "comicgan train --model vector --help",
                                                  .options = long_options,
                                                  .default_steps = DEFAULT_STEPS,
                                                  .take = take_option,
                                                  .train = train};
    struct cg_vector_options options = {.config = CG_VECTOR_DEFAULT,
                                        .crop = CG_SAMPLES_CROP_DEFAULT,
                                        .recipe = CG_VECTOR_RECIPE_DEFAULT};
    return cg_cli_train(&kind, &options, argc, argv);
}
