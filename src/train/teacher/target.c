/*
 * The teacher: a photo redrawn as a comic by classical filters, slowly, in two layers. The network
 * learns to do the same at once. See target_layers.h for the steps and their sources.
 *
 *   texture goes   rolling guidance: what is finer than some 3 px leaves the colours
 *   spots go       what a ring of 4 px can surround
 *   areas calm     bilateral passes with growing steps, then shrinking ones
 *   edges clean    sharpening without overshoot
 *   tones          target_colour.c
 *   lines          three sizes of target_ink.c, solid blacks, target_line.c
 *
 * All sizes are in pixels of the working picture (some 640 to 1100 px long), nowhere a share of it,
 * and nothing is taken from the picture as a whole. The filters together reach some 100 px, nearly
 * all of their weight lies within 40; only target_line.c follows a piece of ink to its end. So a
 * small local network can learn it.
 */
#include "train/teacher/target.h"

#include "base/memory.h"
#include "train/teacher/target_layers.h"
#include "train/teacher/target_smooth.h"

#include <stdlib.h>

enum { PLANE_COUNT = 21 };

/* Lines for detail, for contours, and for the soft contours of what is near or out of focus. */
enum { SCALE_COUNT = 3 };
static const struct cg_ink_scale SCALES[SCALE_COUNT] = {
    /* sigma_px, along_px, threshold, crowding, yielding, core */
    {1.0f, 3.0f, 0.008f, 2.0f, 0.0f, 0.45f},
    {2.2f, 5.0f, 0.009f, 0.9f, 1.5f, 0.78f},
    {4.4f, 8.0f, 0.012f, 0.3f, 1.7f, 0.92f},
};

/* The planes by their purpose. */
struct work {
    struct cg_lab photo, calm, spare;
    struct cg_flow flow;
    struct cg_plane fine, coarse; /* see cg_ink_source */
    struct cg_plane finest;       /* mean response around of the finest lines */
    struct cg_plane ink, strength;
    struct cg_plane scratch[5];
};

static struct work work_of(const struct cg_plane *plane)
{
    return (struct work){
        .photo = {{plane[0], plane[1], plane[2]}},
        .calm = {{plane[3], plane[4], plane[5]}},
        .spare = {{plane[6], plane[7], plane[8]}},
        .flow = {plane[9], plane[10]},
        .fine = plane[11],
        .coarse = plane[12],
        .ink = plane[13],
        .strength = plane[14],
        .scratch = {plane[15], plane[16], plane[17], plane[18], plane[19]},
        .finest = plane[20],
    };
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
    const struct cg_smooth rolling = {.radius = 3, .step_px = 1, .range = 0.11f, .chroma = 4.0f};
    for (int c = 0; c < 3; c++)
        cg_plane_blur(&work->photo.c[c], &work->calm.c[c], &work->scratch[0], 1.4f);
    for (int i = 0; i < 3; i++) {
        cg_smooth_pass(&work->photo, &work->calm, &work->spare, &rolling, row);
        swap_lab(&work->calm, &work->spare);
    }
}

/* Round off the borders of calm's areas and make them steep: twice blur and sharpen. */
static void tidy_edges(struct work *work)
{
    for (int i = 0; i < 2; i++)
        for (int c = 0; c < 3; c++) {
            cg_plane_blur(&work->calm.c[c], &work->spare.c[c], &work->scratch[0], 1.5f);
            cg_sharpen_edges(&work->spare.c[c], &work->calm.c[c], work->scratch, 2, 3.0f);
        }
}

/* Flatten calm over wide areas. */
static void flatten_areas(struct work *work, float *row)
{
    static const int step_px[] = {1, 2, 4, 8, 12, 8, 4, 2};
    for (int c = 0; c < 3; c++)
        cg_remove_spots(&work->calm.c[c], &work->spare.c[c], &work->scratch[0], 4);
    swap_lab(&work->calm, &work->spare);
    for (size_t i = 0; i < sizeof step_px / sizeof *step_px; i++) {
        const struct cg_smooth wide = {
            .radius = 2, .step_px = step_px[i], .range = 0.095f, .chroma = 4.0f};
        cg_smooth_pass(&work->calm, &work->calm, &work->spare, &wide, row);
        swap_lab(&work->calm, &work->spare);
    }
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* Add the lines of one size to ink and strength. */
static void add_lines(struct work *work, int index)
{
    const struct cg_plane *ink = &work->scratch[2], *strength = &work->scratch[3];
    const struct cg_plane *crowd = index == 0 ? &work->finest : &work->scratch[4];
    const struct cg_plane *lightness = index == 0 ? &work->fine : &work->coarse;
    cg_ink_lines(lightness, &work->flow, &SCALES[index], &work->finest, ink, strength, crowd,
                 work->scratch);
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++) {
            ptrdiff_t i = y * ink->stride + x;
            work->ink.v[i] = larger(work->ink.v[i], ink->v[i]);
            work->strength.v[i] = larger(work->strength.v[i], strength->v[i]);
        }
}

static void draw_ink(struct work *work, int *label)
{
    const size_t area = (size_t)work->ink.width * (size_t)work->ink.height;
    for (int i = 0; i < SCALE_COUNT; i++)
        add_lines(work, i);
    cg_line_clean(&work->ink, &work->strength, label, label + area);
}

static void make_layers(struct work *work, const struct cg_image *photo, float *row, int *label)
{
    const struct cg_smooth light = {.radius = 2, .step_px = 1, .range = 0.06f, .chroma = 4.0f};
    cg_colour_decode(photo, &work->photo);
    remove_texture(work, row);
    cg_ink_source(&work->calm, &work->coarse);
    cg_flow_make(&work->calm, &work->flow, work->scratch);
    cg_smooth_pass(&work->photo, &work->photo, &work->spare, &light, row);
    cg_ink_source(&work->spare, &work->fine);
    cg_ink_blacks(&work->calm, &work->ink, &work->strength);
    flatten_areas(work, row);
    tidy_edges(work);
    draw_ink(work, label);
    cg_colour_tone(&work->calm);
}

static void write_ink(const struct cg_plane *plane, struct cg_image *ink)
{
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++)
            ink->pixels[(size_t)y * (size_t)ink->width + (size_t)x] =
                (uint8_t)(plane->v[y * plane->stride + x] * 255.0f + 0.5f);
}

enum cg_status cg_target_make(const struct cg_image *photo, struct cg_image *colour,
                              struct cg_image *ink, struct cg_error *error)
{
    *colour = *ink = (struct cg_image){0};
    if (photo->channels != 3)
        return cg_fail(error, CG_ERR_ARGUMENT, "target: expected a picture of 3 channels, got %d",
                       photo->channels);
    const size_t width = (size_t)photo->width, area = width * (size_t)photo->height;
    struct cg_plane_set planes = {0};
    float *row = cg_alloc(width, 4 * sizeof *row, "target row", error);
    int *label = cg_alloc(area, 2 * sizeof *label, "target labels", error);
    enum cg_status status = CG_ERR_MEMORY;
    if (row == NULL || label == NULL)
        goto done;
    status = cg_plane_set_create(photo->width, photo->height, PLANE_COUNT, &planes, error);
    if (status == CG_OK)
        status = cg_image_create(photo->width, photo->height, 3, colour, error);
    if (status == CG_OK)
        status = cg_image_create(photo->width, photo->height, 1, ink, error);
    if (status != CG_OK)
        goto done;
    struct work work = work_of(planes.plane);
    make_layers(&work, photo, row, label);
    cg_colour_encode(&work.calm, colour);
    write_ink(&work.ink, ink);
done:
    if (status != CG_OK)
        cg_image_clear(colour);
    cg_plane_set_clear(&planes);
    free(label);
    free(row);
    return status;
}
