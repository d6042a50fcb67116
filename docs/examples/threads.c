/* Three threads on one engine, each with a session of its own; all make the same comic. */
#include <comicgan/comicgan.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 3, SIDE = 96, NBYTES = 3 * SIDE * SIDE };

struct worker {
    const struct cg_engine *engine;
    const struct cg_render_params *looks;
    enum cg_status status;
    struct cg_error error;
    uint8_t pixels[NBYTES];
};

static void *work(void *context)
{
    struct worker *worker = context;
    struct cg_session *session = NULL;
    struct cg_pixels pixels = {worker->pixels, SIDE, SIDE, 3, 0};
    for (int i = 0; i < NBYTES; i++)
        worker->pixels[i] = (uint8_t)(i / 3 % SIDE * 2 + i % 3 * 20);
    worker->status = cg_session_create(worker->engine, 1, &session, &worker->error);
    if (worker->status == CG_OK)
        worker->status = cg_session_convert(session, pixels, worker->looks, &worker->error);
    cg_session_free(session);
    return NULL;
}

int main(void)
{
    static struct worker workers[THREADS];
    pthread_t threads[THREADS];
    struct cg_engine *engine;
    struct cg_render_params *looks;
    struct cg_error error;
    int failed = 0;
    if (cg_engine_open(CG_DEFAULT_STYLE, &engine, &error) != CG_OK ||
        cg_render_params_create(engine, &looks, &error) != CG_OK)
        return fprintf(stderr, "%s\n", error.text), 1;
    for (int i = 0; i < THREADS; i++) {
        workers[i].engine = engine;
        workers[i].looks = looks;
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            return fputs("no thread to be had\n", stderr), 1;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        failed |=
            workers[i].status != CG_OK || memcmp(workers[i].pixels, workers[0].pixels, NBYTES) != 0;
    }
    cg_render_params_free(looks);
    cg_engine_free(engine);
    puts(failed ? "the comics differ" : "three threads, one comic");
    return failed;
}
