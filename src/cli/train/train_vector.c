/* comicgan train --model vector: see train_common.h. */
#include "cli/train/train_common.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_STEPS 10000
struct vector {
    struct cg_cli_train common;
    struct cg_vector_options options;
};

/* Comma-separated numbers. */
static bool set_widths(void *field, const struct cg_option *row, const char *text)
{
    struct cg_vector_widths *widths = field;
    const struct cg_option width = {row->name, .kind = CG_OPTION_INT, .low = 1,
                                    .high = CG_VECTOR_WIDTH_MAX};
    widths->count = 0;
    for (const char *end; text != NULL; text = *end == ',' ? end + 1 : NULL) {
        char part[16];
        double value;
        end = text + strcspn(text, ",");
        snprintf(part, sizeof(part), "%.*s", (int)(end - text), text);
        if (widths->count == CG_VECTOR_WIDTHS_MAX) {
            cg_cli_fail(CG_EXIT_USAGE, "--%s: expected at most %d widths, found more", row->name,
                        CG_VECTOR_WIDTHS_MAX);
            return false;
        }
        if (!cg_command_parse_number(&width, part, &value))
            return false;
        widths->width[widths->count++] = (int)value;
    }
    return true;
}

#define AT(member) offsetof(struct vector, member)

static const struct cg_option own_rows[] = {
    {"name", 0, CG_OPTION_TEXT, AT(common.name), "NAME", "of the model (default: %d)"},
    {"generator", 0, CG_OPTION_CUSTOM, AT(options.config.generator), "W,W,...",
     "widths of the hidden layers (default 256,512,1024)", .set = set_widths},
    {"discriminator", 0, CG_OPTION_CUSTOM, AT(options.config.discriminator), "W,W,...",
     "those of the discriminator (default 1024,512,256)", .set = set_widths},
    CG_OPTION_END,
};

static const struct cg_option rows[] = {
    CG_CLI_TRAIN_GROUPS(own_rows),
    {.kind = CG_OPTION_GROUP,
     .rows = CG_VECTOR_OPTIONS,
     .field = AT(options),
     .given = AT(common.new_run_given)},
    {.kind = CG_OPTION_GROUP,
     .rows = CG_VECTOR_RECIPE_OPTIONS,
     .field = AT(options.recipe),
     .given = AT(common.recipe_given)},
    CG_OPTION_END,
};

static const struct cg_command command = {
    .name = "train --model vector",
    .summary = "train a GAN that makes small pictures from noise",
    .usage = "--data DIR|IDX --out RUN [OPTIONS]\n"
             "--resume RUN [--steps N | --minutes N] [--threads N] [--monitor PORT]",
    .about = "Train a GAN that makes small pictures from noise: a generator 100-256-512-1024-784 "
             "against a discriminator 784-1024-512-256-1. The data are square crops of the "
             "pictures in DIR, or an IDX file as MNIST comes in. RUN receives model.safetensors "
             "(for comicgan generate, augment, score), log.csv, samples/ and checkpoints. Ctrl-C "
             "saves and stops.",
    .options = rows,
};

/* ---- the command ----------------------------------------------------------------------------- */

/* Copy the options common to all kinds. */
static void complete(struct cg_vector_options *options, const struct cg_cli_train *common)
{
    options->data = common->data;
    options->out_dir = common->out_dir;
    options->seed = common->seed;
    options->threads = common->threads;
    options->force = common->force;
    options->strict = common->strict;
    options->name = common->name;
}

static enum cg_status train(void *own, const struct cg_cli_train *common,
                            struct cg_cli_display *display, struct cg_error *error)
{
    struct cg_vector_options *options = &((struct vector *)own)->options;
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
    static const struct cg_cli_train_kind kind = {.model = 1,
                                                  .data = "DIR|IDX",
                                                  .command = &command,
                                                  .default_steps = DEFAULT_STEPS,
                                                  .train = train};
    struct vector vector = {.common.name = CG_VECTOR_NAME,
                            .options = {.config = CG_VECTOR_DEFAULT,
                                        .crop = CG_SAMPLES_CROP_DEFAULT,
                                        .recipe = CG_VECTOR_RECIPE_DEFAULT}};
    return cg_cli_train(&kind, &vector, &vector.common, argc, argv);
}
