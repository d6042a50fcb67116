/*
 * Training a style: see train.h; the loop around the steps is loop.c. A step of the second stage
 * goes by turns (Goodfellow et al. 2014, algorithm 1): comics are generated, the critics judge real
 * and generated ones and take their step, then the generator takes its step against them and
 * against the targets.
 */
#include "train/trainer.h"

#include "train/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOG_STEPS 50
#define CHECKPOINT_STEPS 500
#define VALIDATION_STEPS 1000
#define WARMUP_STEPS 100
#define HOLD_STEPS 3000
#define AVERAGE_EXPONENT 6.94f /* a window of about a tenth of the stage */

static const struct cg_adam pretrain_adam = {0.0f, 0.9f, 0.999f, 1e-8f};
static const struct cg_adam game_adam = {0.0f, 0.5f, 0.999f, 1e-8f};

static bool in_second_stage(const struct cg_trainer *trainer)
{
    return trainer->state.step >= trainer->recipe->pretrain_steps;
}

/* Steps done in the present stage. */
static uint64_t stage_step(const struct cg_trainer *trainer)
{
    return trainer->state.step - (in_second_stage(trainer) ? trainer->recipe->pretrain_steps : 0);
}

/* Numbers of one critic, summed since the last row of the log, made means. */
static struct cg_train_critic critic_report(const struct cg_trainer *trainer, int c, double share)
{
    const struct cg_losses *sum = &trainer->losses;
    return (struct cg_train_critic){
        .accuracy = 0.5 * share * (sum->right_real[c] + sum->right_fake[c]),
        .gradient = share * trainer->critic_gradient[c],
        .pull = sqrt(share * sum->pull[c]),
    };
}

/* Where the run is, with what was summed since the last row of the log made means. */
static struct cg_train_report report_of(const struct cg_trainer *trainer, enum cg_train_event event)
{
    struct cg_pace pace = cg_loop_pace(&trainer->loop);
    struct cg_train_report report = {
        .event = event,
        .step = trainer->state.step,
        .steps_limit = trainer->loop.limits->steps,
        .seconds = pace.seconds,
        .steps_per_second = pace.steps_per_second,
        .adversarial = in_second_stage(trainer),
        .generator_learned = trainer->generator_learned,
        .critics_learned = trainer->critics_learned,
        .validation_loss = trainer->validation_loss,
        .generator_rate = trainer->state.generator.adam.learning_rate,
        .critic_rate = trainer->state.critics[0].adam.learning_rate,
    };
    double share = pace.steps > 0 ? 1.0 / (double)pace.steps : 0.0;
    cg_losses_add_scaled(&report.losses, &trainer->losses, share);
    report.images_per_second = report.steps_per_second * trainer->recipe->batch;
    report.generator_gradient = share * trainer->generator_gradient;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        report.critics[c] = critic_report(trainer, c, share);
    const struct cg_losses *l = &report.losses;
    report.total_loss = l->colour + l->gradient + l->comic + l->ink + l->chroma + l->consistency;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        report.total_loss += l->adversarial[c];
    return report;
}

void cg_trainer_tell(struct cg_trainer *trainer, enum cg_train_event event, const char *text)
{
    struct cg_train_report report = report_of(trainer, event);
    report.text = text;
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
}

/* ---- one step ---- */

struct shard_job {
    struct cg_trainer *trainer;
    float target_share;
    bool with_critics;
};

static void generate_shard(void *context, size_t item, int worker)
{
    struct cg_trainer *trainer = ((struct shard_job *)context)->trainer;
    (void)worker;
    cg_shard_generate(trainer->shards[item], trainer->dataset, trainer->options->seed,
                      trainer->state.step, &trainer->state.generator);
}

static void criticise_shard(void *context, size_t item, int worker)
{
    struct cg_trainer *trainer = ((struct shard_job *)context)->trainer;
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

static bool step_critics(struct cg_trainer *trainer, struct shard_job *job)
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

static bool step_generator(struct cg_trainer *trainer, struct shard_job *job)
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
    for (size_t s = 0; s < trainer->shard_count; s++)
        cg_losses_add_scaled(&trainer->losses, cg_shard_losses(trainer->shards[s]), 1.0);
    for (int c = 0; critics_learned && c < CG_CRITIC_COUNT; c++)
        trainer->critic_gradient[c] += cg_learner_gradient_length(&trainer->state.critics[c]);
    if (generator_learned)
        trainer->generator_gradient += cg_learner_gradient_length(&trainer->state.generator);
    trainer->critics_learned |= critics_learned;
    trainer->generator_learned |= generator_learned;
}

static bool take_step(void *context)
{
    struct cg_trainer *trainer = context;
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
    add_up(trainer, second, !head_start);
    state->step++;
    if (!head_start && state->generator.steps > 0)
        cg_ema_update(state->average, state->generator.parameters, state->generator.count,
                      cg_ema_power_decay(state->generator.steps, AVERAGE_EXPONENT));
    return true;
}

/* ---- what happens between steps ---- */

static enum cg_status show_samples(void *context, struct cg_error *error)
{
    struct cg_trainer *trainer = context;
    struct cg_sheet sheet;
    char name[CG_SAMPLE_NAME_NBYTES];
    enum cg_status status = cg_journal_sample(trainer->journal, trainer->dataset, &trainer->state,
                                              trainer->pool, &sheet, name, error);
    if (status == CG_OK && sheet.rows > 0) {
        struct cg_train_report report = report_of(trainer, CG_TRAIN_SAMPLED);
        report.text = name;
        report.sheet = &sheet;
        if (trainer->report != NULL)
            trainer->report(trainer->report_context, &report);
    }
    return status;
}

static enum cg_status save(void *context, struct cg_error *error)
{
    struct cg_trainer *trainer = context;
    enum cg_status status = show_samples(trainer, error);
    if (status == CG_OK)
        status = cg_checkpoint_write(trainer->checkpoint_path, &trainer->state, error);
    if (status == CG_OK)
        status = cg_model_write(trainer->model_path, trainer->card, trainer->state.average, error);
    if (status == CG_OK)
        cg_trainer_tell(trainer, CG_TRAIN_SAVED, trainer->model_path);
    return status;
}

/* What to try when a critic's alarm is raised, in the order of stability.h. */
static const char *const advice[CG_ALARM_COUNT] = {
    "",
    "raise the critics' weights (--adversarial-line, --adversarial-colour)",
    "raise --teacher, so that real and generated comics are harder to tell apart",
    "lower the critics' weights (--adversarial-line, --adversarial-colour), or raise --target",
    "begin a new run from the last model that was saved (--from)",
};

/* alarm: its bit. critic: the one it is about; NULL: the whole run. */
static void raise_alarm(struct cg_trainer *trainer, unsigned alarm, const char *critic)
{
    struct cg_train_report report = report_of(trainer, CG_TRAIN_ALARM);
    report.text = cg_alarm_name(alarm);
    report.critic = critic;
    for (int i = 0; i < CG_ALARM_COUNT; i++)
        if (alarm == 1u << i)
            report.advice = advice[i];
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
}

/* Let stability.h judge each critic's game; alarms that were not there before are told. */
static void look_for_alarms(struct cg_trainer *trainer, struct cg_train_report *report)
{
    for (int c = 0; report->critics_learned && c < CG_CRITIC_COUNT; c++) {
        unsigned raised;
        const struct cg_observation seen = {
            .step = report->step,
            .accuracy_real = report->losses.right_real[c],
            .accuracy_fake = report->losses.right_fake[c],
            .generator_gradient = report->critics[c].pull,
            .discriminator_gradient = report->critics[c].gradient,
            .diversity = 1.0,
            .coverage = 1.0,
        };
        report->critics[c].alarms = cg_stability_observe(&trainer->stability[c], &seen, &raised);
        for (unsigned alarm = 1; alarm < 1u << CG_ALARM_COUNT; alarm <<= 1)
            if (raised & alarm)
                raise_alarm(trainer, alarm, cg_critic_name((enum cg_critic)c));
    }
}

static enum cg_status log_step(struct cg_trainer *trainer, struct cg_error *error)
{
    struct cg_log_value values[CG_LOG_VALUES_MAX];
    char alarms[CG_ALARM_NAMES_NBYTES];
    struct cg_train_report report = report_of(trainer, CG_TRAIN_STEP);
    look_for_alarms(trainer, &report);
    report.values = values;
    report.value_count = cg_journal_values(&report, alarms, values);
    enum cg_status status = cg_journal_log(trainer->journal, &report, error);
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
    trainer->losses = (struct cg_losses){0};
    trainer->generator_gradient = 0.0;
    trainer->generator_learned = trainer->critics_learned = false;
    memset(trainer->critic_gradient, 0, sizeof(trainer->critic_gradient));
    trainer->validation_loss = 0.0;
    cg_loop_mark(&trainer->loop);
    return status;
}

static enum cg_status look_after(void *context, struct cg_error *error)
{
    struct cg_trainer *trainer = context;
    enum cg_status status = CG_OK;
    if (cg_loop_is_due(&trainer->loop, VALIDATION_STEPS)) {
        status = cg_journal_validate(trainer->dataset, &trainer->state, trainer->pool,
                                     &trainer->validation_loss, error);
        if (status == CG_OK)
            cg_trainer_tell(trainer, CG_TRAIN_VALIDATED, NULL);
    }
    if (status == CG_OK && cg_loop_is_due(&trainer->loop, LOG_STEPS))
        status = log_step(trainer, error);
    return status;
}

static void tell_unstable(void *context)
{
    raise_alarm(context, CG_ALARM_NAN, NULL);
}

/* ---- a run ---- */

static enum cg_status train(const struct cg_train_options *options, bool resume,
                            uint64_t fingerprint, const struct cg_train_limits *limits,
                            cg_train_report_fn report, void *context, struct cg_error *error)
{
    struct cg_trainer trainer = {
        .options = options,
        .recipe = &options->recipe,
        .loop = {.limits = limits,
                 .out_dir = options->out_dir,
                 .step = &trainer.state.step,
                 .checkpoint_steps = CHECKPOINT_STEPS,
                 .context = &trainer,
                 .begin = show_samples,
                 .take_step = take_step,
                 .look_after = look_after,
                 .save = save,
                 .tell_unstable = tell_unstable},
        .report = report,
        .report_context = context,
        .checkpoint_path = cg_run_path(options->out_dir, CG_RUN_CHECKPOINT),
        .model_path = cg_run_path(options->out_dir, CG_RUN_MODEL),
    };
    enum cg_status status = CG_OK;
    if (trainer.checkpoint_path == NULL || trainer.model_path == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "training: out of memory");
    if (status == CG_OK)
        status = cg_trainer_set_up(&trainer, resume, fingerprint, error);
    if (status == CG_OK)
        status = cg_loop_run(&trainer.loop, error);
    cg_trainer_tear_down(&trainer);
    return status;
}

enum cg_status cg_train_start(const struct cg_train_options *options,
                              const struct cg_train_limits *limits, cg_train_report_fn report,
                              void *context, struct cg_error *error)
{
    enum cg_status status = cg_run_check_free(options->out_dir, error);
    if (status != CG_OK)
        return status;
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
