/*
 * What rendering 12 megapixels (4000 x 3000, from maps of 1000 x 750) costs: processor time and
 * time on the clock, with 1 and 2 threads. The median of some runs after a first one that finds
 * memory; the machine should be idle.
 */
#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "comic/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WIDTH = 4000, HEIGHT = 3000, MAP_WIDTH = 1000, MAP_HEIGHT = 750, RUNS = 9 };

struct bench {
    float *photo, *colour, *logit;
    uint8_t *pixels;
};

static int bench_fill(struct bench *bench)
{
    const size_t count = (size_t)MAP_WIDTH * MAP_HEIGHT, full = (size_t)WIDTH * HEIGHT * 3;
    bench->photo = cg_alloc(count * 3, sizeof(float), "photo", NULL);
    bench->colour = cg_alloc(count * 3, sizeof(float), "colour", NULL);
    bench->logit = cg_alloc(count, sizeof(float), "logit", NULL);
    bench->pixels = cg_alloc(full, 1, "picture", NULL);
    if (!bench->photo || !bench->colour || !bench->logit || !bench->pixels)
        return 0;
    struct cg_rng rng = cg_rng_make(1, 0, 0);
    for (size_t i = 0; i < count * 3; i++) {
        bench->photo[i] = cg_rng_uniform(&rng);
        bench->colour[i] = 0.5f * bench->photo[i] + 0.25f;
    }
    for (size_t i = 0; i < count; i++)
        bench->logit[i] = 4.0f * cg_rng_normal(&rng) - 4.0f;
    for (size_t i = 0; i < full; i++)
        bench->pixels[i] = (uint8_t)cg_rng_below(&rng, 256);
    return 1;
}

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int bench_run(const struct bench *bench, int threads)
{
    const struct cg_layers layers = {MAP_WIDTH, MAP_HEIGHT, bench->photo, bench->colour,
                                     bench->logit};
    const struct cg_render_options options = {.ink = 1.0f, .strength = 1.0f};
    struct cg_buffer colours = {0};
    struct cg_renderer *renderer = NULL;
    struct cg_pool *pool = NULL;
    double processor[RUNS + 1], clock[RUNS + 1];
    struct cg_error error;
    enum cg_status status = cg_pool_create(threads, &pool, &error);
    if (status == CG_OK)
        status = cg_renderer_create(&colours, &renderer, &error);
    for (int run = 0; run <= RUNS && status == CG_OK; run++) {
        double processor_start = processor_seconds(), clock_start = cg_clock_seconds();
        status = cg_render(renderer, pool, &layers, &options, bench->pixels, WIDTH, HEIGHT, &error);
        processor[run] = processor_seconds() - processor_start;
        clock[run] = cg_clock_seconds() - clock_start;
    }
    if (status == CG_OK) {
        qsort(processor + 1, RUNS, sizeof(double), by_size);
        qsort(clock + 1, RUNS, sizeof(double), by_size);
        printf("%d thread%s: %6.1f ms of processor, %6.1f ms on the clock (first: %.1f, %.1f)\n",
               threads, threads == 1 ? " " : "s", 1e3 * processor[1 + RUNS / 2],
               1e3 * clock[1 + RUNS / 2], 1e3 * processor[0], 1e3 * clock[0]);
    } else {
        fprintf(stderr, "bench_render: %s\n", error.text);
    }
    cg_renderer_free(renderer);
    free(colours.memory);
    cg_pool_free(pool);
    return status == CG_OK;
}

int main(void)
{
    struct bench bench = {0};
    int good = bench_fill(&bench);
    for (int threads = 1; good && threads <= 2; threads++)
        good = bench_run(&bench, threads);
    free(bench.pixels);
    free(bench.logit);
    free(bench.colour);
    free(bench.photo);
    return good ? 0 : 1;
}
