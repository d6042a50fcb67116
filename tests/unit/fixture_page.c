/* Drawn comic pages: see fixture_page.h. */
#include "unit/fixture_page.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct cg_image fixture_page(int width, int height, int paper)
{
    struct cg_image page;
    assert_int_equal(cg_image_create(width, height, 3, &page, NULL), CG_OK);
    memset(page.pixels, paper, (size_t)width * (size_t)height * 3);
    return page;
}

static uint8_t *pixel_at(struct cg_image *page, int x, int y)
{
    return page->pixels + 3 * ((size_t)y * (size_t)page->width + (size_t)x);
}

void fixture_draw_panel(struct cg_image *page, int left, int top, int right, int bottom, int seed)
{
    struct cg_rng rng = cg_rng_make(9, 1, (uint64_t)seed);
    double phases[3];
    for (int c = 0; c < 3; c++)
        phases[c] = 6.3 * (double)cg_rng_uniform(&rng);
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            for (int c = 0; c < 3; c++)
                pixel_at(page, x, y)[c] =
                    (uint8_t)(110.0 + 80.0 * sin(phases[c] + x / 37.0) * cos(y / (23.0 + seed)));
}

/* An upright stroke with one or two bars, as letters are. */
static void draw_letter(struct cg_image *page, struct cg_rng *rng, int left, int top, int height)
{
    int width = height * 2 / 3, stroke = height > 8 ? 2 : 1;
    int bars[2] = {0, (int)cg_rng_below(rng, (uint32_t)(height - stroke))};
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            bool dark = x < stroke;
            for (int b = 0; b < 2; b++)
                dark |= y >= bars[b] && y < bars[b] + stroke;
            if (dark)
                memset(pixel_at(page, left + x, top + y), 20, 3);
        }
}

void fixture_draw_text(struct cg_image *page, int left, int top, int right, int bottom, int height)
{
    struct cg_rng rng = cg_rng_make(9, 2, 0);
    for (int y = top; y + height <= bottom; y += 2 * height)
        for (int x = left; x + height <= right; x += height) {
            int lower = (int)cg_rng_below(&rng, 3) == 0 ? height / 3 : 0;
            draw_letter(page, &rng, x, y + lower, height - lower);
            if (cg_rng_below(&rng, 6) == 0) /* a word ends */
                x += height / 2;
        }
}

/* How much of a pixel a band of the width covers whose middle passes at the distance. */
static double covered(double distance, double width)
{
    double part = width / 2.0 + 0.5 - fabs(distance);
    return part < 0.0 ? 0.0 : part > 1.0 ? 1.0 : part;
}

void fixture_draw_line(struct cg_image *page, double x, double y, double degrees, double length,
                       double width)
{
    const double angle = degrees * 3.14159265358979 / 180.0, c = cos(angle), s = sin(angle);
    for (int py = 0; py < page->height; py++)
        for (int px = 0; px < page->width; px++) {
            double along = (px - x) * c + (py - y) * s, across = (py - y) * c - (px - x) * s;
            if (fabs(along) > length / 2.0)
                continue;
            uint8_t *pixel = pixel_at(page, px, py);
            double light = 1.0 - 0.92 * covered(across, width);
            for (int k = 0; k < 3; k++)
                pixel[k] = (uint8_t)(pixel[k] * light + 0.5);
        }
}
