/*
 * The generator's forward pass over a working picture against a 1024^3 sgemm on the same thread in
 * the same run: how much of the library's speed is left after gathers, activations and small
 * products; once with floats, once with bfloat16 where the processor has it. Times of one thread
 * are processor time; the two take turns, and medians are printed.
 *   bench_network [WIDTH HEIGHT [RUNS [GENERATOR]]]
 */
#include "base/clock.h"
#include "base/memory.h"
#include "base/multiversion.h"
#include "base/rng.h"
#include "model/architecture.h"
#include "nn/infer.h"
#include "nn/optimizer.h"
#include "startup/core_type.h"
#include "tensor/matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { GEMM_SIDE = 1024, RUNS_MAX = 1000 };

struct bench {
    struct cg_network *network;
    struct cg_infer *infer;
    struct cg_pool *one, *two;
    float *parameters, *input;
    struct cg_matrix a, b, c;
    int width, height;
    const struct cg_generator_config *config;
};

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static float *random_floats(size_t count, uint64_t stream)
{
    struct cg_rng rng = cg_rng_make(1, stream, 0);
    float *values = cg_alloc(count, sizeof(float), "numbers", NULL);
    for (size_t i = 0; values != NULL && i < count; i++)
        values[i] = cg_rng_uniform(&rng);
    return values;
}

static int bench_open(struct bench *bench, struct cg_error *error)
{
    const size_t square = (size_t)GEMM_SIDE * GEMM_SIDE;
    cg_blas_single_threaded();
    if (cg_generator_build(bench->config, &bench->network, error) != CG_OK ||
        cg_pool_create(1, &bench->one, error) != CG_OK ||
        cg_pool_create(2, &bench->two, error) != CG_OK)
        return 0;
    bench->parameters =
        cg_alloc(bench->network->parameter_count, sizeof(float), "parameters", error);
    bench->input = random_floats(3 * (size_t)bench->width * (size_t)bench->height, 0);
    bench->a = cg_matrix_make(random_floats(square, 1), GEMM_SIDE, GEMM_SIDE);
    bench->b = cg_matrix_make(random_floats(square, 2), GEMM_SIDE, GEMM_SIDE);
    bench->c = cg_matrix_make(random_floats(square, 3), GEMM_SIDE, GEMM_SIDE);
    if (bench->parameters == NULL || bench->input == NULL || bench->a.data == NULL ||
        bench->b.data == NULL || bench->c.data == NULL)
        return 0;
    cg_parameters_init(bench->network, 1, bench->parameters);
    return 1;
}

static void bench_close(struct bench *bench)
{
    free(bench->c.data);
    free(bench->b.data);
    free(bench->a.data);
    free(bench->input);
    free(bench->parameters);
    cg_pool_free(bench->two);
    cg_pool_free(bench->one);
    cg_network_free(bench->network);
}

/* Multiply-adds of the linear layers for the whole picture. */
static double multiply_adds(const struct bench *bench)
{
    struct cg_shape shapes[256];
    double sum = 0.0;
    if (cg_network_shapes(bench->network, 1, bench->height, bench->width, shapes, NULL) != CG_OK)
        return 0.0;
    for (int i = 0; i < bench->network->layer_count; i++) {
        const struct cg_layer *layer = &bench->network->layers[i];
        if (layer->kind == CG_LAYER_LINEAR)
            sum += (double)cg_shape_rows(&shapes[i]) * layer->in_channels * layer->out_channels;
    }
    return sum;
}

static void forward(struct bench *bench, struct cg_pool *pool)
{
    const float *output;
    cg_infer_run(bench->infer, pool, bench->parameters, bench->input, bench->height, bench->width,
                 &output, NULL, NULL);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(*values), by_size);
    return values[count / 2];
}

static void measure(struct bench *bench, const char *products, int runs)
{
    double gemm[RUNS_MAX], ratio[RUNS_MAX], one[RUNS_MAX], gain[RUNS_MAX];
    double gemm_flops = 2.0 * GEMM_SIDE * GEMM_SIDE * GEMM_SIDE;
    double network_flops = 2.0 * multiply_adds(bench);
    double megapixels = 1e-6 * bench->width * bench->height;
    for (int i = -1; i < runs; i++) { /* the first finds memory and is not counted */
        int slot = i < 0 ? 0 : i;
        double start = processor_seconds();
        for (int k = 0; k < 4; k++)
            cg_gemm(CG_PLAIN, CG_PLAIN, 1.0f, bench->a, bench->b, 0.0f, bench->c);
        gemm[slot] = 4.0 * gemm_flops / (processor_seconds() - start);
        start = processor_seconds();
        forward(bench, bench->one);
        double seconds = processor_seconds() - start;
        one[slot] = megapixels / seconds;
        ratio[slot] = network_flops / seconds / gemm[slot];
        double wall = cg_clock_seconds();
        forward(bench, bench->one);
        double wall_one = cg_clock_seconds() - wall;
        wall = cg_clock_seconds();
        forward(bench, bench->two);
        gain[slot] = wall_one / (cg_clock_seconds() - wall);
    }
    printf(
        "network %dx%d, %s, %.2f thousand multiply-adds a pixel: %.1f ms, %.2f Mpx/s and thread, "
        "%.0f %% of the %.1f GFLOP/s of sgemm; "
        "two threads: %.2f times one (medians of %d)\n",
        bench->width, bench->height, products, 1e-3 * multiply_adds(bench) / (1e6 * megapixels),
        1e3 * megapixels / median(one, runs), median(one, runs), 100.0 * median(ratio, runs),
        1e-9 * median(gemm, runs), median(gain, runs), runs);
}

static enum cg_status measure_with(struct bench *bench, enum cg_precision precision, int runs,
                                   struct cg_error *error)
{
    enum cg_status status = cg_infer_create(bench->network, precision, &bench->infer, error);
    if (status == CG_OK)
        measure(bench, precision == CG_PRECISION_BF16 ? "bfloat16" : "floats", runs);
    cg_infer_free(bench->infer);
    return status;
}

int main(int argc, char *argv[])
{
    struct bench bench = {.width = argc > 2 ? atoi(argv[1]) : 1280,
                          .height = argc > 2 ? atoi(argv[2]) : 960,
                          .config = cg_generator_find(argc > 4 ? argv[4] : NULL)};
    int runs = argc > 3 ? atoi(argv[3]) : 9;
    struct cg_error error;
    char blas[256];
    cg_blas_begin(argv);
    cg_blas_describe(blas, sizeof(blas));
    int token_px = bench.config != NULL ? cg_generator_token_px(bench.config) : 1;
    if (bench.config == NULL || bench.width < token_px || bench.height < token_px ||
        bench.width % token_px != 0 || bench.height % token_px != 0 || runs < 1 ||
        runs > RUNS_MAX || !bench_open(&bench, &error)) {
        fprintf(stderr,
                "usage: bench_network [WIDTH HEIGHT [RUNS [small|large]]], sides multiples of %d\n",
                token_px);
        return 2;
    }
    puts(blas);
    enum cg_status status = measure_with(&bench, CG_PRECISION_FLOAT, runs, &error);
    if (status == CG_OK && cg_cpu_has_bf16())
        status = measure_with(&bench, CG_PRECISION_BF16, runs, &error);
    bench_close(&bench);
    return status == CG_OK ? 0 : 1;
}
