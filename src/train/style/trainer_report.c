/*
 * Reporting: see trainer.h. Values are summed over steps; each row of the log takes their means and
 * resets the sums.
 */
#include "train/style/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TIMED_STEP 2

bool cg_trainer_in_second_stage(const struct cg_trainer *trainer)
{
    return trainer->state.step >= trainer->recipe->pretrain_steps;
}

/* Numbers of one critic, summed since the last row of the log, made means. */
static struct cg_train_critic critic_report(const struct cg_trainer *trainer, int c, double share)
{
    const struct cg_losses *sum = &trainer->losses;
    return (struct cg_train_critic){
        .accuracy = 0.5 * share * (sum->right_real[c] + sum->right_fake[c]),
        .gradient = share * trainer->critic_gradient[c],
        .adversarial_gradient = sqrt(share * sum->adversarial_gradient[c]),
    };
}

struct cg_train_report cg_trainer_report(const struct cg_trainer *trainer,
                                         enum cg_train_event event)
{
    struct cg_pace pace = cg_loop_pace(&trainer->loop);
    struct cg_train_report report = {
        .event = event,
        .recipe = trainer->recipe,
        .step = trainer->state.step,
        .steps_limit = trainer->loop.limits->steps,
        .seconds = pace.seconds,
        .steps_per_second = pace.steps_per_second,
        .adversarial = cg_trainer_in_second_stage(trainer),
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
    report.dataset = trainer->dataset;
    report.total_loss = cg_losses_total(&report.losses);
    return report;
}

void cg_trainer_tell(struct cg_trainer *trainer, enum cg_train_event event, const char *text)
{
    struct cg_train_report report = cg_trainer_report(trainer, event);
    report.text = text;
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
}

/* Estimate the rest of the run from its limits and the measured costs. */
static void tell_estimate(struct cg_trainer *trainer)
{
    const struct cg_train_limits *limits = trainer->loop.limits;
    const uint64_t step = trainer->state.step;
    struct cg_train_report report = cg_trainer_report(trainer, CG_TRAIN_ESTIMATED);
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

void cg_trainer_note_step(struct cg_trainer *trainer, enum cg_phase phase, double seconds)
{
    if (++trainer->timed_steps != TIMED_STEP)
        return;
    trainer->costs.phase = phase;
    trainer->costs.step = seconds;
    trainer->costs.save_steps = trainer->loop.checkpoint_steps;
    tell_estimate(trainer);
}

/* What to try when a critic's alarm is raised, in the order of stability.h; the loop itself tells
 * of numbers that are not finite. */
static const char *const advice[CG_ALARM_COUNT] = {
    "",
    "raise the critics' weights (--adversarial-line, --adversarial-colour, --adversarial-pair)",
    ("raise --teacher (against the critic of the pair --target), so that real and generated comics "
     "are harder to tell apart"),
    ("lower the critics' weights (--adversarial-line, --adversarial-colour, --adversarial-pair), "
     "or raise --target"),
    "",
};

void cg_trainer_alarm(void *context, const char *name, const char *about, const char *what_to_try)
{
    struct cg_trainer *trainer = context;
    struct cg_train_report report = cg_trainer_report(trainer, CG_TRAIN_ALARM);
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
            cg_trainer_alarm(trainer, cg_alarm_name(alarm), about, advice[i]);
}

/* Feed each critic's statistics to stability.h and report new alarms. */
static void look_for_alarms(struct cg_trainer *trainer, struct cg_train_report *report)
{
    for (int c = 0; report->critics_learned && c < CG_CRITIC_COUNT; c++) {
        unsigned raised;
        if (!cg_recipe_has_critic(report->recipe, (enum cg_critic)c))
            continue;
        const struct cg_observation seen = {
            .step = report->step,
            .accuracy_real = report->losses.right_real[c],
            .accuracy_fake = report->losses.right_fake[c],
            .generator_gradient = report->critics[c].adversarial_gradient,
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

/* All ranks' losses since the last row, summed micro-batch by micro-batch. */
static void sum_losses(struct cg_trainer *trainer)
{
    struct cg_losses *losses = trainer->micro_batch_losses;
    cg_ranks_allgather(trainer->ranks, losses, trainer->total_micro_batches, sizeof(*losses));
    trainer->losses = (struct cg_losses){0};
    for (int s = 0; s < trainer->total_micro_batches; s++)
        cg_losses_add_scaled(&trainer->losses, &losses[s], 1.0);
}

void cg_trainer_begin_means(struct cg_trainer *trainer)
{
    memset(trainer->micro_batch_losses, 0,
           (size_t)trainer->total_micro_batches * sizeof(*trainer->micro_batch_losses));
    trainer->generator_gradient = 0.0;
    trainer->generator_learned = trainer->critics_learned = false;
    memset(trainer->critic_gradient, 0, sizeof(trainer->critic_gradient));
    trainer->validation_loss = 0.0;
    cg_loop_mark(&trainer->loop);
}

enum cg_status cg_trainer_log(struct cg_trainer *trainer, struct cg_error *error)
{
    struct cg_log_value values[CG_LOG_VALUES_MAX];
    char alarms[CG_ALARM_NAMES_NBYTES];
    enum cg_status status = CG_OK;
    sum_losses(trainer);
    struct cg_train_report report = cg_trainer_report(trainer, CG_TRAIN_STEP);
    look_for_alarms(trainer, &report);
    report.alarms |= trainer->state.rollback.in_a_row > 0 ? CG_ALARM_NAN : 0;
    report.values = values;
    report.value_count = cg_run_output_values(&report, alarms, values);
    if (trainer->output != NULL)
        status = cg_run_output_log(trainer->output, &report, error);
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
    cg_trainer_begin_means(trainer);
    return cg_ranks_agree(trainer->ranks, status, error);
}
