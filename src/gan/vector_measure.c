/* Measures of a vector GAN in training: see vector_measure.h. */
#include "gan/vector_measure.h"

#include "base/memory.h"
#include "nn/rowwise.h"
#include "tensor/kernels.h"
#include "tensor/matrix.h"
#include "tensor/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIRECTIONS 64
#define LOOK_PICTURES 1024
#define DATA_PICTURES 4096
#define MODES_MAX 1024
#define PAIRED 256
#define DIRECTIONS_SEED 64
#define DATA_SEED 65
#define PURPOSE_LOOK 201

struct cg_vector_measure {
    struct cg_rowwise *generator;
    size_t latent_length, pixels;
    float *directions;        /* pixels x DIRECTIONS */
    float *latent;            /* LOOK_PICTURES x latent_length */
    float *pictures, *points; /* of a look */
    struct cg_gaussian data;
    float *modes; /* mode_count pictures of the data, in DIRECTIONS */
    size_t mode_count;
    float *distances; /* LOOK_PICTURES x mode_count, scratch */
    bool *found;
    double data_distance, data_modes_found;
};

static void project(const struct cg_vector_measure *measure, const float *pictures, size_t count,
                    float *points)
{
    cg_gemm(CG_PLAIN, CG_PLAIN, 1.0f, cg_matrix_of(pictures, count, measure->pixels),
            cg_matrix_of(measure->directions, measure->pixels, DIRECTIONS), 0.0f,
            cg_matrix_make(points, count, DIRECTIONS));
}

static double distance(const float *a, const float *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < DIRECTIONS; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sqrt(sum);
}

/* Mean over all pairs of the first PAIRED points. */
static double mean_distance(const float *points, size_t count)
{
    double sum = 0.0;
    size_t n = count < PAIRED ? count : PAIRED;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            sum += distance(points + i * DIRECTIONS, points + j * DIRECTIONS);
    return sum / ((double)n * (double)(n - 1) / 2.0);
}

/* How many modes are the nearest to one of the points: |m|^2 - 2 p m is least. */
static double count_modes(struct cg_vector_measure *measure, const float *points, size_t count)
{
    size_t modes = measure->mode_count, found = 0;
    cg_gemm(CG_PLAIN, CG_TRANSPOSED, -2.0f, cg_matrix_of(points, count, DIRECTIONS),
            cg_matrix_of(measure->modes, modes, DIRECTIONS), 0.0f,
            cg_matrix_make(measure->distances, count, modes));
    memset(measure->found, 0, modes * sizeof(*measure->found));
    for (size_t m = 0; m < modes; m++) {
        const float *mode = measure->modes + m * DIRECTIONS;
        float square = (float)cg_vector_dot(mode, mode, DIRECTIONS);
        for (size_t p = 0; p < count; p++)
            measure->distances[p * modes + m] += square;
    }
    for (size_t p = 0; p < count; p++) {
        size_t nearest = 0;
        for (size_t m = 1; m < modes; m++)
            if (measure->distances[p * modes + m] < measure->distances[p * modes + nearest])
                nearest = m;
        measure->found[nearest] = true;
    }
    for (size_t m = 0; m < modes; m++)
        found += measure->found[m];
    return (double)found;
}

/* Pictures drawn from those at even places of the data, or at odd ones: no picture is in both. */
static enum cg_status project_data(const struct cg_vector_measure *measure,
                                   const struct cg_samples *samples, size_t count, bool odd,
                                   float *points, struct cg_error *error)
{
    float *picture = cg_alloc(measure->pixels, sizeof(float), "measure", error);
    if (picture == NULL)
        return CG_ERR_MEMORY;
    struct cg_rng rng = cg_rng_make(DATA_SEED, odd, 0);
    for (size_t i = 0; i < count; i++) {
        size_t place = 2 * cg_rng_below(&rng, (uint32_t)(samples->count / 2)) + odd;
        cg_samples_floats(samples, place, picture);
        project(measure, picture, 1, points + i * DIRECTIONS);
    }
    free(picture);
    return CG_OK;
}

static enum cg_status look_at_data(struct cg_vector_measure *measure,
                                   const struct cg_samples *samples, struct cg_error *error)
{
    size_t count = samples->count < DATA_PICTURES ? samples->count : DATA_PICTURES;
    float *points = cg_alloc(count * DIRECTIONS, sizeof(float), "measure", error);
    if (points == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = project_data(measure, samples, count, false, points, error);
    if (status == CG_OK)
        status = cg_gaussian_fit(points, count, DIRECTIONS, &measure->data, error);
    if (status == CG_OK)
        status = project_data(measure, samples, measure->mode_count, false, measure->modes, error);
    if (status == CG_OK)
        status = project_data(measure, samples, measure->mode_count, true, points, error);
    if (status == CG_OK) {
        measure->data_distance = mean_distance(points, measure->mode_count);
        measure->data_modes_found = count_modes(measure, points, measure->mode_count);
    }
    free(points);
    return status;
}

static enum cg_status create_buffers(struct cg_vector_measure *measure, struct cg_error *error)
{
    struct {
        float **buffer;
        size_t count;
    } wanted[] = {
        {&measure->directions, measure->pixels * DIRECTIONS},
        {&measure->latent, LOOK_PICTURES * measure->latent_length},
        {&measure->pictures, LOOK_PICTURES * measure->pixels},
        {&measure->points, LOOK_PICTURES * DIRECTIONS},
        {&measure->modes, measure->mode_count * DIRECTIONS},
        {&measure->distances, LOOK_PICTURES * measure->mode_count},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        *wanted[i].buffer = cg_alloc(wanted[i].count, sizeof(float), "measure", error);
        if (*wanted[i].buffer == NULL)
            return CG_ERR_MEMORY;
    }
    measure->found = cg_alloc(measure->mode_count, sizeof(*measure->found), "measure", error);
    return measure->found == NULL ? CG_ERR_MEMORY : CG_OK;
}

static void draw_latent(struct cg_vector_measure *measure, uint64_t seed)
{
    struct cg_rng rng = cg_rng_make(DIRECTIONS_SEED, 0, 0);
    for (size_t i = 0; i < measure->pixels * DIRECTIONS; i++)
        measure->directions[i] = cg_rng_normal(&rng) / sqrtf((float)DIRECTIONS);
    rng = cg_rng_make(seed, PURPOSE_LOOK, 0);
    for (size_t i = 0; i < LOOK_PICTURES * measure->latent_length; i++)
        measure->latent[i] = cg_rng_normal(&rng);
}

enum cg_status cg_vector_measure_create(const struct cg_network *generator,
                                        const struct cg_samples *samples, uint64_t seed,
                                        struct cg_pool *pool, struct cg_vector_measure **out,
                                        struct cg_error *error)
{
    *out = NULL;
    struct cg_vector_measure *measure = cg_alloc_zero(1, sizeof(*measure), "measure", error);
    if (measure == NULL)
        return CG_ERR_MEMORY;
    measure->latent_length = (size_t)generator->input_channels;
    measure->pixels = samples->sample_nbytes;
    measure->mode_count = samples->count / 2 < MODES_MAX ? samples->count / 2 : MODES_MAX;
    enum cg_status status = create_buffers(measure, error);
    if (status == CG_OK) {
        draw_latent(measure, seed);
        status = look_at_data(measure, samples, error);
    }
    if (status == CG_OK)
        status = cg_rowwise_create(generator, pool, &measure->generator, error);
    if (status != CG_OK) {
        cg_vector_measure_free(measure);
        return status;
    }
    *out = measure;
    return CG_OK;
}

void cg_vector_measure_free(struct cg_vector_measure *measure)
{
    if (measure == NULL)
        return;
    cg_rowwise_free(measure->generator);
    cg_gaussian_clear(&measure->data);
    free(measure->found);
    free(measure->distances);
    free(measure->modes);
    free(measure->points);
    free(measure->pictures);
    free(measure->latent);
    free(measure->directions);
    free(measure);
}

const float *cg_vector_measure_pictures(struct cg_vector_measure *measure, const float *parameters,
                                        size_t count)
{
    cg_rowwise_run(measure->generator, parameters, measure->latent, count, measure->pictures, 0,
                   NULL);
    return measure->pictures;
}

enum cg_status cg_vector_measure_frechet(struct cg_vector_measure *measure, const float *parameters,
                                         double *frechet, struct cg_error *error)
{
    struct cg_gaussian made;
    cg_vector_measure_pictures(measure, parameters, LOOK_PICTURES);
    project(measure, measure->pictures, LOOK_PICTURES, measure->points);
    enum cg_status status =
        cg_gaussian_fit(measure->points, LOOK_PICTURES, DIRECTIONS, &made, error);
    if (status == CG_OK)
        status = cg_frechet_distance(&measure->data, &made, frechet, error);
    cg_gaussian_clear(&made);
    return status;
}

void cg_vector_measure_modes(struct cg_vector_measure *measure, const float *parameters,
                             double *diversity, double *coverage)
{
    cg_vector_measure_pictures(measure, parameters, measure->mode_count);
    project(measure, measure->pictures, measure->mode_count, measure->points);
    *diversity = mean_distance(measure->points, measure->mode_count) / measure->data_distance;
    *coverage =
        count_modes(measure, measure->points, measure->mode_count) / measure->data_modes_found;
}
