/*
 * The style trainer against its own matrix products: steps of a run on the pictures of a folder,
 * and after each step all products of one such step alone, of the same shapes, by the same kernels
 * and on as many threads. Rows: program, stage, steps a second on the clock, milliseconds of
 * processor time a step.
 *   bench_train DATA OUT [STEPS [THREADS]]
 */
#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "model/architecture.h"
#include "startup/core_type.h"
#include "tensor/matrix.h"
#include "train/style/style.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WARM_UP_STEPS 5
#define LAYERS_MAX 256

struct spent {
    double clock, cpu;
};

/* How many passes a step makes through a network, over all crops of a micro-batch. */
struct passes {
    struct cg_network *network;
    int crops;
    int forward, by_weight, by_input; /* by_input: of the layers that follow a linear one */
    int by_first_input;
};

/* What products of a thread read and where they write, so that numbers stay as they are. */
struct buffers {
    float *x, *w, *y, *result;
};

struct bench {
    struct cg_train_options options;
    struct cg_pool *pool;
    struct buffers *buffers; /* one for each thread */
    struct cg_network *generator, *critics[CG_CRITIC_COUNT];
    uint64_t steps;
    struct spent since;                 /* when the step or the products began */
    struct spent training[2], gemms[2]; /* by stage */
};

static struct spent now(void)
{
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    return (struct spent){cg_clock_seconds(), (double)cpu.tv_sec + 1e-9 * (double)cpu.tv_nsec};
}

/* Add what was spent since the last call to a sum. */
static void account(struct bench *bench, struct spent *sum)
{
    struct spent at = now();
    if (sum != NULL) {
        sum->clock += at.clock - bench->since.clock;
        sum->cpu += at.cpu - bench->since.cpu;
    }
    bench->since = at;
}

/* ---- all products of a step ---- */

/* The products of one layer with small weights, by the kernels that hold them in registers. */
static void multiply_small(const struct buffers *buffers, const struct passes *passes, size_t rows,
                           size_t in, size_t out)
{
    struct cg_small_gemm_backward back = {.rows = rows,
                                          .in = in,
                                          .out = out,
                                          .x = buffers->x,
                                          .w = buffers->w,
                                          .slope = 1.0f,
                                          .gradient = buffers->y};
    for (int i = 0; i < passes->forward; i++)
        cg_small_gemm(buffers->x, rows, in, buffers->w, buffers->w, out, 1.0f, buffers->result);
    back.w_gradient = buffers->result;
    for (int i = 0; i < passes->by_weight; i++)
        cg_small_gemm_backward(&back);
    back.w_gradient = NULL;
    back.x_gradient = buffers->result;
    for (int i = 0; i < passes->by_input; i++)
        cg_small_gemm_backward(&back);
}

static void multiply(const struct buffers *buffers, const struct passes *passes, int layer,
                     size_t rows)
{
    const struct cg_layer *l = &passes->network->layers[layer];
    size_t in = (size_t)l->in_channels, out = (size_t)l->out_channels;
    bool first = passes->network->layers[l->from].kind == CG_LAYER_PATCHES;
    struct cg_matrix x = cg_matrix_make(buffers->x, rows, in);
    struct cg_matrix w = cg_matrix_make(buffers->w, out, in);
    struct cg_matrix y = cg_matrix_make(buffers->y, rows, out);
    float *result = buffers->result;
    if (in <= CG_SMALL_GEMM_IN_MAX && out <= CG_SMALL_GEMM_OUT_MAX) {
        multiply_small(buffers, passes, rows, in, out);
        return;
    }
    for (int i = 0; i < passes->forward; i++)
        cg_gemm(CG_PLAIN, CG_TRANSPOSED, 1.0f, x, w, 0.0f, cg_matrix_make(result, rows, out));
    for (int i = 0; i < passes->by_weight; i++)
        cg_gemm(CG_TRANSPOSED, CG_PLAIN, 1.0f, y, x, 0.0f, cg_matrix_make(result, out, in));
    for (int i = 0; i < (first ? passes->by_first_input : passes->by_input); i++)
        cg_gemm(CG_PLAIN, CG_PLAIN, 1.0f, y, w, 0.0f, cg_matrix_make(result, rows, in));
}

static void multiply_all(const struct buffers *buffers, const struct passes *passes, int side)
{
    struct cg_shape shapes[LAYERS_MAX];
    if (cg_network_shapes(passes->network, passes->crops, side, side, shapes, NULL) != CG_OK)
        return;
    for (int i = 0; i < passes->network->layer_count; i++)
        if (passes->network->layers[i].kind == CG_LAYER_LINEAR)
            multiply(buffers, passes, i, cg_shape_rows(&shapes[i]));
}

struct job {
    struct bench *bench;
    bool with_critics;
};

static void multiply_micro_batch(void *context, size_t item, int worker)
{
    const struct job *job = context;
    const struct bench *bench = job->bench;
    const struct cg_recipe *recipe = &bench->options.recipe;
    const struct buffers *buffers = &bench->buffers[worker];
    (void)item;
    struct passes generator = {bench->generator, recipe->micro_batch_crops, 1, 1, 1, 0};
    multiply_all(buffers, &generator, recipe->crop_px);
    for (int c = 0; job->with_critics && c < CG_CRITIC_COUNT; c++) {
        if (!cg_recipe_has_critic(recipe, (enum cg_critic)c))
            continue;
        /* real and generated pictures at once; then the generator learns from its own */
        struct passes judging = {bench->critics[c], 2 * recipe->micro_batch_crops, 1, 1, 1, 0};
        struct passes judged = {bench->critics[c], recipe->micro_batch_crops, 1, 0, 1, 1};
        multiply_all(buffers, &judging, recipe->crop_px);
        multiply_all(buffers, &judged, recipe->crop_px);
    }
}

/* Asked before every step: the one before is over. */
static enum cg_train_request look(void *context, uint64_t step, double seconds)
{
    struct bench *bench = context;
    const struct cg_recipe *recipe = &bench->options.recipe;
    (void)seconds;
    if (step == 0) {
        account(bench, NULL);
        return CG_TRAIN_GO_ON;
    }
    bool critics = step > recipe->pretrain_steps;
    bool counts = (step - 1) % recipe->pretrain_steps >= WARM_UP_STEPS;
    struct job job = {bench, critics};
    account(bench, counts ? &bench->training[critics] : NULL);
    cg_pool_run(bench->pool, (size_t)(recipe->batch / recipe->micro_batch_crops),
                multiply_micro_batch, &job);
    account(bench, counts ? &bench->gemms[critics] : NULL);
    return CG_TRAIN_GO_ON;
}

/* ---- the run ---- */

static size_t largest_map(const struct cg_network *network, int crops, int side)
{
    struct cg_shape shapes[LAYERS_MAX];
    size_t largest = network->parameter_count;
    if (cg_network_shapes(network, crops, side, side, shapes, NULL) != CG_OK)
        return 0;
    for (int i = 0; i < network->layer_count; i++)
        if (cg_shape_values(&shapes[i]) > largest)
            largest = cg_shape_values(&shapes[i]);
    return largest;
}

static float *random_floats(size_t count, uint64_t stream)
{
    struct cg_rng rng = cg_rng_make(1, stream, 0);
    float *values = cg_alloc(count, sizeof(float), "numbers", NULL);
    for (size_t i = 0; values != NULL && i < count; i++)
        values[i] = cg_rng_uniform(&rng) - 0.5f;
    return values;
}

static enum cg_status bench_open(struct bench *bench, struct cg_error *error)
{
    const struct cg_recipe *recipe = &bench->options.recipe;
    size_t threads = (size_t)bench->options.threads, count = 0;
    enum cg_status status = cg_generator_build(cg_generator_find(NULL), &bench->generator, error);
    for (int c = 0; status == CG_OK && c < CG_CRITIC_COUNT; c++)
        status = cg_critic_build((enum cg_critic)c, &bench->critics[c], error);
    if (status == CG_OK)
        status = cg_pool_create(bench->options.threads, &bench->pool, error);
    if (status != CG_OK)
        return status;
    count = largest_map(bench->generator, recipe->micro_batch_crops, recipe->crop_px);
    for (int c = 0; c < CG_CRITIC_COUNT; c++) {
        size_t other =
            largest_map(bench->critics[c], 2 * recipe->micro_batch_crops, recipe->crop_px);
        count = other > count ? other : count;
    }
    bench->buffers = cg_alloc_zero(threads, sizeof(*bench->buffers), "numbers", error);
    for (size_t t = 0; bench->buffers != NULL && t < threads; t++) {
        struct buffers *buffers = &bench->buffers[t];
        float **const all[] = {&buffers->x, &buffers->w, &buffers->y, &buffers->result};
        for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
            if ((*all[i] = random_floats(count, 4 * t + i)) == NULL)
                return cg_fail(error, CG_ERR_MEMORY, "numbers: out of memory");
    }
    return bench->buffers == NULL ? CG_ERR_MEMORY : CG_OK;
}

static void bench_close(struct bench *bench)
{
    for (int t = 0; bench->buffers != NULL && t < bench->options.threads; t++) {
        free(bench->buffers[t].result);
        free(bench->buffers[t].y);
        free(bench->buffers[t].w);
        free(bench->buffers[t].x);
    }
    free(bench->buffers);
    cg_pool_free(bench->pool);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        cg_network_free(bench->critics[c]);
    cg_network_free(bench->generator);
}

static void print(const struct bench *bench)
{
    static const char *const stages[2] = {"targets", "critics"};
    double steps = (double)bench->steps;
    for (int s = 0; s < 2; s++) {
        printf("comicgan,%s,%.3f,%.1f\n", stages[s], steps / bench->training[s].clock,
               1e3 * bench->training[s].cpu / steps);
        printf("products,%s,%.3f,%.1f\n", stages[s], steps / bench->gemms[s].clock,
               1e3 * bench->gemms[s].cpu / steps);
    }
}

int main(int argc, char *argv[])
{
    struct cg_error error = {0};
    char cache[4096];
    cg_blas_begin(argv);
    if (argc < 3) {
        fprintf(stderr, "usage: bench_train DATA OUT [STEPS [THREADS]]\n");
        return 2;
    }
    snprintf(cache, sizeof(cache), "%s.cache", argv[2]);
    struct bench bench = {.steps = argc > 3 ? (uint64_t)atoi(argv[3]) : 30,
                          .options = {.out_dir = argv[2],
                                      .data_dir = argv[1],
                                      .cache_dir = cache,
                                      .name = "bench",
                                      .summary = "bench",
                                      .detail_px = 480,
                                      .seed = 1,
                                      .threads = argc > 4 ? atoi(argv[4]) : 2,
                                      .recipe = CG_RECIPE_DEFAULT}};
    bench.options.recipe.pretrain_steps = bench.steps + WARM_UP_STEPS;
    bench.options.recipe.head_start_steps = 0;
    struct cg_train_limits limits = {.steps = 2 * bench.options.recipe.pretrain_steps,
                                     .request = look,
                                     .request_context = &bench};
    enum cg_status status = bench_open(&bench, &error);
    if (status == CG_OK)
        status = cg_train_start(&bench.options, &limits, NULL, NULL, &error);
    if (status == CG_OK)
        print(&bench);
    else
        fprintf(stderr, "bench_train: %s\n", error.text);
    bench_close(&bench);
    return status == CG_OK ? 0 : 1;
}
