/*
 * comicgan video --frames: a video as a folder of numbered pictures. Each becomes a picture of the
 * same name in the other folder. Existing pictures are kept (without --force), so interrupted work
 * resumes; a few frames before the first missing one are converted again, for what frames carry
 * over from earlier ones.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/video/video.h"
#include "cli/video/video_progress.h"
#include "image/walk.h"
#include "video/pipeline.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Frames converted before the first missing one. */
#define RUN_UP_FRAMES 8

#define JPEG_QUALITY 92

struct folder {
    const char *in, *out;
    bool strict, force, shows; /* shows: how far it is */
    struct dirent **names;
    int count;
    bool *kept;             /* of each frame: its comic exists */
    int first_missing, end; /* end: after the last missing one */
    struct cg_video_file *video;
    int width, height; /* of all frames */
    int to_read, to_write;
    bool has_former;
    uint8_t *former; /* the last frame that was read */
    double begun_at;
};

/* ---- names ----------------------------------------------------------------------------------- */

static int is_picture(const struct dirent *entry)
{
    enum cg_image_format format;
    return entry->d_name[0] != '.' && cg_image_format_of(entry->d_name, &format, NULL) == CG_OK;
}

/* In numeric order: 2 before 10, ignoring leading zeros. */
static int compare_names(const struct dirent **first, const struct dirent **second)
{
    const char *a = (*first)->d_name, *b = (*second)->d_name, *const digits = "0123456789";
    while (*a != '\0' && *b != '\0') {
        size_t a_zeros = strspn(a, "0"), b_zeros = strspn(b, "0");
        size_t a_length = strspn(a + a_zeros, digits), b_length = strspn(b + b_zeros, digits);
        bool a_number = a_zeros + a_length > 0, b_number = b_zeros + b_length > 0;
        if (!a_number || !b_number) {
            if (*a != *b)
                return *a < *b ? -1 : 1;
            a++;
            b++;
            continue;
        }
        int order = a_length != b_length ? (a_length < b_length ? -1 : 1)
                                         : strncmp(a + a_zeros, b + b_zeros, a_length);
        if (order != 0)
            return order;
        a += a_zeros + a_length;
        b += b_zeros + b_length;
    }
    if (*a == *b)
        return strcmp((*first)->d_name, (*second)->d_name);
    return *a != '\0' ? 1 : -1;
}

static char *path_of(const char *folder, const struct dirent *name)
{
    return cg_string_format("%s/%s", folder, name->d_name);
}

static enum cg_status no_memory(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_MEMORY, "video: out of memory");
}

static enum cg_status find_frames(struct folder *folder, struct cg_error *error)
{
    folder->count = scandir(folder->in, &folder->names, is_picture, compare_names);
    if (folder->count < 0) {
        folder->count = 0;
        return cg_fail_errno(error, "reading", folder->in, errno);
    }
    if (folder->count == 0)
        return cg_fail(error, CG_ERR_FORMAT,
                       "reading %s: expected numbered PNG or JPEG files, found none",
                       cg_path_tail(folder->in));
    return CG_OK;
}

/* Decide which comics are kept; the others must be writable. */
static enum cg_status check_output(struct folder *folder, int index, bool force,
                                   struct cg_inputs *inputs, struct cg_error *error)
{
    char *path = path_of(folder->out, folder->names[index]);
    enum cg_status status = path != NULL ? CG_OK : no_memory(error);
    if (status == CG_OK)
        folder->kept[index] = !force && access(path, F_OK) == 0;
    if (status == CG_OK && !folder->kept[index])
        status = cg_output_check(inputs, path, force, error);
    free(path);
    if (!folder->kept[index])
        folder->end = index + 1;
    return status;
}

static enum cg_status check_outputs(struct folder *folder, const struct cg_video_settings *settings,
                                    struct cg_error *error)
{
    struct cg_inputs inputs = {0};
    folder->kept = cg_alloc_zero((size_t)folder->count, sizeof(*folder->kept), "frames", error);
    enum cg_status status = folder->kept != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        status = cg_cli_render_params_add_inputs(&settings->video.looks, &inputs, error);
    if (status == CG_OK)
        status = cg_walk_add_inputs(folder->in, &inputs, error);
    for (int i = 0; status == CG_OK && i < folder->count; i++)
        status = check_output(folder, i, settings->force, &inputs, error);
    while (status == CG_OK && folder->first_missing < folder->end &&
           folder->kept[folder->first_missing])
        folder->first_missing++;
    cg_inputs_clear(&inputs);
    return status;
}

static enum cg_status check_folders(struct folder *folder, const struct cg_video_settings *settings,
                                    struct cg_error *error)
{
    enum cg_status status = find_frames(folder, error);
    if (status == CG_OK)
        status = cg_folder_make(folder->out, error);
    if (status == CG_OK && cg_file_is_same(folder->in, folder->out))
        status = cg_fail(error, CG_ERR_ARGUMENT,
                         "%s and %s are the same folder; give the comics another one", folder->in,
                         folder->out);
    return status == CG_OK ? check_outputs(folder, settings, error) : status;
}

/* ---- the work -------------------------------------------------------------------------------- */

static enum cg_status read_named(const struct folder *folder, int index, struct cg_image *image,
                                 struct cg_error *error)
{
    char *path = path_of(folder->in, folder->names[index]);
    const struct cg_image_read_options options = {.channels = 3, .strict = folder->strict};
    enum cg_status status =
        path != NULL ? cg_image_read(path, &options, image, NULL, error) : no_memory(error);
    free(path);
    return status;
}

/* Copy the pixels, unless they repeat the previous picture. */
static enum cg_status take_image(struct folder *folder, const struct cg_image *image,
                                 uint8_t *pixels, enum cg_pipeline_read *found,
                                 struct cg_error *error)
{
    size_t nbytes = 3 * (size_t)folder->width * (size_t)folder->height;
    if (image->width != folder->width || image->height != folder->height)
        return cg_fail(error, CG_ERR_FORMAT,
                       "reading %s/%s: expected %d x %d pixels as before, found %d x %d",
                       cg_path_tail(folder->in), folder->names[folder->to_read]->d_name,
                       folder->width, folder->height, image->width, image->height);
    if (folder->has_former && memcmp(folder->former, image->pixels, nbytes) == 0) {
        *found = CG_PIPELINE_REPEAT;
        return CG_OK;
    }
    folder->has_former = true;
    memcpy(folder->former, image->pixels, nbytes);
    memcpy(pixels, image->pixels, nbytes);
    return CG_OK;
}

static enum cg_status read_frame(void *context, uint8_t *pixels, enum cg_pipeline_read *found,
                                 struct cg_error *error)
{
    struct folder *folder = context;
    struct cg_image image;
    *found = folder->to_read == folder->end ? CG_PIPELINE_END : CG_PIPELINE_FRAME;
    if (*found == CG_PIPELINE_END)
        return CG_OK;
    enum cg_status status = read_named(folder, folder->to_read, &image, error);
    if (status != CG_OK)
        return status;
    status = take_image(folder, &image, pixels, found, error);
    cg_image_clear(&image);
    folder->to_read++;
    return status;
}

static enum cg_status convert_frame(void *context, uint8_t *pixels, const uint8_t *former,
                                    struct cg_error *error)
{
    struct folder *folder = context;
    if (former != NULL) {
        memcpy(pixels, former, 3 * (size_t)folder->width * (size_t)folder->height);
        return CG_OK;
    }
    return cg_frames_convert(cg_video_file_frames(folder->video),
                             (struct cg_pixels){pixels, folder->width, folder->height, 3, 0}, NULL,
                             error);
}

static enum cg_status write_frame(void *context, const uint8_t *pixels, struct cg_error *error)
{
    struct folder *folder = context;
    /* the encoders only read */
    struct cg_image image = {folder->width, folder->height, 3, (uint8_t *)(uintptr_t)pixels};
    struct cg_image_write_options options = {.quality = JPEG_QUALITY,
                                             .writing = cg_cli_writing(folder->force)};
    int index = folder->to_write++;
    if (folder->kept[index])
        return CG_OK;
    char *path = path_of(folder->out, folder->names[index]);
    enum cg_status status =
        path != NULL ? cg_image_format_of(path, &options.format, error) : no_memory(error);
    if (status == CG_OK)
        status = cg_image_write(path, &image, &options, error);
    free(path);
    if (folder->shows)
        cg_video_show_progress((size_t)folder->to_write, folder->end,
                               (size_t)(folder->to_write - folder->first_missing),
                               cg_clock_seconds() - folder->begun_at);
    return status;
}

static enum cg_status convert_missing(struct folder *folder, struct cg_error *error)
{
    struct cg_image first;
    if (folder->end == 0)
        return CG_OK;
    int start = folder->first_missing > RUN_UP_FRAMES ? folder->first_missing - RUN_UP_FRAMES : 0;
    folder->to_read = folder->to_write = start;
    enum cg_status status = read_named(folder, 0, &first, error);
    if (status != CG_OK)
        return status;
    folder->width = first.width;
    folder->height = first.height;
    cg_image_clear(&first);
    size_t nbytes = 3 * (size_t)folder->width * (size_t)folder->height;
    folder->former = cg_alloc(nbytes, 1, "frame", error);
    if (folder->former == NULL)
        return CG_ERR_MEMORY;
    const struct cg_pipeline pipeline = {
        .context = folder,
        .frame_nbytes = nbytes,
        .read = read_frame,
        .convert = convert_frame,
        .write = write_frame,
    };
    folder->begun_at = cg_clock_seconds();
    status = cg_pipeline_run(&pipeline, error);
    if (folder->shows)
        fputc('\n', stderr);
    return status;
}

int cg_video_convert_folder(const struct cg_video_settings *settings, const char *in,
                            const char *out)
{
    struct cg_error error;
    struct folder folder = {
        .in = in,
        .out = out,
        .strict = settings->strict,
        .force = settings->force,
        .shows = !settings->quiet && isatty(STDERR_FILENO) != 0,
    };
    int code = CG_EXIT_DONE;
    if (settings->video.fast)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "--fast keeps up with a video's frame rate, and frames in a folder have "
                           "none; --detail makes them faster");
    if (check_folders(&folder, settings, &error) != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    else if (cg_video_file_create(&settings->video, &folder.video, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    else if (convert_missing(&folder, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    free(folder.former);
    cg_video_file_free(folder.video);
    for (int i = 0; i < folder.count; i++)
        free(folder.names[i]);
    free(folder.names);
    free(folder.kept);
    return code;
}
