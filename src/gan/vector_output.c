/* A vector GAN's output: rows of the log, sample pictures, the model. */
#include "gan/vector_trainer.h"

#include "base/memory.h"
#include "gan/vector_sample.h"
#include "train/core/log.h"
#include "train/core/run_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GRID_COLUMNS 12
#define GRID_ROWS 8
#define GRID_SIDE_PX 56 /* at least, for a picture */

/* The means since the last row. */
void cg_vector_tell(struct cg_vector_trainer *trainer, const struct cg_vector_report *what)
{
    struct cg_vector_report report = *what;
    report.step = trainer->state.step;
    report.steps_limit = trainer->loop.limits->steps;
    report.row = &trainer->row;
    if (trainer->report != NULL)
        trainer->report(trainer->report_context, &report);
}

static struct cg_vector_row take_means(const struct cg_vector_trainer *trainer)
{
    struct cg_pace pace = cg_loop_pace(&trainer->loop);
    double share = pace.steps > 0 ? 1.0 / (double)pace.steps : 0.0;
    double gradient_fraction = trainer->gradient_steps > 0 ? 1.0 / trainer->gradient_steps : 0.0;
    const struct cg_vector_losses *losses = &trainer->losses;
    return (struct cg_vector_row){
        .seconds = pace.seconds,
        .samples_per_second = pace.steps_per_second * trainer->recipe->batch,
        .discriminator_loss = losses->discriminator * share,
        .generator_loss = losses->generator * share,
        .penalty = losses->penalty * share,
        .seen = {.step = trainer->state.step,
                 .accuracy_real = losses->accuracy_real * share,
                 .accuracy_fake = losses->accuracy_fake * share,
                 .generator_gradient = trainer->generator_gradient * gradient_fraction,
                 .discriminator_gradient = trainer->discriminator_gradient * gradient_fraction},
        .generator_rate = trainer->state.generator.adam.learning_rate,
        .discriminator_rate = trainer->state.discriminator.adam.learning_rate,
    };
}

static void begin_means(struct cg_vector_trainer *trainer)
{
    trainer->losses = (struct cg_vector_losses){0};
    trainer->generator_gradient = trainer->discriminator_gradient = 0.0;
    trainer->gradient_steps = 0;
    cg_loop_mark(&trainer->loop);
}

/* A row as the log has it; values has room for CG_LOG_VALUES_MAX, alarms for their names. Returns
 * how many there are. */
static size_t values_of(const struct cg_vector_row *row, char alarms[CG_ALARM_NAMES_NBYTES],
                        struct cg_log_value *values)
{
    const struct cg_observation *seen = &row->seen;
    const struct cg_log_value list[] = {
        {.name = "step", .value = (double)seen->step},
        {.name = "seconds", .value = row->seconds},
        {.name = "samples_per_second", .value = row->samples_per_second},
        {.name = "discriminator_loss", .value = row->discriminator_loss},
        {.name = "generator_loss", .value = row->generator_loss},
        {.name = "penalty", .value = row->penalty},
        {.name = "accuracy_real", .value = seen->accuracy_real},
        {.name = "accuracy_fake", .value = seen->accuracy_fake},
        {.name = "discriminator_gradient", .value = seen->discriminator_gradient},
        {.name = "generator_gradient", .value = seen->generator_gradient},
        {.name = "diversity", .value = seen->diversity},
        {.name = "coverage", .value = seen->coverage},
        {.name = "frechet", .value = row->frechet},
        {.name = "generator_rate", .value = row->generator_rate},
        {.name = "discriminator_rate", .value = row->discriminator_rate},
        {.name = "alarms", .text = cg_alarm_names(row->alarms, alarms)},
    };
    memcpy(values, list, sizeof(list));
    return sizeof(list) / sizeof(list[0]);
}

enum cg_status cg_vector_open_log(struct cg_vector_trainer *trainer, struct cg_error *error)
{
    char alarms[CG_ALARM_NAMES_NBYTES];
    struct cg_log_value columns[CG_LOG_VALUES_MAX];
    size_t count = values_of(&trainer->row, alarms, columns);
    begin_means(trainer);
    if (trainer->log != NULL)
        fclose(trainer->log);
    return cg_log_open(trainer->log_path, columns, count, trainer->state.step, &trainer->log,
                       error);
}

/* Write the last row and report it. */
static enum cg_status write_row(struct cg_vector_trainer *trainer, struct cg_error *error)
{
    char alarms[CG_ALARM_NAMES_NBYTES];
    struct cg_log_value values[CG_LOG_VALUES_MAX];
    size_t count = values_of(&trainer->row, alarms, values);
    enum cg_status status = cg_log_add(trainer->log, trainer->log_path, values, count, error);
    cg_vector_tell(trainer, &(struct cg_vector_report){
                                .event = CG_VECTOR_LOGGED, .values = values, .value_count = count});
    return status;
}

enum cg_status cg_vector_log(struct cg_vector_trainer *trainer, struct cg_error *error)
{
    unsigned raised = 0;
    struct cg_vector_row *row = &trainer->row;
    *row = take_means(trainer);
    cg_vector_measure_modes(trainer->measure, trainer->state.generator.parameters,
                            &row->seen.diversity, &row->seen.coverage);
    enum cg_status status =
        cg_vector_measure_frechet(trainer->measure, trainer->state.average, &row->frechet, error);
    if (status != CG_OK)
        return status;
    if (trainer->state.step > 0)
        row->alarms = cg_stability_observe(&trainer->state.stability, &row->seen, &raised);
    if (trainer->state.rollback.in_a_row > 0)
        row->alarms |= CG_ALARM_NAN;
    status = write_row(trainer, error);
    for (unsigned bit = 1; bit < 1u << CG_ALARM_COUNT; bit <<= 1)
        if (raised & bit)
            cg_vector_tell(trainer, &(struct cg_vector_report){.event = CG_VECTOR_ALARM,
                                                               .text = cg_alarm_name(bit),
                                                               .advice = cg_alarm_advice(bit)});
    begin_means(trainer);
    return status;
}

static enum cg_status write_samples(struct cg_vector_trainer *trainer, struct cg_error *error)
{
    const struct cg_vector_config *config = &trainer->options->config;
    struct cg_image sheet = {0};
    int count = GRID_COLUMNS * GRID_ROWS, scale = (GRID_SIDE_PX - 1) / config->side_px + 1;
    const float *pictures =
        cg_vector_measure_pictures(trainer->measure, trainer->state.average, (size_t)count);
    char *path = cg_string_format("%s/samples/step-%07" PRIu64 ".png", trainer->options->out_dir,
                                  trainer->state.step);
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "samples: out of memory");
    enum cg_status status = cg_grid_draw(pictures, count, GRID_COLUMNS, config->side_px,
                                         config->channels, scale, &sheet, error);
    if (status == CG_OK)
        status = cg_image_write(path, &sheet,
                                &(struct cg_image_write_options){.format = CG_IMAGE_PNG}, error);
    cg_image_clear(&sheet);
    free(path);
    return status;
}

static enum cg_status write_model(struct cg_vector_trainer *trainer, struct cg_error *error)
{
    struct cg_vector_state *state = &trainer->state;
    const struct cg_vector_model model = {
        .config = trainer->options->config,
        .networks = {state->generator.network, state->discriminator.network},
        .name = (char *)(size_t)trainer->options->name};
    const float *const parameters[CG_VECTOR_NETWORKS] = {state->average, state->discriminator.used};
    return cg_vector_model_write(trainer->model_path, &model, parameters, error);
}

enum cg_status cg_vector_publish(struct cg_vector_trainer *trainer, struct cg_error *error)
{
    enum cg_status status = write_samples(trainer, error);
    if (status == CG_OK)
        status = write_model(trainer, error);
    if (status == CG_OK)
        cg_vector_tell(trainer, &(struct cg_vector_report){.event = CG_VECTOR_SAVED,
                                                           .text = trainer->model_path});
    return status;
}
