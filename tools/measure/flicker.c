/*
 * Measure how much videos flicker (measure/frame_flicker.h says how), and make videos of known
 * motion. comicgan-flicker IN.y4m COMIC.y4m...             a row for each comic of the video IN
 *   comicgan-flicker --make KIND PICTURE W H FRAMES   a video on stdout: still, pan, zoom, cut,
 * fast
 */
#include "base/memory.h"
#include "image/image.h"
#include "measure/clip.h"
#include "measure/frame_flicker.h"
#include "video/yuv.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A video that is read frame by frame, as pixels. */
struct video {
    int fd;
    struct cg_y4m_reader *reader;
    struct cg_y4m_format format;
    struct cg_yuv *yuv;
    uint8_t *planes, *pixels;
};

static enum cg_status file_open(const char *path, struct video *video, struct cg_error *error)
{
    *video = (struct video){.fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (video->fd < 0)
        return cg_fail(error, CG_ERR_IO, "reading %s: no such video", path);
    enum cg_status status = cg_y4m_reader_create(video->fd, path, &video->reader, error);
    if (status == CG_OK)
        status = cg_y4m_read_header(video->reader, &video->format, error);
    if (status == CG_OK)
        status = cg_yuv_create(&video->format, &video->yuv, error);
    if (status != CG_OK)
        return status;
    video->planes = cg_alloc(cg_y4m_frame_nbytes(&video->format), 1, "frame", error);
    video->pixels =
        cg_alloc((size_t)video->format.width * (size_t)video->format.height, 3, "frame", error);
    return video->planes != NULL && video->pixels != NULL ? CG_OK : CG_ERR_MEMORY;
}

static void file_close(struct video *video)
{
    free(video->pixels);
    free(video->planes);
    cg_yuv_free(video->yuv);
    cg_y4m_reader_free(video->reader);
    if (video->fd >= 0)
        close(video->fd);
}

static enum cg_status file_next(struct video *video, bool *end, struct cg_error *error)
{
    enum cg_status status = cg_y4m_read_frame(video->reader, video->planes, end, error);
    if (status == CG_OK && !*end)
        cg_yuv_to_rgb(video->yuv, video->planes, video->pixels);
    return status;
}

static enum cg_status meter_pair(struct video *in, struct video *comic, struct cg_flicker *out,
                                 struct cg_error *error)
{
    struct cg_flicker_meter *meter;
    bool end = false, comic_end = false;
    if (in->format.width != comic->format.width || in->format.height != comic->format.height)
        return cg_fail(error, CG_ERR_ARGUMENT, "the videos have different sizes");
    enum cg_status status =
        cg_flicker_meter_create(in->format.width, in->format.height, 0, &meter, error);
    if (status != CG_OK)
        return status;
    while (status == CG_OK) {
        status = file_next(in, &end, error);
        if (status == CG_OK)
            status = file_next(comic, &comic_end, error);
        if (status != CG_OK || end || comic_end)
            break;
        status = cg_flicker_meter_add(meter, in->pixels, comic->pixels, error);
    }
    *out = cg_flicker_meter_result(meter);
    cg_flicker_meter_free(meter);
    return status;
}

static int measure(const char *in_path, const char *comic_path)
{
    struct cg_error error;
    struct cg_flicker flicker;
    struct video in, comic = {.fd = -1};
    enum cg_status status = file_open(in_path, &in, &error);
    if (status == CG_OK)
        status = file_open(comic_path, &comic, &error);
    if (status == CG_OK)
        status = meter_pair(&in, &comic, &flicker, &error);
    file_close(&comic);
    file_close(&in);
    if (status != CG_OK) {
        fprintf(stderr, "comicgan-flicker: %s\n", error.text);
        return 1;
    }
    printf("%-32s %7.3f %7.3f %7.2f %8.2f %% %6zu %5zu\n", comic_path, flicker.input,
           flicker.output, flicker.output / flicker.input, 100.0 * flicker.ink, flicker.pairs,
           flicker.cuts);
    return 0;
}

static enum cg_status make_frames(enum cg_clip_kind kind, const struct cg_image *picture,
                                  const struct cg_y4m_format *format, int count,
                                  struct cg_error *error)
{
    size_t pixels_nbytes = 3 * (size_t)format->width * (size_t)format->height;
    uint8_t *pixels = cg_alloc(pixels_nbytes, 1, "frame", error);
    uint8_t *planes = cg_alloc(cg_y4m_frame_nbytes(format), 1, "frame", error);
    struct cg_yuv *yuv = NULL;
    enum cg_status status = pixels != NULL && planes != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        status = cg_yuv_create(format, &yuv, error);
    for (int i = 0; i < count && status == CG_OK; i++) {
        cg_clip_frame(kind, picture, i, count, format->width, format->height, pixels);
        cg_yuv_from_rgb(yuv, pixels, planes);
        status = cg_y4m_write_frame(STDOUT_FILENO, "the video", format, planes, error);
    }
    cg_yuv_free(yuv);
    free(planes);
    free(pixels);
    return status;
}

static int make(char *argv[])
{
    struct cg_error error;
    struct cg_image picture;
    struct cg_y4m_format format;
    char header[128];
    int kind = 0;
    while (kind < CG_CLIP_KINDS && strcmp(argv[0], cg_clip_name((enum cg_clip_kind)kind)) != 0)
        kind++;
    snprintf(header, sizeof(header), "YUV4MPEG2 W%s H%s F25:1 Ip A1:1 C444", argv[2], argv[3]);
    enum cg_status status = kind < CG_CLIP_KINDS
                                ? cg_y4m_parse(header, &format, &error)
                                : cg_fail(&error, CG_ERR_ARGUMENT, "no such video: %s", argv[0]);
    if (status == CG_OK)
        status = cg_image_read(argv[1], &(struct cg_image_read_options){.channels = 3}, &picture,
                               NULL, &error);
    if (status == CG_OK) {
        status = cg_y4m_write_header(STDOUT_FILENO, "the video", &format, &error);
        if (status == CG_OK)
            status = make_frames((enum cg_clip_kind)kind, &picture, &format, atoi(argv[4]), &error);
        cg_image_clear(&picture);
    }
    if (status != CG_OK)
        fprintf(stderr, "comicgan-flicker: %s\n", error.text);
    return status == CG_OK ? 0 : 1;
}

int main(int argc, char *argv[])
{
    int code = 0;
    if (argc == 7 && strcmp(argv[1], "--make") == 0)
        return make(argv + 2);
    if (argc < 3) {
        fprintf(stderr, "usage: see the top of tools/benchmarks/flicker.c\n");
        return 2;
    }
    printf("%-32s %7s %7s %7s %10s %6s %5s\n", "comic", "input", "output", "ratio", "ink", "pairs",
           "cuts");
    for (int i = 2; i < argc && code == 0; i++)
        code = measure(argv[1], argv[i]);
    return code;
}
