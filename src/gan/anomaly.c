/* Anomaly detection: see anomaly.h. */
#include "gan/anomaly.h"

#include "base/memory.h"
#include "image/walk.h"
#include "model/safetensors.h"
#include "nn/rowwise.h"
#include "tensor/kernels.h"
#include "tensor/matrix.h"
#include "tensor/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CROPS_SEED 1
#define SMALLEST 1e-3 /* of what a logarithm is taken of */
#define FIT_TENSORS 3
#define KIND_KEY "comicgan.kind"
#define KIND "anomaly-fit-2"

static const struct cg_walk_options whole_tree = {.recursive = true, .follow_folders = true};

struct cg_anomaly {
    const struct cg_vector_model *model;
    struct cg_pool *pool;
    struct cg_rowwise *discriminator;
    struct cg_samples_options cut;
    int layer;    /* D's last hidden one */
    size_t units; /* of the layer */
    size_t width; /* of a picture's description: two numbers of each unit */
    size_t sample_nbytes;
    uint8_t *bytes;         /* a picture's crops */
    float *pixels, *logits; /* of the crops */
    float *values;          /* of the layer, of the crops */
    float *fit;             /* m, then the whitening matrix of C; NULL: not fitted */
};

static enum cg_status create_buffers(struct cg_anomaly *anomaly, struct cg_error *error)
{
    size_t crops = (size_t)anomaly->cut.crops;
    anomaly->bytes = cg_alloc(crops, anomaly->sample_nbytes, "crops", error);
    anomaly->pixels = cg_alloc(crops * anomaly->sample_nbytes, sizeof(float), "crops", error);
    anomaly->logits = cg_alloc(crops, sizeof(float), "crops", error);
    anomaly->values = cg_alloc(crops * anomaly->units, sizeof(float), "crops", error);
    bool complete = anomaly->bytes != NULL && anomaly->pixels != NULL && anomaly->logits != NULL &&
                    anomaly->values != NULL;
    return complete ? CG_OK : CG_ERR_MEMORY;
}

static void free_buffers(struct cg_anomaly *anomaly)
{
    free(anomaly->values);
    free(anomaly->logits);
    free(anomaly->pixels);
    free(anomaly->bytes);
}

enum cg_status cg_anomaly_create(const struct cg_vector_model *model,
                                 const struct cg_samples_options *cut, struct cg_pool *pool,
                                 struct cg_anomaly **out, struct cg_error *error)
{
    const struct cg_network *d = model->networks[CG_VECTOR_D];
    *out = NULL;
    struct cg_anomaly *anomaly = cg_alloc_zero(1, sizeof(*anomaly), "scores", error);
    if (anomaly == NULL)
        return CG_ERR_MEMORY;
    cg_blas_single_threaded();
    anomaly->model = model;
    anomaly->pool = pool;
    anomaly->cut = *cut;
    anomaly->cut.side_px = model->config.side_px;
    anomaly->cut.channels = model->config.channels;
    anomaly->cut.seed = CROPS_SEED;
    anomaly->layer = d->layer_count - 2;
    anomaly->units = (size_t)cg_network_channels(d, anomaly->layer);
    anomaly->width = 2 * anomaly->units;
    anomaly->sample_nbytes = cg_vector_pixels(&model->config);
    enum cg_status status = create_buffers(anomaly, error);
    if (status == CG_OK)
        status = cg_rowwise_create(d, pool, &anomaly->discriminator, error);
    if (status != CG_OK) {
        cg_anomaly_free(anomaly);
        return status;
    }
    *out = anomaly;
    return CG_OK;
}

void cg_anomaly_free(struct cg_anomaly *anomaly)
{
    if (anomaly == NULL)
        return;
    cg_rowwise_free(anomaly->discriminator);
    free_buffers(anomaly);
    free(anomaly->fit);
    free(anomaly);
}

/* What a unit does over the crops: the logarithms of its mean size and of its deviation. */
static void describe_unit(const struct cg_anomaly *anomaly, size_t unit, size_t crops,
                          float *description)
{
    double size = 0.0, sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < crops; i++) {
        double value = (double)anomaly->values[i * anomaly->units + unit];
        size += fabs(value);
        sum += value;
        squares += value * value;
    }
    double mean = sum / (double)crops;
    double variance = fmax(squares / (double)crops - mean * mean, 0.0);
    description[unit] = (float)log(size / (double)crops + SMALLEST);
    description[anomaly->units + unit] = (float)log(sqrt(variance) + SMALLEST);
}

/* A picture's description, and the mean of -logit. */
static enum cg_status describe(struct cg_anomaly *anomaly, const char *path, float *description,
                               double *unreal, struct cg_error *error)
{
    const struct cg_image_read_options options = {.channels = anomaly->cut.channels,
                                                  .strict = anomaly->cut.strict};
    struct cg_image image;
    int made = 0;
    enum cg_status status = cg_image_read(path, &options, &image, NULL, error);
    if (status != CG_OK)
        return status;
    status =
        cg_samples_cut(&image, &anomaly->cut, 0, anomaly->cut.crops, anomaly->bytes, &made, error);
    cg_image_clear(&image);
    if (status != CG_OK)
        return status;
    struct cg_samples samples = {
        .count = (size_t)made, .sample_nbytes = anomaly->sample_nbytes, .pixels = anomaly->bytes};
    for (size_t i = 0; i < samples.count; i++)
        cg_samples_floats(&samples, i, anomaly->pixels + i * anomaly->sample_nbytes);
    cg_rowwise_run(anomaly->discriminator, anomaly->model->parameters[CG_VECTOR_D], anomaly->pixels,
                   samples.count, anomaly->logits, anomaly->layer, anomaly->values);
    for (size_t unit = 0; unit < anomaly->units; unit++)
        describe_unit(anomaly, unit, samples.count, description);
    *unreal = 0.0;
    for (size_t i = 0; i < samples.count; i++)
        *unreal -= (double)anomaly->logits[i] / made;
    return CG_OK;
}

/* ---- the fit --------------------------------------------------------------------------------- */

/* How many of the listed pictures could be described, into rows. */
static enum cg_status describe_all(struct cg_anomaly *anomaly, const char *dir,
                                   const struct cg_path_list *list, float *rows, size_t *count,
                                   struct cg_error *error)
{
    double unreal;
    struct cg_error first = {.text = ""}, why;
    *count = 0;
    for (size_t i = 0; i < list->count; i++) {
        enum cg_status status =
            describe(anomaly, list->paths[i], rows + *count * anomaly->width, &unreal, &why);
        if (status == CG_ERR_MEMORY)
            return cg_fail(error, status, "%s", why.text);
        if (status != CG_OK && first.text[0] == '\0')
            first = why;
        *count += status == CG_OK;
    }
    if (*count >= CG_ANOMALY_PICTURES_MIN)
        return CG_OK;
    return cg_fail(error, CG_ERR_FORMAT,
                   "%s: expected at least %d pictures to fit to, found %zu that can be read%s%s",
                   dir, CG_ANOMALY_PICTURES_MIN, *count, first.text[0] != '\0' ? "; " : "",
                   first.text);
}

static enum cg_status fit_rows(struct cg_anomaly *anomaly, const float *rows, size_t count,
                               struct cg_error *error)
{
    size_t width = anomaly->width;
    struct cg_gaussian normal;
    enum cg_status status = cg_gaussian_fit(rows, count, width, &normal, error);
    if (status != CG_OK)
        return status;
    if (anomaly->fit == NULL)
        anomaly->fit = cg_alloc(width + width * width, sizeof(float), "fit", error);
    status = anomaly->fit == NULL ? CG_ERR_MEMORY : CG_OK;
    for (size_t i = 0; status == CG_OK && i < width; i++)
        anomaly->fit[i] = (float)normal.mean[i];
    if (status == CG_OK)
        status = cg_gaussian_whitening(&normal, CG_ANOMALY_RIDGE, anomaly->fit + width, error);
    cg_gaussian_clear(&normal);
    return status;
}

enum cg_status cg_anomaly_fit(struct cg_anomaly *anomaly, const char *dir, struct cg_error *error)
{
    struct cg_path_list list = {0};
    float *rows = NULL;
    size_t count = 0;
    enum cg_status status = cg_walk_pictures(dir, &whole_tree, &list, NULL, error);
    if (status == CG_OK) {
        rows = cg_alloc((list.count + 1) * anomaly->width, sizeof(float), "fit", error);
        status = rows == NULL ? CG_ERR_MEMORY : CG_OK;
    }
    if (status == CG_OK)
        status = describe_all(anomaly, dir, &list, rows, &count, error);
    if (status == CG_OK)
        status = fit_rows(anomaly, rows, count, error);
    free(rows);
    cg_path_list_clear(&list);
    return status;
}

enum cg_status cg_anomaly_save(const struct cg_anomaly *anomaly, const char *path,
                               enum cg_writing writing, struct cg_error *error)
{
    const float cut[] = {(float)anomaly->cut.crops, anomaly->cut.crop};
    const struct cg_metadata metadata = {KIND_KEY, KIND};
    const struct cg_tensor tensors[FIT_TENSORS] = {
        {.name = "crops", .rank = 1, .shape = {2}, .data = cut},
        {.name = "mean", .rank = 1, .shape = {anomaly->width}, .data = anomaly->fit},
        {.name = "whitening",
         .rank = 2,
         .shape = {anomaly->width, anomaly->width},
         .data = anomaly->fit + anomaly->width}};
    return cg_safetensors_write(path, writing, tensors, FIT_TENSORS, &metadata, 1, error);
}

static enum cg_status take_fit(struct cg_anomaly *anomaly, const struct cg_safetensors *file,
                               const char *path, struct cg_error *error)
{
    size_t width = anomaly->width;
    const char *kind = cg_safetensors_metadata(file, KIND_KEY);
    const struct cg_tensor *cut = cg_safetensors_find(file, "crops");
    const struct cg_tensor *mean = cg_safetensors_find(file, "mean");
    const struct cg_tensor *whitening = cg_safetensors_find(file, "whitening");
    if (kind == NULL || strcmp(kind, KIND) != 0 || cut == NULL || mean == NULL ||
        whitening == NULL || cut->rank != 1 || cut->shape[0] != 2 || !(cut->data[0] >= 1.0f) ||
        !(cut->data[0] <= (float)CG_SAMPLES_CROPS_MAX))
        return cg_fail(error, CG_ERR_MODEL,
                       "%s: expected a fit that comicgan score --save wrote, found something else",
                       path);
    if (mean->rank != 1 || mean->shape[0] != width || whitening->rank != 2 ||
        whitening->shape[0] != width || whitening->shape[1] != width)
        return cg_fail(error, CG_ERR_MODEL,
                       "%s: expected a fit to %zu numbers, two of each unit of the model's last "
                       "hidden layer, found %zu: it belongs to another model",
                       path, width, mean->shape[0]);
    anomaly->fit = cg_alloc(width + width * width, sizeof(float), "fit", error);
    if (anomaly->fit == NULL)
        return CG_ERR_MEMORY;
    memcpy(anomaly->fit, mean->data, width * sizeof(float));
    memcpy(anomaly->fit + width, whitening->data, width * width * sizeof(float));
    anomaly->cut.crops = (int)cut->data[0];
    anomaly->cut.crop = cut->data[1];
    free_buffers(anomaly);
    return create_buffers(anomaly, error);
}

enum cg_status cg_anomaly_load(struct cg_anomaly *anomaly, const char *path, struct cg_error *error)
{
    struct cg_safetensors *file = NULL;
    enum cg_status status = cg_safetensors_read(path, &file, error);
    if (status == CG_OK)
        status = take_fit(anomaly, file, path, error);
    cg_safetensors_free(file);
    return status;
}

/* ---- scores ---------------------------------------------------------------------------------- */

static double distance(const struct cg_anomaly *anomaly, const float *values)
{
    size_t width = anomaly->width;
    const float *mean = anomaly->fit, *whitening = anomaly->fit + width;
    double sum = 0.0;
    for (size_t k = 0; k < width; k++) {
        double along = 0.0;
        for (size_t i = 0; i < width; i++)
            along += (double)whitening[k * width + i] * (double)(values[i] - mean[i]);
        sum += along * along;
    }
    return sqrt(sum / (double)width);
}

enum cg_status cg_anomaly_score(struct cg_anomaly *anomaly, const char *path, double *score,
                                struct cg_error *error)
{
    float *description = cg_alloc(anomaly->width, sizeof(float), "score", error);
    if (description == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = describe(anomaly, path, description, score, error);
    if (status == CG_OK && anomaly->fit != NULL)
        *score = distance(anomaly, description);
    free(description);
    return status;
}

double cg_anomaly_auc(const double *scores, const bool *is_anomaly, size_t count)
{
    double above = 0.0, pairs = 0.0;
    for (size_t a = 0; a < count; a++)
        for (size_t n = 0; is_anomaly[a] && n < count; n++)
            if (!is_anomaly[n]) {
                above += scores[a] > scores[n] ? 1.0 : scores[a] == scores[n] ? 0.5 : 0.0;
                pairs += 1.0;
            }
    return pairs > 0.0 ? above / pairs : 0.5;
}
