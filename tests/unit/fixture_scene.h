/*
 * Comics whose layers are known, for tests of looks. Scenes are painted at the working size and
 * rendered to a picture of that size or larger; the photo is the colour layer. What fails here
 * fails the test.
 */
#ifndef CG_TESTS_UNIT_FIXTURE_SCENE_H
#define CG_TESTS_UNIT_FIXTURE_SCENE_H

#include "comic/finish.h"

/* Colour of the working pixel at (u, v), 0 to 1 along each side; lines where *logit is positive. */
typedef void (*fixture_painter)(float u, float v, float colour[3], float *logit);

void fixture_paint_plain(float u, float v, float colour[3], float *logit);
void fixture_paint_white(float u, float v, float colour[3], float *logit);

/* A circle and slanting lines on white, two working pixels wide. */
void fixture_paint_lines(float u, float v, float colour[3], float *logit);

/* Everything: a sky, a ball, a floor of squares, lines. */
void fixture_paint_all(float u, float v, float colour[3], float *logit);

/* Six flat fields of different colours. */
void fixture_paint_fields(float u, float v, float colour[3], float *logit);

/* Grey steps, ten across, from black to white. */
void fixture_paint_steps(float u, float v, float colour[3], float *logit);

struct fixture_scene {
    int width, height; /* of the picture */
    struct cg_layers layers;
    float *colour, *logit;
    uint8_t *pixels;
    struct cg_palette palette; /* after a rendering */
};

/* Layers of width x height; the picture is scale times as large. */
struct fixture_scene fixture_scene_new(int width, int height, int scale, fixture_painter paint);
void fixture_scene_clear(struct fixture_scene *scene);

/* The photo: the colour layer, each working pixel a square. */
void fixture_photo_fill(struct fixture_scene *scene);

/* The comic; palette: one brought along, or NULL. */
void fixture_render_with(struct fixture_scene *scene, const struct cg_render_params *looks,
                         const struct cg_palette *palette, int threads);
void fixture_render(struct fixture_scene *scene, const struct cg_render_params *looks);

/* Looks with something of everything. */
struct cg_render_params fixture_all_render_params(void);

size_t fixture_byte_count(const struct fixture_scene *scene);
double fixture_mean(const struct fixture_scene *scene);
int fixture_largest_difference(const uint8_t *a, const uint8_t *b, size_t count);

/* A pixel of 3 bytes as Oklab. */
void fixture_lab(const uint8_t *pixel, float lab[3]);

#endif
