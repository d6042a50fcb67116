/* A run's output for people: see trainer.h. */
#include "base/clamp.h"
#include "train/style/trainer.h"

#include "base/file.h"
#include "base/memory.h"
#include "model/architecture.h"
#include "nn/infer.h"
#include "train/core/log.h"
#include "train/core/run_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_QUALITY 88

struct cg_run_output {
    char *out_dir;
    char *log_path;
    FILE *log;
};

size_t cg_run_output_values(const struct cg_train_report *report,
                            char alarms[CG_ALARM_NAMES_NBYTES], struct cg_log_value *values)
{
    const struct cg_losses *losses = &report->losses;
    const struct cg_train_critic *line = &report->critics[CG_CRITIC_LINE];
    const struct cg_train_critic *colour = &report->critics[CG_CRITIC_COLOUR];
    const struct cg_train_critic *pair = &report->critics[CG_CRITIC_PAIR];
    double validation = report->validation_loss > 0.0 ? report->validation_loss : NAN;
    /* what was not in play since the last row has no numbers */
    double learned = report->generator_learned ? 1.0 : NAN;
    double game = report->critics_learned ? 1.0 : NAN, both = learned * game;
    const struct cg_log_value before[] = {
        {.name = "step", .value = (double)report->step},
        {.name = "seconds", .value = report->seconds},
        {.name = "steps_per_second", .value = report->steps_per_second},
        {.name = "stage", .text = report->adversarial ? "adversarial" : "pretrain"},
        {.name = "loss", .value = learned * report->total_loss},
        {.name = "validation", .value = validation},
    };
    /* what takes no part has no columns */
    const bool paired = cg_recipe_has_critic(report->recipe, CG_CRITIC_PAIR);
    const bool penalised = report->recipe->r1 > 0.0f;
    const struct cg_log_value after[] = {
        {.name = "critic_line", .value = game * losses->critic[CG_CRITIC_LINE]},
        {.name = "critic_colour", .value = game * losses->critic[CG_CRITIC_COLOUR]},
        {.name = paired ? "critic_pair" : NULL, .value = game * losses->critic[CG_CRITIC_PAIR]},
        {.name = penalised ? "r1_line" : NULL, .value = game * losses->r1[CG_CRITIC_LINE]},
        {.name = penalised ? "r1_colour" : NULL, .value = game * losses->r1[CG_CRITIC_COLOUR]},
        {.name = penalised && paired ? "r1_pair" : NULL,
         .value = game * losses->r1[CG_CRITIC_PAIR]},
        {.name = "adversarial_line", .value = both * losses->adversarial[CG_CRITIC_LINE]},
        {.name = "adversarial_colour", .value = both * losses->adversarial[CG_CRITIC_COLOUR]},
        {.name = paired ? "adversarial_pair" : NULL,
         .value = both * losses->adversarial[CG_CRITIC_PAIR]},
        {.name = "accuracy_line", .value = game * line->accuracy},
        {.name = "accuracy_colour", .value = game * colour->accuracy},
        {.name = paired ? "accuracy_pair" : NULL, .value = game * pair->accuracy},
        {.name = "generator_gradient", .value = learned * report->generator_gradient},
        {.name = "critic_gradient_line", .value = game * line->gradient},
        {.name = "critic_gradient_colour", .value = game * colour->gradient},
        {.name = paired ? "critic_gradient_pair" : NULL, .value = game * pair->gradient},
        {.name = "adversarial_gradient_line", .value = both * line->adversarial_gradient},
        {.name = "adversarial_gradient_colour", .value = both * colour->adversarial_gradient},
        {.name = paired ? "adversarial_gradient_pair" : NULL,
         .value = both * pair->adversarial_gradient},
        {.name = "generator_rate", .value = learned * report->generator_rate},
        {.name = "critic_rate", .value = game * report->critic_rate},
        {.name = "images_per_second", .value = report->images_per_second},
        {.name = "alarms", .text = cg_alarm_names(report->alarms, alarms)},
    };
    size_t count = sizeof(before) / sizeof(before[0]);
    memcpy(values, before, sizeof(before));
    for (int i = 0; CG_LOSSES[i].name != NULL; i++)
        if (!CG_LOSSES[i].optional || cg_loss_weight(&CG_LOSSES[i], report->recipe) > 0.0f)
            values[count++] = (struct cg_log_value){.name = CG_LOSSES[i].name,
                                                    .value = learned * losses->target[i]};
    for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++)
        if (after[i].name != NULL)
            values[count++] = after[i];
    return count;
}

static enum cg_status open_log(struct cg_run_output *output, const struct cg_recipe *recipe,
                               uint64_t step, struct cg_error *error)
{
    char alarms[CG_ALARM_NAMES_NBYTES];
    struct cg_log_value columns[CG_LOG_VALUES_MAX];
    const struct cg_train_report nothing = {.recipe = recipe};
    size_t count = cg_run_output_values(&nothing, alarms, columns);
    return cg_log_open(output->log_path, columns, count, step, &output->log, error);
}

enum cg_status cg_run_output_open(const struct cg_train_options *options, uint64_t step,
                                  struct cg_run_output **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_run_output *output = cg_alloc_zero(1, sizeof(*output), "output", error);
    if (output == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = CG_OK;
    output->out_dir = cg_string_copy(options->out_dir);
    output->log_path = cg_run_path(options->out_dir, "log.csv");
    if (output->out_dir == NULL || output->log_path == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "output: out of memory");
    if (status == CG_OK)
        status = open_log(output, &options->recipe, step, error);
    if (status != CG_OK) {
        cg_run_output_close(output);
        return status;
    }
    *out = output;
    return CG_OK;
}

void cg_run_output_close(struct cg_run_output *output)
{
    if (output == NULL)
        return;
    if (output->log != NULL)
        fclose(output->log);
    free(output->log_path);
    free(output->out_dir);
    free(output);
}

enum cg_status cg_run_output_log(struct cg_run_output *output, const struct cg_train_report *report,
                                 struct cg_error *error)
{
    return cg_log_add(output->log, output->log_path, report->values, report->value_count, error);
}

/* ---- held-out photos ---- */

/* What is done with one held-out photo after another. */
struct viewing {
    const struct cg_dataset *dataset;
    const struct cg_train_state *state;
    struct cg_infer *infer;
    struct cg_pool *pool;
};

static int whole_tokens(const struct cg_train_state *state, int side)
{
    return side - side % cg_generator_token_px(&state->config);
}

/* The upper left part of an image, whose sides are whole tokens, as floats from 0 to 1. */
static float *floats_of(const struct cg_image *image, int width, int height, struct cg_error *error)
{
    size_t line = (size_t)width * (size_t)image->channels;
    float *values = cg_alloc(line * (size_t)height, sizeof(float), "validation photo", error);
    for (int y = 0; values != NULL && y < height; y++) {
        const uint8_t *from =
            image->pixels + (size_t)y * (size_t)image->width * (size_t)image->channels;
        for (size_t i = 0; i < line; i++)
            values[(size_t)y * line + i] = (float)from[i] / 255.0f;
    }
    return values;
}

/* A photo, and the layers that the generator makes of it; RGB, whole tokens only. */
enum { PHOTO, COMIC, INK, COLOUR, PICTURE_COUNT };

/* From the generator's layers, floats from 0 to 1, to pictures; ink is shown black on white. */
static void layers_to_bytes(const float *colour, const float *ink, size_t pixels,
                            struct cg_image pictures[PICTURE_COUNT])
{
    for (size_t i = 0; i < 3 * pixels; i++) {
        float paper = 1.0f - ink[i / 3];
        pictures[COMIC].pixels[i] = cg_byte_of(255.0f * (colour[i] * paper));
        pictures[INK].pixels[i] = cg_byte_of(255.0f * paper);
        pictures[COLOUR].pixels[i] = cg_byte_of(255.0f * colour[i]);
    }
}

/* Make pictures from PHOTO on; whatever is made is to be cleared. */
static enum cg_status draw_comic(const struct viewing *viewing,
                                 struct cg_image pictures[PICTURE_COUNT], struct cg_error *error)
{
    const struct cg_image *photo = &pictures[PHOTO];
    int width = whole_tokens(viewing->state, photo->width);
    int height = whole_tokens(viewing->state, photo->height);
    size_t pixels = (size_t)width * (size_t)height;
    const float *output;
    enum cg_status status = CG_OK;
    for (int i = COMIC; status == CG_OK && i < PICTURE_COUNT; i++)
        status = cg_image_create(width, height, 3, &pictures[i], error);
    if (status != CG_OK)
        return status;
    float *input = floats_of(photo, width, height, error);
    float *layers = cg_alloc(4 * pixels, sizeof(float), "validation comic", error);
    if (input == NULL || layers == NULL)
        status = CG_ERR_MEMORY;
    if (status == CG_OK)
        status = cg_infer_run(viewing->infer, viewing->pool, viewing->state->average, input, height,
                              width, &output, NULL, error);
    if (status == CG_OK) {
        float *logit = layers + 3 * pixels;
        cg_layers_from_output(output, input, height, width, layers, logit);
        cg_activate(logit, pixels, CG_ACT_SIGMOID, 0.0f);
        layers_to_bytes(layers, logit, pixels, pictures);
    }
    free(layers);
    free(input);
    return status;
}

static double distance_to_target(const struct cg_image *comic, const struct cg_image *colour,
                                 const struct cg_image *ink)
{
    double sum = 0.0;
    for (int y = 0; y < comic->height; y++)
        for (int x = 0; x < 3 * comic->width; x++) {
            size_t pixel = (size_t)y * (size_t)colour->width + (size_t)(x / 3);
            float target = (float)colour->pixels[3 * pixel + (size_t)(x % 3)] *
                           (1.0f - (float)ink->pixels[pixel] / 255.0f);
            sum += fabsf((float)comic->pixels[(size_t)y * 3 * (size_t)comic->width + (size_t)x] -
                         target);
        }
    return sum / (255.0 * 3.0 * (double)comic->width * (double)comic->height);
}

static enum cg_status begin_viewing(const struct cg_dataset *dataset,
                                    const struct cg_train_state *state, struct cg_pool *pool,
                                    struct viewing *out, struct cg_error *error)
{
    *out = (struct viewing){dataset, state, NULL, pool};
    return cg_infer_create(state->generator.network, CG_PRECISION_FLOAT, &out->infer, error);
}

/* Draw the pictures of held-out photo number index; then put its loss into *loss and itself into
 * the sheet, where those are wanted. */
static enum cg_status view_photo(const struct viewing *viewing, size_t index, double *loss,
                                 struct cg_sheet *sheet, struct cg_image *image,
                                 struct cg_error *error)
{
    struct cg_image pictures[PICTURE_COUNT] = {{0}}, colour, ink;
    enum cg_status status =
        cg_dataset_validation(viewing->dataset, index, &pictures[PHOTO], &colour, &ink, error);
    if (status != CG_OK)
        return status;
    status = draw_comic(viewing, pictures, error);
    if (status == CG_OK && loss != NULL)
        *loss = distance_to_target(&pictures[COMIC], &colour, &ink);
    if (status == CG_OK && sheet != NULL)
        status = cg_sheet_add_row(sheet, image, pictures, error);
    for (int i = 0; i < PICTURE_COUNT; i++)
        cg_image_clear(&pictures[i]);
    cg_image_clear(&ink);
    cg_image_clear(&colour);
    return status;
}

enum cg_status cg_run_output_validate(const struct cg_dataset *dataset,
                                      const struct cg_train_state *state, struct cg_pool *pool,
                                      struct cg_ranks *ranks, double *loss, struct cg_error *error)
{
    struct cg_dataset_counts counts;
    struct viewing viewing;
    double losses[CG_DATASET_VALIDATION_MAX] = {0};
    int begin, end;
    cg_dataset_get_counts(dataset, &counts);
    *loss = 0.0;
    if (counts.validation == 0)
        return CG_OK;
    cg_ranks_share(ranks, (int)counts.validation, &begin, &end);
    enum cg_status status = begin_viewing(dataset, state, pool, &viewing, error);
    for (int i = begin; status == CG_OK && i < end; i++)
        status = view_photo(&viewing, (size_t)i, &losses[i], NULL, NULL, error);
    cg_infer_free(viewing.infer);
    cg_ranks_allgather(ranks, losses, (int)counts.validation, sizeof(losses[0]));
    for (size_t i = 0; i < counts.validation; i++)
        *loss += losses[i];
    *loss /= (double)counts.validation;
    return cg_ranks_agree(ranks, status, error);
}

static enum cg_status write_sheet(const struct cg_run_output *output, const char *name,
                                  const struct cg_image *image, struct cg_error *error)
{
    char *path = cg_string_format("%s/samples/%s", output->out_dir, name);
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "output: out of memory");
    const struct cg_image_write_options options = {.format = CG_IMAGE_JPEG,
                                                   .quality = SAMPLE_QUALITY};
    enum cg_status status = cg_image_write(path, image, &options, error);
    free(path);
    return status;
}

enum cg_status cg_run_output_sample(struct cg_run_output *output, const struct cg_dataset *dataset,
                                    const struct cg_train_state *state, struct cg_pool *pool,
                                    struct cg_sheet *sheet, char name[CG_SAMPLE_NAME_NBYTES],
                                    struct cg_error *error)
{
    struct cg_dataset_counts counts;
    struct viewing viewing;
    struct cg_image image = {0};
    *sheet = CG_SHEET_OF_COMICS;
    cg_dataset_get_counts(dataset, &counts);
    if (counts.validation == 0)
        return CG_OK;
    enum cg_status status = begin_viewing(dataset, state, pool, &viewing, error);
    for (size_t i = 0; status == CG_OK && i < counts.validation && i < CG_SHEET_ROWS_MAX; i++)
        status = view_photo(&viewing, i, NULL, sheet, &image, error);
    snprintf(name, CG_SAMPLE_NAME_NBYTES, "step-%07" PRIu64 ".jpg", state->step);
    if (status == CG_OK)
        status = write_sheet(output, name, &image, error);
    cg_infer_free(viewing.infer);
    cg_image_clear(&image);
    return status;
}
