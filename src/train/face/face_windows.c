/* Photos and windows: see face_windows.h. */
#include "train/face/face_windows.h"

#include "base/clamp.h"
#include "base/memory.h"
#include "image/walk.h"
#include "train/data/face_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_TESTED = 71 };

#define TESTED_OF 6
/* Every fifth box with a lower score shows something else, or the back of a head: neither one nor
 * the other kind of window comes from there. */
#define SURE_SCORE 0.85
#define WORKING_PX 1300
#define GROWTH_MAX 2.0
/* Sides of faces' windows in levels where they are found, in pixels, beside 20. */
#define SIDE_MIN 16.5f
#define SIDE_MAX 24.5f
#define FREE_OVERLAP 0.2f /* of a window without a face with one about a face, of both together */

/* ---- photos ---------------------------------------------------------------------------------- */

static enum cg_status take_boxes(struct cg_face_photo *photo, const struct cg_face_list *list,
                                 const char *path, int width, int height, struct cg_error *error)
{
    struct cg_teacher_face all[CG_FACES_MAX], sure[CG_FACES_MAX];
    size_t count = cg_face_list_find(list, path, width, height, 0.0, all), next = 0;
    size_t sure_count = cg_face_list_find(list, path, width, height, SURE_SCORE, sure);
    photo->boxes = cg_alloc(count, sizeof(*photo->boxes), "faces", error);
    if (photo->boxes == NULL)
        return CG_ERR_MEMORY;
    float across = (float)width / photo->scale, down = (float)height / photo->scale;
    for (size_t i = 0; i < count; i++) {
        const struct cg_teacher_face *face = &all[i];
        bool is_sure = next < sure_count && memcmp(face, &sure[next], sizeof(*face)) == 0;
        next += is_sure;
        photo->boxes[photo->box_count++] = (struct cg_face_box){
            (face->x + face->width / 2.0f) * across, (face->y + face->height / 2.0f) * down,
            cg_face_window_side(face->width * across, face->height * down), !is_sure};
    }
    return CG_OK;
}

/* As the converter's working copy: large photos reduced, small ones enlarged. */
static enum cg_status make_working_copy(struct cg_image *image, struct cg_error *error)
{
    struct cg_image copy;
    int longer = image->width > image->height ? image->width : image->height;
    double by = fmin((double)WORKING_PX / longer, GROWTH_MAX);
    enum cg_status status = cg_image_resize(image, (int)fmax(image->width * by + 0.5, 1.0),
                                            (int)fmax(image->height * by + 0.5, 1.0), &copy, error);
    if (status == CG_OK) {
        cg_image_clear(image);
        *image = copy;
    }
    return status;
}

static enum cg_status read_photo(const char *path, const struct cg_face_list *list,
                                 struct cg_face_photo *out, struct cg_error *error)
{
    struct cg_image image;
    const struct cg_image_read_options options = {.channels = 1};
    enum cg_status status = cg_image_read(path, &options, &image, NULL, error);
    if (status != CG_OK)
        return status;
    int width = image.width, height = image.height;
    status = make_working_copy(&image, error);
    if (status == CG_OK)
        status = cg_face_base_make(&image, &out->base, &out->scale, error);
    if (status == CG_OK) {
        out->scale *= (float)width / (float)image.width; /* of the file */
        status = take_boxes(out, list, path, width, height, error);
    }
    cg_image_clear(&image);
    return status;
}

enum cg_status cg_face_photo_levels(const struct cg_face_photo *photo, struct cg_face_pyramid *out,
                                    struct cg_error *error)
{
    struct cg_image base;
    *out = (struct cg_face_pyramid){0};
    enum cg_status status =
        cg_image_resize(&photo->base, photo->base.width, photo->base.height, &base, error);
    return status == CG_OK ? cg_face_pyramid_make(&base, 1.0f, out, error) : status;
}

/* ---- patches --------------------------------------------------------------------------------- */

/* What lies about a box in a level; beyond the picture its edge goes on. */
static void cut_patch(const struct cg_image *level, float scale, const struct cg_face_box *box,
                      struct cg_face_patch *out)
{
    float x = box->x / scale, y = box->y / scale;
    int left = (int)floorf(x) - CG_FACE_PATCH_PX / 2, top = (int)floorf(y) - CG_FACE_PATCH_PX / 2;
    out->x = x - (float)left;
    out->y = y - (float)top;
    out->side = box->side / scale;
    for (int i = 0; i < CG_FACE_PATCH_PX; i++)
        for (int j = 0; j < CG_FACE_PATCH_PX; j++) {
            int row = cg_clamp_index(top + i, level->height);
            int column = cg_clamp_index(left + j, level->width);
            out->grey[i * CG_FACE_PATCH_PX + j] =
                level->pixels[(size_t)row * (size_t)level->width + (size_t)column];
        }
}

static enum cg_status add_patches(struct cg_face_photos *photos, const struct cg_face_photo *photo,
                                  struct cg_error *error)
{
    struct cg_face_pyramid pyramid;
    enum cg_status status = cg_face_photo_levels(photo, &pyramid, error);
    for (int i = 0; status == CG_OK && i < photo->box_count; i++)
        for (int l = 0; l < pyramid.count; l++) {
            float side = photo->boxes[i].side / pyramid.scale[l];
            if (side < SIDE_MIN || side > SIDE_MAX)
                continue;
            struct cg_face_patch *patches = cg_grow(photos->patches, photos->patch_count,
                                                    &photos->patch_capacity, sizeof(*patches));
            if (patches == NULL) {
                status = cg_fail(error, CG_ERR_MEMORY, "faces: out of memory");
                break;
            }
            photos->patches = patches;
            patches += photos->patch_count++;
            patches->tested = photo->tested;
            patches->doubtful = photo->boxes[i].doubtful;
            cut_patch(&pyramid.level[l], pyramid.scale[l], &photo->boxes[i], patches);
        }
    cg_face_pyramid_clear(&pyramid);
    return status;
}

static enum cg_status add_photo(struct cg_face_photos *photos, const char *path,
                                const struct cg_face_list *list, uint64_t seed,
                                struct cg_error *error)
{
    struct cg_face_photo *photo = &photos->photos[photos->count];
    struct cg_rng rng = cg_rng_make(seed, STREAM_TESTED, (uint64_t)photos->count);
    enum cg_status status = read_photo(path, list, photo, error);
    if (status != CG_OK && status != CG_ERR_MEMORY) {
        cg_image_clear(&photo->base);
        return CG_OK;
    }
    photos->count++;
    photo->tested = cg_rng_below(&rng, TESTED_OF) == 0;
    return status == CG_OK ? add_patches(photos, photo, error) : status;
}

static enum cg_status read_all(const struct cg_path_list *paths, const struct cg_face_list *list,
                               uint64_t seed, cg_face_progress_fn progress, void *context,
                               struct cg_face_photos *out, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    out->photos = cg_alloc_zero(paths->count, sizeof(*out->photos), "photos", error);
    if (out->photos == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; status == CG_OK && i < paths->count; i++)
        status = progress(context, (int)i, (int)paths->count)
                     ? add_photo(out, paths->paths[i], list, seed, error)
                     : cg_fail(error, CG_ERR_CANCELLED, "stopped");
    return status;
}

/* Some patches must be tested and some learned from. */
static enum cg_status check_patches(struct cg_face_photos *photos, const char *folder,
                                    const char *list, struct cg_error *error)
{
    size_t tested = 0, sure = 0;
    for (size_t i = 0; i < photos->patch_count; i++) {
        sure += !photos->patches[i].doubtful;
        tested += !photos->patches[i].doubtful && photos->patches[i].tested;
    }
    if (sure < 2)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "%s: expected photos with faces that %s lists and that are large enough, "
                       "found %zu such faces",
                       folder, list, sure);
    if (tested > 0 && tested < sure)
        return CG_OK;
    size_t number = 0;
    for (size_t i = 0; i < photos->patch_count; i++)
        if (!photos->patches[i].doubtful)
            photos->patches[i].tested = number++ % 2 == 0;
    return CG_OK;
}

enum cg_status cg_face_photos_read(const char *folder, const char *list, uint64_t seed,
                                   cg_face_progress_fn progress, void *context,
                                   struct cg_face_photos *out, struct cg_error *error)
{
    struct cg_path_list paths = {0};
    struct cg_face_list *faces;
    const struct cg_walk_options walk = {.recursive = true, .follow_folders = true};
    *out = (struct cg_face_photos){0};
    enum cg_status status = cg_face_list_read(list, &faces, error);
    if (status == CG_OK)
        status = cg_walk_pictures(folder, &walk, &paths, NULL, error);
    if (status == CG_OK)
        status = read_all(&paths, faces, seed, progress, context, out, error);
    if (status == CG_OK)
        status = check_patches(out, folder, list, error);
    cg_path_list_clear(&paths);
    cg_face_list_free(faces);
    if (status != CG_OK)
        cg_face_photos_clear(out);
    return status;
}

void cg_face_photos_clear(struct cg_face_photos *photos)
{
    for (int i = 0; i < photos->count; i++) {
        cg_image_clear(&photos->photos[i].base);
        free(photos->photos[i].boxes);
    }
    free(photos->photos);
    free(photos->patches);
    *photos = (struct cg_face_photos){0};
}

bool cg_face_photo_is_free(const struct cg_face_photo *photo, const struct cg_face_pyramid *pyramid,
                           const struct cg_face_place *place)
{
    float scale = pyramid->scale[place->level], side = CG_FACE_WINDOW_PX * scale;
    float x = (float)place->x * scale + side / 2.0f, y = (float)place->y * scale + side / 2.0f;
    for (int i = 0; i < photo->box_count; i++) {
        const struct cg_face_box *box = &photo->boxes[i];
        float least = fminf(side, box->side), reach = (side + box->side) / 2.0f;
        float across = fminf(fmaxf(reach - fabsf(x - box->x), 0.0f), least);
        float down = fminf(fmaxf(reach - fabsf(y - box->y), 0.0f), least);
        float area = across * down;
        if (area > FREE_OVERLAP * (side * side + box->side * box->side - area))
            return false;
    }
    return true;
}

/* ---- copies ---------------------------------------------------------------------------------- */

static float between(struct cg_rng *rng, float low, float high)
{
    return low + (high - low) * cg_rng_uniform(rng);
}

/* Between pixels, bilinear; x and y count from the middle of the first. */
static float sample(const struct cg_face_patch *patch, float x, float y)
{
    float last = CG_FACE_PATCH_PX - 1.001f;
    x = fminf(fmaxf(x, 0.0f), last);
    y = fminf(fmaxf(y, 0.0f), last);
    int column = (int)x, row = (int)y;
    const uint8_t *p = patch->grey + row * CG_FACE_PATCH_PX + column;
    float fx = x - (float)column, fy = y - (float)row;
    float above = (float)p[0] + fx * (float)(p[1] - p[0]);
    p += CG_FACE_PATCH_PX;
    float below = (float)p[0] + fx * (float)(p[1] - p[0]);
    return above + fy * (below - above);
}

/* Another tone curve and contrast; a third get noise. */
static void change_light(float *window, struct cg_rng *rng)
{
    float bend = between(rng, -0.6f, 0.6f), contrast = between(rng, 0.5f, 1.2f);
    float noise = cg_rng_below(rng, 3) == 0 ? between(rng, 0.0f, 6.0f) : 0.0f;
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++) {
        float v = window[i] / 255.0f;
        v = (v + bend * v * (1.0f - v) - 0.5f) * contrast + 0.5f;
        window[i] = v * 255.0f + (noise > 0.0f ? noise * cg_rng_normal(rng) : 0.0f);
    }
}

static void round_window(const float *window, uint8_t grey[CG_FACE_WINDOW_VALUES])
{
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++)
        grey[i] = (uint8_t)(fminf(fmaxf(window[i], 0.0f), 255.0f) + 0.5f);
}

/* Counted from the window's middle, in its pixels. */
static float offset_of(int index)
{
    return (float)index - (CG_FACE_WINDOW_PX - 1) / 2.0f;
}

void cg_face_patch_cut(const struct cg_face_patch *patch, float x, float y, float step,
                       uint8_t grey[CG_FACE_WINDOW_VALUES])
{
    float window[CG_FACE_WINDOW_VALUES];
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++)
        window[i] = sample(patch, x - 0.5f + step * offset_of(i % CG_FACE_WINDOW_PX),
                           y - 0.5f + step * offset_of(i / CG_FACE_WINDOW_PX));
    round_window(window, grey);
}

void cg_face_patch_draw(const struct cg_face_patch *patch, const struct cg_face_jitter *jitter,
                        struct cg_rng *rng, uint8_t grey[CG_FACE_WINDOW_VALUES])
{
    float window[CG_FACE_WINDOW_VALUES];
    float angle = between(rng, -jitter->degrees, jitter->degrees) * 3.14159265f / 180.0f;
    float step = patch->side / CG_FACE_WINDOW_PX * between(rng, 0.87f, 1.15f);
    float mirror = cg_rng_below(rng, 2) == 0 ? 1.0f : -1.0f;
    float x = patch->x - 0.5f + between(rng, -jitter->shift_px, jitter->shift_px);
    float y = patch->y - 0.5f + between(rng, -jitter->shift_px, jitter->shift_px);
    float right = cosf(angle) * step, down = sinf(angle) * step;
    float narrow = between(rng, 0.92f, 1.08f);
    bool blurred = jitter->light && cg_rng_below(rng, 4) == 0;
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++) {
        float u = offset_of(i % CG_FACE_WINDOW_PX) * mirror * narrow;
        float v = offset_of(i / CG_FACE_WINDOW_PX);
        float at_x = x + u * right - v * down, at_y = y + u * down + v * right;
        window[i] = sample(patch, at_x, at_y);
        if (blurred)
            window[i] = (2.0f * window[i] + sample(patch, at_x - 1.0f, at_y) +
                         sample(patch, at_x + 1.0f, at_y) + sample(patch, at_x, at_y - 1.0f) +
                         sample(patch, at_x, at_y + 1.0f)) /
                        6.0f;
    }
    if (jitter->light)
        change_light(window, rng);
    round_window(window, grey);
}
