/*
 * Training a style: see trainer.h; the loop around the steps is loop.c. A step of the second stage
 * goes by turns (Goodfellow et al. 2014, algorithm 1): comics are generated, the critics take
 * their step on real and generated ones, then the generator takes its step against them and
 * against the targets.
 */
#include "train/style/trainer.h"

#include "base/clock.h"
#include "train/core/run_file.h"

#include <string.h>

#define LOG_STEPS 50
#define CHECKPOINT_STEPS 500
#define VALIDATION_STEPS 1000
#define WARMUP_STEPS 100
#define HOLD_STEPS 3000
#define GRADIENT_CLIP 4.0f     /* some two times what is usual; a step of 30 led to ruin */
#define AVERAGE_EXPONENT 6.94f /* a window of about a tenth of the stage */

static const struct cg_adam pretrain_adam = {0.0f, 0.9f, 0.999f, 1e-8f};
static const struct cg_adam game_adam = {0.0f, 0.5f, 0.999f, 1e-8f};

/* Steps done in the present stage. */
static uint64_t stage_step(const struct cg_trainer *trainer)
{
    return trainer->state.step -
           (cg_trainer_in_second_stage(trainer) ? trainer->recipe->pretrain_steps : 0);
}

/* ---- one step ---- */

struct micro_batch_job {
    struct cg_trainer *trainer;
    float target_fraction;
    bool with_critics;
};

static void generate_micro_batch(void *context, size_t item, int worker)
{
    struct cg_trainer *trainer = ((struct micro_batch_job *)context)->trainer;
    (void)worker;
    cg_micro_batch_generate(trainer->micro_batches[item], trainer->dataset, trainer->options->seed,
                            trainer->state.step, &trainer->state.generator);
}

static void criticise_micro_batch(void *context, size_t item, int worker)
{
    struct cg_trainer *trainer = ((struct micro_batch_job *)context)->trainer;
    (void)worker;
    cg_micro_batch_draw_real(trainer->micro_batches[item], trainer->dataset, trainer->options->seed,
                             trainer->state.step);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        if (cg_recipe_has_critic(trainer->recipe, (enum cg_critic)c))
            cg_micro_batch_criticise(trainer->micro_batches[item], (enum cg_critic)c,
                                     &trainer->state.critics[c]);
}

static void learn_micro_batch(void *context, size_t item, int worker)
{
    const struct micro_batch_job *job = context;
    (void)worker;
    cg_micro_batch_learn(job->trainer->micro_batches[item], &job->trainer->state.generator,
                         job->target_fraction,
                         job->with_critics ? job->trainer->state.critics : NULL);
}

static float rate_now(const struct cg_trainer *trainer, float peak, uint64_t warmup)
{
    float rate = cg_learning_rate(peak, stage_step(trainer), warmup, HOLD_STEPS);
    return cg_rollback_rate(&trainer->state.rollback, rate);
}

static bool step_critics(struct cg_trainer *trainer, struct micro_batch_job *job)
{
    struct cg_learner *critics[CG_CRITIC_COUNT];
    int count = 0;
    bool finite = true;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        if (cg_recipe_has_critic(trainer->recipe, (enum cg_critic)c))
            critics[count++] = &trainer->state.critics[c];
    for (int c = 0; c < count; c++) {
        cg_learner_begin(critics[c], trainer->pool);
        critics[c]->adam = game_adam;
        critics[c]->adam.learning_rate = rate_now(trainer, trainer->recipe->critic_rate, 0);
    }
    cg_pool_run(trainer->pool, trainer->micro_batch_count, criticise_micro_batch, job);
    for (int c = 0; c < count; c++)
        finite &= cg_learner_step(critics[c], trainer->pool);
    for (int c = 0; c < count; c++) /* the generator meets them as they are now */
        cg_spectral_normalise(critics[c]->spectral, critics[c]->parameters, critics[c]->used);
    return finite;
}

static bool step_generator(struct cg_trainer *trainer, struct micro_batch_job *job)
{
    struct cg_learner *generator = &trainer->state.generator;
    float peak =
        job->with_critics ? trainer->recipe->generator_rate : trainer->recipe->pretrain_rate;
    generator->adam = job->with_critics ? game_adam : pretrain_adam;
    generator->adam.learning_rate = rate_now(trainer, peak, WARMUP_STEPS);
    generator->clip = GRADIENT_CLIP;
    cg_pool_run(trainer->pool, trainer->micro_batch_count, learn_micro_batch, job);
    return cg_learner_step(generator, trainer->pool);
}

/* The second stage begins from the averaged generator, with an optimiser that remembers nothing. */
static void enter_second_stage(struct cg_trainer *trainer)
{
    struct cg_learner *generator = &trainer->state.generator;
    size_t nbytes = generator->count * sizeof(float);
    memcpy(generator->parameters, trainer->state.average, nbytes);
    memset(generator->first, 0, nbytes);
    memset(generator->second, 0, nbytes);
    generator->steps = 0;
}

/* Take the step's numbers in; which networks learned decides whose gradients there are. */
static void add_up(struct cg_trainer *trainer, bool critics_learned, bool generator_learned)
{
    struct cg_losses *losses = trainer->micro_batch_losses + trainer->first_micro_batch;
    for (size_t s = 0; s < trainer->micro_batch_count; s++)
        cg_losses_add_scaled(&losses[s], cg_micro_batch_losses(trainer->micro_batches[s]), 1.0);
    for (int c = 0; critics_learned && c < CG_CRITIC_COUNT; c++)
        trainer->critic_gradient[c] += trainer->state.critics[c].gradient_length;
    if (generator_learned)
        trainer->generator_gradient += trainer->state.generator.gradient_length;
    trainer->critics_learned |= critics_learned;
    trainer->generator_learned |= generator_learned;
}

static bool take_step(void *context)
{
    struct cg_trainer *trainer = context;
    struct cg_train_state *state = &trainer->state;
    bool second = cg_trainer_in_second_stage(trainer), finite = true;
    bool head_start = second && stage_step(trainer) < trainer->recipe->head_start_steps;
    struct micro_batch_job job = {trainer, second ? trainer->recipe->target_fraction : 1.0f,
                                  second};
    const double begin = cg_clock_seconds();
    if (second && stage_step(trainer) == 0)
        enter_second_stage(trainer);
    cg_learner_begin(&state->generator, trainer->pool);
    cg_pool_run(trainer->pool, trainer->micro_batch_count, generate_micro_batch, &job);
    if (second)
        finite = step_critics(trainer, &job);
    if (finite && !head_start)
        finite = step_generator(trainer, &job);
    if (!finite)
        return false;
    add_up(trainer, second, !head_start);
    state->step++;
    if (!head_start && state->generator.steps > 0)
        cg_learner_average(&state->generator, trainer->pool, state->average,
                           cg_ema_power_decay(state->generator.steps, AVERAGE_EXPONENT));
    cg_trainer_note_step(trainer,
                         head_start ? CG_PHASE_HEAD_START
                         : second   ? CG_PHASE_GAME
                                    : CG_PHASE_PRETRAIN,
                         cg_clock_seconds() - begin);
    return true;
}

/* ---- what happens between steps ---- */

static enum cg_status show_samples(struct cg_trainer *trainer, struct cg_error *error)
{
    struct cg_sheet sheet;
    char name[CG_SAMPLE_NAME_NBYTES];
    enum cg_status status = cg_run_output_sample(trainer->output, trainer->dataset, &trainer->state,
                                                 trainer->pool, &sheet, name, error);
    if (status == CG_OK && sheet.rows > 0) {
        struct cg_train_report report = cg_trainer_report(trainer, CG_TRAIN_SAMPLED);
        report.text = name;
        report.sheet = &sheet;
        if (trainer->report != NULL)
            trainer->report(trainer->report_context, &report);
    }
    return status;
}

static enum cg_status publish(void *context, struct cg_error *error)
{
    struct cg_trainer *trainer = context;
    double start = cg_clock_seconds();
    enum cg_status status = show_samples(trainer, error);
    if (status == CG_OK)
        status = cg_model_write(trainer->model_path, CG_WRITE_OVER, trainer->card,
                                trainer->state.average, error);
    if (status == CG_OK)
        cg_trainer_tell(trainer, CG_TRAIN_SAVED, trainer->model_path);
    trainer->costs.saving = cg_clock_seconds() - start;
    return status;
}

static enum cg_status look_after(void *context, struct cg_error *error)
{
    struct cg_trainer *trainer = context;
    enum cg_status status = CG_OK;
    if (cg_loop_is_due(&trainer->loop, VALIDATION_STEPS)) {
        status = cg_run_output_validate(trainer->dataset, &trainer->state, trainer->pool,
                                        trainer->ranks, &trainer->validation_loss, error);
        if (status == CG_OK)
            cg_trainer_tell(trainer, CG_TRAIN_VALIDATED, NULL);
    }
    if (status == CG_OK && cg_loop_is_due(&trainer->loop, LOG_STEPS))
        status = cg_trainer_log(trainer, error);
    return status;
}

/* Restart what is not part of the state; the log continues at the state's step. */
static enum cg_status rewind_output(void *context, struct cg_error *error)
{
    struct cg_trainer *trainer = context;
    cg_trainer_begin_means(trainer);
    memset(trainer->stability, 0, sizeof(trainer->stability));
    if (trainer->output == NULL)
        return CG_OK;
    cg_run_output_close(trainer->output);
    return cg_run_output_open(trainer->options, trainer->state.step, &trainer->output, error);
}

/* ---- a run ---- */

static const struct cg_loop_calls calls = {.take_step = take_step,
                                           .look_after = look_after,
                                           .publish = publish,
                                           .rewind = rewind_output,
                                           .alarm = cg_trainer_alarm};

static enum cg_status train(const struct cg_train_options *options, bool resume,
                            uint64_t fingerprint, const struct cg_train_limits *limits,
                            cg_train_report_fn report, void *context, struct cg_error *error)
{
    struct cg_trainer trainer = {
        .options = options,
        .recipe = &options->recipe,
        .ranks = limits->ranks,
        .loop = {.calls = &calls,
                 .context = &trainer,
                 .limits = limits,
                 .out_dir = options->out_dir,
                 .unstable_advice = "begin a new run from the last model that was saved (--from)",
                 .checkpoint_steps = CHECKPOINT_STEPS,
                 .step = &trainer.state.step,
                 .rollback = &trainer.state.rollback},
        .report = cg_ranks_index(limits->ranks) == 0 ? report : NULL,
        .report_context = context,
        .model_path = cg_run_path(options->out_dir, CG_RUN_MODEL),
    };
    enum cg_status status = CG_OK;
    if (trainer.model_path == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "training: out of memory");
    if (status == CG_OK)
        status = cg_trainer_set_up(&trainer, resume, fingerprint, error);
    if (status == CG_OK)
        status = cg_loop_run(&trainer.loop, error);
    cg_trainer_tear_down(&trainer);
    return status;
}

static enum cg_status check_free(const struct cg_train_options *options, struct cg_error *error)
{
    char *from = NULL;
    enum cg_status status = options->from != NULL ? cg_model_style_path(options->models_dir,
                                                                        options->from, &from, error)
                                                  : CG_OK;
    const char *photos = options->photos_dir != NULL ? options->photos_dir : options->data_dir;
    const char *const read[] = {options->data_dir, photos, from, NULL};
    if (status == CG_OK)
        status = cg_run_check_free(options->out_dir, read, options->force, error);
    free(from);
    return status;
}

enum cg_status cg_train_start(const struct cg_train_options *options,
                              const struct cg_train_limits *limits, cg_train_report_fn report,
                              void *context, struct cg_error *error)
{
    enum cg_status status = cg_ranks_agree(limits->ranks, check_free(options, error), error);
    if (status != CG_OK)
        return status;
    return train(options, false, 0, limits, report, context, error);
}

enum cg_status cg_train_resume(const char *out_dir, int threads,
                               const struct cg_train_limits *limits, cg_train_report_fn report,
                               void *context, struct cg_error *error)
{
    struct cg_train_options options;
    struct cg_run_file file;
    enum cg_status status = cg_run_read(out_dir, &options, &file, error);
    bool read = status == CG_OK;
    status = cg_ranks_agree(limits->ranks, status, error);
    options.threads = threads;
    if (status == CG_OK)
        status = train(&options, true, file.fingerprint, limits, report, context, error);
    if (read)
        cg_run_file_release(&file);
    return status;
}
