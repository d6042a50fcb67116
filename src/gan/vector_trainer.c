/*
 * Training the vector GAN: see gan.h; the loop around the steps is loop.c. A step goes as in the
 * text that this project comes from, which is algorithm 1 of Goodfellow et al. 2014:
 *
 *   1. draw noise z, generate a batch of fake pictures G(z)
 *   2. draw a batch of real pictures x
 *   3. D takes a step: up along E[log D(x)] + E[log(1 - D(G(z)))]
 *   4. G takes a step: down along E[log(1 - D(G(z)))], or what the objective puts in its place
 *   5. repeat
 *
 * take_step below has these five lines; vector_batch.c has what they do to a batch.
 */
#include "gan/vector_trainer.h"

#include "train/core/run_file.h"

#include <math.h>

#define CHECKPOINT_STEPS 1000
#define GRADIENT_STEPS 10 /* a gradient's length is taken this often */

/* ---- one step ---- */

static float rate_now(const struct cg_vector_trainer *trainer, float peak)
{
    const struct cg_vector_recipe *recipe = trainer->recipe;
    float rate =
        cg_schedule_rate(recipe->schedule, peak, trainer->state.step, recipe->warmup, recipe->hold);
    return cg_rollback_rate(&trainer->state.rollback, rate);
}

static void set_rates(struct cg_vector_trainer *trainer)
{
    const struct cg_vector_recipe *recipe = trainer->recipe;
    struct cg_vector_state *state = &trainer->state;
    state->discriminator.adam.learning_rate = rate_now(trainer, recipe->discriminator_rate);
    state->generator.adam.learning_rate = rate_now(trainer, recipe->generator_rate);
}

/* Steps 1 to 3; round counts batches through the run. False if the gradient is not finite. */
static bool step_discriminator(struct cg_vector_trainer *trainer, uint64_t round)
{
    struct cg_learner *d = &trainer->state.discriminator;
    cg_vector_batch_make_fake(trainer->batch, round, &trainer->state.generator); /* 1 */
    cg_vector_batch_draw_real(trainer->batch, round, &trainer->samples);         /* 2 */
    cg_learner_begin(d, trainer->pool);
    cg_vector_batch_judge(trainer->batch, round, d); /* 3 */
    if (!cg_learner_step(d, trainer->pool))
        return false;
    if (d->spectral != NULL) /* the generator meets it as it is now */
        cg_spectral_normalise(d->spectral, d->parameters, d->used);
    return true;
}

/* Step 4. False if the gradient is not finite. */
static bool step_generator(struct cg_vector_trainer *trainer, uint64_t round)
{
    struct cg_learner *g = &trainer->state.generator;
    cg_learner_begin(g, trainer->pool);
    cg_vector_batch_learn(trainer->batch, round, &trainer->state.discriminator, g);
    return cg_learner_step(g, trainer->pool);
}

/* False when a loss is not finite. */
static bool add_up(struct cg_vector_trainer *trainer)
{
    struct cg_vector_losses *sum = &trainer->losses;
    const struct cg_vector_losses *losses = cg_vector_batch_losses(trainer->batch);
    sum->discriminator += losses->discriminator;
    sum->generator += losses->generator;
    sum->penalty += losses->penalty;
    sum->accuracy_real += losses->accuracy_real;
    sum->accuracy_fake += losses->accuracy_fake;
    if (trainer->state.step % GRADIENT_STEPS == 0) {
        trainer->discriminator_gradient += trainer->state.discriminator.gradient_length;
        trainer->generator_gradient += trainer->state.generator.gradient_length;
        trainer->gradient_steps++;
    }
    return isfinite(sum->discriminator + sum->generator + sum->penalty);
}

/* The average follows closely at first, so that it forgets the start. */
static void average(struct cg_vector_trainer *trainer)
{
    struct cg_vector_state *state = &trainer->state;
    float ramp = ((float)state->step + 1.0f) / ((float)state->step + 10.0f);
    float decay = fminf(trainer->recipe->ema, ramp);
    cg_learner_average(&state->generator, trainer->pool, state->average, decay);
}

static bool take_step(void *context)
{
    struct cg_vector_trainer *trainer = context;
    uint64_t rounds = (uint64_t)trainer->recipe->d_steps;
    uint64_t first = trainer->state.step * rounds, last = first + rounds - 1;
    set_rates(trainer);
    for (uint64_t round = first; round <= last; round++)
        if (!step_discriminator(trainer, round)) /* 1, 2 and 3 */
            return false;
    if (!step_generator(trainer, last) || !add_up(trainer)) /* 4 */
        return false;
    average(trainer);
    trainer->state.step++; /* 5 */
    return true;
}

/* ---- between steps ---- */

static enum cg_status log_row(void *context, struct cg_error *error)
{
    return cg_vector_log(context, error);
}

static enum cg_status look_after(void *context, struct cg_error *error)
{
    struct cg_vector_trainer *trainer = context;
    bool due = cg_loop_is_due(&trainer->loop, (uint64_t)trainer->recipe->log_steps);
    return due ? cg_vector_log(trainer, error) : CG_OK;
}

static enum cg_status publish(void *context, struct cg_error *error)
{
    return cg_vector_publish(context, error);
}

static enum cg_status rewind_log(void *context, struct cg_error *error)
{
    return cg_vector_open_log(context, error);
}

static void tell_alarm(void *context, const char *name, const char *about, const char *advice)
{
    const struct cg_vector_report alarm = {
        .event = CG_VECTOR_ALARM, .text = name, .about = about, .advice = advice};
    cg_vector_tell(context, &alarm);
}

/* ---- a run ---- */

static const struct cg_loop_calls calls = {.begin = log_row,
                                           .take_step = take_step,
                                           .look_after = look_after,
                                           .publish = publish,
                                           .rewind = rewind_log,
                                           .alarm = tell_alarm};

static enum cg_status train(const struct cg_vector_options *options, bool resume,
                            uint64_t fingerprint, const struct cg_train_limits *limits,
                            cg_vector_report_fn report, void *context, struct cg_error *error)
{
    struct cg_vector_trainer trainer = {
        .options = options,
        .recipe = &options->recipe,
        .loop = {.calls = &calls,
                 .context = &trainer,
                 .limits = limits,
                 .out_dir = options->out_dir,
                 .unstable_advice = cg_alarm_advice(CG_ALARM_NAN),
                 .checkpoint_steps = CHECKPOINT_STEPS,
                 .step = &trainer.state.step,
                 .rollback = &trainer.state.rollback},
        .report = report,
        .report_context = context,
    };
    enum cg_status status = cg_vector_set_up(&trainer, resume, fingerprint, error);
    if (status == CG_OK)
        status = cg_loop_run(&trainer.loop, error);
    cg_vector_tear_down(&trainer);
    return status;
}

enum cg_status cg_vector_start(const struct cg_vector_options *options,
                               const struct cg_train_limits *limits, cg_vector_report_fn report,
                               void *context, struct cg_error *error)
{
    const char *const read[] = {options->data, NULL};
    enum cg_status status = cg_run_check_free(options->out_dir, read, options->force, error);
    if (status != CG_OK)
        return status;
    return train(options, false, 0, limits, report, context, error);
}

enum cg_status cg_vector_resume(const char *out_dir, int threads,
                                const struct cg_train_limits *limits, cg_vector_report_fn report,
                                void *context, struct cg_error *error)
{
    struct cg_vector_options options;
    struct cg_run_file file;
    enum cg_status status = cg_vector_run_read(out_dir, &options, &file, error);
    if (status != CG_OK)
        return status;
    options.threads = threads;
    status = train(&options, true, file.fingerprint, limits, report, context, error);
    cg_run_file_release(&file);
    return status;
}
