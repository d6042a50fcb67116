/* Seeds: model files of both kinds and picture networks, written by the program itself. */
#include "fuzz/seeds.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/rng.h"
#include "convnet/convnet.h"
#include "gan/vector_model.h"
#include "gan/vector_trainer.h"
#include "model/model.h"
#include "train/style/trainer.h"
#include "unit/fixture.h"
#include "unit/fixture_convnet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED_MAX_NBYTES ((size_t)1 << 20)

static void must(enum cg_status status, const struct cg_error *error)
{
    if (status == CG_OK)
        return;
    fprintf(stderr, "fuzz_seeds: %s\n", error->text);
    exit(EXIT_FAILURE);
}

/* A file that the program wrote as a seed. */
static void save_file(const char *path, const char *target, const char *name)
{
    struct cg_error error;
    struct fixture_bytes file;
    must(cg_file_read(path, SEED_MAX_NBYTES, &file.bytes, &file.nbytes, &error), &error);
    seed_save(target, name, &file);
}

static float *random_numbers(size_t count)
{
    float *numbers = cg_alloc(count, sizeof(*numbers), "numbers", NULL);
    struct cg_rng rng = cg_rng_make(1, 0, 0);
    for (size_t i = 0; numbers != NULL && i < count; i++)
        numbers[i] = 0.1f * cg_rng_normal(&rng);
    return numbers;
}

static void save_style(const char *path, int levels)
{
    struct cg_error error;
    struct cg_model model = {
        .config = {.level_count = levels,
                   .levels = {{.channels = 8, .down = {1, {1}}}, {.channels = 8, .down = {1, {2}}}},
                   .feature_px = levels == 1 ? 1 : 2,
                   .pixel_features = 1,
                   .head_layers = 1,
                   .head_channels = {1}},
        .card = {.name = "tiny",
                 .summary = "Lines.",
                 .looks = {.detail_px = 64,
                           .ink = 0.9f,
                           .line = 1.5f,
                           .colors = 8,
                           .hatch = 0.5f,
                           .halftone = 0.3f,
                           .halftone_dots = 90,
                           .paper = {0.9f, 0.8f, 0.7f},
                           .grain = 0.2f}}};
    must(cg_generator_build(&model.config, &model.network, &error), &error);
    model.parameters = random_numbers(model.network->parameter_count);
    must(cg_model_write(path, CG_WRITE_OVER, &model, NULL, &error), &error);
    save_file(path, "model", levels == 1 ? "style" : "style-pyramid");
    free(model.parameters);
    cg_network_free(model.network);
}

static void save_gan(const char *path)
{
    struct cg_error error;
    struct cg_vector_model model = {.config = {.side_px = 4,
                                               .channels = 1,
                                               .latent = 2,
                                               .generator = {1, {2}},
                                               .discriminator = {1, {2}},
                                               .dropout = 0.1f},
                                    .name = "gan"};
    must(cg_vector_generator_build(&model.config, &model.networks[CG_VECTOR_G], &error), &error);
    must(cg_vector_discriminator_build(&model.config, &model.networks[CG_VECTOR_D], &error),
         &error);
    for (int i = 0; i < CG_VECTOR_NETWORKS; i++)
        model.parameters[i] = random_numbers(model.networks[i]->parameter_count);
    must(cg_vector_model_write(path, &model, (const float *const *)model.parameters, &error),
         &error);
    save_file(path, "model", "gan");
    for (int i = 0; i < CG_VECTOR_NETWORKS; i++) {
        free(model.parameters[i]);
        cg_network_free(model.networks[i]);
    }
}

static void save_runs(const char *folder, const char *path)
{
    const struct cg_train_limits limits = {.steps = 100, .minutes = 2.5};
    const struct cg_run_record record = {&limits, 0, 0xfeed};
    const struct cg_train_options style = {.out_dir = folder,
                                           .data_dir = "data",
                                           .cache_dir = "cache",
                                           .name = "tiny",
                                           .summary = "Lines.",
                                           .detail_px = 640,
                                           .recipe = CG_RECIPE_DEFAULT};
    const struct cg_vector_options gan = {.out_dir = folder,
                                          .data = "digits",
                                          .name = "gan",
                                          .config = CG_VECTOR_DEFAULT,
                                          .recipe = CG_VECTOR_RECIPE_DEFAULT};
    struct cg_error error;
    must(cg_run_file_write(&CG_STYLE_RUN, folder, &style, &record, NULL, &error), &error);
    save_file(path, "run", "style-written");
    must(cg_vector_run_write(&gan, &record, &error), &error);
    save_file(path, "run", "gan-written");
}

void seed_models(void)
{
    char folder[64], path[128];
    fixture_make_folder(folder);
    snprintf(path, sizeof(path), "%s/model", folder);
    save_style(path, 1);
    save_style(path, 2);
    save_gan(path);
    snprintf(path, sizeof(path), "%s/network", folder);
    fixture_convnet_write(path);
    save_file(path, "convnet", "list");
    snprintf(path, sizeof(path), "%s/run.json", folder);
    save_runs(folder, path);
    fixture_remove_folder(folder);
}
