/*
 * Layers for tests of flat colour and its ink (comic/cel.h): pictures of a blue of so much light,
 * 120 x 90, without ink at first. What fails here fails the test.
 */
#ifndef CG_TESTS_UNIT_FIXTURE_CEL_H
#define CG_TESTS_UNIT_FIXTURE_CEL_H

#include "comic/cel.h"

enum { WIDTH = 120, HEIGHT = 90, PIXELS = WIDTH * HEIGHT };
enum { RIM = 36 }; /* pixels at the sides of a picture, which lack neighbours */

#define PAPER (-6.0f) /* the logit of no ink */

struct layers {
    float colour[3 * PIXELS], logit[PIXELS];
};

/* Blue of so much light, without ink; fixture_drop releases it. */
struct layers *fixture_blue(float light(int x, int y));
float fixture_shadow(int x, int y); /* light with a slanting edge */

void fixture_set_pixel(struct layers *layers, int x, int y, float red, float green, float blue);
/* A line down, two pixels wide, whose ink is so sure. */
void fixture_ink_line(struct layers *layers, int x, int top, int end, float logit);
/* A stroke across, 4 pixels wide. */
void fixture_ink_stroke(struct layers *layers, int x, int y, int length);

/* What cg_cel makes of the layers, the photo being their colour; fixture_drop releases it. */
struct layers *fixture_draw(const struct layers *layers, float amount, int threads);
struct layers *fixture_draw_with(const struct layers *layers, struct cg_faces faces, float amount,
                                 int threads);

void fixture_drop(struct layers *before, struct layers *after);

float fixture_green_at(const struct layers *layers, int x, int y);

#endif
