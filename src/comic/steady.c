/*
 * Carrying from frame to frame: see steady.h. The order of cg_steady_photo is the order of the
 * work; the arithmetic of a row is in steady_row.c.
 */
#include "comic/steady.h"

#include "base/file.h"
#include "base/memory.h"
#include "comic/steady_row.h"
#include "image/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * A frame is a cut when less than this is trusted, every pixel weighed by its contrast, as skies
 * and walls of two scenes look alike; and the more its tones are others, the more trust it needs.
 * Measured: films of one scene 0.59 and more at tones up to 0.09 apart, cuts 0.03 to 0.16.
 */
#define CUT_TRUSTED 0.25f
#define CUT_TRUSTED_OTHER_TONES 0.6f

/*
 * Noise: the difference that the calmest NOISE_SHARE of the pixels stay below, NOISE_MAX at most. A
 * camera's noise does not jump; what does is motion that was not understood. So it is believed to
 * be NOISE_FIRST at the beginning of a scene and to grow by NOISE_GROWTH a frame, if it is more.
 */
#define NOISE_SHARE 0.3f
#define NOISE_MAX 0.025f
#define NOISE_FIRST 0.010f
#define NOISE_GROWTH 1.2f

#define STATE_MAGIC "cgsteady"
#define STATE_LIMIT_NBYTES ((size_t)4 << 30)

struct cg_steady {
    struct cg_flow *flow;
    int width, height; /* 0: memory for no size yet */
    bool has_former;
    float noise;                     /* believed in the former frame */
    struct cg_steady_pixel *former;  /* the former frame, at its own places */
    struct cg_steady_pixel *carried; /* brought onto the new frame; then the new frame itself */
    float *grey, *former_grey;       /* halved luma, for the flow */
    float *vectors;                  /* of the halved picture */
    float *difference, *trust;       /* a value for each pixel */
    struct cg_steady_sums *row_sums;
    float *calm, *colour, *logit;   /* what is handed out */
    struct cg_steady_limits limits; /* of the frame that is being made */
};

enum cg_status cg_steady_create(struct cg_steady **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_steady *steady = cg_alloc_zero(1, sizeof(*steady), "frames", error);
    if (steady == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = cg_flow_create(&steady->flow, error);
    if (status != CG_OK) {
        free(steady);
        return status;
    }
    *out = steady;
    return CG_OK;
}

static void drop_maps(struct cg_steady *steady)
{
    free(steady->former);
    free(steady->carried);
    free(steady->grey);
    free(steady->row_sums);
    steady->row_sums = NULL;
    steady->former = steady->carried = NULL;
    steady->grey = NULL;
    steady->width = steady->height = 0;
    steady->has_former = false;
}

void cg_steady_free(struct cg_steady *steady)
{
    if (steady == NULL)
        return;
    drop_maps(steady);
    cg_flow_free(steady->flow);
    free(steady);
}

void cg_steady_reset(struct cg_steady *steady)
{
    steady->has_former = false;
}

static int half(int side)
{
    return (side + 1) / 2;
}

/* Memory for a size; a new size begins anew. */
static enum cg_status reserve(struct cg_steady *steady, int width, int height,
                              struct cg_error *error)
{
    if (width == steady->width && height == steady->height)
        return CG_OK;
    drop_maps(steady);
    size_t count = (size_t)width * (size_t)height;
    size_t half_count = (size_t)half(width) * (size_t)half(height);
    size_t nbytes = sizeof(struct cg_steady_pixel);
    steady->former = cg_alloc(count, nbytes, "former frame", error);
    steady->carried = cg_alloc(count, nbytes, "former frame", error);
    steady->grey = cg_alloc(9 * count + 4 * half_count, sizeof(float), "frame maps", error);
    steady->row_sums = cg_alloc((size_t)height, sizeof(*steady->row_sums), "frame sums", error);
    if (steady->former == NULL || steady->carried == NULL || steady->grey == NULL ||
        steady->row_sums == NULL) {
        drop_maps(steady);
        return CG_ERR_MEMORY;
    }
    steady->former_grey = steady->grey + half_count;
    steady->vectors = steady->former_grey + half_count;
    steady->difference = steady->vectors + 2 * half_count;
    steady->trust = steady->difference + count;
    steady->calm = steady->trust + count;
    steady->colour = steady->calm + 3 * count;
    steady->logit = steady->colour + 3 * count;
    steady->width = width;
    steady->height = height;
    return CG_OK;
}

/* ---- loops over rows ------------------------------------------------------------------------- */

struct call {
    struct cg_steady *steady;
    const float *photo;
    float noise;
    const struct cg_layers *layers;
};

static size_t row_begin(const struct cg_steady *steady, size_t row)
{
    return row * (size_t)steady->width;
}

static void grey_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_steady *steady = call->steady;
    (void)worker;
    cg_steady_grey_row(call->photo, steady->former, steady->width, steady->height, (int)item,
                       steady->grey + item * (size_t)half(steady->width),
                       steady->former_grey + item * (size_t)half(steady->width));
}

static void carry_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_steady *steady = call->steady;
    size_t begin = row_begin(steady, item);
    (void)worker;
    cg_steady_carry_row(steady->former, steady->vectors, steady->width, steady->height, (int)item,
                        steady->carried + begin);
    cg_steady_difference_row(steady->carried + begin, call->photo + 3 * begin, steady->width,
                             steady->difference + begin);
}

/* trust holds the difference around each pixel until the noise is known */
static void around_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_steady *steady = call->steady;
    (void)worker;
    cg_steady_around_row(steady->difference, steady->width, steady->height, (int)item,
                         steady->trust + row_begin(steady, item));
}

static void trust_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_steady *steady = call->steady;
    (void)worker;
    size_t begin = row_begin(steady, item);
    steady->row_sums[item] = cg_steady_trust_row(steady->trust + begin, call->photo + 3 * begin,
                                                 call->noise, steady->width);
}

static void photo_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_steady *steady = call->steady;
    size_t begin = row_begin(steady, item);
    (void)worker;
    cg_steady_photo_row(call->photo + 3 * begin, steady->trust + begin, &steady->limits,
                        steady->width, steady->carried + begin, steady->calm + 3 * begin);
}

static void layers_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_steady *steady = call->steady;
    size_t begin = row_begin(steady, item);
    (void)worker;
    cg_steady_layers_row(call->layers->colour + 3 * begin, call->layers->logit + begin,
                         steady->trust + begin, &steady->limits, steady->width,
                         steady->carried + begin, steady->colour + 3 * begin,
                         steady->logit + begin);
}

/* ---- a frame --------------------------------------------------------------------------------- */

/* The difference below which NOISE_SHARE of the pixels lie, at most NOISE_MAX. */
static float find_noise(const struct cg_steady *steady)
{
    enum { BINS = 128 };
    size_t bins[BINS] = {0}, counted = 0, below = 0;
    size_t count = (size_t)steady->width * (size_t)steady->height;
    for (size_t i = 0; i < count; i += 3, counted++) {
        float bin = steady->trust[i] * (BINS / NOISE_MAX);
        bins[bin < BINS - 1 ? (int)bin : BINS - 1]++;
    }
    int bin = 0;
    while (bin < BINS - 1 && (float)(below += bins[bin]) < NOISE_SHARE * (float)counted)
        bin++;
    return (float)(bin + 1) * (NOISE_MAX / BINS);
}

/* Half the sum of the differences of two histograms of tones, 0 to 1. */
static float tone_distance(const struct cg_steady *steady)
{
    enum { BINS = 32 };
    int bins[BINS] = {0}, distance = 0;
    int count = half(steady->width) * half(steady->height);
    for (int i = 0; i < count; i++) {
        bins[(int)(fminf(fmaxf(steady->grey[i], 0.0f), 1.0f) * (BINS - 1))]++;
        bins[(int)(fminf(fmaxf(steady->former_grey[i], 0.0f), 1.0f) * (BINS - 1))]--;
    }
    for (int i = 0; i < BINS; i++)
        distance += abs(bins[i]);
    return 0.5f * (float)distance / (float)count;
}

static enum cg_status carry(struct cg_steady *steady, struct cg_pool *pool, struct call *call,
                            struct cg_error *error)
{
    size_t rows = (size_t)steady->height;
    cg_pool_run(pool, (size_t)half(steady->height), grey_row, call);
    enum cg_status status =
        cg_flow_find(steady->flow, pool, steady->grey, steady->former_grey, half(steady->width),
                     half(steady->height), steady->vectors, error);
    if (status != CG_OK)
        return status;
    cg_pool_run(pool, rows, carry_row, call);
    cg_pool_run(pool, rows, around_row, call);
    steady->noise = fminf(find_noise(steady), NOISE_GROWTH * fmaxf(steady->noise, NOISE_FIRST));
    call->noise = steady->noise;
    cg_pool_run(pool, rows, trust_row, call);
    return CG_OK;
}

/* The mean trust; *at_contrast: with every pixel weighed by its contrast. */
static float mean_trust(const struct cg_steady *steady, float *at_contrast)
{
    double trust = 0.0, contrast_trust = 0.0, contrast = 0.0;
    for (int y = 0; y < steady->height; y++) {
        trust += (double)steady->row_sums[y].trust;
        contrast_trust += (double)steady->row_sums[y].contrast_trust;
        contrast += (double)steady->row_sums[y].contrast;
    }
    *at_contrast = (float)(contrast_trust / contrast);
    return (float)(trust / ((double)steady->width * (double)steady->height));
}

static bool is_cut(const struct cg_steady *steady, float at_contrast)
{
    return at_contrast < CUT_TRUSTED + CUT_TRUSTED_OTHER_TONES * tone_distance(steady);
}

static void begin_anew(struct cg_steady *steady)
{
    size_t count = (size_t)steady->width * (size_t)steady->height;
    steady->noise = NOISE_FIRST;
    memset(steady->trust, 0, count * sizeof(float));
    memset(steady->carried, 0, count * sizeof(*steady->carried));
}

enum cg_status cg_steady_photo(struct cg_steady *steady, struct cg_pool *pool, const float *photo,
                               int width, int height, float stability, const float **calm,
                               float *trusted, struct cg_error *error)
{
    float at_contrast = 0.0f;
    *trusted = 0.0f;
    enum cg_status status = reserve(steady, width, height, error);
    struct call call = {.steady = steady, .photo = photo};
    steady->limits = cg_steady_limits_make(stability);
    if (status == CG_OK && steady->has_former && stability > 0.0f) {
        status = carry(steady, pool, &call, error);
        *trusted = status == CG_OK ? mean_trust(steady, &at_contrast) : 0.0f;
    }
    if (status != CG_OK) {
        steady->has_former = false;
        return status;
    }
    if (!steady->has_former || stability <= 0.0f || is_cut(steady, at_contrast)) {
        begin_anew(steady);
        *trusted = 0.0f;
    }
    cg_pool_run(pool, (size_t)height, photo_row, &call);
    *calm = steady->calm;
    return CG_OK;
}

void cg_steady_layers(struct cg_steady *steady, struct cg_pool *pool, struct cg_layers *layers)
{
    struct call call = {.steady = steady, .layers = layers};
    cg_pool_run(pool, (size_t)steady->height, layers_row, &call);
    struct cg_steady_pixel *carried = steady->carried;
    steady->carried = steady->former;
    steady->former = carried;
    steady->has_former = true;
    layers->colour = steady->colour;
    layers->logit = steady->logit;
}

/* ---- in another process ---------------------------------------------------------------------- */

struct state_header {
    char magic[8];
    int32_t width, height;
    float noise;
};

enum cg_status cg_steady_save(const struct cg_steady *steady, const void *more, size_t more_nbytes,
                              const char *path, struct cg_error *error)
{
    struct state_header header = {.width = steady->has_former ? steady->width : 0,
                                  .height = steady->has_former ? steady->height : 0,
                                  .noise = steady->noise};
    size_t count = (size_t)header.width * (size_t)header.height;
    struct cg_file_writer *writer;
    memcpy(header.magic, STATE_MAGIC, sizeof(header.magic));
    enum cg_status status = cg_file_writer_create(path, &writer, error);
    if (status != CG_OK)
        return status;
    status = cg_file_writer_add(writer, &header, sizeof(header), error);
    if (status == CG_OK)
        status = cg_file_writer_add(writer, more, more_nbytes, error);
    if (status == CG_OK)
        status = cg_file_writer_add(writer, steady->former, count * sizeof(*steady->former), error);
    if (status == CG_OK)
        status = cg_file_writer_commit(writer, error);
    cg_file_writer_free(writer);
    return status;
}

static enum cg_status take_state(struct cg_steady *steady, void *more, size_t more_nbytes,
                                 const uint8_t *bytes, size_t nbytes, struct cg_error *error)
{
    struct state_header header = {.width = -1};
    if (nbytes >= sizeof(header))
        memcpy(&header, bytes, sizeof(header));
    size_t count = (size_t)header.width * (size_t)header.height;
    if (memcmp(header.magic, STATE_MAGIC, sizeof(header.magic)) != 0 || header.width < 0 ||
        header.height < 0 ||
        nbytes != sizeof(header) + more_nbytes + count * sizeof(*steady->former))
        return cg_fail(error, CG_ERR_FORMAT, "expected a saved frame, found other bytes");
    steady->has_former = false;
    memcpy(more, bytes + sizeof(header), more_nbytes);
    if (count == 0)
        return CG_OK;
    enum cg_status status = reserve(steady, header.width, header.height, error);
    if (status != CG_OK)
        return status;
    memcpy(steady->former, bytes + sizeof(header) + more_nbytes, count * sizeof(*steady->former));
    steady->noise = header.noise;
    steady->has_former = true;
    return CG_OK;
}

enum cg_status cg_steady_restore(struct cg_steady *steady, void *more, size_t more_nbytes,
                                 const char *path, int *width, int *height, struct cg_error *error)
{
    uint8_t *bytes;
    size_t nbytes;
    enum cg_status status = cg_file_read(path, STATE_LIMIT_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = take_state(steady, more, more_nbytes, bytes, nbytes, error);
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(path));
    *width = steady->has_former ? steady->width : 0;
    *height = steady->has_former ? steady->height : 0;
    free(bytes);
    return status;
}
