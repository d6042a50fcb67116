/* A film becomes a comic: see film.h. */
#include "cli/film.h"

#include "base/clock.h"
#include "base/memory.h"
#include "comic/frames.h"
#include "video/pace.h"
#include "video/pipeline.h"
#include "video/yuv.h"

#include <stdlib.h>
#include <string.h>

#define THREADS_MAX 256

/* For --fast, where the stream does not say. */
#define RATE_DEFAULT 25.0

struct cg_film {
    struct cg_engine *engine;
    struct cg_frames *frames;
    int detail_px;      /* as asked for */
    bool choose_detail; /* --fast, and the size is not fixed yet */
    bool keep_pace;
    struct cg_pace pace;
    const char *name;
    struct cg_y4m_reader *reader;
    struct cg_y4m_format format;
    uint8_t *planes_in, *planes_out; /* of the reading and of the writing thread */
    struct cg_yuv *yuv_in, *yuv_out;
    size_t skipped, read, converted;
    const struct cg_film_sink *sink;
};

/* ---- options --------------------------------------------------------------------------------- */

bool cg_film_is_option(int option)
{
    return cg_cli_is_look(option) || (option >= CG_CLI_FILM_OPTION && option < CG_CLI_FILM_END);
}

bool cg_film_set(struct cg_film_options *options, int option, const char *value)
{
    if (cg_cli_is_look(option))
        return cg_cli_looks_set(&options->looks, option, value);
    switch (option) {
    case CG_CLI_FILM_STABILITY:
        return cg_cli_parse_float("stability", value, 0.0f, 1.0f, &options->stability);
    case CG_CLI_FILM_FAST:
        options->fast = true;
        return true;
    default:
        return cg_cli_parse_int("threads", value, 1, THREADS_MAX, &options->threads);
    }
}

/* ---- the film -------------------------------------------------------------------------------- */

enum cg_status cg_film_create(const struct cg_film_options *options, struct cg_film **out,
                              struct cg_error *error)
{
    struct cg_looks looks;
    *out = NULL;
    struct cg_film *film = cg_alloc_zero(1, sizeof(*film), "film", error);
    if (film == NULL)
        return CG_ERR_MEMORY;
    film->choose_detail = film->keep_pace = options->fast;
    enum cg_status status = cg_cli_looks_open(&options->looks, &film->engine, &looks, error);
    if (status == CG_OK) {
        film->detail_px = looks.detail_px;
        status = cg_frames_create(film->engine, options->threads, &looks, options->stability,
                                  &film->frames, error);
    }
    if (status != CG_OK) {
        cg_film_free(film);
        return status;
    }
    *out = film;
    return CG_OK;
}

void cg_film_free(struct cg_film *film)
{
    if (film == NULL)
        return;
    cg_yuv_free(film->yuv_out);
    cg_yuv_free(film->yuv_in);
    free(film->planes_out);
    free(film->planes_in);
    cg_y4m_reader_free(film->reader);
    cg_frames_free(film->frames);
    cg_engine_free(film->engine);
    free(film);
}

struct cg_frames *cg_film_frames(struct cg_film *film)
{
    return film->frames;
}

enum cg_status cg_film_restore(struct cg_film *film, const char *path, struct cg_error *error)
{
    film->choose_detail = film->keep_pace = false;
    return cg_frames_restore(film->frames, path, error);
}

enum cg_status cg_film_open(struct cg_film *film, int fd, const char *name,
                            const struct cg_y4m_format **format, struct cg_error *error)
{
    film->name = name;
    *format = &film->format;
    enum cg_status status = cg_y4m_reader_create(fd, name, &film->reader, error);
    if (status == CG_OK)
        status = cg_y4m_read_header(film->reader, &film->format, error);
    if (status != CG_OK)
        return status;
    size_t nbytes = cg_y4m_frame_nbytes(&film->format);
    film->planes_in = cg_alloc(nbytes, 1, "frame", error);
    film->planes_out = cg_alloc(nbytes, 1, "frame", error);
    if (film->planes_in == NULL || film->planes_out == NULL)
        return CG_ERR_MEMORY;
    status = cg_yuv_create(&film->format, &film->yuv_in, error);
    return status == CG_OK ? cg_yuv_create(&film->format, &film->yuv_out, error) : status;
}

/* ---- the working size that keeps up ---------------------------------------------------------- */

/* Seconds that a frame takes at the size to be tried first, on a copy; the second try counts, when
 * memory is there and threads are awake. */
static enum cg_status probe(struct cg_film *film, const uint8_t *pixels, int probe_px,
                            double *seconds, struct cg_error *error)
{
    size_t nbytes = 3 * (size_t)film->format.width * (size_t)film->format.height;
    uint8_t *copy = cg_alloc(nbytes, 1, "frame", error);
    enum cg_status status = copy == NULL ? CG_ERR_MEMORY : CG_OK;
    if (status == CG_OK)
        status = cg_frames_set_detail(film->frames, probe_px, error);
    for (int i = 0; i < 2 && status == CG_OK; i++) {
        memcpy(copy, pixels, nbytes);
        double begin = cg_clock_seconds();
        status = cg_frames_convert(film->frames, copy, film->format.width, film->format.height,
                                   NULL, error);
        *seconds = cg_clock_seconds() - begin;
    }
    cg_frames_cut(film->frames);
    free(copy);
    return status;
}

static enum cg_status choose_detail(struct cg_film *film, const uint8_t *pixels,
                                    struct cg_error *error)
{
    double rate = film->format.rate_num > 0
                      ? (double)film->format.rate_num / (double)film->format.rate_den
                      : RATE_DEFAULT;
    int longest =
        film->format.width > film->format.height ? film->format.width : film->format.height;
    int most = film->detail_px < longest ? film->detail_px : longest;
    int probe_px = most < CG_PACE_PROBE_PX ? most : CG_PACE_PROBE_PX;
    double seconds = 0.0;
    film->choose_detail = false;
    if (probe_px < CG_PACE_LEAST_PX) { /* too small to be made smaller */
        film->keep_pace = false;
        return CG_OK;
    }
    enum cg_status status = probe(film, pixels, probe_px, &seconds, error);
    if (status != CG_OK)
        return status;
    film->pace = cg_pace_make(1.0 / rate, most, seconds);
    return cg_frames_set_detail(film->frames, film->pace.detail_px, error);
}

/* ---- frames on their way --------------------------------------------------------------------- */

static enum cg_status read_frame(void *context, uint8_t *pixels, bool *end, struct cg_error *error)
{
    struct cg_film *film = context;
    enum cg_status status;
    do
        status = cg_y4m_read_frame(film->reader, film->planes_in, end, error);
    while (status == CG_OK && !*end && film->read++ < film->skipped);
    if (status == CG_OK && !*end)
        cg_yuv_to_rgb(film->yuv_in, film->planes_in, pixels);
    return status;
}

static enum cg_status convert_frame(void *context, uint8_t *pixels, struct cg_error *error)
{
    struct cg_film *film = context;
    enum cg_status status = CG_OK;
    float trusted = 0.0f;
    if (film->choose_detail)
        status = choose_detail(film, pixels, error);
    double begin = cg_clock_seconds();
    if (status == CG_OK)
        status = cg_frames_convert(film->frames, pixels, film->format.width, film->format.height,
                                   &trusted, error);
    if (status == CG_OK && film->keep_pace &&
        cg_pace_after_frame(&film->pace, cg_clock_seconds() - begin, trusted <= 0.0f)) {
        status = cg_frames_set_detail(film->frames, film->pace.detail_px, error);
    }
    if (status == CG_OK && film->sink->converted != NULL)
        status = film->sink->converted(film->sink->context, film->skipped + film->converted, error);
    film->converted += status == CG_OK;
    return status;
}

static enum cg_status write_frame(void *context, uint8_t *pixels, struct cg_error *error)
{
    struct cg_film *film = context;
    cg_yuv_from_rgb(film->yuv_out, pixels, film->planes_out);
    return film->sink->write(film->sink->context, film->planes_out, error);
}

static void stop_reading(void *context)
{
    struct cg_film *film = context;
    cg_y4m_reader_stop(film->reader);
}

enum cg_status cg_film_run(struct cg_film *film, size_t skipped, const struct cg_film_sink *sink,
                           struct cg_error *error)
{
    const struct cg_pipeline pipeline = {
        .context = film,
        .frame_nbytes = 3 * (size_t)film->format.width * (size_t)film->format.height,
        .read = read_frame,
        .convert = convert_frame,
        .write = write_frame,
        .stop = stop_reading,
    };
    film->skipped = skipped;
    film->read = film->converted = 0;
    film->sink = sink;
    enum cg_status status = cg_pipeline_run(&pipeline, error);
    if (status == CG_OK && film->read == 0)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "reading %s: expected frames after the header, found none", film->name);
    return status;
}

size_t cg_film_length(const struct cg_film *film)
{
    return film->read;
}
