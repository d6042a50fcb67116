/*
 * Training the text's GAN (100-256-512-1024-784 against 784-1024-512-256-1, batch 128, Adam, no
 * penalty): samples a second on the clock and microseconds of processor time for a sample.
 *   bench_vector THREADS [STEPS]
 */
#include "base/clock.h"
#include "base/file_writer.h"
#include "gan/gan.h"
#include "startup/core_type.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PICTURES 1024

struct watch {
    uint64_t steps; /* warm up for so many, then measure as many */
    double clock, cpu;
};

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Rows of the log come every `steps`: the first begins the measurement, the second ends it. */
static void look(void *context, const struct cg_vector_report *report)
{
    struct watch *watch = context;
    if (report->event != CG_VECTOR_LOGGED || report->step == 0)
        return;
    watch->clock = cg_clock_seconds() - watch->clock;
    watch->cpu = cpu_seconds() - watch->cpu;
}

static enum cg_status write_data(const char *path, struct cg_error *error)
{
    static uint8_t file[16 + PICTURES * 784] = {0, 0,  8, 3, 0, 0, PICTURES / 256, 0, 0, 0,
                                                0, 28, 0, 0, 0, 28};
    struct cg_rng rng = cg_rng_make(1, 0, 0);
    for (size_t i = 16; i < sizeof(file); i++)
        file[i] = (uint8_t)cg_rng_below(&rng, 256);
    return cg_file_write(path, file, sizeof(file), error);
}

int main(int argc, char *argv[])
{
    struct cg_error error;
    char folder[] = "/tmp/bench-vector-XXXXXX", data[64], out[64];
    cg_blas_begin(argv);
    struct watch watch = {.steps = argc > 2 ? (uint64_t)atoi(argv[2]) : 50};
    struct cg_vector_options options = {.out_dir = out,
                                        .data = data,
                                        .name = "bench",
                                        .config = CG_VECTOR_DEFAULT,
                                        .crop = 1.0f,
                                        .seed = 1,
                                        .threads = argc > 1 ? atoi(argv[1]) : 2,
                                        .recipe = CG_VECTOR_RECIPE_DEFAULT};
    struct cg_train_limits limits = {.steps = 2 * watch.steps};
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(data, sizeof(data), "%s/data", folder);
    snprintf(out, sizeof(out), "%s/run", folder);
    options.recipe.r1 = 0.0f;
    options.recipe.log_steps = (int)watch.steps;
    enum cg_status status = write_data(data, &error);
    if (status == CG_OK)
        status = cg_vector_start(&options, &limits, look, &watch, &error);
    if (status != CG_OK) {
        fprintf(stderr, "bench_vector: %s\n", error.text);
        return 1;
    }
    double samples = (double)watch.steps * options.recipe.batch;
    printf("comicgan,%d,%.0f,%.1f\n", options.threads, samples / watch.clock,
           1e6 * watch.cpu / samples);
    return 0;
}
