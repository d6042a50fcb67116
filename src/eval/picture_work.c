/* Going through pictures with threads: see picture_work.h. */
#include "eval/picture_work.h"

#include "base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>

struct work {
    int passes_each;
    struct cg_conv_pass **passes; /* passes_each of every worker */
    cg_picture_fn fn;
    void *context;
    enum cg_status *statuses;
    struct cg_error *errors;
    atomic_bool failed;
};

static void run_item(void *context, size_t item, int worker)
{
    struct work *work = context;
    if (atomic_load(&work->failed))
        return;
    struct cg_conv_pass **passes =
        work->passes != NULL ? work->passes + worker * work->passes_each : NULL;
    work->statuses[item] = work->fn(work->context, item, passes, &work->errors[item]);
    if (work->statuses[item] != CG_OK)
        atomic_store(&work->failed, true);
}

static enum cg_status make_passes(struct work *work, const struct cg_convnet *net, size_t count,
                                  struct cg_error *error)
{
    work->passes = cg_alloc_zero(count, sizeof(*work->passes), "passes of the network", error);
    enum cg_status status = work->passes != NULL ? CG_OK : CG_ERR_MEMORY;
    for (size_t i = 0; status == CG_OK && i < count; i++)
        status = cg_conv_pass_create(net, &work->passes[i], error);
    return status;
}

enum cg_status cg_picture_work(struct cg_pool *pool, size_t items, const struct cg_convnet *net,
                               int passes, cg_picture_fn fn, void *context, struct cg_error *error)
{
    size_t pass_count = net != NULL ? (size_t)cg_pool_threads(pool) * (size_t)passes : 0;
    struct work work = {.passes_each = passes, .fn = fn, .context = context};
    work.statuses = cg_alloc_zero(items, sizeof(*work.statuses), "list of pictures", error);
    work.errors = cg_alloc_zero(items, sizeof(*work.errors), "list of pictures", error);
    enum cg_status status = work.statuses != NULL && work.errors != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK && net != NULL)
        status = make_passes(&work, net, pass_count, error);
    if (status == CG_OK)
        cg_pool_run(pool, items, run_item, &work);
    for (size_t i = 0; status == CG_OK && i < items; i++)
        if (work.statuses[i] != CG_OK)
            status = cg_fail(error, work.statuses[i], "%s", work.errors[i].text);
    for (size_t i = 0; work.passes != NULL && i < pass_count; i++)
        cg_conv_pass_free(work.passes[i]);
    free(work.passes);
    free(work.errors);
    free(work.statuses);
    return status;
}
