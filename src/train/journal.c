/* What a run leaves for people to read: see journal.h. */
#include "train/journal.h"

#include "base/file.h"
#include "base/memory.h"
#include "model/layers.h"
#include "nn/infer.h"
#include "train/log.h"
#include "train/run.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_PHOTOS 6
#define SAMPLE_HEIGHT_PX 400

static const char header[] =
    "step,seconds,steps_per_second,stage,loss,validation,colour,gradient,comic,ink,chroma,"
    "critic_line,critic_colour,adversarial_line,adversarial_colour,accuracy_line,accuracy_colour\n";

struct cg_journal {
    char *out_dir;
    char *log_path;
    FILE *log;
};

enum cg_status cg_journal_open(const char *out_dir, uint64_t step, struct cg_journal **out,
                               struct cg_error *error)
{
    *out = NULL;
    struct cg_journal *journal = cg_alloc_zero(1, sizeof(*journal), "journal", error);
    if (journal == NULL)
        return CG_ERR_MEMORY;
    char *samples = cg_run_path(out_dir, "samples");
    enum cg_status status = CG_OK;
    journal->out_dir = cg_string_copy(out_dir);
    journal->log_path = cg_run_path(out_dir, "log.csv");
    if (samples == NULL || journal->out_dir == NULL || journal->log_path == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "journal: out of memory");
    if (status == CG_OK)
        status = cg_folder_make(samples, error);
    if (status == CG_OK)
        status = cg_log_open(journal->log_path, header, step, &journal->log, error);
    free(samples);
    if (status != CG_OK) {
        cg_journal_close(journal);
        return status;
    }
    *out = journal;
    return CG_OK;
}

void cg_journal_close(struct cg_journal *journal)
{
    if (journal == NULL)
        return;
    if (journal->log != NULL)
        fclose(journal->log);
    free(journal->log_path);
    free(journal->out_dir);
    free(journal);
}

enum cg_status cg_journal_log(struct cg_journal *journal, const struct cg_train_report *report,
                              struct cg_error *error)
{
    const struct cg_losses *losses = &report->losses;
    fprintf(journal->log, "%" PRIu64 ",%.1f,%.2f,%s,%.6f,", report->step, report->seconds,
            report->steps_per_second, report->adversarial ? "adversarial" : "pretrain",
            report->total_loss);
    if (report->validation_loss > 0.0)
        fprintf(journal->log, "%.6f", report->validation_loss);
    fprintf(journal->log, ",%.6f,%.6f,%.6f,%.6f,%.6f", losses->colour, losses->gradient,
            losses->comic, losses->ink, losses->chroma);
    const double *const per_critic[] = {losses->critic, losses->adversarial, losses->accuracy};
    for (size_t i = 0; i < sizeof(per_critic) / sizeof(per_critic[0]); i++)
        for (int c = 0; c < CG_CRITIC_COUNT; c++)
            fprintf(journal->log, ",%.6f", per_critic[i][c]);
    return cg_log_end_row(journal->log, journal->log_path, error);
}

/* ---- validation ---- */

static uint8_t to_byte(float value)
{
    float scaled = value * 255.0f + 0.5f;
    return scaled <= 0.0f ? 0 : scaled >= 255.0f ? 255 : (uint8_t)scaled;
}

static int whole_cells(int side)
{
    return side / CG_GENERATOR_CELL_PX * CG_GENERATOR_CELL_PX;
}

/* The upper left part of an image, whose sides are whole cells, as floats from 0 to 1. */
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

/* The generator's comic of a photo (whole cells only). */
static enum cg_status draw_comic(struct cg_infer *infer, struct cg_pool *pool,
                                 const float *parameters, const struct cg_image *photo,
                                 struct cg_image *comic, struct cg_error *error)
{
    int width = whole_cells(photo->width), height = whole_cells(photo->height);
    size_t pixels = (size_t)width * (size_t)height;
    const float *output;
    enum cg_status status = cg_image_create(width, height, 3, comic, error);
    if (status != CG_OK)
        return status;
    float *input = floats_of(photo, width, height, error);
    float *layers = cg_alloc(4 * pixels, sizeof(float), "validation comic", error);
    if (input == NULL || layers == NULL)
        status = CG_ERR_MEMORY;
    if (status == CG_OK)
        status = cg_infer_run(infer, pool, parameters, input, height, width, &output, NULL, error);
    if (status == CG_OK) {
        float *logit = layers + 3 * pixels;
        cg_layers_from_output(output, input, height, width, layers, logit);
        cg_activate(logit, pixels, CG_ACT_SIGMOID, 0.0f);
        for (size_t i = 0; i < 3 * pixels; i++)
            comic->pixels[i] = to_byte(layers[i] * (1.0f - logit[i / 3]));
    }
    free(layers);
    free(input);
    if (status != CG_OK)
        cg_image_clear(comic);
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

/* Put a picture, reduced to the sheet's row height, at x of a row; returns the x after it. */
static int place(struct cg_image *sheet, const struct cg_image *picture, int x, int y,
                 struct cg_error *error, enum cg_status *status)
{
    struct cg_image small = {0};
    int width = (int)((int64_t)picture->width * SAMPLE_HEIGHT_PX / picture->height);
    if (width < 1 || x + width > sheet->width)
        width = sheet->width - x > 0 ? sheet->width - x : 1;
    *status = cg_image_resize(picture, width, SAMPLE_HEIGHT_PX, &small, error);
    for (int row = 0; *status == CG_OK && row < SAMPLE_HEIGHT_PX; row++)
        memcpy(sheet->pixels + 3 * ((size_t)(y + row) * (size_t)sheet->width + (size_t)x),
               small.pixels + 3 * (size_t)row * (size_t)width, 3 * (size_t)width);
    cg_image_clear(&small);
    return x + width;
}

struct sample_sheet {
    struct cg_image image;
    size_t rows;
};

static enum cg_status add_sample(struct sample_sheet *sheet, const struct cg_image *photo,
                                 const struct cg_image *comic, struct cg_error *error)
{
    enum cg_status status;
    if (sheet->rows == SAMPLE_PHOTOS)
        return CG_OK;
    int y = (int)sheet->rows++ * SAMPLE_HEIGHT_PX;
    int x = place(&sheet->image, photo, 0, y, error, &status);
    if (status == CG_OK)
        place(&sheet->image, comic, x < sheet->image.width / 2 ? x : sheet->image.width / 2, y,
              error, &status);
    return status;
}

static enum cg_status validate_one(size_t index, const struct cg_dataset *dataset,
                                   const struct cg_train_state *state, struct cg_infer *infer,
                                   struct cg_pool *pool, struct sample_sheet *sheet, double *loss,
                                   struct cg_error *error)
{
    struct cg_image photo, colour, ink, comic = {0};
    enum cg_status status = cg_dataset_validation(dataset, index, &photo, &colour, &ink, error);
    if (status != CG_OK)
        return status;
    status = draw_comic(infer, pool, state->average, &photo, &comic, error);
    if (status == CG_OK) {
        *loss += distance_to_target(&comic, &colour, &ink);
        status = add_sample(sheet, &photo, &comic, error);
    }
    cg_image_clear(&comic);
    cg_image_clear(&ink);
    cg_image_clear(&colour);
    cg_image_clear(&photo);
    return status;
}

static enum cg_status write_samples(const struct cg_journal *journal, uint64_t step,
                                    struct sample_sheet *sheet, struct cg_error *error)
{
    char *path = cg_string_format("%s/samples/step-%07" PRIu64 ".png", journal->out_dir, step);
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "journal: out of memory");
    sheet->image.height = (int)sheet->rows * SAMPLE_HEIGHT_PX;
    enum cg_status status = cg_image_write(
        path, &sheet->image, &(struct cg_image_write_options){.format = CG_IMAGE_PNG}, error);
    free(path);
    return status;
}

enum cg_status cg_journal_validate(struct cg_journal *journal, const struct cg_dataset *dataset,
                                   const struct cg_train_state *state, struct cg_pool *pool,
                                   double *loss, struct cg_error *error)
{
    struct cg_dataset_counts counts;
    struct sample_sheet sheet = {0};
    struct cg_infer *infer = NULL;
    cg_dataset_get_counts(dataset, &counts);
    *loss = 0.0;
    if (counts.validation == 0)
        return CG_OK;
    enum cg_status status = cg_image_create(4 * SAMPLE_HEIGHT_PX, SAMPLE_PHOTOS * SAMPLE_HEIGHT_PX,
                                            3, &sheet.image, error);
    if (status == CG_OK) {
        memset(sheet.image.pixels, 255, (size_t)sheet.image.width * (size_t)sheet.image.height * 3);
        status = cg_infer_create(state->generator.network, &infer, error);
    }
    for (size_t i = 0; status == CG_OK && i < counts.validation; i++)
        status = validate_one(i, dataset, state, infer, pool, &sheet, loss, error);
    *loss /= (double)counts.validation;
    if (status == CG_OK)
        status = write_samples(journal, state->step, &sheet, error);
    cg_infer_free(infer);
    cg_image_clear(&sheet.image);
    return status;
}
