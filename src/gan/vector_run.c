/* The options of a vector GAN's run as tables, and its run.json. A new number of the recipe is a
 * field and a row. */
#include "gan/vector_trainer.h"

const struct cg_vector_recipe CG_VECTOR_RECIPE_DEFAULT = {
    .batch = 128,
    .d_steps = 1,
    .objective = CG_GAN_NON_SATURATING,
    .r1 = 0.2f,
    .rule = CG_UPDATE_ADAM,
    .generator_rate = 2e-4f,
    .discriminator_rate = 2e-4f,
    .beta1 = 0.5f,
    .beta2 = 0.99f,
    .schedule = CG_SCHEDULE_ROOT,
    .hold = 20000,
    .ema = 0.999f,
    .log_steps = 100,
};

static const char *const objectives[] = {"minimax", "non-saturating", "least-squares", "hinge",
                                         NULL};
static const char *const rules[] = {"adam", "rmsprop", "sgd", NULL};
static const char *const schedules[] = {"constant", "root", "halves", "cosine", NULL};
static const char *const augments[] = {"colour", "translation", "cutout", NULL};

#define AT(member) offsetof(struct cg_vector_recipe, member)

const struct cg_option CG_VECTOR_RECIPE_OPTIONS[] = {
    {"mirror", 0, CG_OPTION_FLAG, AT(mirror), NULL, "mirror real pictures half of the time",
     .key = "mirror"},
    {"The game (docs/GAN.md):", .kind = CG_OPTION_HEADING},
    {"objective", 0, CG_OPTION_CHOICE, AT(objective), "NAME",
     "minimax, non-saturating, least-squares, hinge (default: %d)", .words = objectives,
     .key = "objective"},
    {"r1", 0, CG_OPTION_FLOAT, AT(r1), "W", "weight of D's gradient penalty (default %d; 0: none)",
     0, 1000, .key = "r1"},
    {"spectral-norm", 0, CG_OPTION_FLAG, AT(spectral_norm), NULL,
     "bound D's layers by their largest singular value", .key = "spectral_norm"},
    {"label-smoothing", 0, CG_OPTION_FLOAT, AT(label_smoothing), "S",
     "real pictures count as 1 - S (default %d)", 0, 0.5, .key = "label_smoothing"},
    {"instance-noise", 0, CG_OPTION_FLOAT, AT(instance_noise), "S",
     "deviation of the noise on what D sees, halved every 1000 steps (default %d)", 0, 10,
     .key = "instance_noise"},
    {"augment", 0, CG_OPTION_SET, AT(augment), "LIST",
     "what is done to all that D sees: colour, translation, cutout", .words = augments,
     .key = "augment"},
    {"d-steps", 0, CG_OPTION_INT, AT(d_steps), "N", "steps of D for one of G (default %d)", 1, 100,
     .key = "d_steps"},
    {"Learning:", .kind = CG_OPTION_HEADING},
    {"batch", 0, CG_OPTION_INT, AT(batch), "N", "pictures a step (default %d)", 2, 65536,
     .key = "batch"},
    {"optimizer", 0, CG_OPTION_CHOICE, AT(rule), "NAME", "adam, rmsprop, sgd (default: %d)",
     .words = rules, .key = "rule"},
    {"generator-rate", 0, CG_OPTION_FLOAT, AT(generator_rate), "R",
     "learning rate of G (default %d)", 0, 1, .key = "generator_rate"},
    {"discriminator-rate", 0, CG_OPTION_FLOAT, AT(discriminator_rate), "R",
     "learning rate of D (default %d)", 0, 1, .key = "discriminator_rate"},
    {"beta1", 0, CG_OPTION_FLOAT, AT(beta1), "B", "of Adam; SGD's momentum (default %d)", 0, 0.9999,
     .key = "beta1"},
    {"beta2", 0, CG_OPTION_FLOAT, AT(beta2), "B", "of Adam; of RMSProp's mean (default %d)", 0,
     0.99999, .key = "beta2"},
    {"schedule", 0, CG_OPTION_CHOICE, AT(schedule), "NAME",
     "constant, root, halves, cosine (default: %d)", .words = schedules, .key = "schedule"},
    {"hold", 0, CG_OPTION_STEPS, AT(hold), "N", "the schedule's length in steps (default %d)", 0,
     1e9, .key = "hold"},
    {"warmup", 0, CG_OPTION_STEPS, AT(warmup), "N", "steps in which the rates rise (default %d)", 0,
     1e9, .key = "warmup"},
    {"ema", 0, CG_OPTION_FLOAT, AT(ema), "D",
     "decay of the average that is shipped (default %d; 0: none)", 0, 0.99999, .key = "ema"},
    {"log-steps", 0, CG_OPTION_INT, AT(log_steps), "N",
     "steps between rows of log.csv (default %d)", 1, 1000000, .key = "log_steps"},
    CG_OPTION_END,
};

#undef AT
#define AT(member) offsetof(struct cg_vector_options, member)

const struct cg_option CG_VECTOR_OPTIONS[] = {
    {"Pictures:", .kind = CG_OPTION_HEADING},
    {"side", 0, CG_OPTION_INT, AT(config.side_px), "PX", "side of the pictures (default %d)", 4,
     CG_VECTOR_SIDE_MAX_PX, .key = "side_px"},
    {"channels", 0, CG_OPTION_INT, AT(config.channels), "N", "1, grey, or 3, colour (default %d)",
     1, 3, .key = "channels"},
    {"crop", 0, CG_OPTION_FLOAT, AT(crop), "SHARE",
     "side of the crops as a share of the picture's shorter side, give or take a quarter (default "
     "%d; 1: the middle square of each)",
     0.05, 1, .key = "crop"},
    {"crops", 0, CG_OPTION_INT, AT(crops), "N",
     "crops of each picture (default: enough for 8192 in all)", 1, CG_SAMPLES_CROPS_MAX,
     .key = "crops"},
    {"noise", 0, CG_OPTION_INT, AT(config.latent), "N",
     "numbers that a picture is made from (default %d)", 1, CG_VECTOR_LATENT_MAX, .key = "noise"},
    {"dropout", 0, CG_OPTION_FLOAT, AT(config.dropout), "P",
     "share of D's hidden values dropped (default %d)", 0, 0.9, .key = "dropout"},
    {.kind = CG_OPTION_STEPS, .field = AT(seed), .key = "seed"},
    {.kind = CG_OPTION_FLAG, .field = AT(strict), .key = "strict", .is_new = true},
    CG_OPTION_END,
};

static const struct cg_option rows[] = {
    {.kind = CG_OPTION_TEXT, .field = AT(name), .key = "name"},
    {.kind = CG_OPTION_TEXT, .field = AT(data), .key = "data"},
    {.kind = CG_OPTION_GROUP, .rows = CG_VECTOR_OPTIONS, .key = "options"},
    {.kind = CG_OPTION_GROUP,
     .rows = CG_VECTOR_RECIPE_OPTIONS,
     .field = AT(recipe),
     .key = "recipe"},
    CG_OPTION_END,
};

static const struct cg_run_kind kind = {CG_VECTOR_NAME, 3, rows};

static enum cg_status widths_from_json(const struct cg_run_file *file, const char *key,
                                       struct cg_vector_widths *widths, struct cg_error *error)
{
    const json_t *array = json_object_get(file->root, key);
    size_t count = json_array_size(array);
    if (count < 1 || count > CG_VECTOR_WIDTHS_MAX)
        return cg_fail(error, CG_ERR_FORMAT, "%s: expected 1 to %d widths as \"%s\", found %zu",
                       file->path, CG_VECTOR_WIDTHS_MAX, key, count);
    widths->count = (int)count;
    for (size_t i = 0; i < count; i++)
        widths->width[i] = (int)json_integer_value(json_array_get(array, i));
    return CG_OK;
}

enum cg_status cg_vector_run_write(const struct cg_vector_options *options,
                                   const struct cg_run_record *record, struct cg_error *error)
{
    const struct cg_vector_config *config = &options->config;
    json_t *widths =
        json_pack("{s:o, s:o}", "generator", cg_vector_widths_to_json(&config->generator),
                  "discriminator", cg_vector_widths_to_json(&config->discriminator));
    return cg_run_file_write(&kind, options->out_dir, options, record, widths, error);
}

enum cg_status cg_vector_run_read(const char *out_dir, struct cg_vector_options *options,
                                  struct cg_run_file *file, struct cg_error *error)
{
    struct cg_vector_config *config = &options->config;
    *options = (struct cg_vector_options){.out_dir = out_dir};
    enum cg_status status = cg_run_file_read(&kind, out_dir, options, file, error);
    if (status != CG_OK)
        return status;
    status = widths_from_json(file, "generator", &config->generator, error);
    if (status == CG_OK)
        status = widths_from_json(file, "discriminator", &config->discriminator, error);
    if (status != CG_OK)
        cg_run_file_release(file);
    return status;
}

enum cg_status cg_vector_is_run(const char *out_dir, bool *out, struct cg_error *error)
{
    return cg_run_file_is(out_dir, CG_VECTOR_NAME, out, error);
}
