/*
 * The recipes: see recipe.h; docs/TRAINING.md has the measurements behind the numbers.
 * A new number is a field of struct cg_recipe and a row of the table at the end.
 */
#include "train/style/recipe.h"

const struct cg_recipe CG_RECIPE_DEFAULT = {
    .crop_px = 128,
    .batch = 8,
    .noise = 0.02f,
    .micro_batch_crops = 2,
    .pretrain_steps = 20000,
    .head_start_steps = 300,
    .colour = 1.0f,
    .gradient = 1.0f,
    .comic = 1.0f,
    .ink = 0.3f,
    .chroma = 1.0f,
    .palette = 0.8f,
    .target_fraction = 0.5f,
    .teacher_fraction = 0.0f,
    .objective = CG_GAN_HINGE,
    .adversarial = {[CG_CRITIC_LINE] = 0.1f, [CG_CRITIC_COLOUR] = 0.02f},
    .pretrain_rate = 1.5e-3f,
    .generator_rate = 4e-4f,
    .critic_rate = 1e-3f,
};

/* What `oz`, `pen`, `pepper` and `nursery` were made by, but for details. */
const struct cg_recipe CG_RECIPE_RESTYLE = {
    .crop_px = 128,
    .batch = 8,
    .noise = 0.02f,
    .micro_batch_crops = 2,
    .pretrain_steps = 0,
    .head_start_steps = 150,
    .colour = 1.0f,
    .gradient = 4.0f,
    .comic = 1.0f,
    .ink = 0.3f,
    .chroma = 1.0f,
    .spurious_ink = 1.0f,
    .palette = 1.0f,
    .target_fraction = 1.0f,
    .teacher_fraction = 0.3f,
    .objective = CG_GAN_HINGE,
    .adversarial = {[CG_CRITIC_LINE] = 0.08f, [CG_CRITIC_COLOUR] = 0.04f},
    .pretrain_rate = 1.5e-3f,
    .generator_rate = 4e-4f,
    .critic_rate = 1e-3f,
};

bool cg_recipe_needs_features(const struct cg_recipe *recipe)
{
    return recipe->perceptual > 0.0f || recipe->patch_nce > 0.0f;
}

bool cg_recipe_has_critic(const struct cg_recipe *recipe, enum cg_critic critic)
{
    return critic != CG_CRITIC_PAIR || recipe->adversarial[critic] > 0.0f;
}

#define AT(member) offsetof(struct cg_recipe, member)

const struct cg_option CG_RECIPE_OPTIONS[] = {
    {"pretrain", 0, CG_OPTION_STEPS, AT(pretrain_steps), "N",
     "steps on targets before the adversaries join (default %d)", 0, 1e9, .key = "pretrain_steps"},
    {"crop", 0, CG_OPTION_INT, AT(crop_px), "PX", "side of the crops (default %d)", 48, 512,
     .key = "crop_px"},
    {"batch", 0, CG_OPTION_INT, AT(batch), "N", "crops a step (default %d)", 2, 1024,
     .key = "batch"},
    {"noise", 0, CG_OPTION_FLOAT, AT(noise), "X",
     "noise put on the photos, largest deviation in 1/255 (default %d): comics stay calm where "
     "photos are grainy, and from frame to frame",
     0, 64, .key = "noise", .unit = 1.0 / 255.0},
    {"consistency", 0, CG_OPTION_FLOAT, AT(consistency), "W",
     "weight of: the same photo, moved by up to 4 pixels and with other noise, gives the same "
     "comic, so that videos do not flicker (default %d)",
     0, 100, .key = "consistency"},
    {"adversarial-line", 0, CG_OPTION_FLOAT, AT(adversarial[CG_CRITIC_LINE]), "W",
     "weight of the critic of line (default %d)", 0, 100, .key = "adversarial_line"},
    {"adversarial-colour", 0, CG_OPTION_FLOAT, AT(adversarial[CG_CRITIC_COLOUR]), "W",
     "weight of the critic of colour (default %d)", 0, 100, .key = "adversarial_colour"},
    {"adversarial-pair", 0, CG_OPTION_FLOAT, AT(adversarial[CG_CRITIC_PAIR]), "W",
     "weight of the critic that sees the photo beside the comic (default %d: none)", 0, 100,
     .key = "adversarial_pair", .is_new = true},
    {"r1", 0, CG_OPTION_FLOAT, AT(r1), "W",
     "weight of the critics' gradient penalty on real pictures (default %d: none)", 0, 1000,
     .key = "r1", .is_new = true},
    {"perceptual", 0, CG_OPTION_FLOAT, AT(perceptual), "W",
     "weight of the perceptual loss: comics look like their targets to the network of --features "
     "(default %d)",
     0, 100, .key = "perceptual", .is_new = true},
    {"patch-nce", 0, CG_OPTION_FLOAT, AT(patch_nce), "W",
     "weight of PatchNCE: to the network of --features each place of a comic is more like that "
     "place of its photo than like others (default %d)",
     0, 100, .key = "patch_nce", .is_new = true},
    {"spurious-ink", 0, CG_OPTION_FLOAT, AT(spurious_ink), "W",
     "weight against ink that is far from every line of the target: flecks, as critics ask for "
     "(default %d)",
     0, 100, .key = "spurious_ink"},
    {"target", 0, CG_OPTION_FLOAT, AT(target_fraction), "W",
     "weight of the targets in the second stage (default %d)", 0, 100, .key = "target_fraction"},
    {"teacher", 0, CG_OPTION_FLOAT, AT(teacher_fraction), "P",
     "share of the teacher's pictures among the critics' real ones (default %d; 1 without comics)",
     0, 1, .key = "teacher_fraction"},
    {"gradient", 0, CG_OPTION_FLOAT, AT(gradient), "W",
     "weight of the differences between neighbours, for flat areas and clean edges (default %d)", 0,
     100, .key = "gradient"},
    {"flat", 0, CG_OPTION_FLOAT, AT(flat), "W",
     "weight against differences between neighbours, whatever the target has: flatter areas "
     "(default %d)",
     0, 100, .key = "flat", .is_new = true},
    {"palette", 0, CG_OPTION_FLOAT, AT(palette), "X",
     "how far colours follow those of the comics: 0 not at all, 1 as far as looks well (default "
     "%d)",
     0, 1, .key = "palette"},
    {"ink", 0, CG_OPTION_FLOAT, AT(ink), "W",
     "weight of the targets' ink: the more, the surer its lines (default %d)", 0, 100,
     .key = "ink"},
    {"chroma", 0, CG_OPTION_FLOAT, AT(chroma), "W", "weight of the targets' hues (default %d)", 0,
     100, .key = "chroma"},
    {"pretrain-rate", 0, CG_OPTION_FLOAT, AT(pretrain_rate), "R",
     "learning rate on targets, before it falls (default %d)", 0, 1, .key = "pretrain_rate"},
    {"rate", 0, CG_OPTION_FLOAT, AT(generator_rate), "R",
     "learning rate of the second stage, before it falls (default %d)", 0, 1,
     .key = "generator_rate"},
    /* in run.json alone */
    {.kind = CG_OPTION_INT, .field = AT(micro_batch_crops), .key = "micro_batch_crops"},
    {.kind = CG_OPTION_STEPS, .field = AT(head_start_steps), .key = "head_start_steps"},
    {.kind = CG_OPTION_FLOAT, .field = AT(colour), .key = "colour"},
    {.kind = CG_OPTION_FLOAT, .field = AT(comic), .key = "comic"},
    {.kind = CG_OPTION_INT, .field = AT(objective), .key = "objective"},
    {.kind = CG_OPTION_FLOAT, .field = AT(critic_rate), .key = "critic_rate"},
    CG_OPTION_END,
};
