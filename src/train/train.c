/*
 * Training a style: see train.h; the loop around the steps is loop.c. A step of the second stage
 * goes by turns (Goodfellow et al. 2014, algorithm 1): comics are generated, the critics judge real
 * and generated ones and take their step, then the generator takes its step against them and
 * against the targets.
 */
#include "train/trainer.h"

#include "base/clock.h"
#include "train/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_STEPS 50
#define CHECKPOINT_STEPS 500
#define VALIDATION_STEPS 1000
#define WARMUP_STEPS 100
#define HOLD_STEPS 3000
#define TIMED_STEP 2
#define LEARNING_COST 2.3      /* the generator's turn, in times of drawing and generating */
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
    report.dataset = trainer->dataset;
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

static float rate_now(const struct cg_trainer *trainer, float peak, uint64_t warmup)
{
    float rate = cg_learning_rate(peak, stage_step(trainer), warmup, HOLD_STEPS);
    return cg_setbacks_rate(&trainer->state.setbacks, rate);
}

static bool step_critics(struct cg_trainer *trainer, struct shard_job *job)
{
    bool finite = true;
    for (int c = 0; c < CG_CRITIC_COUNT; c++) {
        struct cg_learner *critic = &trainer->state.critics[c];
        cg_learner_begin(critic, trainer->pool);
        critic->adam = game_adam;
        critic->adam.learning_rate = rate_now(trainer, trainer->recipe->critic_rate, 0);
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
    generator->adam.learning_rate = rate_now(trainer, peak, WARMUP_STEPS);
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
    struct cg_losses *losses = trainer->shard_losses + trainer->first_shard;
    for (size_t s = 0; s < trainer->shard_count; s++)
        cg_losses_add_scaled(&losses[s], cg_shard_losses(trainer->shards[s]), 1.0);
    for (int c = 0; critics_learned && c < CG_CRITIC_COUNT; c++)
        trainer->critic_gradient[c] += cg_learner_gradient_length(&trainer->state.critics[c]);
    if (generator_learned)
        trainer->generator_gradient += cg_learner_gradient_length(&trainer->state.generator);
    trainer->critics_learned |= critics_learned;
    trainer->generator_learned |= generator_learned;
}

/* What lies ahead as the limits have it, in the costs that were measured. */
static void tell_estimate(struct cg_trainer *trainer)
{
    const struct cg_train_limits *limits = trainer->loop.limits;
    const uint64_t step = trainer->state.step;
    struct cg_train_report report = report_of(trainer, CG_TRAIN_ESTIMATED);
    double left = 60.0 * limits->minutes - report.seconds;
    uint64_t end = limits->steps;
    if (limits->minutes > 0.0 && left > 0.0) {
        uint64_t reached = cg_estimate_end(&trainer->costs, trainer->recipe, step, left);
        end = end == 0 || reached < end ? reached : end;
    }
    report.estimate.step = end;
    report.estimate.seconds = cg_estimate_seconds(&trainer->costs, trainer->recipe, step, end);
    if (trainer->report != NULL && end > step)
        trainer->report(trainer->report_context, &report);
}

/*
 * Note what the parts of a step have taken; of the second one, as the first pays for memory. In the
 * critics' head start the generator's turn, which is yet to come, is put at what it was measured to
 * cost (docs/TRAINING.md).
 */
static void note_costs(struct cg_trainer *trainer, const double clock[4], bool second,
                       bool head_start)
{
    if (++trainer->timed_steps != TIMED_STEP)
        return;
    trainer->costs.second_stage = second;
    trainer->costs.save_steps = CHECKPOINT_STEPS;
    trainer->costs.before = clock[2] - clock[0];
    trainer->costs.learning =
        head_start ? LEARNING_COST * (clock[1] - clock[0]) : clock[3] - clock[2];
    tell_estimate(trainer);
}

static bool take_step(void *context)
{
    struct cg_trainer *trainer = context;
    struct cg_train_state *state = &trainer->state;
    bool second = in_second_stage(trainer), finite = true;
    bool head_start = second && stage_step(trainer) < trainer->recipe->head_start_steps;
    struct shard_job job = {trainer, second ? trainer->recipe->target_share : 1.0f, second};
    double clock[4] = {cg_clock_seconds()};
    if (second && stage_step(trainer) == 0)
        enter_second_stage(trainer);
    cg_learner_begin(&state->generator, trainer->pool);
    cg_pool_run(trainer->pool, trainer->shard_count, generate_shard, &job);
    clock[1] = cg_clock_seconds();
    if (second)
        finite = step_critics(trainer, &job);
    clock[2] = cg_clock_seconds();
    if (finite && !head_start)
        finite = step_generator(trainer, &job);
    clock[3] = cg_clock_seconds();
    if (!finite)
        return false;
    add_up(trainer, second, !head_start);
    state->step++;
    if (!head_start && state->generator.steps > 0)
        cg_learner_average(&state->generator, trainer->pool, state->average,
                           cg_ema_power_decay(state->generator.steps, AVERAGE_EXPONENT));
    note_costs(trainer, clock, second, head_start);
    return true;
}

/* ---- what happens between steps ---- */

static enum cg_status show_samples(struct cg_trainer *trainer, struct cg_error *error)
{
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

static enum cg_status publish(void *context, struct cg_error *error)
{
    struct cg_trainer *trainer = context;
    double start = cg_clock_seconds();
    enum cg_status status = show_samples(trainer, error);
    if (status == CG_OK)
        status = cg_model_write(trainer->model_path, trainer->card, trainer->state.average, error);
    if (status == CG_OK)
        cg_trainer_tell(trainer, CG_TRAIN_SAVED, trainer->model_path);
    trainer->costs.saving = cg_clock_seconds() - start;
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

static void tell_alarm(void *context, const char *name, const char *about, const char *what_to_try)
{
    struct cg_trainer *trainer = context;
    struct cg_train_report report = report_of(trainer, CG_TRAIN_ALARM);
    report.text = name;
    report.about = about;
    report.advice = what_to_try;
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
}

/* alarm: its bit. */
static void raise_alarm(struct cg_trainer *trainer, unsigned alarm, enum cg_critic critic)
{
    char about[32];
    snprintf(about, sizeof(about), "critic of %s", cg_critic_name(critic));
    for (int i = 0; i < CG_ALARM_COUNT; i++)
        if (alarm == 1u << i)
            tell_alarm(trainer, cg_alarm_name(alarm), about, advice[i]);
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
        report->alarms |= cg_stability_observe(&trainer->stability[c], &seen, &raised);
        for (unsigned alarm = 1; alarm < 1u << CG_ALARM_COUNT; alarm <<= 1)
            if (raised & alarm)
                raise_alarm(trainer, alarm, (enum cg_critic)c);
    }
}

/* All ranks' losses since the last row, summed shard by shard. */
static void sum_losses(struct cg_trainer *trainer)
{
    struct cg_losses *losses = trainer->shard_losses;
    cg_ranks_collect(trainer->ranks, losses, trainer->total_shards, sizeof(*losses));
    trainer->losses = (struct cg_losses){0};
    for (int s = 0; s < trainer->total_shards; s++)
        cg_losses_add_scaled(&trainer->losses, &losses[s], 1.0);
}

static void begin_means(struct cg_trainer *trainer)
{
    memset(trainer->shard_losses, 0,
           (size_t)trainer->total_shards * sizeof(*trainer->shard_losses));
    trainer->generator_gradient = 0.0;
    trainer->generator_learned = trainer->critics_learned = false;
    memset(trainer->critic_gradient, 0, sizeof(trainer->critic_gradient));
    trainer->validation_loss = 0.0;
    cg_loop_mark(&trainer->loop);
}

static enum cg_status log_step(struct cg_trainer *trainer, struct cg_error *error)
{
    struct cg_log_value values[CG_LOG_VALUES_MAX];
    char alarms[CG_ALARM_NAMES_NBYTES];
    enum cg_status status = CG_OK;
    sum_losses(trainer);
    struct cg_train_report report = report_of(trainer, CG_TRAIN_STEP);
    look_for_alarms(trainer, &report);
    report.alarms |= trainer->state.setbacks.in_a_row > 0 ? CG_ALARM_NAN : 0;
    report.values = values;
    report.value_count = cg_journal_values(&report, alarms, values);
    if (trainer->journal != NULL)
        status = cg_journal_log(trainer->journal, &report, error);
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
    begin_means(trainer);
    return cg_ranks_agree(trainer->ranks, status, error);
}

static enum cg_status look_after(void *context, struct cg_error *error)
{
    struct cg_trainer *trainer = context;
    enum cg_status status = CG_OK;
    if (cg_loop_is_due(&trainer->loop, VALIDATION_STEPS)) {
        status = cg_journal_validate(trainer->dataset, &trainer->state, trainer->pool,
                                     trainer->ranks, &trainer->validation_loss, error);
        if (status == CG_OK)
            cg_trainer_tell(trainer, CG_TRAIN_VALIDATED, NULL);
    }
    if (status == CG_OK && cg_loop_is_due(&trainer->loop, LOG_STEPS))
        status = log_step(trainer, error);
    return status;
}

/* What is not in the state begins anew, the log where the state is. */
static enum cg_status rewind_journal(void *context, struct cg_error *error)
{
    struct cg_trainer *trainer = context;
    begin_means(trainer);
    memset(trainer->stability, 0, sizeof(trainer->stability));
    if (trainer->journal == NULL)
        return CG_OK;
    cg_journal_close(trainer->journal);
    return cg_journal_open(trainer->options->out_dir, trainer->state.step, &trainer->journal,
                           error);
}

/* ---- a run ---- */

static const struct cg_loop_calls calls = {.take_step = take_step,
                                           .look_after = look_after,
                                           .publish = publish,
                                           .rewind = rewind_journal,
                                           .alarm = tell_alarm};

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
                 .unstable_advice = advice[CG_ALARM_COUNT - 1],
                 .checkpoint_steps = CHECKPOINT_STEPS,
                 .step = &trainer.state.step,
                 .setbacks = &trainer.state.setbacks},
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

enum cg_status cg_train_start(const struct cg_train_options *options,
                              const struct cg_train_limits *limits, cg_train_report_fn report,
                              void *context, struct cg_error *error)
{
    enum cg_status status =
        cg_ranks_agree(limits->ranks, cg_run_check_free(options->out_dir, error), error);
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
    uint64_t fingerprint;
    enum cg_status status = cg_run_read(out_dir, &options, &fingerprint, &file, error);
    bool read = status == CG_OK;
    status = cg_ranks_agree(limits->ranks, status, error);
    options.threads = threads;
    if (status == CG_OK)
        status = train(&options, true, fingerprint, limits, report, context, error);
    if (read)
        cg_run_file_release(&file);
    return status;
}
