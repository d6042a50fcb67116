/* Pictures to measure: see quality_subject.h. */
#include "measure/quality_subject.h"

#include "base/memory.h"
#include "comic/engine.h"
#include "train/teacher/teacher.h"

#include <comicgan/comicgan.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEACHER_DETAIL_PX 960

enum cg_status quality_photo_read(const char *path, struct cg_image *out, struct cg_error *error)
{
    return cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, out, NULL, error);
}

enum cg_status quality_reduce(struct cg_image *picture, int long_px, struct cg_error *error)
{
    int longer = picture->width > picture->height ? picture->width : picture->height;
    if (longer <= long_px)
        return CG_OK;
    int width = (int)((double)picture->width * long_px / longer + 0.5);
    int height = (int)((double)picture->height * long_px / longer + 0.5);
    struct cg_image large = *picture;
    enum cg_status status =
        cg_image_resize(&large, width > 0 ? width : 1, height > 0 ? height : 1, picture, error);
    cg_image_clear(&large);
    return status;
}

static enum cg_status copy(const struct cg_image *from, struct cg_image *out,
                           struct cg_error *error)
{
    enum cg_status status = cg_image_create(from->width, from->height, 3, out, error);
    if (status == CG_OK)
        memcpy(out->pixels, from->pixels, 3 * (size_t)from->width * (size_t)from->height);
    return status;
}

static enum cg_status style_comic(const struct quality_style *style, int detail_px,
                                  struct cg_image *picture, struct cg_error *error)
{
    struct cg_render_params looks = style->engine->looks;
    if (detail_px > 0)
        looks.detail_px = detail_px;
    return cg_session_convert(style->session, cg_image_as_pixels(picture), &looks, error);
}

static enum cg_status teacher_comic(int detail_px, struct cg_image *picture, struct cg_error *error)
{
    struct cg_image colour = {0}, ink = {0};
    enum cg_status status =
        quality_reduce(picture, detail_px > 0 ? detail_px : TEACHER_DETAIL_PX, error);
    if (status == CG_OK)
        status = cg_teacher_draw(picture, NULL, 0, &colour, &ink, error);
    size_t values = 3 * (size_t)picture->width * (size_t)picture->height;
    for (size_t i = 0; status == CG_OK && i < values; i++)
        picture->pixels[i] = (uint8_t)((colour.pixels[i] * (255 - ink.pixels[i / 3]) + 127) / 255);
    cg_image_clear(&ink);
    cg_image_clear(&colour);
    return status;
}

/* The folder's file of the photo's stem, or NULL for lack of memory. */
static char *path_of(const char *dir, const char *name, const char *ending)
{
    const char *slash = strrchr(name, '/'), *base = slash != NULL ? slash + 1 : name;
    const char *dot = strrchr(base, '.');
    int stem = (int)(dot != NULL ? (size_t)(dot - base) : strlen(base));
    return cg_string_format("%s/%.*s.%s", dir, stem, base, ending);
}

/* The first of the folder's pictures of the photo's stem that is there, or the last name tried. */
static char *find_picture(const char *dir, const char *name)
{
    static const char *const endings[] = {"png", "jpg", "jpeg"};
    char *path = NULL;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        free(path);
        path = path_of(dir, name, endings[i]);
        if (path == NULL || access(path, F_OK) == 0)
            break;
    }
    return path;
}

static enum cg_status read_picture(const char *dir, const char *name, struct cg_image *out,
                                   struct cg_error *error)
{
    char *path = find_picture(dir, name);
    enum cg_status status = path != NULL ? quality_photo_read(path, out, error)
                                         : cg_fail(error, CG_ERR_MEMORY, "%s: out of memory", name);
    free(path);
    return status;
}

enum cg_status quality_truth_read(const char *dir, const char *name, const struct cg_image *photo,
                                  struct cg_boundary_truth *out, struct cg_error *error)
{
    char *path = path_of(dir, name, "mat");
    enum cg_status status =
        path != NULL ? cg_boundary_truth_read(path, photo->width, photo->height, out, error)
                     : cg_fail(error, CG_ERR_MEMORY, "%s: out of memory", name);
    free(path);
    return status;
}

enum cg_status quality_subject_make(const struct quality_style *subject, const char *name,
                                    const struct cg_image *photo, int detail_px,
                                    struct cg_image *out, struct cg_error *error)
{
    if (subject->kind == QUALITY_FOLDER)
        return read_picture(subject->source, name, out, error);
    enum cg_status status = copy(photo, out, error);
    if (status == CG_OK && subject->kind == QUALITY_STYLE)
        status = style_comic(subject, detail_px, out, error);
    if (status == CG_OK && subject->kind == QUALITY_TEACHER)
        status = teacher_comic(detail_px, out, error);
    return status;
}
