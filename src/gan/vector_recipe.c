/* The default recipe: see vector_recipe.h. A new number is a field and a row of the table. */
#include "gan/vector_recipe.h"

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
