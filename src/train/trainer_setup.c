/* From what was asked for to a run in hand: see trainer.h. */
#include "train/trainer.h"

#include "base/file.h"
#include "base/memory.h"
#include "tensor/matrix.h"
#include "train/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define COMIC_LONG_PX 1000
/* Children's books stand on white paper; more than this of it teaches nothing. */
#define COMIC_WHITE_MAX 0.6f

static void tell_preparing(void *context, size_t done, size_t total)
{
    struct cg_trainer *trainer = context;
    struct cg_train_report report = {.event = CG_TRAIN_PREPARING, .done = done, .total = total};
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static enum cg_status open_data(struct cg_trainer *trainer, struct cg_error *error)
{
    const struct cg_train_options *options = trainer->options;
    char *photos = cg_run_path(options->data_dir, "photos");
    char *comics = cg_run_path(options->data_dir, "comics");
    enum cg_status status = CG_OK;
    if (photos == NULL || comics == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "training data: out of memory");
    bool has_comics = status == CG_OK && is_folder(comics);
    struct cg_dataset_options data = {.photos_dir = photos,
                                      .comics_dir = has_comics ? comics : NULL,
                                      .cache_dir = options->cache_dir,
                                      .crop_px = trainer->recipe->crop_px,
                                      .photo_long_px = options->detail_px,
                                      .comic_long_px = COMIC_LONG_PX,
                                      .comic_white_max = COMIC_WHITE_MAX,
                                      .palette = trainer->recipe->palette};
    if (status == CG_OK)
        status = cg_dataset_open(&data, trainer->pool, tell_preparing, trainer, &trainer->dataset,
                                 error);
    free(comics);
    free(photos);
    return status;
}

static void tell_ready(struct cg_trainer *trainer, const struct cg_dataset_counts *counts)
{
    char text[CG_ERROR_TEXT_NBYTES];
    snprintf(text, sizeof(text), "%zu photos (%zu held out, %zu skipped), %zu comics (%zu skipped)",
             counts->photos, counts->validation, counts->photos_skipped, counts->comics,
             counts->comics_skipped);
    cg_trainer_tell(trainer, CG_TRAIN_READY, text);
}

static enum cg_status create_shards(struct cg_trainer *trainer, struct cg_error *error)
{
    struct cg_recipe recipe = *trainer->recipe;
    struct cg_network *critics[CG_CRITIC_COUNT] = {0};
    struct cg_dataset_counts counts;
    cg_dataset_get_counts(trainer->dataset, &counts);
    if (counts.comics == 0)
        recipe.teacher_share = 1.0f;
    trainer->shard_count = (size_t)(recipe.batch / recipe.shard_crops);
    trainer->shards =
        cg_alloc_zero(trainer->shard_count, sizeof(struct cg_shard *), "shards", error);
    if (trainer->shards == NULL)
        return CG_ERR_MEMORY;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        critics[c] = trainer->state.critics[c].network;
    enum cg_status status = CG_OK;
    for (size_t s = 0; status == CG_OK && s < trainer->shard_count; s++)
        status =
            cg_shard_create(&recipe, (int)s, 1.0f / (float)trainer->shard_count,
                            trainer->state.generator.network, critics, &trainer->shards[s], error);
    return status;
}

/* The model as it will be written: the generator's architecture under the run's own card. */
static enum cg_status make_card(struct cg_trainer *trainer, const struct cg_model *start,
                                struct cg_error *error)
{
    struct cg_model *card = cg_alloc_zero(1, sizeof(*card), "model", error);
    trainer->card = card;
    if (card == NULL)
        return CG_ERR_MEMORY;
    card->config = start != NULL ? start->config : CG_GENERATOR_DEFAULT;
    card->card.name = cg_string_copy(trainer->options->name);
    card->card.summary = cg_string_copy(trainer->options->summary);
    card->card.detail_px = trainer->options->detail_px;
    if (card->card.name == NULL || card->card.summary == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "model: out of memory");
    return cg_generator_build(&card->config, &card->network, error);
}

static enum cg_status check_recipe(const struct cg_recipe *recipe, struct cg_error *error)
{
    int least = CG_GENERATOR_CELL_PX;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        if (cg_critic_least_px((enum cg_critic)c) > least)
            least = cg_critic_least_px((enum cg_critic)c);
    if (recipe->crop_px < least || recipe->crop_px > CG_DATASET_CROP_MAX_PX ||
        recipe->crop_px % CG_GENERATOR_CELL_PX != 0)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "crops: expected a multiple of %d from %d to %d pixels, got %d",
                       CG_GENERATOR_CELL_PX, least, CG_DATASET_CROP_MAX_PX, recipe->crop_px);
    if (recipe->shard_crops < 1 || recipe->batch < recipe->shard_crops || recipe->batch > 1024 ||
        recipe->batch % recipe->shard_crops != 0)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "batch: expected a multiple of %d from %d to 1024 crops, got %d",
                       recipe->shard_crops, recipe->shard_crops, recipe->batch);
    if (recipe->consistency > 0.0f && recipe->shard_crops % 2 != 0)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "consistency: expected an even number of crops whose gradient is summed "
                       "apart, got %d",
                       recipe->shard_crops);
    if ((unsigned)recipe->objective > CG_GAN_HINGE)
        return cg_fail(error, CG_ERR_ARGUMENT, "objective: expected 0 to %d, got %d", CG_GAN_HINGE,
                       (int)recipe->objective);
    return CG_OK;
}

enum cg_status cg_trainer_set_up(struct cg_trainer *trainer, bool resume, uint64_t fingerprint,
                                 struct cg_error *error)
{
    const struct cg_train_options *options = trainer->options;
    struct cg_dataset_counts counts;
    struct cg_model *start = NULL;
    cg_blas_single_threaded();
    enum cg_status status = check_recipe(trainer->recipe, error);
    if (status == CG_OK && options->from != NULL)
        status = cg_model_open_style(options->from, &start, error);
    if (status == CG_OK)
        status = cg_pool_create(options->threads, &trainer->pool, error);
    if (status == CG_OK)
        status = cg_folder_make(options->out_dir, error);
    if (status == CG_OK)
        status = open_data(trainer, error);
    if (status == CG_OK) {
        cg_dataset_get_counts(trainer->dataset, &counts);
        tell_ready(trainer, &counts);
        if (resume && counts.fingerprint != fingerprint)
            status = cg_fail(error, CG_ERR_FORMAT,
                             "%s: the pictures in %s are not those that this run began with; "
                             "start a new run with --from %s/model.safetensors",
                             options->out_dir, options->data_dir, options->out_dir);
    }
    if (status == CG_OK)
        status = cg_train_state_create(options, start, &trainer->state, error);
    if (status == CG_OK)
        status = make_card(trainer, start, error);
    if (status == CG_OK && resume)
        status = cg_checkpoint_read(trainer->checkpoint_path, &trainer->state, error);
    if (status == CG_OK && !resume)
        status = cg_run_write(options, counts.fingerprint, error);
    if (status == CG_OK)
        status = create_shards(trainer, error);
    if (status == CG_OK)
        status = cg_journal_open(options->out_dir, trainer->state.step, &trainer->journal, error);
    cg_model_free(start);
    return status;
}

void cg_trainer_tear_down(struct cg_trainer *trainer)
{
    cg_journal_close(trainer->journal);
    for (size_t s = 0; trainer->shards != NULL && s < trainer->shard_count; s++)
        cg_shard_free(trainer->shards[s]);
    free(trainer->shards);
    cg_model_free(trainer->card);
    cg_train_state_clear(&trainer->state);
    cg_dataset_free(trainer->dataset);
    cg_pool_free(trainer->pool);
    free(trainer->model_path);
    free(trainer->checkpoint_path);
}
