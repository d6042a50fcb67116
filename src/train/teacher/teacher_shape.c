/*
 * Shapes of flat colour: pixels of one region and one tone that hang together. Specks, shapes too
 * small to be meant, are painted over with the neighbour that they share most of their border with,
 * the smallest first; what stands out strongly (a letter, a button) may be smaller. On heads all
 * stay: eyes are small.
 */
#include "train/teacher/teacher_steps.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define STRONG 0.13f      /* distance in colour from which a shape stands out */
#define STRONG_AREA_PX 12 /* least area of one that does */
#define FLATNESS 0.95f
#define HEAD_SHARE 0.25f /* share of a shape on a head from which it is part of one */
static const int SPECK_PX[] = {8, 24, 60}; /* largest areas that go, pass by pass */

enum { NEIGHBOURS_MAX = 12 };

struct shape {
    int first, area; /* its pixels are order[first] to order[first + area - 1] */
    float sum[3], head;
};

/* What a pass works on. tone: which pixels are of one colour; changed as specks go. */
struct shapes {
    const struct cg_lab *lab;
    const struct cg_plane *head, *soft;
    int *tone, *label, *order;
    struct shape *shape;
    int count;
};

static size_t to_neighbours(const struct shapes *all, int pixel, int near[4])
{
    const int width = all->head->width, height = all->head->height, x = pixel % width,
              y = pixel / width;
    size_t count = 0;
    if (x > 0)
        near[count++] = pixel - 1;
    if (x + 1 < width)
        near[count++] = pixel + 1;
    if (y > 0)
        near[count++] = pixel - width;
    if (y + 1 < height)
        near[count++] = pixel + width;
    return count;
}

static void add_pixel(const struct shapes *all, int pixel, struct shape *shape)
{
    const int width = all->head->width, x = pixel % width, y = pixel / width;
    for (int c = 0; c < 3; c++)
        shape->sum[c] += all->lab->c[c].v[y * all->lab->c[c].stride + x];
    shape->head += all->head->v[y * all->head->stride + x];
    shape->area++;
}

static void find_shapes(struct shapes *all)
{
    const int pixels = all->head->width * all->head->height;
    int tail = 0;
    all->count = 0;
    for (int i = 0; i < pixels; i++)
        all->label[i] = -1;
    for (int start = 0; start < pixels; start++) {
        if (all->label[start] >= 0)
            continue;
        struct shape *shape = &all->shape[all->count];
        *shape = (struct shape){.first = tail};
        all->label[start] = all->count;
        for (all->order[tail++] = start; shape->first + shape->area < tail;) {
            int here = all->order[shape->first + shape->area], near[4];
            add_pixel(all, here, shape);
            for (size_t n = to_neighbours(all, here, near); n-- > 0;)
                if (all->label[near[n]] < 0 && all->tone[near[n]] == all->tone[here]) {
                    all->label[near[n]] = all->count;
                    all->order[tail++] = near[n];
                }
        }
        all->count++;
    }
}

/* The neighbour of a shape, no smaller than it, with most of its border; -1: none. */
static int main_neighbour(const struct shapes *all, int which)
{
    struct {
        int label, border;
    } found[NEIGHBOURS_MAX];
    const struct shape *shape = &all->shape[which];
    int count = 0, best = -1;
    for (int i = 0; i < shape->area; i++) {
        int near[4];
        for (size_t n = to_neighbours(all, all->order[shape->first + i], near); n-- > 0;) {
            int label = all->label[near[n]], at = 0;
            if (label == which || all->shape[label].area < shape->area)
                continue;
            while (at < count && found[at].label != label)
                at++;
            if (at == NEIGHBOURS_MAX)
                continue;
            if (at == count) {
                found[count].label = label;
                found[count++].border = 0;
            }
            found[at].border++;
            if (best < 0 || found[at].border > found[best].border)
                best = at;
        }
    }
    return best < 0 ? -1 : found[best].label;
}

static void mean_of(const struct shape *shape, float mean[3])
{
    for (int c = 0; c < 3; c++)
        mean[c] = shape->sum[c] / (float)shape->area;
}

static void paint_over(const struct shapes *all, const struct shape *shape,
                       const struct shape *neighbour)
{
    const int width = all->head->width, tone = all->tone[all->order[neighbour->first]];
    float mean[3];
    mean_of(neighbour, mean);
    for (int i = 0; i < shape->area; i++) {
        int pixel = all->order[shape->first + i];
        all->tone[pixel] = tone;
        for (int c = 0; c < 3; c++)
            all->lab->c[c].v[pixel / width * all->lab->c[c].stride + pixel % width] = mean[c];
    }
}

static void remove_specks(const struct shapes *all, int area_px)
{
    for (int i = 0; i < all->count; i++) {
        const struct shape *shape = &all->shape[i];
        if (shape->area > area_px || shape->head > HEAD_SHARE * (float)shape->area)
            continue;
        int neighbour = main_neighbour(all, i);
        if (neighbour < 0)
            continue;
        float mean[3], other[3];
        mean_of(shape, mean);
        mean_of(&all->shape[neighbour], other);
        if (shape->area < STRONG_AREA_PX || cg_colour_distance2(mean, other) < STRONG * STRONG)
            paint_over(all, shape, &all->shape[neighbour]);
    }
}

/* Each shape one colour, but for what lies on heads. */
static void make_flat(const struct shapes *all)
{
    const int width = all->head->width;
    for (int s = 0; s < all->count; s++) {
        const struct shape *shape = &all->shape[s];
        float mean[3];
        mean_of(shape, mean);
        for (int i = 0; i < shape->area; i++) {
            int x = all->order[shape->first + i] % width, y = all->order[shape->first + i] / width;
            float share = FLATNESS * (1.0f - all->soft->v[y * all->soft->stride + x]);
            for (int c = 0; c < 3; c++) {
                float *at = &all->lab->c[c].v[y * all->lab->c[c].stride + x];
                *at += share * (mean[c] - *at);
            }
        }
    }
}

enum cg_status cg_shape_clean(const struct cg_lab *lab, const struct cg_plane *head,
                              const struct cg_plane *soft, int *tone, int *label, int *order,
                              struct cg_error *error)
{
    struct shapes all = {lab, head, soft, tone, label, order, NULL, 0};
    const size_t pixels = (size_t)head->width * (size_t)head->height;
    all.shape = cg_alloc(pixels, sizeof *all.shape, "shapes", error);
    if (all.shape == NULL)
        return CG_ERR_MEMORY;
    for (size_t pass = 0; pass < sizeof SPECK_PX / sizeof *SPECK_PX; pass++) {
        find_shapes(&all);
        remove_specks(&all, SPECK_PX[pass]);
    }
    find_shapes(&all);
    make_flat(&all);
    for (int c = 0; c < 3; c++)
        cg_plane_replicate(&lab->c[c]);
    free(all.shape);
    return CG_OK;
}
