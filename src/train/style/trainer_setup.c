/* Setting a run up and tearing it down: see trainer.h. */
#include "train/style/trainer.h"

#include "base/file.h"
#include "base/memory.h"
#include "model/architecture.h"
#include "tensor/matrix.h"
#include "train/core/run_file.h"
#include "train/style/feature_losses.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- state ----------------------------------------------------------------------------------- */

enum cg_status cg_train_state_create(const struct cg_train_options *options, struct cg_ranks *ranks,
                                     const struct cg_model *start, struct cg_train_state *out,
                                     struct cg_error *error)
{
    int micro_batches = options->recipe.batch / options->recipe.micro_batch_crops;
    struct cg_network *network = NULL;
    *out = (struct cg_train_state){0};
    out->config = start != NULL ? start->config : *cg_generator_find(options->generator);
    enum cg_status status = cg_generator_build(&out->config, &network, error);
    if (status == CG_OK)
        status = cg_learner_create(network, ranks, micro_batches, false, options->seed,
                                   &out->generator, error);
    for (int c = 0; status == CG_OK && c < CG_CRITIC_COUNT; c++) {
        if (!cg_recipe_has_critic(&options->recipe, (enum cg_critic)c))
            continue;
        status = cg_critic_build((enum cg_critic)c, &network, error);
        if (status == CG_OK)
            status = cg_learner_create(network, ranks, micro_batches, true,
                                       options->seed + 10 + (uint64_t)c, &out->critics[c], error);
    }
    if (status == CG_OK) {
        out->average = cg_alloc(out->generator.count, sizeof(float), "average", error);
        status = out->average == NULL ? CG_ERR_MEMORY : CG_OK;
    }
    if (status != CG_OK) {
        cg_train_state_clear(out);
        return status;
    }
    if (start != NULL)
        memcpy(out->generator.parameters, start->parameters, out->generator.count * sizeof(float));
    memcpy(out->average, out->generator.parameters, out->generator.count * sizeof(float));
    return CG_OK;
}

void cg_train_state_clear(struct cg_train_state *state)
{
    cg_learner_clear(&state->generator);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        cg_learner_clear(&state->critics[c]);
    free(state->average);
    *state = (struct cg_train_state){0};
}

void cg_train_state_list(struct cg_train_state *state, struct cg_state_dict *list)
{
    *list = (struct cg_state_dict){0};
    cg_state_dict_add_counter(list, "run", "step", &state->step);
    cg_state_dict_add_rollback(list, &state->rollback);
    cg_state_dict_add_learner(list, "generator", &state->generator);
    cg_state_dict_add_array(list, "generator", "average", state->average, state->generator.count);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        if (state->critics[c].network != NULL)
            cg_state_dict_add_learner(list, cg_critic_name((enum cg_critic)c), &state->critics[c]);
}

enum cg_status cg_train_state_join(struct cg_train_state *state, struct cg_error *error)
{
    struct cg_state_dict list;
    enum cg_status status = cg_learner_join(&state->generator, error);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        if (cg_learner_join(&state->critics[c], error) != CG_OK)
            status = CG_ERR_MEMORY;
    cg_train_state_list(state, &list);
    cg_state_dict_tell(&list, state->generator.ranks);
    return status;
}

/* ---- run.json -------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct cg_train_options, member)

static const struct cg_option rows[] = {
    {.kind = CG_OPTION_TEXT, .field = AT(name), .key = "name"},
    {.kind = CG_OPTION_TEXT, .field = AT(data_dir), .key = "data"},
    {.kind = CG_OPTION_TEXT, .field = AT(photos_dir), .key = "photos", .or_zero = true},
    {.kind = CG_OPTION_TEXT, .field = AT(cache_dir), .key = "cache"},
    {.kind = CG_OPTION_TEXT, .field = AT(from), .key = "from", .or_zero = true},
    {.kind = CG_OPTION_TEXT, .field = AT(generator), .key = "generator", .or_zero = true},
    {.kind = CG_OPTION_TEXT, .field = AT(summary), .key = "summary"},
    {.kind = CG_OPTION_INT, .field = AT(detail_px), .low = 64, .high = 8192, .key = "detail_px"},
    {.kind = CG_OPTION_FLOAT, .field = AT(photo_grow), .key = "photo_grow", .is_new = true},
    {.kind = CG_OPTION_TEXT, .field = AT(faces_file), .key = "faces", .or_zero = true},
    {.kind = CG_OPTION_TEXT, .field = AT(features_file), .key = "features", .or_zero = true},
    {.kind = CG_OPTION_INT,
     .field = AT(comic_detail_px),
     .low = 0,
     .high = 8192,
     .key = "comic_detail_px"},
    {.kind = CG_OPTION_FLAG, .field = AT(keep_all), .key = "keep_all", .is_new = true},
    {.kind = CG_OPTION_FLAG, .field = AT(strict), .key = "strict", .is_new = true},
    {.kind = CG_OPTION_STEPS, .field = AT(seed), .key = "seed"},
    {.kind = CG_OPTION_GROUP, .rows = CG_RECIPE_OPTIONS, .field = AT(recipe), .key = "recipe"},
    CG_OPTION_END,
};

const struct cg_run_kind CG_STYLE_RUN = {"style", 6, rows};

enum cg_status cg_run_read(const char *out_dir, struct cg_train_options *options,
                           struct cg_run_file *file, struct cg_error *error)
{
    *options = (struct cg_train_options){.out_dir = out_dir};
    enum cg_status status = cg_run_file_read(&CG_STYLE_RUN, out_dir, options, file, error);
    if (status != CG_OK || cg_generator_find(options->generator) != NULL)
        return status;
    cg_fail(error, CG_ERR_MODEL, "%s: expected a known size as \"generator\", found \"%.64s\"",
            file->path, options->generator);
    cg_run_file_release(file);
    return CG_ERR_MODEL;
}

/* ---- set-up ---------------------------------------------------------------------------------- */

/* Open and prepare the data, and leave a report of it in the run's folder. */
static enum cg_status open_data(struct cg_trainer *trainer, struct cg_error *error)
{
    struct cg_training_data *data = &trainer->data;
    *data = (struct cg_training_data){.options = trainer->options,
                                      .report = trainer->report,
                                      .report_context = trainer->report_context,
                                      .ranks = trainer->ranks};
    char *report_path = cg_run_path(trainer->options->out_dir, CG_RUN_DATA);
    enum cg_status status = cg_training_data_open(data, trainer->pool, error);
    if (status == CG_OK && report_path == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "training: out of memory");
    if (status == CG_OK)
        status = cg_folder_make(trainer->options->out_dir, error);
    if (status == CG_OK && cg_ranks_index(trainer->ranks) == 0)
        status = cg_dataset_write_report(data->dataset, report_path, error);
    status = cg_ranks_agree(trainer->ranks, status, error);
    if (status == CG_OK)
        status = cg_training_data_prepare(data, trainer->pool, error);
    trainer->dataset = data->dataset;
    free(report_path);
    return status;
}

static void tell_ready(struct cg_trainer *trainer, const struct cg_dataset_counts *counts)
{
    char text[CG_ERROR_TEXT_NBYTES];
    snprintf(text, sizeof(text),
             "%zu photos (%zu held out, %zu skipped), %zu comics with %zu panels (%zu skipped)",
             counts->photos, counts->validation, counts->photos_skipped, counts->comics,
             counts->panels, counts->comics_skipped);
    cg_trainer_tell(trainer, CG_TRAIN_READY, text);
}

static enum cg_status create_micro_batches(struct cg_trainer *trainer, struct cg_error *error)
{
    struct cg_recipe recipe = *trainer->recipe;
    struct cg_network *critics[CG_CRITIC_COUNT] = {0};
    struct cg_dataset_counts counts;
    int end;
    cg_dataset_get_counts(trainer->dataset, &counts);
    if (counts.comics == 0)
        recipe.teacher_fraction = 1.0f;
    trainer->total_micro_batches = recipe.batch / recipe.micro_batch_crops;
    cg_ranks_share(trainer->ranks, trainer->total_micro_batches, &trainer->first_micro_batch, &end);
    trainer->micro_batch_count = (size_t)(end - trainer->first_micro_batch);
    trainer->micro_batches = cg_alloc_zero(trainer->micro_batch_count,
                                           sizeof(struct cg_micro_batch *), "micro-batches", error);
    trainer->micro_batch_losses = cg_alloc_zero((size_t)trainer->total_micro_batches,
                                                sizeof(struct cg_losses), "losses", error);
    if (trainer->micro_batches == NULL || trainer->micro_batch_losses == NULL)
        return CG_ERR_MEMORY;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        critics[c] = trainer->state.critics[c].network;
    enum cg_status status = CG_OK;
    for (size_t s = 0; status == CG_OK && s < trainer->micro_batch_count; s++)
        status = cg_micro_batch_create(&recipe, trainer->first_micro_batch + (int)s,
                                       1.0f / (float)trainer->total_micro_batches,
                                       trainer->state.generator.network, critics, trainer->features,
                                       &trainer->micro_batches[s], error);
    return status;
}

/* Lines this wide, as a fraction of a page's long side, look as the generator draws them. By this
 * the widths chosen by eye for the shipped styles (oz 1.4, nursery 1.3, pen 1, pepper 0.6) are
 * found to within 0.2 from their comics. */
#define LINE_AS_TRAINED 0.00235f

/* The width of lines that follows from the data; 1 where it says nothing. */
static float line_of_data(const struct cg_dataset *dataset)
{
    struct cg_dataset_counts counts;
    cg_dataset_get_counts(dataset, &counts);
    float line = roundf(counts.line_fraction / LINE_AS_TRAINED * 10.0f) / 10.0f;
    return counts.line_fraction > 0.0f ? fminf(fmaxf(line, 0.5f), 2.0f) : 1.0f;
}

/* The model as it will be written: the generator's architecture under the run's own card. */
static enum cg_status make_card(struct cg_trainer *trainer, struct cg_error *error)
{
    struct cg_model *card = cg_alloc_zero(1, sizeof(*card), "model", error);
    trainer->card = card;
    if (card == NULL)
        return CG_ERR_MEMORY;
    card->config = trainer->state.config;
    card->card.name = cg_string_copy(trainer->options->name);
    card->card.summary = cg_string_copy(trainer->options->summary);
    card->card.looks = cg_render_params_neutral(trainer->options->detail_px);
    card->card.looks.line = line_of_data(trainer->dataset);
    if (card->card.name == NULL || card->card.summary == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "model: out of memory");
    return cg_generator_build(&card->config, &card->network, error);
}

static enum cg_status check_recipe(const struct cg_recipe *recipe, int token_px, int ranks,
                                   struct cg_error *error)
{
    int least = token_px;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        if (cg_critic_least_px((enum cg_critic)c) > least)
            least = cg_critic_least_px((enum cg_critic)c);
    if (recipe->crop_px < least || recipe->crop_px > CG_DATASET_CROP_MAX_PX ||
        recipe->crop_px % token_px != 0)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "crops: expected a multiple of %d from %d to %d pixels, got %d", token_px,
                       least, CG_DATASET_CROP_MAX_PX, recipe->crop_px);
    if (recipe->micro_batch_crops < 1 || recipe->batch < recipe->micro_batch_crops ||
        recipe->batch > 1024 || recipe->batch % recipe->micro_batch_crops != 0)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "batch: expected a multiple of %d from %d to 1024 crops, got %d",
                       recipe->micro_batch_crops, recipe->micro_batch_crops, recipe->batch);
    if (recipe->batch / recipe->micro_batch_crops < ranks)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "batch: expected at least %d crops for %d ranks, which take %d or more "
                       "each, got %d",
                       ranks * recipe->micro_batch_crops, ranks, recipe->micro_batch_crops,
                       recipe->batch);
    if (recipe->consistency > 0.0f && recipe->micro_batch_crops % 2 != 0)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "consistency: expected an even number of crops whose gradient is summed "
                       "apart, got %d",
                       recipe->micro_batch_crops);
    if ((unsigned)recipe->objective > CG_GAN_HINGE)
        return cg_fail(error, CG_ERR_ARGUMENT, "objective: expected 0 to %d, got %d", CG_GAN_HINGE,
                       (int)recipe->objective);
    return CG_OK;
}

/* What the run starts from, if anything. Of a run that is resumed only the architecture
 * matters, which its own model has, too: the other, or a preset of that name, may be gone. */
static enum cg_status open_start(const struct cg_trainer *trainer, bool resume,
                                 struct cg_model **start, struct cg_error *error)
{
    bool has_own = resume && access(trainer->model_path, R_OK) == 0;
    const char *style = has_own ? trainer->model_path : trainer->options->from;
    return style != NULL ? cg_model_open_style(trainer->options->models_dir, style, start, error)
                         : CG_OK;
}

/* The network that losses look through, if any does. */
static enum cg_status open_features(struct cg_trainer *trainer, struct cg_error *error)
{
    const char *path = trainer->options->features_file;
    bool needed = cg_recipe_needs_features(trainer->recipe);
    if (needed != (path != NULL))
        return cg_fail(
            error, CG_ERR_ARGUMENT,
            needed ? "perceptual loss, PatchNCE: expected a network to look through (--features)"
                   : "features: expected a weight of the loss that they are for "
                     "(--perceptual, --patch-nce)");
    enum cg_status status = needed ? cg_convnet_read(path, &trainer->features, error) : CG_OK;
    if (status == CG_OK && needed && cg_feature_layers(trainer->features) == 0)
        status =
            cg_fail(error, CG_ERR_MODEL,
                    "network %s: expected layers to compare by (\"perceptual\"), found none", path);
    return status;
}

/* The parts that do not depend on the data. */
static enum cg_status begin(struct cg_trainer *trainer, bool resume, struct cg_model **start,
                            struct cg_error *error)
{
    const struct cg_train_options *options = trainer->options;
    enum cg_status status = open_start(trainer, resume, start, error);
    if (status == CG_OK) {
        const struct cg_generator_config *config =
            *start != NULL ? &(*start)->config : cg_generator_find(options->generator);
        status = check_recipe(trainer->recipe, cg_generator_token_px(config),
                              cg_ranks_count(trainer->ranks), error);
    }
    if (status == CG_OK)
        status = open_features(trainer, error);
    if (status == CG_OK)
        status = cg_pool_create(options->threads, &trainer->pool, error);
    return status;
}

/* Of the pictures, and of the network of features, which makes as much of the outcome. */
static uint64_t fingerprint_of(const struct cg_trainer *trainer)
{
    struct cg_dataset_counts counts;
    cg_dataset_get_counts(trainer->dataset, &counts);
    if (trainer->features == NULL)
        return counts.fingerprint;
    return cg_content_hash(&trainer->features->id, sizeof(trainer->features->id),
                           counts.fingerprint)
        .low;
}

/*
 * Whether the data are those that the first rank sees and, for a resumed run, those it began with.
 */
static enum cg_status check_data(struct cg_trainer *trainer, bool resume, uint64_t fingerprint,
                                 struct cg_error *error)
{
    const struct cg_train_options *options = trainer->options;
    struct cg_dataset_counts counts;
    cg_dataset_get_counts(trainer->dataset, &counts);
    tell_ready(trainer, &counts);
    uint64_t own = fingerprint_of(trainer), of_first = own;
    const char *with = trainer->features != NULL ? ", or the network " : "";
    const char *network = trainer->features != NULL ? options->features_file : "";
    cg_ranks_broadcast(trainer->ranks, &of_first, sizeof(of_first));
    if (own != of_first)
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: other pictures%s%s than rank 0 has there: all ranks need the same",
                       options->data_dir, with, network);
    if (resume && own != fingerprint)
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: the pictures in %s%s%s are not those that this run began with; start a "
                       "new run with --from %s/model.safetensors",
                       options->out_dir, options->data_dir, with, network, options->out_dir);
    return CG_OK;
}

/* Only the first rank touches the run's folder; it broadcasts what it reads there. */
static enum cg_status open_run(struct cg_trainer *trainer, bool resume, struct cg_error *error)
{
    const struct cg_train_options *options = trainer->options;
    const struct cg_run_record record = {trainer->loop.limits, options->threads,
                                         fingerprint_of(trainer)};
    enum cg_status status = CG_OK;
    if (!resume)
        status = cg_run_file_write(&CG_STYLE_RUN, options->out_dir, options, &record, NULL, error);
    if (status == CG_OK)
        status = cg_loop_open(&trainer->loop, resume, error);
    if (status == CG_OK)
        status = cg_run_output_open(options, trainer->state.step, &trainer->output, error);
    return status;
}

static enum cg_status create(struct cg_trainer *trainer, bool resume, const struct cg_model *start,
                             struct cg_error *error)
{
    enum cg_status status =
        cg_train_state_create(trainer->options, trainer->ranks, start, &trainer->state, error);
    if (status == CG_OK)
        status = make_card(trainer, error);
    if (status == CG_OK)
        status = create_micro_batches(trainer, error);
    if (status == CG_OK)
        cg_train_state_list(&trainer->state, &trainer->loop.state);
    if (status == CG_OK && cg_ranks_index(trainer->ranks) == 0)
        status = open_run(trainer, resume, error);
    return status;
}

/* After each part all ranks agree that all is well, as the next may wait for the others. */
enum cg_status cg_trainer_set_up(struct cg_trainer *trainer, bool resume, uint64_t fingerprint,
                                 struct cg_error *error)
{
    struct cg_ranks *ranks = trainer->ranks;
    struct cg_model *start = NULL;
    cg_blas_single_threaded();
    enum cg_status status = cg_ranks_agree(ranks, begin(trainer, resume, &start, error), error);
    if (status == CG_OK)
        status = cg_ranks_agree(ranks, open_data(trainer, error), error);
    if (status == CG_OK)
        status = cg_ranks_agree(ranks, check_data(trainer, resume, fingerprint, error), error);
    if (status == CG_OK)
        status = cg_ranks_agree(ranks, create(trainer, resume, start, error), error);
    if (status == CG_OK)
        status = cg_ranks_agree(ranks, cg_train_state_join(&trainer->state, error), error);
    cg_model_free(start);
    return status;
}

void cg_trainer_tear_down(struct cg_trainer *trainer)
{
    cg_run_output_close(trainer->output);
    for (size_t s = 0; trainer->micro_batches != NULL && s < trainer->micro_batch_count; s++)
        cg_micro_batch_free(trainer->micro_batches[s]);
    free(trainer->micro_batch_losses);
    free(trainer->micro_batches);
    cg_model_free(trainer->card);
    cg_loop_close(&trainer->loop);
    cg_train_state_clear(&trainer->state);
    cg_training_data_clear(&trainer->data);
    cg_convnet_free(trainer->features);
    cg_pool_free(trainer->pool);
    free(trainer->model_path);
}
