/* Setting a vector GAN's run up and tearing it down: see vector_trainer.h. */
#include "gan/vector_trainer.h"

#include "base/file.h"
#include "base/memory.h"
#include "gan/diff_augment.h"
#include "tensor/matrix.h"
#include "train/core/run_file.h"

#include <stdlib.h>
#include <string.h>

static enum cg_status check_recipe(const struct cg_vector_recipe *recipe, struct cg_error *error)
{
    bool has_sigmoid =
        recipe->objective == CG_GAN_MINIMAX || recipe->objective == CG_GAN_NON_SATURATING;
    if (recipe->batch < 2 || recipe->batch > 65536)
        return cg_fail(error, CG_ERR_ARGUMENT, "batch: expected 2 to 65536, got %d", recipe->batch);
    if ((unsigned)recipe->objective > CG_GAN_HINGE || (unsigned)recipe->rule > CG_UPDATE_SGD ||
        (unsigned)recipe->schedule > CG_SCHEDULE_COSINE ||
        (unsigned)recipe->augment > CG_AUGMENT_ALL || recipe->d_steps < 1 ||
        recipe->log_steps < 1 || recipe->hold < 1)
        return cg_fail(error, CG_ERR_ARGUMENT, "recipe: a number is out of its range");
    if (recipe->label_smoothing > 0.0f && !has_sigmoid)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "label smoothing: expected an objective whose D ends in a sigmoid (minimax, "
                       "non-saturating); the others have no labels of 0 and 1");
    return CG_OK;
}

static enum cg_status make_paths(struct cg_vector_trainer *trainer, struct cg_error *error)
{
    const char *out_dir = trainer->options->out_dir;
    enum cg_status status = CG_OK;
    trainer->log_path = cg_run_path(out_dir, "log.csv");
    trainer->model_path = cg_run_path(out_dir, CG_RUN_MODEL);
    if (trainer->log_path == NULL || trainer->model_path == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "training: out of memory");
    if (status == CG_OK)
        status = cg_folder_make(out_dir, error);
    return status;
}

static enum cg_status open_data(struct cg_vector_trainer *trainer, struct cg_error *error)
{
    const struct cg_vector_options *options = trainer->options;
    const struct cg_samples_options wanted = {.side_px = options->config.side_px,
                                              .channels = options->config.channels,
                                              .crops = options->crops,
                                              .crop = options->crop,
                                              .strict = options->strict,
                                              .seed = options->seed};
    char text[CG_ERROR_TEXT_NBYTES];
    enum cg_status status = cg_run_check_apart(options->out_dir, options->data, error);
    if (status == CG_OK)
        status = cg_samples_open(options->data, &wanted, trainer->pool, &trainer->samples, error);
    if (status != CG_OK)
        return status;
    snprintf(text, sizeof(text), "%zu samples of %d x %d from %zu pictures (%zu could not be read)",
             trainer->samples.count, options->config.side_px, options->config.side_px,
             trainer->samples.pictures, trainer->samples.skipped);
    cg_vector_tell(trainer, &(struct cg_vector_report){.event = CG_VECTOR_READY, .text = text});
    return CG_OK;
}

/* The state as the run left it, or a new one and its run.json. */
static enum cg_status begin_or_go_on(struct cg_vector_trainer *trainer, bool resume,
                                     uint64_t fingerprint, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    if (!resume)
        status = cg_vector_run_write(trainer->options,
                                     &(struct cg_run_record){trainer->loop.limits,
                                                             trainer->options->threads,
                                                             trainer->samples.fingerprint},
                                     error);
    else if (trainer->samples.fingerprint != fingerprint)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "%s: the pictures in %s are not those that this run began with; start a "
                         "new run",
                         trainer->options->out_dir, trainer->options->data);
    cg_vector_state_list(&trainer->state, &trainer->loop.state);
    return status == CG_OK ? cg_loop_open(&trainer->loop, resume, error) : status;
}

enum cg_status cg_vector_set_up(struct cg_vector_trainer *trainer, bool resume,
                                uint64_t fingerprint, struct cg_error *error)
{
    const struct cg_vector_options *options = trainer->options;
    cg_blas_single_threaded();
    if (cg_ranks_count(trainer->loop.limits->ranks) > 1)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "--model vector: one process trains it, with all processors of its "
                       "machine, but %d were started",
                       cg_ranks_count(trainer->loop.limits->ranks));
    enum cg_status status = check_recipe(trainer->recipe, error);
    if (status == CG_OK)
        status = cg_pool_create(options->threads, &trainer->pool, error);
    if (status == CG_OK)
        status = cg_vector_state_create(options, &trainer->state, error);
    if (status == CG_OK)
        status = open_data(trainer, error);
    if (status == CG_OK)
        status = make_paths(trainer, error);
    if (status == CG_OK)
        status = begin_or_go_on(trainer, resume, fingerprint, error);
    if (status == CG_OK)
        status =
            cg_vector_batch_create(options, &trainer->state, trainer->pool, &trainer->batch, error);
    if (status == CG_OK)
        status = cg_vector_measure_create(trainer->state.generator.network, &trainer->samples,
                                          options->seed, trainer->pool, &trainer->measure, error);
    if (status == CG_OK)
        status = cg_vector_open_log(trainer, error);
    return status;
}

void cg_vector_tear_down(struct cg_vector_trainer *trainer)
{
    if (trainer->log != NULL)
        fclose(trainer->log);
    cg_vector_measure_free(trainer->measure);
    cg_vector_batch_free(trainer->batch);
    cg_loop_close(&trainer->loop);
    cg_vector_state_clear(&trainer->state);
    cg_samples_clear(&trainer->samples);
    cg_pool_free(trainer->pool);
    free(trainer->model_path);
    free(trainer->log_path);
}
