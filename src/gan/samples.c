/* Small pictures as vectors: see samples.h. */
#include "gan/samples.h"

#include "base/bytes.h"
#include "base/content.h"
#include "base/file.h"
#include "base/memory.h"
#include "image/walk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CROP_TRIES 8
#define BLANK_DEVIATION 10.0 /* of 255: paper, sky */
#define CROP_SPREAD 0.25f
#define PURPOSE_CROPS 0x63726f70u

static const struct cg_walk_options whole_tree = {.recursive = true, .follow_folders = true};

/* ---- one picture ----------------------------------------------------------------------------- */

static enum cg_status cut_square(const struct cg_image *image, int x, int y, int side,
                                 const struct cg_samples_options *options, uint8_t *target,
                                 struct cg_error *error)
{
    struct cg_image square, small;
    size_t channels = (size_t)image->channels, line = (size_t)side * channels;
    enum cg_status status = cg_image_create(side, side, image->channels, &square, error);
    if (status != CG_OK)
        return status;
    for (int row = 0; row < side; row++)
        memcpy(square.pixels + (size_t)row * line,
               image->pixels + ((size_t)(y + row) * (size_t)image->width + (size_t)x) * channels,
               line);
    status = cg_image_resize(&square, options->side_px, options->side_px, &small, error);
    if (status == CG_OK)
        memcpy(target, small.pixels,
               (size_t)options->side_px * (size_t)options->side_px * channels);
    if (status == CG_OK)
        cg_image_clear(&small);
    cg_image_clear(&square);
    return status;
}

static bool is_blank(const uint8_t *sample, size_t nbytes)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < nbytes; i++) {
        sum += sample[i];
        squares += (double)sample[i] * sample[i];
    }
    double mean = sum / (double)nbytes;
    return squares / (double)nbytes - mean * mean < BLANK_DEVIATION * BLANK_DEVIATION;
}

/* A random square that is not blank, or the last one tried. */
static enum cg_status cut_random(const struct cg_image *image, struct cg_rng *rng,
                                 const struct cg_samples_options *options, uint8_t *target,
                                 struct cg_error *error)
{
    int shorter = image->width < image->height ? image->width : image->height;
    size_t nbytes = (size_t)options->side_px * (size_t)options->side_px * (size_t)options->channels;
    enum cg_status status = CG_OK;
    bool blank = true;
    for (int i = 0; status == CG_OK && blank && i < CROP_TRIES; i++) {
        float spread = 1.0f + CROP_SPREAD * (2.0f * cg_rng_uniform(rng) - 1.0f);
        int side = (int)(options->crop * spread * (float)shorter);
        side = side < options->side_px ? options->side_px : side > shorter ? shorter : side;
        int x = (int)cg_rng_below(rng, (uint32_t)(image->width - side + 1));
        int y = (int)cg_rng_below(rng, (uint32_t)(image->height - side + 1));
        status = cut_square(image, x, y, side, options, target, error);
        blank = is_blank(target, nbytes);
    }
    return status;
}

enum cg_status cg_samples_cut(const struct cg_image *image,
                              const struct cg_samples_options *options, uint64_t stream, int crops,
                              uint8_t *target, int *made, struct cg_error *error)
{
    int shorter = image->width < image->height ? image->width : image->height;
    size_t nbytes = (size_t)options->side_px * (size_t)options->side_px * (size_t)options->channels;
    bool whole = crops == 1 || options->crop >= 1.0f || shorter <= 2 * options->side_px;
    enum cg_status status = CG_OK;
    *made = whole ? 1 : crops;
    if (whole)
        return cut_square(image, (image->width - shorter) / 2, (image->height - shorter) / 2,
                          shorter, options, target, error);
    for (int c = 0; status == CG_OK && c < crops; c++) {
        struct cg_rng rng = cg_rng_make(options->seed ^ PURPOSE_CROPS, stream, (uint64_t)c);
        status = cut_random(image, &rng, options, target + (size_t)c * nbytes, error);
    }
    return status;
}

/* ---- a folder -------------------------------------------------------------------------------- */

struct folder_job {
    const struct cg_path_list *list;
    const struct cg_samples_options *options;
    int crops;
    size_t sample_nbytes;
    uint8_t *pixels; /* crops samples for each file */
    int *made;       /* of each file; 0: unreadable */
    enum cg_status *statuses;
    struct cg_error *errors;
};

static void read_picture(void *context, size_t item, int worker)
{
    struct folder_job *job = context;
    const struct cg_image_read_options options = {.channels = job->options->channels,
                                                  .strict = job->options->strict};
    struct cg_image image;
    (void)worker;
    job->statuses[item] =
        cg_image_read(job->list->paths[item], &options, &image, NULL, &job->errors[item]);
    if (job->statuses[item] != CG_OK)
        return;
    job->statuses[item] =
        cg_samples_cut(&image, job->options, item, job->crops,
                       job->pixels + item * (size_t)job->crops * job->sample_nbytes,
                       &job->made[item], &job->errors[item]);
    if (job->statuses[item] != CG_OK)
        job->made[item] = 0;
    cg_image_clear(&image);
}

static int crops_of_each(const struct cg_samples_options *options, size_t files)
{
    size_t wanted = (CG_SAMPLES_WANTED + files - 1) / files;
    if (options->crops > 0)
        return options->crops;
    return wanted > CG_SAMPLES_CROPS_MAX ? CG_SAMPLES_CROPS_MAX : (int)wanted;
}

/* Close the gaps that pictures with fewer samples left. */
static void gather(const struct folder_job *job, struct cg_samples *out)
{
    for (size_t file = 0; file < job->list->count; file++) {
        size_t made = (size_t)job->made[file];
        memmove(job->pixels + out->count * job->sample_nbytes,
                job->pixels + file * (size_t)job->crops * job->sample_nbytes,
                made * job->sample_nbytes);
        out->count += made;
        out->pictures += made > 0;
        out->skipped += made == 0;
    }
}

/* A picture that there was no memory for is not one that cannot be used. */
static enum cg_status check_memory(const struct folder_job *job, struct cg_error *error)
{
    for (size_t i = 0; i < job->list->count; i++)
        if (job->statuses[i] == CG_ERR_MEMORY)
            return cg_fail(error, CG_ERR_MEMORY, "%s", job->errors[i].text);
    return CG_OK;
}

static enum cg_status report_unusable(const char *path, const struct folder_job *job,
                                      struct cg_error *error)
{
    for (size_t i = 0; i < job->list->count; i++)
        if (job->statuses[i] != CG_OK)
            return cg_fail(error, job->statuses[i], "%s: none of the %zu pictures can be used: %s",
                           cg_path_tail(path), job->list->count, job->errors[i].text);
    return CG_OK;
}

static enum cg_status read_listed(const char *path, const struct cg_path_list *list,
                                  const struct cg_samples_options *options, struct cg_pool *pool,
                                  struct cg_samples *out, struct cg_error *error)
{
    struct folder_job job = {.list = list,
                             .options = options,
                             .crops = crops_of_each(options, list->count),
                             .sample_nbytes = out->sample_nbytes};
    enum cg_status status = CG_OK;
    size_t total;
    if (!cg_mul_size(list->count, (size_t)job.crops, &total))
        return cg_fail(error, CG_ERR_LIMIT, "%s: too many pictures", cg_path_tail(path));
    job.pixels = cg_alloc(total, out->sample_nbytes, "samples", error);
    job.made = cg_alloc_zero(list->count, sizeof(*job.made), "samples", error);
    job.statuses = cg_alloc_zero(list->count, sizeof(*job.statuses), "samples", error);
    job.errors = cg_alloc_zero(list->count, sizeof(*job.errors), "samples", error);
    if (job.pixels == NULL || job.made == NULL || job.statuses == NULL || job.errors == NULL)
        status = CG_ERR_MEMORY;
    if (status == CG_OK) {
        cg_pool_run(pool, list->count, read_picture, &job);
        gather(&job, out);
        status = check_memory(&job, error);
        if (status == CG_OK && out->count == 0)
            status = report_unusable(path, &job, error);
    }
    out->pixels = job.pixels;
    free(job.errors);
    free(job.statuses);
    free(job.made);
    return status;
}

static enum cg_status read_folder(const char *path, const struct cg_samples_options *options,
                                  struct cg_pool *pool, struct cg_samples *out,
                                  struct cg_error *error)
{
    struct cg_path_list list = {0};
    enum cg_status status = cg_walk_pictures(path, &whole_tree, &list, NULL, error);
    if (status == CG_OK && list.count == 0)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "%s: expected PNG or JPEG pictures, found none in the folder",
                         cg_path_tail(path));
    if (status == CG_OK)
        status = read_listed(path, &list, options, pool, out, error);
    cg_path_list_clear(&list);
    return status;
}

/* ---- an IDX file ----------------------------------------------------------------------------- */

static enum cg_status convert_idx(const struct cg_idx *idx,
                                  const struct cg_samples_options *options, struct cg_samples *out,
                                  struct cg_error *error)
{
    enum cg_status status = CG_OK;
    size_t area = idx->height * idx->width, side = (size_t)options->side_px;
    for (size_t i = 0; status == CG_OK && i < idx->count; i++) {
        struct cg_image small, picture = {(int)idx->width, (int)idx->height, 1,
                                          (uint8_t *)(size_t)(idx->values + i * area)};
        status = cg_image_resize(&picture, options->side_px, options->side_px, &small, error);
        if (status != CG_OK)
            break;
        uint8_t *target = out->pixels + i * out->sample_nbytes;
        for (size_t p = 0; p < side * side; p++)
            memset(target + p * (size_t)options->channels, small.pixels[p],
                   (size_t)options->channels);
        cg_image_clear(&small);
    }
    return status;
}

static enum cg_status open_idx(const char *path, const struct cg_samples_options *options,
                               struct cg_samples *out, struct cg_error *error)
{
    struct cg_idx idx;
    enum cg_status status = cg_idx_read_pictures(path, &idx, error);
    if (status != CG_OK)
        return status;
    out->pixels = cg_alloc(idx.count, out->sample_nbytes, "samples", error);
    status = out->pixels == NULL ? CG_ERR_MEMORY : convert_idx(&idx, options, out, error);
    out->count = out->pictures = idx.count;
    cg_idx_clear(&idx);
    return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static bool all_alike(const struct cg_samples *samples)
{
    for (size_t i = 1; i < samples->count; i++)
        if (memcmp(samples->pixels, samples->pixels + i * samples->sample_nbytes,
                   samples->sample_nbytes) != 0)
            return false;
    return true;
}

static enum cg_status check(const char *path, const struct cg_samples *samples,
                            struct cg_error *error)
{
    if (samples->count < CG_SAMPLES_MIN)
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: expected at least %d samples, found %zu from %zu pictures (%zu could "
                       "not be read); add pictures, or take more crops of each (--crops)",
                       cg_path_tail(path), CG_SAMPLES_MIN, samples->count, samples->pictures,
                       samples->skipped);
    if (all_alike(samples))
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: expected pictures that differ, found %zu samples that are all the same",
                       cg_path_tail(path), samples->count);
    return CG_OK;
}

enum cg_status cg_samples_open(const char *path, const struct cg_samples_options *options,
                               struct cg_pool *pool, struct cg_samples *out, struct cg_error *error)
{
    struct stat about;
    *out =
        (struct cg_samples){.side_px = options->side_px,
                            .channels = options->channels,
                            .sample_nbytes = (size_t)options->side_px * (size_t)options->side_px *
                                             (size_t)options->channels};
    bool is_file = stat(path, &about) == 0 && !S_ISDIR(about.st_mode);
    enum cg_status status = is_file ? open_idx(path, options, out, error)
                                    : read_folder(path, options, pool, out, error);
    if (status == CG_OK)
        status = check(path, out, error);
    if (status != CG_OK) {
        cg_samples_clear(out);
        return status;
    }
    out->fingerprint =
        cg_content_hash(out->pixels, out->count * out->sample_nbytes, out->sample_nbytes).low;
    return CG_OK;
}

void cg_samples_clear(struct cg_samples *samples)
{
    free(samples->pixels);
    *samples = (struct cg_samples){0};
}

void cg_samples_floats(const struct cg_samples *samples, size_t index, float *target)
{
    const uint8_t *from = samples->pixels + index * samples->sample_nbytes;
    for (size_t i = 0; i < samples->sample_nbytes; i++)
        target[i] = (float)from[i] * (2.0f / 255.0f) - 1.0f;
}

uint8_t cg_samples_byte(float value)
{
    float scaled = (value + 1.0f) * 127.5f;
    return scaled <= 0.0f ? 0 : scaled >= 255.0f ? 255 : (uint8_t)lrintf(scaled);
}

/* ---- IDX files ------------------------------------------------------------------------------- */

#define IDX_NBYTES_MAX ((size_t)1 << 31)
#define TYPE_BYTES 8u
#define SIDE_MAX 65535u

static enum cg_status check_magic(const char *path, const uint8_t *bytes, size_t nbytes,
                                  unsigned dimensions, struct cg_error *error)
{
    if (nbytes >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "reading %s: expected an IDX file, found one packed by gzip; unpack it "
                       "first (gunzip)",
                       cg_path_tail(path));
    if (nbytes < 4)
        return cg_fail(error, CG_ERR_FORMAT, "reading %s: expected an IDX file, found %zu bytes",
                       cg_path_tail(path), nbytes);
    if (bytes[0] != 0 || bytes[1] != 0 || bytes[2] != TYPE_BYTES || bytes[3] != dimensions)
        return cg_fail(error, CG_ERR_FORMAT,
                       "reading %s: expected an IDX file of bytes in %u dimensions (magic "
                       "0000080%u), found magic %02x%02x%02x%02x",
                       cg_path_tail(path), dimensions, dimensions, bytes[0], bytes[1], bytes[2],
                       bytes[3]);
    return CG_OK;
}

static enum cg_status check_sizes(const char *path, const struct cg_idx *idx, size_t header_nbytes,
                                  size_t nbytes, struct cg_error *error)
{
    size_t expected;
    if (idx->count < 1 || idx->height < 1 || idx->width < 1 || idx->height > SIDE_MAX ||
        idx->width > SIDE_MAX)
        return cg_fail(error, CG_ERR_FORMAT, "reading %s: found %zu entries of %zu x %zu",
                       cg_path_tail(path), idx->count, idx->height, idx->width);
    if (!cg_mul_size(idx->height * idx->width, idx->count, &expected) || nbytes < header_nbytes ||
        expected != nbytes - header_nbytes)
        return cg_fail(error, CG_ERR_FORMAT,
                       "reading %s: its header speaks of %zu entries of %zu x %zu bytes, found "
                       "%zu bytes after it",
                       cg_path_tail(path), idx->count, idx->height, idx->width,
                       nbytes < header_nbytes ? 0 : nbytes - header_nbytes);
    return CG_OK;
}

static enum cg_status read_idx(const char *path, unsigned dimensions, struct cg_idx *out,
                               struct cg_error *error)
{
    size_t nbytes = 0, header_nbytes = 4 + 4 * (size_t)dimensions;
    *out = (struct cg_idx){0};
    enum cg_status status = cg_file_read(path, IDX_NBYTES_MAX, &out->bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = check_magic(path, out->bytes, nbytes, dimensions, error);
    if (status == CG_OK && nbytes < header_nbytes)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "reading %s: expected a header of %zu bytes, found a file of %zu",
                         cg_path_tail(path), header_nbytes, nbytes);
    if (status == CG_OK) {
        out->count = cg_big32(out->bytes + 4);
        out->height = dimensions == 3 ? cg_big32(out->bytes + 8) : 1;
        out->width = dimensions == 3 ? cg_big32(out->bytes + 12) : 1;
        out->values = out->bytes + header_nbytes;
        status = check_sizes(path, out, header_nbytes, nbytes, error);
    }
    if (status != CG_OK)
        cg_idx_clear(out);
    return status;
}

enum cg_status cg_idx_read_pictures(const char *path, struct cg_idx *out, struct cg_error *error)
{
    return read_idx(path, 3, out, error);
}

enum cg_status cg_idx_read_labels(const char *path, struct cg_idx *out, struct cg_error *error)
{
    return read_idx(path, 1, out, error);
}

void cg_idx_clear(struct cg_idx *idx)
{
    free(idx->bytes);
    *idx = (struct cg_idx){0};
}
