/* One picture from file to file: see picture.h. The stages stand in the order of the work. */
#include "cli/convert/picture.h"

#include "base/clock.h"
#include "base/file.h"
#include "cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A picture on its way. */
struct work {
    struct cg_image colour, alpha; /* alpha: empty, or the transparency */
    struct cg_image both;          /* --beside: photo and comic; else empty */
    struct cg_image_extras extras;
};

/* "-" stands for the standard input and output. */
static bool is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* ---- the stages ------------------------------------------------------------------------------ */

static enum cg_status read_picture(const struct cg_picture_settings *settings,
                                   const struct cg_job *job, struct work *work,
                                   struct cg_error *error)
{
    struct cg_image_read_options options = {
        .channels = 0,
        .keep_profile = settings->keep_profile,
        .keep_exif = settings->keep_exif,
        .keep_gps = settings->keep_gps,
        .strict = settings->strict,
        .max_side_px = settings->max_side_px,
    };
    const char *path = is_standard(job->in) ? "/dev/stdin" : job->in;
    return cg_image_read(path, &options, &work->colour, &work->extras, error);
}

/* The network takes RGB. */
static enum cg_status grey_to_rgb(struct cg_image *image, struct cg_error *error)
{
    struct cg_image rgb;
    enum cg_status status = cg_image_create(image->width, image->height, 3, &rgb, error);
    if (status != CG_OK)
        return status;
    size_t count = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < count; i++)
        memset(rgb.pixels + 3 * i, image->pixels[i], 3);
    cg_image_clear(image);
    *image = rgb;
    return CG_OK;
}

/* The left (0) or right (1) half of *both becomes the picture; *both is made if it is empty. */
static enum cg_status put_beside(const struct cg_image *image, int half, struct cg_image *both,
                                 struct cg_error *error)
{
    size_t line = (size_t)image->width * (size_t)image->channels;
    enum cg_status status = CG_OK;
    if (both->pixels == NULL)
        status = cg_image_create(2 * image->width, image->height, image->channels, both, error);
    for (int y = 0; status == CG_OK && y < image->height; y++)
        memcpy(both->pixels + (2 * (size_t)y + (size_t)half) * line,
               image->pixels + (size_t)y * line, line);
    return status;
}

static enum cg_status draw_picture(struct cg_session *session,
                                   const struct cg_picture_settings *settings,
                                   const struct cg_job *job, struct work *work,
                                   struct cg_error *error)
{
    struct cg_image *colour = &work->colour;
    enum cg_status status = colour->channels == 1 ? grey_to_rgb(colour, error) : CG_OK;
    if (status == CG_OK && settings->beside)
        status = put_beside(colour, 0, &work->both, error);
    if (status == CG_OK && colour->channels == 4)
        status = cg_image_split_alpha(colour, &work->alpha, error);
    if (status == CG_OK)
        status = cg_session_convert(session, cg_image_as_pixels(colour), &settings->looks, error);
    if (status == CG_OK && work->alpha.pixels != NULL)
        status = cg_image_join_alpha(colour, &work->alpha, error);
    if (status == CG_OK && settings->beside) {
        status = put_beside(colour, 1, &work->both, error);
        cg_image_clear(colour);
        *colour = work->both;
        work->both.pixels = NULL;
    }
    if (status != CG_OK)
        cg_error_prefix(error, "converting %s", cg_path_tail(job->in));
    return status;
}

/* For the standard output, encode everything first, so that nothing is written on failure. */
static enum cg_status write_standard(const struct cg_image *image,
                                     const struct cg_image_write_options *options,
                                     struct cg_error *error)
{
    uint8_t *bytes;
    size_t nbytes;
    enum cg_status status = cg_image_encode(image, options, &bytes, &nbytes, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "writing to the standard output");
        return status;
    }
    if (fwrite(bytes, 1, nbytes, stdout) != nbytes || fflush(stdout) != 0)
        status =
            cg_fail(error, CG_ERR_IO, "writing to the standard output: %s", CG_ERRNO_WORDS(errno));
    free(bytes);
    return status;
}

static enum cg_status write_picture(const struct cg_picture_settings *settings,
                                    const struct cg_job *job, const struct work *work,
                                    struct cg_error *error)
{
    struct cg_image_write_options options = {
        .format = job->format,
        .quality = settings->quality,
        .background = {settings->background[0], settings->background[1], settings->background[2]},
        .extras = &work->extras,
        .mark = settings->mark,
        .writing = job->writing,
    };
    if (is_standard(job->out))
        return write_standard(&work->colour, &options, error);
    return cg_image_write(job->out, &work->colour, &options, error);
}

/* The photo's time from before it was read: if it changes meanwhile, the comic is older. */
static void keep_times(const struct cg_job *job, const struct stat *photo,
                       struct cg_picture_result *result)
{
    const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, photo->st_mtim};
    size_t length = strlen(result->note);
    if (is_standard(job->out) || !S_ISREG(photo->st_mode) ||
        utimensat(AT_FDCWD, job->out, times, 0) == 0)
        return;
    snprintf(result->note + length, sizeof(result->note) - length,
             "%sits time could not be kept: %s", length > 0 ? "; " : "", CG_ERRNO_WORDS(errno));
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Milliseconds since *moment, which becomes now. */
static double lap_ms(double *moment)
{
    double now = cg_clock_seconds(), before = *moment;
    *moment = now;
    return 1e3 * (now - before);
}

static enum cg_status run_stages(struct cg_session *session,
                                 const struct cg_picture_settings *settings,
                                 const struct cg_job *job, struct work *work,
                                 struct cg_picture_result *result)
{
    double moment = cg_clock_seconds();
    struct stat photo = {0};
    if (settings->keep_times && !is_standard(job->in))
        stat(job->in, &photo);
    enum cg_status status = read_picture(settings, job, work, &result->error);
    result->read_ms = lap_ms(&moment);
    if (status != CG_OK || cg_interrupted())
        return status;
    result->width = work->colour.width;
    result->height = work->colour.height;
    memcpy(result->note, work->extras.note, sizeof(result->note));
    status = draw_picture(session, settings, job, work, &result->error);
    result->convert_ms = lap_ms(&moment);
    if (status != CG_OK || cg_interrupted())
        return status;
    status = write_picture(settings, job, work, &result->error);
    result->write_ms = lap_ms(&moment);
    if (status == CG_OK && settings->keep_times)
        keep_times(job, &photo, result);
    if (status == CG_OK)
        result->end = CG_PICTURE_CONVERTED;
    return status;
}

void cg_picture_convert(struct cg_session *session, const struct cg_picture_settings *settings,
                        const struct cg_job *job, struct cg_picture_result *result)
{
    struct work work = {0};
    *result = (struct cg_picture_result){.end = CG_PICTURE_GIVEN_UP};
    if (run_stages(session, settings, job, &work, result) != CG_OK)
        result->end = CG_PICTURE_FAILED;
    cg_image_extras_clear(&work.extras);
    cg_image_clear(&work.both);
    cg_image_clear(&work.alpha);
    cg_image_clear(&work.colour);
}
