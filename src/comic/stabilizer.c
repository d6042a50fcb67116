/*
 * Carrying from frame to frame: see stabilizer.h. The order of cg_stabilizer_photo is the order of
 * the work; the arithmetic of a row is in stabilizer_row.c.
 */
#include "comic/stabilizer.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "comic/stabilizer_row.h"
#include "image/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * A frame is a cut when less than this is trusted, every pixel weighed by its contrast, as skies
 * and walls of two scenes look alike; and the more its tones are others, the more trust it needs.
 * Measured: videos of one scene 0.59 and more at tones up to 0.09 apart, cuts 0.03 to 0.16.
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

struct cg_stabilizer {
    struct cg_flow *flow;
    int width, height; /* 0: memory for no size yet */
    bool has_former;
    float noise;                         /* believed in the former frame */
    struct cg_stabilizer_pixel *former;  /* the former frame, at its own places */
    struct cg_stabilizer_pixel *carried; /* brought onto the new frame; then the new frame itself */
    float *grey, *former_grey;           /* halved luma, for the flow */
    float *vectors;                      /* of the halved picture */
    float *difference, *trust;           /* a value for each pixel */
    struct cg_stabilizer_sums *row_sums;
    float *smooth, *colour, *logit;     /* what is handed out */
    struct cg_stabilizer_limits limits; /* of the frame that is being made */
};

enum cg_status cg_stabilizer_create(struct cg_stabilizer **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_stabilizer *stabilizer = cg_alloc_zero(1, sizeof(*stabilizer), "frames", error);
    if (stabilizer == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = cg_flow_create(&stabilizer->flow, error);
    if (status != CG_OK) {
        free(stabilizer);
        return status;
    }
    *out = stabilizer;
    return CG_OK;
}

static void drop_maps(struct cg_stabilizer *stabilizer)
{
    free(stabilizer->former);
    free(stabilizer->carried);
    free(stabilizer->grey);
    free(stabilizer->row_sums);
    stabilizer->row_sums = NULL;
    stabilizer->former = stabilizer->carried = NULL;
    stabilizer->grey = NULL;
    stabilizer->width = stabilizer->height = 0;
    stabilizer->has_former = false;
}

void cg_stabilizer_free(struct cg_stabilizer *stabilizer)
{
    if (stabilizer == NULL)
        return;
    drop_maps(stabilizer);
    cg_flow_free(stabilizer->flow);
    free(stabilizer);
}

void cg_stabilizer_reset(struct cg_stabilizer *stabilizer)
{
    stabilizer->has_former = false;
}

static int half(int side)
{
    return (side + 1) / 2;
}

/* Memory for a size; a new size begins anew. */
static enum cg_status reserve(struct cg_stabilizer *stabilizer, int width, int height,
                              struct cg_error *error)
{
    if (width == stabilizer->width && height == stabilizer->height)
        return CG_OK;
    drop_maps(stabilizer);
    size_t count = (size_t)width * (size_t)height;
    size_t half_count = (size_t)half(width) * (size_t)half(height);
    size_t nbytes = sizeof(struct cg_stabilizer_pixel);
    stabilizer->former = cg_alloc(count, nbytes, "former frame", error);
    stabilizer->carried = cg_alloc(count, nbytes, "former frame", error);
    stabilizer->grey = cg_alloc(9 * count + 4 * half_count, sizeof(float), "frame maps", error);
    stabilizer->row_sums =
        cg_alloc((size_t)height, sizeof(*stabilizer->row_sums), "frame sums", error);
    if (stabilizer->former == NULL || stabilizer->carried == NULL || stabilizer->grey == NULL ||
        stabilizer->row_sums == NULL) {
        drop_maps(stabilizer);
        return CG_ERR_MEMORY;
    }
    stabilizer->former_grey = stabilizer->grey + half_count;
    stabilizer->vectors = stabilizer->former_grey + half_count;
    stabilizer->difference = stabilizer->vectors + 2 * half_count;
    stabilizer->trust = stabilizer->difference + count;
    stabilizer->smooth = stabilizer->trust + count;
    stabilizer->colour = stabilizer->smooth + 3 * count;
    stabilizer->logit = stabilizer->colour + 3 * count;
    stabilizer->width = width;
    stabilizer->height = height;
    return CG_OK;
}

/* ---- loops over rows ------------------------------------------------------------------------- */

struct call {
    struct cg_stabilizer *stabilizer;
    const float *photo;
    float noise;
    const struct cg_layers *layers;
};

static size_t row_begin(const struct cg_stabilizer *stabilizer, size_t row)
{
    return row * (size_t)stabilizer->width;
}

static void grey_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_stabilizer *stabilizer = call->stabilizer;
    (void)worker;
    cg_stabilizer_grey_row(call->photo, stabilizer->former, stabilizer->width, stabilizer->height,
                           (int)item, stabilizer->grey + item * (size_t)half(stabilizer->width),
                           stabilizer->former_grey + item * (size_t)half(stabilizer->width));
}

static void carry_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_stabilizer *stabilizer = call->stabilizer;
    size_t begin = row_begin(stabilizer, item);
    (void)worker;
    cg_stabilizer_carry_row(stabilizer->former, stabilizer->vectors, stabilizer->width,
                            stabilizer->height, (int)item, stabilizer->carried + begin);
    cg_stabilizer_difference_row(stabilizer->carried + begin, call->photo + 3 * begin,
                                 stabilizer->width, stabilizer->difference + begin);
}

/* trust holds the difference around each pixel until the noise is known */
static void around_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_stabilizer *stabilizer = call->stabilizer;
    (void)worker;
    cg_stabilizer_around_row(stabilizer->difference, stabilizer->width, stabilizer->height,
                             (int)item, stabilizer->trust + row_begin(stabilizer, item));
}

static void trust_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_stabilizer *stabilizer = call->stabilizer;
    (void)worker;
    size_t begin = row_begin(stabilizer, item);
    stabilizer->row_sums[item] =
        cg_stabilizer_trust_row(stabilizer->trust + begin, call->photo + 3 * begin, call->noise,
                                &stabilizer->limits, stabilizer->width);
}

static void photo_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_stabilizer *stabilizer = call->stabilizer;
    size_t begin = row_begin(stabilizer, item);
    (void)worker;
    cg_stabilizer_photo_row(call->photo + 3 * begin, stabilizer->trust + begin, &stabilizer->limits,
                            stabilizer->width, stabilizer->carried + begin,
                            stabilizer->smooth + 3 * begin);
}

static void layers_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_stabilizer *stabilizer = call->stabilizer;
    size_t begin = row_begin(stabilizer, item);
    (void)worker;
    cg_stabilizer_layers_row(call->layers->colour + 3 * begin, call->layers->logit + begin,
                             stabilizer->trust + begin, &stabilizer->limits, stabilizer->width,
                             stabilizer->carried + begin, stabilizer->colour + 3 * begin,
                             stabilizer->logit + begin);
}

static void kept_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    struct cg_stabilizer *stabilizer = call->stabilizer;
    size_t begin = row_begin(stabilizer, item);
    (void)worker;
    cg_stabilizer_kept_row(stabilizer->carried + begin, stabilizer->width,
                           stabilizer->colour + 3 * begin, stabilizer->logit + begin);
}

/* ---- a frame --------------------------------------------------------------------------------- */

/* The difference below which NOISE_SHARE of the pixels lie, at most NOISE_MAX. */
static float find_noise(const struct cg_stabilizer *stabilizer)
{
    enum { BINS = 128 };
    size_t bins[BINS] = {0}, counted = 0, below = 0;
    size_t count = (size_t)stabilizer->width * (size_t)stabilizer->height;
    for (size_t i = 0; i < count; i += 3, counted++) {
        float bin = stabilizer->trust[i] * (BINS / NOISE_MAX);
        bins[bin < BINS - 1 ? (int)bin : BINS - 1]++;
    }
    int bin = 0;
    while (bin < BINS - 1 && (float)(below += bins[bin]) < NOISE_SHARE * (float)counted)
        bin++;
    return (float)(bin + 1) * (NOISE_MAX / BINS);
}

/* Half the sum of the differences of two histograms of tones, 0 to 1. */
static float tone_distance(const struct cg_stabilizer *stabilizer)
{
    enum { BINS = 32 };
    int bins[BINS] = {0}, distance = 0;
    int count = half(stabilizer->width) * half(stabilizer->height);
    for (int i = 0; i < count; i++) {
        bins[(int)(fminf(fmaxf(stabilizer->grey[i], 0.0f), 1.0f) * (BINS - 1))]++;
        bins[(int)(fminf(fmaxf(stabilizer->former_grey[i], 0.0f), 1.0f) * (BINS - 1))]--;
    }
    for (int i = 0; i < BINS; i++)
        distance += abs(bins[i]);
    return 0.5f * (float)distance / (float)count;
}

static enum cg_status carry(struct cg_stabilizer *stabilizer, struct cg_pool *pool,
                            struct call *call, struct cg_error *error)
{
    size_t rows = (size_t)stabilizer->height;
    cg_pool_run(pool, (size_t)half(stabilizer->height), grey_row, call);
    enum cg_status status =
        cg_flow_find(stabilizer->flow, pool, stabilizer->grey, stabilizer->former_grey,
                     half(stabilizer->width), half(stabilizer->height), stabilizer->vectors, error);
    if (status != CG_OK)
        return status;
    cg_pool_run(pool, rows, carry_row, call);
    cg_pool_run(pool, rows, around_row, call);
    stabilizer->noise =
        fminf(find_noise(stabilizer), NOISE_GROWTH * fmaxf(stabilizer->noise, NOISE_FIRST));
    call->noise = stabilizer->noise;
    cg_pool_run(pool, rows, trust_row, call);
    return CG_OK;
}

/* The mean trust; *at_contrast: with every pixel weighed by its contrast. */
static float mean_trust(const struct cg_stabilizer *stabilizer, float *at_contrast)
{
    double trust = 0.0, contrast_trust = 0.0, contrast = 0.0;
    for (int y = 0; y < stabilizer->height; y++) {
        trust += (double)stabilizer->row_sums[y].trust;
        contrast_trust += (double)stabilizer->row_sums[y].contrast_trust;
        contrast += (double)stabilizer->row_sums[y].contrast;
    }
    *at_contrast = (float)(contrast_trust / contrast);
    return (float)(trust / ((double)stabilizer->width * (double)stabilizer->height));
}

static bool is_cut(const struct cg_stabilizer *stabilizer, float at_contrast)
{
    return at_contrast < CUT_TRUSTED + CUT_TRUSTED_OTHER_TONES * tone_distance(stabilizer);
}

static void begin_anew(struct cg_stabilizer *stabilizer)
{
    size_t count = (size_t)stabilizer->width * (size_t)stabilizer->height;
    stabilizer->noise = NOISE_FIRST;
    memset(stabilizer->trust, 0, count * sizeof(float));
    memset(stabilizer->carried, 0, count * sizeof(*stabilizer->carried));
}

enum cg_status cg_stabilizer_photo(struct cg_stabilizer *stabilizer, struct cg_pool *pool,
                                   const float *photo, int width, int height, float stability,
                                   const float **smooth, float *trusted, struct cg_error *error)
{
    float at_contrast = 0.0f;
    *trusted = 0.0f;
    enum cg_status status = reserve(stabilizer, width, height, error);
    struct call call = {.stabilizer = stabilizer, .photo = photo};
    stabilizer->limits = cg_stabilizer_limits_make(stability);
    if (status == CG_OK && stabilizer->has_former && stability > 0.0f) {
        status = carry(stabilizer, pool, &call, error);
        *trusted = status == CG_OK ? mean_trust(stabilizer, &at_contrast) : 0.0f;
    }
    if (status != CG_OK) {
        stabilizer->has_former = false;
        return status;
    }
    if (!stabilizer->has_former || stability <= 0.0f || is_cut(stabilizer, at_contrast)) {
        begin_anew(stabilizer);
        *trusted = 0.0f;
    }
    cg_pool_run(pool, (size_t)height, photo_row, &call);
    *smooth = stabilizer->smooth;
    return CG_OK;
}

/* The new frame becomes the former one. */
static void hand_out(struct cg_stabilizer *stabilizer, struct cg_layers *layers)
{
    struct cg_stabilizer_pixel *carried = stabilizer->carried;
    stabilizer->carried = stabilizer->former;
    stabilizer->former = carried;
    stabilizer->has_former = true;
    layers->width = stabilizer->width;
    layers->height = stabilizer->height;
    layers->colour = stabilizer->colour;
    layers->logit = stabilizer->logit;
}

void cg_stabilizer_layers(struct cg_stabilizer *stabilizer, struct cg_pool *pool,
                          struct cg_layers *layers)
{
    struct call call = {.stabilizer = stabilizer, .layers = layers};
    cg_pool_run(pool, (size_t)stabilizer->height, layers_row, &call);
    hand_out(stabilizer, layers);
}

void cg_stabilizer_keep(struct cg_stabilizer *stabilizer, struct cg_pool *pool,
                        struct cg_layers *layers)
{
    struct call call = {.stabilizer = stabilizer};
    cg_pool_run(pool, (size_t)stabilizer->height, kept_row, &call);
    hand_out(stabilizer, layers);
}

/* ---- in another process ---------------------------------------------------------------------- */

struct state_header {
    char magic[8];
    int32_t width, height;
    float noise;
};

enum cg_status cg_stabilizer_save(const struct cg_stabilizer *stabilizer, const void *more,
                                  size_t more_nbytes, const char *path, struct cg_error *error)
{
    struct state_header header = {.width = stabilizer->has_former ? stabilizer->width : 0,
                                  .height = stabilizer->has_former ? stabilizer->height : 0,
                                  .noise = stabilizer->noise};
    size_t count = (size_t)header.width * (size_t)header.height;
    struct cg_file_writer *writer;
    memcpy(header.magic, STATE_MAGIC, sizeof(header.magic));
    enum cg_status status = cg_file_writer_create(path, CG_WRITE_OVER, &writer, error);
    if (status != CG_OK)
        return status;
    status = cg_file_writer_add(writer, &header, sizeof(header), error);
    if (status == CG_OK)
        status = cg_file_writer_add(writer, more, more_nbytes, error);
    if (status == CG_OK)
        status = cg_file_writer_add(writer, stabilizer->former, count * sizeof(*stabilizer->former),
                                    error);
    if (status == CG_OK)
        status = cg_file_writer_commit(writer, error);
    cg_file_writer_free(writer);
    return status;
}

static enum cg_status take_state(struct cg_stabilizer *stabilizer, void *more, size_t more_nbytes,
                                 const uint8_t *bytes, size_t nbytes, struct cg_error *error)
{
    struct state_header header = {.width = -1};
    if (nbytes >= sizeof(header))
        memcpy(&header, bytes, sizeof(header));
    size_t count = (size_t)header.width * (size_t)header.height;
    if (memcmp(header.magic, STATE_MAGIC, sizeof(header.magic)) != 0 || header.width < 0 ||
        header.height < 0 ||
        nbytes != sizeof(header) + more_nbytes + count * sizeof(*stabilizer->former))
        return cg_fail(error, CG_ERR_FORMAT, "expected a saved frame, found other bytes");
    stabilizer->has_former = false;
    memcpy(more, bytes + sizeof(header), more_nbytes);
    if (count == 0)
        return CG_OK;
    enum cg_status status = reserve(stabilizer, header.width, header.height, error);
    if (status != CG_OK)
        return status;
    memcpy(stabilizer->former, bytes + sizeof(header) + more_nbytes,
           count * sizeof(*stabilizer->former));
    stabilizer->noise = header.noise;
    stabilizer->has_former = true;
    return CG_OK;
}

enum cg_status cg_stabilizer_restore(struct cg_stabilizer *stabilizer, void *more,
                                     size_t more_nbytes, const char *path, int *width, int *height,
                                     struct cg_error *error)
{
    uint8_t *bytes;
    size_t nbytes;
    enum cg_status status = cg_file_read(path, STATE_LIMIT_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = take_state(stabilizer, more, more_nbytes, bytes, nbytes, error);
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(path));
    *width = stabilizer->has_former ? stabilizer->width : 0;
    *height = stabilizer->has_former ? stabilizer->height : 0;
    free(bytes);
    return status;
}
