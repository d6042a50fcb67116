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

/* size: of the photo's file; working: of its working copy. */
static enum cg_status take_boxes(struct cg_face_photo *photo, const struct cg_face_list *list,
                                 const char *path, const int size[2],
                                 const struct cg_image *working, struct cg_error *error)
{
    struct cg_teacher_face all[CG_FACES_MAX], sure[CG_FACES_MAX];
    size_t count = cg_face_list_find(list, path, size[0], size[1], 0.0, all), next = 0;
    size_t sure_count = cg_face_list_find(list, path, size[0], size[1], SURE_SCORE, sure);
    float across = (float)working->width, down = (float)working->height;
    photo->boxes = cg_alloc(count, sizeof(*photo->boxes), "faces", error);
    if (photo->boxes == NULL)
        return CG_ERR_MEMORY;
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

/* Where a window looks in a patch: its middle, and how its axes lie. */
struct view {
    float x, y, right, down, narrow;
};

/* The point of the patch, pixels counted from the middle of the first, for one of the window. */
static void look_at(const struct view *view, float u, float v, float *x, float *y)
{
    u = (u - (CG_FACE_WINDOW_PX - 1) / 2.0f) * view->narrow;
    v -= (CG_FACE_WINDOW_PX - 1) / 2.0f;
    *x = view->x - 0.5f + u * view->right - v * view->down;
    *y = view->y - 0.5f + u * view->down + v * view->right;
}

static void draw_grey(const struct cg_face_patch *patch, const struct view *view, bool blurred,
                      float window[CG_FACE_WINDOW_VALUES])
{
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++) {
        float x, y;
        look_at(view, (float)(i % CG_FACE_WINDOW_PX), (float)(i / CG_FACE_WINDOW_PX), &x, &y);
        window[i] = sample(patch, x, y);
        if (blurred)
            window[i] =
                (2.0f * window[i] + sample(patch, x - 1.0f, y) + sample(patch, x + 1.0f, y) +
                 sample(patch, x, y - 1.0f) + sample(patch, x, y + 1.0f)) /
                6.0f;
    }
}

static void draw_colour(const struct cg_face_patch *patch, const struct view *view,
                        struct cg_face_window *out)
{
    for (int i = 0; i < CG_FACE_WINDOW_CELLS; i++) {
        float x, y, middle = (CG_FACE_CELL_PX - 1) / 2.0f;
        look_at(view, (float)(i % CG_FACE_CELLS_ACROSS * CG_FACE_CELL_PX) + middle,
                (float)(i / CG_FACE_CELLS_ACROSS * CG_FACE_CELL_PX) + middle, &x, &y);
        int column = cg_clamp_index((int)(x + 0.5f) / CG_FACE_CELL_PX, CG_FACE_PATCH_CELLS);
        int row = cg_clamp_index((int)(y + 0.5f) / CG_FACE_CELL_PX, CG_FACE_PATCH_CELLS);
        memcpy(out->colour[i], patch->colour[row * CG_FACE_PATCH_CELLS + column], 3);
    }
}

static uint8_t to_byte(float value)
{
    return (uint8_t)(fminf(fmaxf(value, 0.0f), 255.0f) + 0.5f);
}

static void round_grey(const float window[CG_FACE_WINDOW_VALUES], struct cg_face_window *out)
{
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++)
        out->grey[i] = to_byte(window[i]);
}

/* As if under another lamp. */
static void change_tint(struct cg_face_window *window, struct cg_rng *rng)
{
    float gains[3] = {between(rng, 0.88f, 1.12f), 1.0f, between(rng, 0.85f, 1.15f)};
    for (int i = 0; i < CG_FACE_WINDOW_CELLS; i++)
        for (int c = 0; c < 3; c++)
            window->colour[i][c] = to_byte((float)window->colour[i][c] * gains[c]);
}

void cg_face_window_fade(struct cg_face_window *window, struct cg_rng *rng)
{
    if (cg_rng_below(rng, 4) == 0)
        memset(window->colour, 128, sizeof(window->colour));
}

void cg_face_patch_cut(const struct cg_face_patch *patch, float x, float y, float step,
                       struct cg_face_window *out)
{
    const struct view view = {x, y, step, 0.0f, 1.0f};
    float window[CG_FACE_WINDOW_VALUES];
    draw_grey(patch, &view, false, window);
    round_grey(window, out);
    draw_colour(patch, &view, out);
}

void cg_face_patch_draw(const struct cg_face_patch *patch, const struct cg_face_jitter *jitter,
                        struct cg_rng *rng, struct cg_face_window *out)
{
    float window[CG_FACE_WINDOW_VALUES];
    float angle = between(rng, -jitter->degrees, jitter->degrees) * 3.14159265f / 180.0f;
    float step = patch->side / CG_FACE_WINDOW_PX * between(rng, 0.87f, 1.15f);
    float mirror = cg_rng_below(rng, 2) == 0 ? 1.0f : -1.0f;
    struct view view = {patch->x + between(rng, -jitter->shift_px, jitter->shift_px),
                        patch->y + between(rng, -jitter->shift_px, jitter->shift_px),
                        cosf(angle) * step, sinf(angle) * step,
                        mirror * between(rng, 0.92f, 1.08f)};
    draw_grey(patch, &view, jitter->light && cg_rng_below(rng, 4) == 0, window);
    if (jitter->light)
        change_light(window, rng);
    round_grey(window, out);
    draw_colour(patch, &view, out);
    if (jitter->light)
        change_tint(out, rng);
}
