/*
 * What the boxes of faces say about pixels: the head is an ellipse about the box; skin is what has
 * the colour of the face's middle, on the face and on the body below it.
 */
#include "train/teacher/teacher_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The head in box sizes from the box's middle: a little above it, with jaw and hairline. */
#define HEAD_UP 0.06f
#define HEAD_WIDE 0.78f
#define HEAD_HIGH 0.86f
#define HEAD_SOFT 1.3f /* where the ellipse has faded */
/* How far from a face skin of its colour is looked for, in box sizes. */
#define BODY_SIDE 2.5f
#define BODY_UP 0.7f
#define BODY_DOWN 5.0f
#define SKIN_NEAR 0.026f /* distance of hue that surely is skin */
#define SKIN_FAR 0.048f
#define SKIN_DARK 0.30f /* how much darker than the face skin may be */
#define SKIN_LIGHT 0.26f

enum { SAMPLES_SIDE = 24, SAMPLES = SAMPLES_SIDE * SAMPLES_SIDE };

struct cg_box cg_face_box(const struct cg_teacher_face *face, float grow, int width, int height)
{
    const float w = (float)width, h = (float)height;
    float left = (face->x - grow * face->width) * w, top = (face->y - grow * face->height) * h;
    float right = left + (1.0f + 2.0f * grow) * face->width * w;
    float bottom = top + (1.0f + 2.0f * grow) * face->height * h;
    left = left > 0.0f ? left : 0.0f;
    top = top > 0.0f ? top : 0.0f;
    right = right < w ? right : w;
    bottom = bottom < h ? bottom : h;
    struct cg_box box = {(int)left, (int)top, 0, 0};
    if (right > left && bottom > top) {
        box.width = (int)right - box.x;
        box.height = (int)bottom - box.y;
    }
    return box;
}

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The middle one of a plane's values about the middle of a face. */
static float middle_value(const struct cg_plane *plane, const struct cg_teacher_face *face)
{
    float values[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        float u = ((float)(i % SAMPLES_SIDE) + 0.5f) / SAMPLES_SIDE;
        float v = ((float)(i / SAMPLES_SIDE) + 0.5f) / SAMPLES_SIDE;
        float x = (face->x + (0.2f + 0.6f * u) * face->width) * (float)plane->width;
        float y = (face->y + (0.25f + 0.55f * v) * face->height) * (float)plane->height;
        values[i] = cg_plane_sample(plane, x, y);
    }
    qsort(values, SAMPLES, sizeof *values, compare_floats);
    return values[SAMPLES / 2];
}

static void mark_head(const struct cg_teacher_face *face, const struct cg_plane *head)
{
    const float w = face->width * (float)head->width, h = face->height * (float)head->height;
    const float cx = (face->x + 0.5f * face->width) * (float)head->width;
    const float cy = (face->y + (0.5f - HEAD_UP) * face->height) * (float)head->height;
    struct cg_box box = cg_face_box(face, 0.8f, head->width, head->height);
    for (int y = box.y; y < box.y + box.height; y++)
        for (int x = box.x; x < box.x + box.width; x++) {
            float u = ((float)x - cx) / (HEAD_WIDE * w), v = ((float)y - cy) / (HEAD_HIGH * h);
            float within = 1.0f - cg_smoothstep(1.0f, HEAD_SOFT, sqrtf(u * u + v * v));
            float *at = &head->v[y * head->stride + x];
            *at = within > *at ? within : *at;
        }
}

static void mark_skin(const struct cg_lab *lab, const struct cg_teacher_face *face,
                      const struct cg_face_map *map)
{
    float colour[3];
    for (int c = 0; c < 3; c++)
        colour[c] = middle_value(&lab->c[c], face);
    const struct cg_teacher_face body = {
        face->x - BODY_SIDE * face->width, face->y - BODY_UP * face->height,
        (1.0f + 2.0f * BODY_SIDE) * face->width, (1.0f + BODY_UP + BODY_DOWN) * face->height};
    struct cg_box box = cg_face_box(&body, 0.0f, map->skin.width, map->skin.height);
    for (int y = box.y; y < box.y + box.height; y++)
        for (int x = box.x; x < box.x + box.width; x++) {
            ptrdiff_t i = y * map->skin.stride + x;
            float da = lab->c[1].v[i] - colour[1], db = lab->c[2].v[i] - colour[2];
            float dl = lab->c[0].v[i] - colour[0];
            float like = 1.0f - cg_smoothstep(SKIN_NEAR, SKIN_FAR, sqrtf(da * da + db * db));
            like *= 1.0f - cg_smoothstep(SKIN_DARK - 0.05f, SKIN_DARK, -dl);
            like *= 1.0f - cg_smoothstep(SKIN_LIGHT - 0.05f, SKIN_LIGHT, dl);
            if (like > map->skin.v[i]) {
                map->skin.v[i] = like;
                map->base.v[i] = colour[0];
            }
        }
}

static void clear_plane(const struct cg_plane *plane)
{
    for (int y = 0; y < plane->height; y++)
        memset(cg_plane_row(plane, y), 0, (size_t)plane->width * sizeof(float));
}

void cg_face_map_make(const struct cg_lab *lab, const struct cg_teacher_face *faces,
                      size_t face_count, const struct cg_face_map *map,
                      const struct cg_plane *scratch)
{
    clear_plane(&map->face);
    clear_plane(&map->skin);
    clear_plane(&map->base);
    for (size_t i = 0; i < face_count; i++) {
        mark_head(&faces[i], &map->face);
        mark_skin(lab, &faces[i], map);
    }
    cg_plane_replicate(&map->skin);
    if (face_count > 0)
        cg_plane_blur(NULL, &map->skin, &map->skin, scratch, 1.5f);
}
