/*
 * Write a picture that costs a decoder, the network and an encoder about what a photo does: soft
 * shades, hard edges, fine texture and a little noise. The same bytes for the same arguments.
 *   bench_picture WIDTH HEIGHT SEED OUT.png|OUT.jpg
 */
#include "base/rng.h"
#include "image/image.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DISCS = 60 };

struct disc {
    float x, y, radius;
    float colour[3];
};

static void throw_discs(struct disc *discs, int width, int height, uint64_t seed)
{
    struct cg_rng rng = cg_rng_make(seed, 0, 0);
    for (int i = 0; i < DISCS; i++) {
        discs[i].x = cg_rng_uniform(&rng) * (float)width;
        discs[i].y = cg_rng_uniform(&rng) * (float)height;
        discs[i].radius = (0.02f + 0.12f * cg_rng_uniform(&rng)) * (float)width;
        for (int c = 0; c < 3; c++)
            discs[i].colour[c] = 255.0f * cg_rng_uniform(&rng);
    }
}

/* The last disc thrown on a pixel shows, shaded towards its rim; a gradient where there is none. */
static void shade(const struct disc *discs, float x, float y, float u, float v, float rgb[3])
{
    rgb[0] = 90.0f + 120.0f * v;
    rgb[1] = 120.0f + 60.0f * u;
    rgb[2] = 200.0f - 80.0f * v;
    for (int i = DISCS - 1; i >= 0; i--) {
        float dx = x - discs[i].x, dy = y - discs[i].y;
        float part = (dx * dx + dy * dy) / (discs[i].radius * discs[i].radius);
        if (part < 1.0f) {
            for (int c = 0; c < 3; c++)
                rgb[c] = discs[i].colour[c] * (1.0f - 0.5f * part);
            return;
        }
    }
}

static void paint(struct cg_image *image, uint64_t seed)
{
    struct disc discs[DISCS];
    struct cg_rng rng = cg_rng_make(seed, 1, 0);
    uint8_t *pixel = image->pixels;
    throw_discs(discs, image->width, image->height, seed);
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++, pixel += 3) {
            float rgb[3];
            shade(discs, (float)x, (float)y, (float)x / (float)image->width,
                  (float)y / (float)image->height, rgb);
            float grain = 14.0f * sinf(0.15f * (float)x) * sinf(0.11f * (float)(x + y)) +
                          10.0f * (cg_rng_uniform(&rng) - 0.5f);
            for (int c = 0; c < 3; c++) {
                float value = rgb[c] + grain;
                pixel[c] = (uint8_t)(value < 0.0f ? 0.0f : value > 255.0f ? 255.0f : value);
            }
        }
}

int main(int argc, char *argv[])
{
    struct cg_error error;
    struct cg_image image;
    enum cg_image_format format;
    if (argc != 5) {
        fprintf(stderr, "usage: bench_picture WIDTH HEIGHT SEED OUT.png|OUT.jpg\n");
        return 2;
    }
    enum cg_status status = cg_image_format_of(argv[4], &format, &error);
    if (status == CG_OK)
        status = cg_image_create(atoi(argv[1]), atoi(argv[2]), 3, &image, &error);
    if (status == CG_OK) {
        paint(&image, strtoull(argv[3], NULL, 10));
        status = cg_image_write(argv[4], &image,
                                &(struct cg_image_write_options){.format = format, .quality = 92},
                                &error);
        cg_image_clear(&image);
    }
    if (status != CG_OK) {
        fprintf(stderr, "bench_picture: %s\n", error.text);
        return 1;
    }
    return 0;
}
