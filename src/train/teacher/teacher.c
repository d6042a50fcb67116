/*
 * The teacher: a photo redrawn as a comic by classical filters, slowly, in two layers. The network
 * learns to do the same at once. See teacher_steps.h for the steps.
 *
 *   texture goes   rolling guidance: what is finer than some 3 px leaves the colours
 *   faces          which pixels are head or skin, from the boxes handed in
 *   regions        image/regions.c: areas of one colour and their borders
 *   flat colour    each area its mean, a light and a dark shape (teacher_tone.c)
 *   shapes         specks go, and each shape is one colour (teacher_shape.c)
 *   lines          two sizes of teacher_ink.c, closed along the borders of areas
 *   faces          teacher_feature.c, with a pen of their own
 *   blacks         clean shapes; then what is too small to be meant goes (teacher_line.c)
 *
 * All sizes are in pixels of the working picture (some 1000 to 1600 px long) or shares of a face,
 * nowhere a share of the picture, and but for the means of areas nothing reaches farther than some
 * 100 px. So a local network can learn it.
 */
#include "train/teacher/teacher.h"

#include "base/memory.h"
#include "train/teacher/teacher_smooth.h"
#include "train/teacher/teacher_steps.h"

#include <stdlib.h>

enum { PLANE_COUNT = 27, SCRATCH = 8 };

#define REGION_PRICE 0.012f

/* Lines for detail, and for contours. */
enum { SCALE_COUNT = 2 };
static const struct cg_ink_scale SCALES[SCALE_COUNT] = {
    /* sigma_px, along_px, threshold, crowding, core */
    {1.1f, 4.0f, 0.013f, 1.5f, 0.45f},
    {2.2f, 7.0f, 0.013f, 1.2f, 0.66f},
};

/* The planes by their purpose. */
struct work {
    struct cg_lab photo, calm, flat, spare;
    struct cg_flow flow;
    struct cg_face_map faces;
    struct cg_plane fine, coarse; /* see cg_ink_source */
    struct cg_plane scratch[SCRATCH];
};

static struct work work_of(const struct cg_plane *plane)
{
    struct work work = {
        .photo = {{plane[0], plane[1], plane[2]}},
        .calm = {{plane[3], plane[4], plane[5]}},
        .flat = {{plane[6], plane[7], plane[8]}},
        .spare = {{plane[9], plane[10], plane[11]}},
        .flow = {plane[12], plane[13]},
        .faces = {plane[14], plane[15], plane[16]},
        .fine = plane[17],
        .coarse = plane[18],
    };
    for (int i = 0; i < SCRATCH; i++)
        work.scratch[i] = plane[19 + i];
    return work;
}

static void swap_lab(struct cg_lab *a, struct cg_lab *b)
{
    struct cg_lab kept = *a;
    *a = *b;
    *b = kept;
}

/* calm = photo without its texture. */
static void remove_texture(struct work *work, float *row)
{
    const struct cg_smooth rolling = {.radius = 3, .step_px = 1, .range = 0.10f, .chroma = 4.0f};
    for (int c = 0; c < 3; c++)
        cg_plane_blur(NULL, &work->photo.c[c], &work->calm.c[c], &work->scratch[0], 1.5f);
    for (int i = 0; i < 3; i++) {
        cg_smooth_pass(&work->photo, &work->calm, &work->spare, &rolling, row);
        swap_lab(&work->calm, &work->spare);
    }
}

/* flat = calm, smooth over wide areas; not on heads, whose features are small. */
static void flatten_areas(struct work *work, float *row)
{
    static const int step_px[] = {1, 2, 4, 8, 12, 8, 4, 2};
    const struct cg_lab *from = &work->calm;
    for (size_t i = 0; i < sizeof step_px / sizeof *step_px; i++) {
        const struct cg_smooth wide = {
            .radius = 2, .step_px = step_px[i], .range = 0.075f, .chroma = 4.0f};
        cg_smooth_pass(from, from, &work->spare, &wide, row);
        swap_lab(&work->flat, &work->spare);
        from = &work->flat;
    }
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < work->fine.height; y++)
            for (int x = 0; x < work->fine.width; x++) {
                ptrdiff_t i = y * work->fine.stride + x;
                float *to = &work->flat.c[c].v[i];
                *to += 0.8f * work->faces.face.v[i] * (work->calm.c[c].v[i] - *to);
            }
}

/* Round off the borders of flat areas and make them steep: blur and sharpen. */
static void tidy_edges(struct work *work)
{
    for (int c = 0; c < 3; c++) {
        cg_plane_blur(NULL, &work->flat.c[c], &work->spare.c[c], &work->scratch[0], 1.4f);
        cg_sharpen_edges(&work->spare.c[c], &work->flat.c[c], work->scratch, 2, 3.0f);
    }
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* Add what was drawn to ink, both with the strength of their lines. */
static void add_ink(const struct cg_plane *drawn, const struct cg_plane *drawn_strength,
                    const struct cg_plane *ink, const struct cg_plane *strength)
{
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++) {
            ptrdiff_t i = y * ink->stride + x;
            ink->v[i] = larger(ink->v[i], drawn->v[i]);
            strength->v[i] = larger(strength->v[i], drawn_strength->v[i]);
        }
}

/* What is drawn: the picture, its faces, and memory. */
struct order {
    struct work work;
    const struct cg_teacher_face *faces;
    size_t face_count;
    float *row;
    int *label;
};

/* scratch[0] = ink, scratch[1] = strength. */
static void draw_ink(struct order *order, const struct cg_regions *regions)
{
    struct work *work = &order->work;
    struct cg_plane *scratch = work->scratch;
    const size_t area = (size_t)work->fine.width * (size_t)work->fine.height;
    cg_ink_gate(regions, &work->faces, &scratch[2], &scratch[3]);
    cg_ink_lines(&work->fine, &work->flow, &SCALES[0], &scratch[2], &scratch[0], &scratch[1],
                 &scratch[5]);
    cg_ink_lines(&work->coarse, &work->flow, &SCALES[1], &scratch[2], &scratch[3], &scratch[4],
                 &scratch[5]);
    add_ink(&scratch[3], &scratch[4], &scratch[0], &scratch[1]);
    cg_ink_blacks(regions, &scratch[3], &scratch[4], &scratch[5]);
    add_ink(&scratch[3], &scratch[4], &scratch[0], &scratch[1]);
    for (size_t i = 0; i < order->face_count; i++)
        cg_feature_draw(&work->spare.c[0], &work->flow, &order->faces[i], &scratch[0], &scratch[1],
                        &scratch[2]);
    cg_line_clean(&scratch[0], &scratch[1], &work->faces.face, &scratch[2], order->label,
                  order->label + area);
}

/* to = where tones run softly: heads and skin. */
static void soft_places(const struct cg_face_map *faces, const struct cg_plane *to)
{
    for (int y = 0; y < to->height; y++)
        for (int x = 0; x < to->width; x++) {
            ptrdiff_t i = y * to->stride + x;
            to->v[i] = larger(faces->skin.v[i], faces->face.v[i]);
        }
}

static enum cg_status make_layers(struct order *order, struct cg_error *error)
{
    const struct cg_smooth light = {.radius = 2, .step_px = 1, .range = 0.07f, .chroma = 4.0f};
    struct work *work = &order->work;
    struct cg_regions regions;
    remove_texture(work, order->row);
    cg_ink_source(&work->calm, &work->coarse);
    cg_flow_make(&work->calm, &work->flow, work->scratch);
    cg_face_map_make(&work->calm, order->faces, order->face_count, &work->faces, work->scratch);
    flatten_areas(work, order->row);
    enum cg_status status =
        cg_regions_make(NULL, &work->flat, &work->calm, REGION_PRICE, &regions, error);
    if (status != CG_OK)
        return status;
    float *head_share = cg_alloc((size_t)regions.count, sizeof *head_share, "regions", error);
    if (head_share == NULL) {
        cg_regions_clear(&regions);
        return CG_ERR_MEMORY;
    }
    cg_tone_heads(&regions, &work->faces, head_share);
    const size_t area = (size_t)work->fine.width * (size_t)work->fine.height;
    int *tone = order->label + 2 * area;
    cg_tone_flatten(&work->flat, &regions, &work->faces, head_share, &work->flat, tone);
    free(head_share);
    soft_places(&work->faces, &work->scratch[0]);
    status = cg_shape_clean(&work->flat, &work->faces.face, &work->scratch[0], tone, order->label,
                            order->label + area, error);
    if (status != CG_OK) {
        cg_regions_clear(&regions);
        return status;
    }
    tidy_edges(work);
    cg_smooth_pass(&work->photo, &work->photo, &work->spare, &light, order->row);
    cg_ink_source(&work->spare, &work->fine);
    draw_ink(order, &regions);
    cg_tone_print(&work->flat, &work->faces);
    cg_regions_clear(&regions);
    return CG_OK;
}

static void write_ink(const struct cg_plane *plane, struct cg_image *ink)
{
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++)
            ink->pixels[(size_t)y * (size_t)ink->width + (size_t)x] =
                (uint8_t)(plane->v[y * plane->stride + x] * 255.0f + 0.5f);
}

enum cg_status cg_teacher_draw(const struct cg_image *photo, const struct cg_teacher_face *faces,
                               size_t face_count, struct cg_image *colour, struct cg_image *ink,
                               struct cg_error *error)
{
    *colour = *ink = (struct cg_image){0};
    if (photo->channels != 3)
        return cg_fail(error, CG_ERR_ARGUMENT, "teacher: expected a picture of 3 channels, got %d",
                       photo->channels);
    const size_t width = (size_t)photo->width, area = width * (size_t)photo->height;
    struct cg_plane_set planes = {0};
    struct order order = {.faces = faces, .face_count = face_count};
    order.row = cg_alloc(width, 4 * sizeof *order.row, "teacher row", error);
    order.label = cg_alloc(area, 3 * sizeof *order.label, "teacher labels", error);
    enum cg_status status = CG_ERR_MEMORY;
    if (order.row == NULL || order.label == NULL)
        goto done;
    status = cg_plane_set_create(photo->width, photo->height, PLANE_COUNT, &planes, error);
    if (status == CG_OK)
        status = cg_image_create(photo->width, photo->height, 3, colour, error);
    if (status == CG_OK)
        status = cg_image_create(photo->width, photo->height, 1, ink, error);
    if (status != CG_OK)
        goto done;
    order.work = work_of(planes.plane);
    cg_colour_decode(photo, &order.work.photo);
    status = make_layers(&order, error);
    if (status != CG_OK)
        goto done;
    cg_colour_encode(&order.work.flat, colour);
    write_ink(&order.work.scratch[0], ink);
done:
    if (status != CG_OK) {
        cg_image_clear(colour);
        cg_image_clear(ink);
    }
    cg_plane_set_clear(&planes);
    free(order.label);
    free(order.row);
    return status;
}
