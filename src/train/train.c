/*
 * The training loop: see train.h. A step of the second stage goes by turns (Goodfellow et al.
 * 2014, algorithm 1): comics are generated, the critics judge real and generated ones and take
 * their step, then the generator takes its step against them and against the targets.
 */
#include "train/train.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "tensor/matrix.h"
#include "train/journal.h"
#include "train/run.h"
#include "train/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECKPOINT_FILE "checkpoint.safetensors"
#define MODEL_FILE "model.safetensors"
#define LOG_STEPS 50
#define CHECKPOINT_STEPS 500
#define VALIDATION_STEPS 1000
#define WARMUP_STEPS 100
#define HOLD_STEPS 3000
#define AVERAGE_EXPONENT 6.94f /* a window of about a tenth of the stage */
#define COMIC_LONG_PX 1000

static const struct cg_adam pretrain_adam = {0.0f, 0.9f, 0.999f, 1e-8f};
static const struct cg_adam game_adam = {0.0f, 0.5f, 0.999f, 1e-8f};

struct trainer {
    const struct cg_train_options *options;
    const struct cg_recipe *recipe;
    const struct cg_train_limits *limits;
    cg_train_report_fn report;
    void *report_context;
    struct cg_pool *pool;
    struct cg_dataset *dataset;
    struct cg_model *card; /* the model as it is written: config and card */
    struct cg_train_state state;
    struct cg_shard **shards;
    size_t shard_count;
    struct cg_journal *journal;
    char *checkpoint_path, *model_path;
    double start_seconds;
    uint64_t start_step;
    /* since the last report */
    struct cg_losses losses;
    double last_seconds;
    uint64_t last_step;
    double validation_loss;
};

static bool in_second_stage(const struct trainer *trainer)
{
    return trainer->state.step >= trainer->recipe->pretrain_steps;
}

/* Steps done in the present stage. */
static uint64_t stage_step(const struct trainer *trainer)
{
    return trainer->state.step - (in_second_stage(trainer) ? trainer->recipe->pretrain_steps : 0);
}

static void tell(struct trainer *trainer, enum cg_train_event event, const char *text)
{
    double now = cg_clock_seconds(), seconds = now - trainer->last_seconds;
    uint64_t steps = trainer->state.step - trainer->last_step;
    struct cg_train_report report = {
        .event = event,
        .step = trainer->state.step,
        .steps_limit = trainer->limits->steps,
        .seconds = now - trainer->start_seconds,
        .steps_per_second = steps > 0 && seconds > 0.0 ? (double)steps / seconds : 0.0,
        .adversarial = in_second_stage(trainer),
        .validation_loss = trainer->validation_loss,
        .losses = trainer->losses,
        .text = text,
    };
    const struct cg_losses *l = &report.losses;
    report.total_loss = l->colour + l->gradient + l->comic + l->ink + l->chroma;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        report.total_loss += l->adversarial[c];
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
}

/* ---- one step ---- */

struct shard_job {
    struct trainer *trainer;
    float target_share;
    bool with_critics;
};

static void generate_shard(void *context, size_t item, int worker)
{
    struct trainer *trainer = ((struct shard_job *)context)->trainer;
    (void)worker;
    cg_shard_generate(trainer->shards[item], trainer->dataset, trainer->options->seed,
                      trainer->state.step, &trainer->state.generator);
}

static void criticise_shard(void *context, size_t item, int worker)
{
    struct trainer *trainer = ((struct shard_job *)context)->trainer;
    (void)worker;
    cg_shard_draw_real(trainer->shards[item], trainer->dataset, trainer->options->seed,
                       trainer->state.step);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        cg_shard_criticise(trainer->shards[item], (enum cg_critic)c, &trainer->state.critics[c]);
}

static void learn_shard(void *context, size_t item, int worker)
{
    const struct shard_job *job = context;
    (void)worker;
    cg_shard_learn(job->trainer->shards[item], &job->trainer->state.generator, job->target_share,
                   job->with_critics ? job->trainer->state.critics : NULL);
}

static bool step_critics(struct trainer *trainer, struct shard_job *job)
{
    bool finite = true;
    for (int c = 0; c < CG_CRITIC_COUNT; c++) {
        struct cg_learner *critic = &trainer->state.critics[c];
        cg_learner_begin(critic, trainer->pool);
        critic->adam = game_adam;
        critic->adam.learning_rate =
            cg_learning_rate(trainer->recipe->critic_rate, stage_step(trainer), 0, HOLD_STEPS);
    }
    cg_pool_run(trainer->pool, trainer->shard_count, criticise_shard, job);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        finite &= cg_learner_step(&trainer->state.critics[c], trainer->pool);
    for (int c = 0; c < CG_CRITIC_COUNT; c++) { /* the generator meets them as they are now */
        struct cg_learner *critic = &trainer->state.critics[c];
        cg_spectral_normalise(critic->spectral, critic->parameters, critic->used);
    }
    return finite;
}

static bool step_generator(struct trainer *trainer, struct shard_job *job)
{
    struct cg_learner *generator = &trainer->state.generator;
    float peak =
        job->with_critics ? trainer->recipe->generator_rate : trainer->recipe->pretrain_rate;
    generator->adam = job->with_critics ? game_adam : pretrain_adam;
    generator->adam.learning_rate =
        cg_learning_rate(peak, stage_step(trainer), WARMUP_STEPS, HOLD_STEPS);
    cg_pool_run(trainer->pool, trainer->shard_count, learn_shard, job);
    return cg_learner_step(generator, trainer->pool);
}

/* The second stage begins from the averaged generator, with an optimiser that remembers nothing. */
static void enter_second_stage(struct trainer *trainer)
{
    struct cg_learner *generator = &trainer->state.generator;
    size_t nbytes = generator->count * sizeof(float);
    memcpy(generator->parameters, trainer->state.average, nbytes);
    memset(generator->first, 0, nbytes);
    memset(generator->second, 0, nbytes);
    generator->steps = 0;
}

static bool take_step(struct trainer *trainer)
{
    struct cg_train_state *state = &trainer->state;
    bool second = in_second_stage(trainer), finite = true;
    struct shard_job job = {trainer, second ? trainer->recipe->target_share : 1.0f, second};
    if (second && stage_step(trainer) == 0)
        enter_second_stage(trainer);
    cg_learner_begin(&state->generator, trainer->pool);
    cg_pool_run(trainer->pool, trainer->shard_count, generate_shard, &job);
    if (second)
        finite = step_critics(trainer, &job);
    bool head_start = second && stage_step(trainer) < trainer->recipe->head_start_steps;
    if (finite && !head_start)
        finite = step_generator(trainer, &job);
    if (!finite)
        return false;
    for (size_t s = 0; s < trainer->shard_count; s++)
        cg_losses_add(&trainer->losses, cg_shard_losses(trainer->shards[s]));
    state->step++;
    if (!head_start && state->generator.steps > 0)
        cg_ema_update(state->average, state->generator.parameters, state->generator.count,
                      cg_ema_power_decay(state->generator.steps, AVERAGE_EXPONENT));
    return true;
}

/* ---- what happens between steps ---- */

static enum cg_status save(struct trainer *trainer, struct cg_error *error)
{
    enum cg_status status = cg_checkpoint_write(trainer->checkpoint_path, &trainer->state, error);
    if (status == CG_OK)
        status = cg_model_write(trainer->model_path, trainer->card, trainer->state.average, error);
    if (status == CG_OK)
        tell(trainer, CG_TRAIN_SAVED, trainer->model_path);
    return status;
}

static void average_losses(struct cg_losses *losses, double factor)
{
    losses->colour *= factor;
    losses->gradient *= factor;
    losses->comic *= factor;
    losses->ink *= factor;
    losses->chroma *= factor;
    for (int c = 0; c < CG_CRITIC_COUNT; c++) {
        losses->critic[c] *= factor;
        losses->adversarial[c] *= factor;
        losses->accuracy[c] *= factor;
    }
}

static enum cg_status log_step(struct trainer *trainer, struct cg_error *error)
{
    double now = cg_clock_seconds();
    uint64_t steps = trainer->state.step - trainer->last_step;
    average_losses(&trainer->losses, 1.0 / (double)steps);
    struct cg_train_report report = {
        .event = CG_TRAIN_STEP,
        .step = trainer->state.step,
        .seconds = now - trainer->start_seconds,
        .steps_per_second = (double)steps / (now - trainer->last_seconds),
        .adversarial = in_second_stage(trainer),
        .validation_loss = trainer->validation_loss,
        .losses = trainer->losses,
    };
    const struct cg_losses *l = &report.losses;
    report.total_loss = l->colour + l->gradient + l->comic + l->ink + l->chroma;
    enum cg_status status = cg_journal_log(trainer->journal, &report, error);
    tell(trainer, CG_TRAIN_STEP, NULL);
    trainer->losses = (struct cg_losses){0};
    trainer->validation_loss = 0.0;
    trainer->last_seconds = now;
    trainer->last_step = trainer->state.step;
    return status;
}

static bool is_due(const struct trainer *trainer, uint64_t every)
{
    return trainer->state.step % every == 0;
}

static enum cg_status look_after(struct trainer *trainer, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    if (is_due(trainer, VALIDATION_STEPS)) {
        status = cg_journal_validate(trainer->journal, trainer->dataset, &trainer->state,
                                     trainer->pool, &trainer->validation_loss, error);
        if (status == CG_OK)
            tell(trainer, CG_TRAIN_VALIDATED, trainer->options->out_dir);
    }
    if (status == CG_OK && is_due(trainer, LOG_STEPS))
        status = log_step(trainer, error);
    if (status == CG_OK && is_due(trainer, CHECKPOINT_STEPS))
        status = save(trainer, error);
    return status;
}

static bool should_stop(const struct trainer *trainer)
{
    const struct cg_train_limits *limits = trainer->limits;
    double minutes = (cg_clock_seconds() - trainer->start_seconds) / 60.0;
    return (limits->steps > 0 && trainer->state.step >= limits->steps) ||
           (limits->minutes > 0.0 && minutes >= limits->minutes) ||
           (limits->stop != NULL && *limits->stop != 0);
}

static enum cg_status run_steps(struct trainer *trainer, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    trainer->start_seconds = trainer->last_seconds = cg_clock_seconds();
    trainer->start_step = trainer->last_step = trainer->state.step;
    while (status == CG_OK && !should_stop(trainer)) {
        if (!take_step(trainer))
            return cg_fail(error, CG_ERR_NUMERIC,
                           "training became unstable at step %llu (NaN or infinity in a gradient); "
                           "the checkpoint before it is whole: %s; try lower learning rates",
                           (unsigned long long)trainer->state.step, trainer->checkpoint_path);
        status = look_after(trainer, error);
    }
    bool saved = trainer->state.step > 0 && is_due(trainer, CHECKPOINT_STEPS);
    if (status == CG_OK && !saved)
        status = save(trainer, error);
    return status;
}

/* ---- beginning and end ---- */

static void tell_preparing(void *context, size_t done, size_t total)
{
    struct trainer *trainer = context;
    struct cg_train_report report = {.event = CG_TRAIN_PREPARING, .done = done, .total = total};
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static enum cg_status open_data(struct trainer *trainer, struct cg_error *error)
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
                                      .comic_white_max = 0.6f};
    if (status == CG_OK)
        status = cg_dataset_open(&data, trainer->pool, tell_preparing, trainer, &trainer->dataset,
                                 error);
    free(comics);
    free(photos);
    return status;
}

static void tell_ready(struct trainer *trainer, const struct cg_dataset_counts *counts)
{
    char text[CG_ERROR_TEXT_NBYTES];
    snprintf(text, sizeof(text), "%zu photos (%zu held out, %zu skipped), %zu comics (%zu skipped)",
             counts->photos, counts->validation, counts->photos_skipped, counts->comics,
             counts->comics_skipped);
    tell(trainer, CG_TRAIN_READY, text);
}

static enum cg_status create_shards(struct trainer *trainer, struct cg_error *error)
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
static enum cg_status make_card(struct trainer *trainer, const struct cg_model *start,
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
    if ((unsigned)recipe->objective > CG_GAN_HINGE)
        return cg_fail(error, CG_ERR_ARGUMENT, "objective: expected 0 to %d, got %d", CG_GAN_HINGE,
                       (int)recipe->objective);
    return CG_OK;
}

static enum cg_status set_up(struct trainer *trainer, bool resume, uint64_t fingerprint,
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
                             "start a new run with --from %s/" MODEL_FILE,
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

static void tear_down(struct trainer *trainer)
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

static enum cg_status train(const struct cg_train_options *options, bool resume,
                            uint64_t fingerprint, const struct cg_train_limits *limits,
                            cg_train_report_fn report, void *context, struct cg_error *error)
{
    struct trainer trainer = {
        .options = options,
        .recipe = &options->recipe,
        .limits = limits,
        .report = report,
        .report_context = context,
        .checkpoint_path = cg_run_path(options->out_dir, CHECKPOINT_FILE),
        .model_path = cg_run_path(options->out_dir, MODEL_FILE),
    };
    enum cg_status status = CG_OK;
    trainer.start_seconds = trainer.last_seconds = cg_clock_seconds();
    if (trainer.checkpoint_path == NULL || trainer.model_path == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "training: out of memory");
    if (status == CG_OK)
        status = set_up(&trainer, resume, fingerprint, error);
    if (status == CG_OK)
        status = run_steps(&trainer, error);
    tear_down(&trainer);
    return status;
}

enum cg_status cg_train_start(const struct cg_train_options *options,
                              const struct cg_train_limits *limits, cg_train_report_fn report,
                              void *context, struct cg_error *error)
{
    char *checkpoint = cg_run_path(options->out_dir, CHECKPOINT_FILE);
    if (checkpoint == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "training: out of memory");
    bool exists = access(checkpoint, F_OK) == 0;
    free(checkpoint);
    if (exists)
        return cg_fail(error, CG_ERR_STATE,
                       "%s: holds a run already; go on with it by --resume %s, or choose another "
                       "folder",
                       options->out_dir, options->out_dir);
    return train(options, false, 0, limits, report, context, error);
}

enum cg_status cg_train_resume(const char *out_dir, int threads,
                               const struct cg_train_limits *limits, cg_train_report_fn report,
                               void *context, struct cg_error *error)
{
    struct cg_train_options options;
    struct cg_run_storage *storage;
    uint64_t fingerprint;
    enum cg_status status = cg_run_read(out_dir, &options, &fingerprint, &storage, error);
    if (status != CG_OK)
        return status;
    options.threads = threads;
    status = train(&options, true, fingerprint, limits, report, context, error);
    cg_run_release(storage);
    return status;
}
