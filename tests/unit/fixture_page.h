/* Comic pages for tests, drawn: paper, panels, lines and rows of letters. */
#ifndef CG_TESTS_UNIT_FIXTURE_PAGE_H
#define CG_TESTS_UNIT_FIXTURE_PAGE_H

#include "image/image.h"

#include <stdint.h>

/* A page of nothing but paper of one grey. */
struct cg_image fixture_page(int width, int height, int paper);

/* A panel of slopes and dark blots, without paper in it; another for another seed. */
void fixture_draw_panel(struct cg_image *page, int left, int top, int right, int bottom, int seed);

/* Rows of letters of about height px in words, from top to bottom of the box. */
void fixture_draw_text(struct cg_image *page, int left, int top, int right, int bottom, int height);

/* A dark line of the width, through (x, y) at an angle in degrees, length px long; edges are as a
 * camera would see them. */
void fixture_draw_line(struct cg_image *page, double x, double y, double degrees, double length,
                       double width);

#endif
