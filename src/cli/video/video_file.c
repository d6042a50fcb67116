/* Converting a stream of frames: see video_file.h. */
#include "cli/video/video_file.h"

#include "base/clock.h"
#include "base/memory.h"
#include "comic/frames.h"
#include "video/pace.h"
#include "video/pipeline.h"
#include "video/yuv.h"

#include <stdlib.h>
#include <string.h>

/* For --fast, if the stream has no rate. */
#define RATE_DEFAULT 25.0

struct cg_video_file {
    struct cg_engine *engine;
    struct cg_frames *frames;
    int redraw;
    bool choose_detail; /* --fast, and the size is not fixed yet */
    bool keep_pace;
    struct cg_pace pace;
    const char *name;
    struct cg_y4m_reader *reader;
    struct cg_y4m_format format, out_format;
    uint8_t *planes_in, *planes_former, *planes_out; /* of the reading and of the writing thread */
    struct cg_yuv *yuv_in, *yuv_out;                 /* NULL for frames with alpha */
    size_t skipped, read, converted, written;
    const struct cg_video_file_sink *sink;
};

/* ---- options --------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct cg_video_file_options, member)

const struct cg_option CG_CLI_VIDEO_OPTIONS[] = {
    {.kind = CG_OPTION_GROUP, .rows = CG_CLI_RENDER_OPTIONS, .field = AT(looks)},
    {"How it moves:", .kind = CG_OPTION_HEADING},
    {"stability", 0, CG_OPTION_FLOAT, AT(stability), "X",
     "from every frame for itself (0) to the calmest video (1) (default: %d)", 0, 1},
    {"redraw", 0, CG_OPTION_INT, AT(redraw), "N",
     "draw one of so many frames at least, %r, and carry the drawing along the motion between "
     "(default: %d); 1 takes longest",
     1, CG_REDRAW_MAX},
    {"fast", 0, CG_OPTION_FLAG, AT(fast), NULL,
     "keep up with the video's own frame rate: a working size as large as there is time for, "
     "--detail at most and no less than faces need"},
    {"threads", 0, CG_OPTION_INT, AT(threads), "N",
     "threads to convert with, %r (default: all processors); without --fast the comic is the same "
     "with any number",
     1, 256},
    CG_OPTION_END,
};

/* ---- the video ------------------------------------------------------------------------------- */

enum cg_status cg_video_file_create(const struct cg_video_file_options *options,
                                    struct cg_video_file **out, struct cg_error *error)
{
    struct cg_render_params looks;
    *out = NULL;
    struct cg_video_file *video = cg_alloc_zero(1, sizeof(*video), "video", error);
    if (video == NULL)
        return CG_ERR_MEMORY;
    video->choose_detail = video->keep_pace = options->fast;
    video->redraw = options->redraw;
    enum cg_status status =
        cg_cli_render_params_open(&options->looks, &video->engine, &looks, error);
    if (status == CG_OK)
        status = cg_frames_create(video->engine, options->threads, &looks, options->stability,
                                  &video->frames, error);
    if (status == CG_OK)
        status = cg_frames_set_redraw(video->frames, options->redraw, error);
    if (status != CG_OK) {
        cg_video_file_free(video);
        return status;
    }
    *out = video;
    return CG_OK;
}

void cg_video_file_free(struct cg_video_file *video)
{
    if (video == NULL)
        return;
    cg_yuv_free(video->yuv_out);
    cg_yuv_free(video->yuv_in);
    free(video->planes_out);
    free(video->planes_former);
    free(video->planes_in);
    cg_y4m_reader_free(video->reader);
    cg_frames_free(video->frames);
    cg_engine_free(video->engine);
    free(video);
}

struct cg_frames *cg_video_file_frames(struct cg_video_file *video)
{
    return video->frames;
}

enum cg_status cg_video_file_restore(struct cg_video_file *video, const char *path,
                                     struct cg_error *error)
{
    video->choose_detail = video->keep_pace = false;
    return cg_frames_restore(video->frames, path, error);
}

static enum cg_status open_reader(struct cg_video_file *video,
                                  const struct cg_video_file_source *source, struct cg_error *error)
{
    if (source->bare != NULL) {
        video->format = *source->bare;
        video->out_format = source->flat != NULL ? *source->flat : *source->bare;
        return cg_y4m_reader_create_bare(source->fd, source->name, source->bare, &video->reader,
                                         error);
    }
    enum cg_status status = cg_y4m_reader_create(source->fd, source->name, &video->reader, error);
    if (status == CG_OK)
        status = cg_y4m_read_header(video->reader, &video->format, error);
    video->format.kr = source->kr;
    video->format.kb = source->kb;
    video->out_format = video->format;
    return status;
}

/* Converters between planes and pixels; none for frames with alpha. */
static enum cg_status create_yuv(const struct cg_y4m_format *format, struct cg_yuv **out,
                                 struct cg_error *error)
{
    return format->chroma == CG_Y4M_RGBA ? CG_OK : cg_yuv_create(format, out, error);
}

enum cg_status cg_video_file_open(struct cg_video_file *video,
                                  const struct cg_video_file_source *source,
                                  const struct cg_y4m_format **format, struct cg_error *error)
{
    video->name = source->name;
    *format = &video->out_format;
    enum cg_status status = open_reader(video, source, error);
    if (status != CG_OK)
        return status;
    size_t nbytes = cg_y4m_frame_nbytes(&video->format);
    video->planes_in = cg_alloc(nbytes, 1, "frame", error);
    video->planes_former = cg_alloc(nbytes, 1, "frame", error);
    video->planes_out = cg_alloc(cg_y4m_frame_nbytes(&video->out_format), 1, "frame", error);
    if (video->planes_in == NULL || video->planes_former == NULL || video->planes_out == NULL)
        return CG_ERR_MEMORY;
    status = create_yuv(&video->format, &video->yuv_in, error);
    return status == CG_OK ? create_yuv(&video->out_format, &video->yuv_out, error) : status;
}

static size_t pixels_nbytes(const struct cg_video_file *video)
{
    size_t count = (size_t)video->format.width * (size_t)video->format.height;
    return (video->yuv_out == NULL ? 4 : 3) * count;
}

static struct cg_pixels pixels_of(const struct cg_video_file *video, uint8_t *pixels)
{
    return (struct cg_pixels){pixels, video->format.width, video->format.height, 3, 0};
}

/* ---- the working size that keeps up ---------------------------------------------------------- */

/* The seconds that a copy of a frame takes. */
static enum cg_status time_frame(struct cg_video_file *video, const uint8_t *pixels, uint8_t *copy,
                                 int redraw, double *seconds, struct cg_error *error)
{
    memcpy(copy, pixels, pixels_nbytes(video));
    enum cg_status status = cg_frames_set_redraw(video->frames, redraw, error);
    double begin = cg_clock_seconds();
    if (status == CG_OK)
        status = cg_frames_convert(video->frames, pixels_of(video, copy), NULL, error);
    *seconds = cg_clock_seconds() - begin;
    return status;
}

/* Seconds of a frame at the size tried first: the mean over a drawn one and those carried along.
 * The first frame does not count: it allocates memory and wakes threads. */
static enum cg_status probe(struct cg_video_file *video, const uint8_t *pixels, int probe_px,
                            double *seconds, struct cg_error *error)
{
    double drawn = 0.0, kept = 0.0;
    uint8_t *copy = cg_alloc(pixels_nbytes(video), 1, "frame", error);
    enum cg_status status = copy == NULL ? CG_ERR_MEMORY : CG_OK;
    if (status == CG_OK)
        status = cg_frames_set_detail(video->frames, probe_px, error);
    for (int i = 0; i < 2 && status == CG_OK; i++)
        status = time_frame(video, pixels, copy, 1, &drawn, error);
    if (status == CG_OK)
        status = time_frame(video, pixels, copy, 2, &kept, error);
    if (status == CG_OK)
        status = cg_frames_set_redraw(video->frames, video->redraw, error);
    cg_frames_cut(video->frames);
    *seconds = kept + (drawn - kept) / video->redraw;
    free(copy);
    return status;
}

static enum cg_status choose_detail(struct cg_video_file *video, const uint8_t *pixels,
                                    struct cg_error *error)
{
    double rate = video->format.rate_num > 0
                      ? (double)video->format.rate_num / (double)video->format.rate_den
                      : RATE_DEFAULT;
    int most = cg_frames_working_px(video->frames, video->format.width, video->format.height);
    int probe_px = most < CG_PACE_PROBE_PX ? most : CG_PACE_PROBE_PX;
    double seconds = 0.0;
    video->choose_detail = false;
    if (probe_px < CG_PACE_LEAST_PX) { /* too small to be reduced */
        video->keep_pace = false;
        return CG_OK;
    }
    enum cg_status status = probe(video, pixels, probe_px, &seconds, error);
    if (status != CG_OK)
        return status;
    video->pace = cg_pace_make(1.0 / rate, most, seconds);
    return cg_frames_set_detail(video->frames, video->pace.detail_px, error);
}

/* ---- frames ---------------------------------------------------------------------------------- */

/* Alpha becomes a plane behind the pixels, or pixels are blended onto white. */
static enum cg_status pixels_from_rgba(const struct cg_video_file *video, uint8_t *pixels,
                                       struct cg_error *error)
{
    size_t count = (size_t)video->format.width * (size_t)video->format.height;
    struct cg_image colour, alpha;
    enum cg_status status =
        cg_image_create(video->format.width, video->format.height, 4, &colour, error);
    if (status != CG_OK)
        return status;
    memcpy(colour.pixels, video->planes_in, 4 * count);
    status = cg_image_split_alpha(&colour, &alpha, error);
    if (status == CG_OK && video->yuv_out == NULL) {
        memcpy(pixels, colour.pixels, 3 * count);
        memcpy(pixels + 3 * count, alpha.pixels, count);
    } else if (status == CG_OK) {
        for (size_t i = 0; i < 3 * count; i++) {
            int share = alpha.pixels[i / 3];
            pixels[i] = (uint8_t)((colour.pixels[i] * share + 255 * (255 - share) + 127) / 255);
        }
    }
    cg_image_clear(&alpha);
    cg_image_clear(&colour);
    return status;
}

static void rgba_from_pixels(const struct cg_video_file *video, const uint8_t *pixels)
{
    size_t count = (size_t)video->format.width * (size_t)video->format.height;
    for (size_t i = 0; i < count; i++) {
        memcpy(video->planes_out + 4 * i, pixels + 3 * i, 3);
        video->planes_out[4 * i + 3] = pixels[3 * count + i];
    }
}

static enum cg_status read_planes(struct cg_video_file *video, bool *end, struct cg_error *error)
{
    enum cg_status status;
    do {
        uint8_t *former = video->planes_in;
        video->planes_in = video->planes_former;
        video->planes_former = former;
        status = cg_y4m_read_frame(video->reader, video->planes_in, end, error);
        if (status == CG_OK && !*end && video->sink->arrived != NULL)
            status = video->sink->arrived(video->sink->context, video->read, error);
    } while (status == CG_OK && !*end && video->read++ < video->skipped);
    return status;
}

static enum cg_status read_frame(void *context, uint8_t *pixels, enum cg_pipeline_read *found,
                                 struct cg_error *error)
{
    struct cg_video_file *video = context;
    bool end;
    enum cg_status status = read_planes(video, &end, error);
    if (status != CG_OK || end) {
        *found = CG_PIPELINE_END;
        return status;
    }
    if (video->read > video->skipped + 1 &&
        memcmp(video->planes_in, video->planes_former, cg_y4m_frame_nbytes(&video->format)) == 0)
        *found = CG_PIPELINE_REPEAT;
    else if (video->yuv_in != NULL)
        cg_yuv_to_rgb(video->yuv_in, video->planes_in, pixels);
    else
        status = pixels_from_rgba(video, pixels, error);
    return status;
}

static enum cg_status convert_new_frame(struct cg_video_file *video, uint8_t *pixels,
                                        struct cg_error *error)
{
    enum cg_status status = CG_OK;
    float trusted = 0.0f;
    if (video->choose_detail)
        status = choose_detail(video, pixels, error);
    double begin = cg_clock_seconds();
    if (status == CG_OK)
        status = cg_frames_convert(video->frames, pixels_of(video, pixels), &trusted, error);
    if (status == CG_OK && video->keep_pace &&
        cg_pace_after_frame(&video->pace, cg_clock_seconds() - begin, trusted <= 0.0f)) {
        status = cg_frames_set_detail(video->frames, video->pace.detail_px, error);
    }
    return status;
}

static enum cg_status convert_frame(void *context, uint8_t *pixels, const uint8_t *former,
                                    struct cg_error *error)
{
    struct cg_video_file *video = context;
    enum cg_status status = CG_OK;
    if (former != NULL)
        memcpy(pixels, former, pixels_nbytes(video));
    else
        status = convert_new_frame(video, pixels, error);
    if (status == CG_OK && video->sink->converted != NULL)
        status =
            video->sink->converted(video->sink->context, video->skipped + video->converted, error);
    video->converted += status == CG_OK;
    return status;
}

static enum cg_status write_frame(void *context, const uint8_t *pixels, struct cg_error *error)
{
    struct cg_video_file *video = context;
    if (video->yuv_out != NULL)
        cg_yuv_from_rgb(video->yuv_out, pixels, video->planes_out);
    else
        rgba_from_pixels(video, pixels);
    return video->sink->write(video->sink->context, video->skipped + video->written++,
                              video->planes_out, error);
}

static void stop_reading(void *context)
{
    struct cg_video_file *video = context;
    cg_y4m_reader_stop(video->reader);
}

enum cg_status cg_video_file_run(struct cg_video_file *video, size_t skipped,
                                 const struct cg_video_file_sink *sink, struct cg_error *error)
{
    const struct cg_pipeline pipeline = {
        .context = video,
        .frame_nbytes = pixels_nbytes(video),
        .read = read_frame,
        .convert = convert_frame,
        .write = write_frame,
        .stop = stop_reading,
    };
    video->skipped = skipped;
    video->read = video->converted = video->written = 0;
    video->sink = sink;
    enum cg_status status = cg_pipeline_run(&pipeline, error);
    if (status == CG_OK && video->read == 0)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "reading %s: expected frames after the header, found none", video->name);
    return status;
}

size_t cg_video_file_length(const struct cg_video_file *video)
{
    return video->read;
}
