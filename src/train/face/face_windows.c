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
#define KNOWN_SCORE 1e-6 /* nobody has looked at what lies in boxes with a score of 0 */
#define WORKING_PX 1300
#define GROWTH_MAX 2.0
/* Sides of faces' windows in levels where they are found, in pixels, beside 20. */
#define SIDE_MIN 16.5f
#define SIDE_MAX 24.5f
#define FREE_OVERLAP 0.2f /* of a window without a face with one about a face, of both together */

/* ---- photos ---------------------------------------------------------------------------------- */

/* Whether a face is the next one of some of all, which are in order. */
static bool is_next(const struct cg_teacher_face *face, const struct cg_teacher_face *some,
                    size_t count, size_t *next)
{
    bool is = *next < count && memcmp(face, &some[*next], sizeof(*face)) == 0;
    *next += is;
    return is;
}

/* size: of the photo's file; working: of its working copy. */
static enum cg_status take_boxes(struct cg_face_photo *photo, const struct cg_face_list *list,
                                 const char *path, const int size[2],
                                 const struct cg_image *working, struct cg_error *error)
{
    struct cg_teacher_face all[CG_FACES_MAX], known[CG_FACES_MAX], sure[CG_FACES_MAX];
    size_t count = cg_face_list_find(list, path, size[0], size[1], 0.0, all);
    size_t known_count = cg_face_list_find(list, path, size[0], size[1], KNOWN_SCORE, known);
    size_t sure_count = cg_face_list_find(list, path, size[0], size[1], SURE_SCORE, sure);
    size_t next_known = 0, next_sure = 0;
    float across = (float)working->width, down = (float)working->height;
    photo->boxes = cg_alloc(count, sizeof(*photo->boxes), "faces", error);
    photo->areas = cg_alloc(count, sizeof(*photo->areas), "faces", error);
    if (photo->boxes == NULL || photo->areas == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        float x = all[i].x * across, y = all[i].y * down;
        float width = all[i].width * across, height = all[i].height * down;
        bool is_sure = is_next(&all[i], sure, sure_count, &next_sure);
        if (is_next(&all[i], known, known_count, &next_known))
            photo->boxes[photo->box_count++] = (struct cg_face_box){
                x + width / 2.0f, y + height / 2.0f, cg_face_window_side(width, height), !is_sure};
        else
            photo->areas[photo->area_count++] = (struct cg_face_area){x, y, x + width, y + height};
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
    const struct cg_image_read_options options = {.channels = 3};
    enum cg_status status = cg_image_read(path, &options, &image, NULL, error);
    if (status != CG_OK)
        return status;
    const int size[2] = {image.width, image.height};
    status = make_working_copy(&image, error);
    if (status == CG_OK)
        status = cg_face_base_make(&image, &out->base, error);
    if (status == CG_OK)
        status = take_boxes(out, list, path, size, &image, error);
    cg_image_clear(&image);
    return status;
}

/* ---- patches --------------------------------------------------------------------------------- */

/* What lies about a box in a level; beyond the picture its edge goes on. */
static void cut_patch(const struct cg_face_pyramid *pyramid, int number,
                      const struct cg_face_box *box, struct cg_face_patch *out)
{
    const struct cg_image *level = &pyramid->level[number];
    float scale = pyramid->scale[number];
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
    for (int i = 0; i < CG_FACE_PATCH_CELLS * CG_FACE_PATCH_CELLS; i++)
        cg_face_colour_at(&pyramid->colour[number],
                          left + i % CG_FACE_PATCH_CELLS * CG_FACE_CELL_PX + CG_FACE_CELL_PX / 2,
                          top + i / CG_FACE_PATCH_CELLS * CG_FACE_CELL_PX + CG_FACE_CELL_PX / 2,
                          out->colour[i]);
}

static enum cg_status add_patches(struct cg_face_photos *photos, const struct cg_face_photo *photo,
                                  struct cg_error *error)
{
    struct cg_face_pyramid pyramid;
    enum cg_status status = cg_face_pyramid_make(&photo->base, &pyramid, error);
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
            cut_patch(&pyramid, l, &photo->boxes[i], patches);
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
    if (!cg_face_list_has(list, path))
        return CG_OK;
    enum cg_status status = read_photo(path, list, photo, error);
    if (status != CG_OK && status != CG_ERR_MEMORY) {
        cg_face_base_clear(&photo->base);
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
        cg_face_base_clear(&photos->photos[i].base);
        free(photos->photos[i].boxes);
        free(photos->photos[i].areas);
    }
    free(photos->photos);
    free(photos->patches);
    *photos = (struct cg_face_photos){0};
}

bool cg_face_photo_is_known(const struct cg_face_photo *photo, float x, float y)
{
    for (int i = 0; i < photo->area_count; i++) {
        const struct cg_face_area *area = &photo->areas[i];
        if (x >= area->left && x < area->right && y >= area->top && y < area->bottom)
            return false;
    }
    return true;
}

bool cg_face_photo_is_free(const struct cg_face_photo *photo, const struct cg_face_pyramid *pyramid,
                           const struct cg_face_place *place)
{
    float scale = pyramid->scale[place->level], side = CG_FACE_WINDOW_PX * scale;
    float x = (float)place->x * scale + side / 2.0f, y = (float)place->y * scale + side / 2.0f;
    if (!cg_face_photo_is_known(photo, x, y))
        return false;
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
