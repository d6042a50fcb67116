/* Stages and rounds: see face_trainer.h. */
#include "train/face/face_trainer.h"

#include "base/memory.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/pass.h"
#include "tensor/kernels.h"
#include "train/face/face_trainer_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FREE_MAX = 200000 };

#define EMA_DECAY 0.998f
#define DROPOUT 0.3f

/* ---- windows without a face ------------------------------------------------------------------ */

/* The first ones are all kept, then each replaces another with falling chance: any of them is as
 * likely to be there. */
static void keep_free(struct cg_face_trainer *trainer, const struct cg_face_window *window,
                      struct cg_rng *rng)
{
    size_t at = trainer->free_count;
    if (at < FREE_MAX)
        trainer->free_count++;
    else
        at = cg_rng_below(rng, (uint32_t)trainer->seen + 1);
    trainer->seen++;
    if (at < FREE_MAX)
        trainer->free_windows[at] = *window;
}

static bool is_stopped(const struct cg_face_trainer *trainer)
{
    return trainer->training->stopped(trainer->training->context);
}

static enum cg_status stopped(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_CANCELLED, "stopped; nothing was written");
}

/* Windows of all photos, chosen by chance. */
static enum cg_status mine(struct cg_face_trainer *trainer, int stage, int passed_stages,
                           uint64_t number, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    struct cg_rng rng =
        cg_rng_make(trainer->training->seed, CG_FACE_STREAM_MINE + 100 * (uint64_t)stage, number);
    for (int p = 0; status == CG_OK && p < trainer->photos.count; p++) {
        const struct cg_face_photo *photo = &trainer->photos.photos[p];
        struct cg_face_pyramid pyramid;
        struct cg_face_place *places;
        size_t count = 0, most = CG_FACE_COURSES[stage].a_photo;
        if (photo->tested)
            continue;
        if (is_stopped(trainer))
            return stopped(error);
        status = cg_face_find_free(trainer, photo, passed_stages, &pyramid, &places, &count, error);
        for (size_t i = 0; status == CG_OK && i < count && i < most; i++) {
            size_t other = i + cg_rng_below(&rng, (uint32_t)(count - i));
            struct cg_face_window window;
            cg_face_window_copy(&pyramid, &places[other], &window);
            keep_free(trainer, &window, &rng);
            places[other] = places[i];
        }
        free(places);
        cg_face_pyramid_clear(&pyramid);
    }
    return status;
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* A window without a face: half of the time a harder one. */
static size_t choose_free(const struct cg_face_trainer *trainer, struct cg_rng *rng)
{
    size_t first = trainer->own_first < trainer->free_count && cg_rng_below(rng, 2) == 0
                       ? trainer->own_first
                       : 0;
    return first + cg_rng_below(rng, (uint32_t)(trainer->free_count - first));
}

/* A face: two times in three made of two of them, alike in place and size,
 * which makes more of a few. */
static void draw_face(const struct cg_face_trainer *trainer, int stage, struct cg_rng *rng,
                      struct cg_face_window *out)
{
    const struct cg_face_jitter *jitter = &CG_FACE_COURSES[stage].jitter;
    const struct cg_face_patch *one = cg_face_choose_patch(trainer, CG_FACE_LEARNED, rng);
    const struct cg_face_patch *two = cg_face_choose_patch(trainer, CG_FACE_LEARNED, rng);
    struct cg_rng same = *rng;
    struct cg_face_window other;
    cg_face_patch_draw(one, jitter, rng, out);
    if (cg_rng_below(rng, 3) == 0)
        return;
    cg_face_patch_draw(two, jitter, &same, &other);
    cg_face_window_mix(out, &other, rng);
}

/* The same, mirrored. */
static struct cg_face_window mirrored(const struct cg_face_window *window)
{
    struct cg_face_window out;
    for (int y = 0; y < CG_FACE_WINDOW_PX; y++)
        for (int x = 0; x < CG_FACE_WINDOW_PX; x++)
            out.grey[y * CG_FACE_WINDOW_PX + x] = window->grey[(y + 1) * CG_FACE_WINDOW_PX - 1 - x];
    for (int y = 0; y < CG_FACE_CELLS_ACROSS; y++)
        for (int x = 0; x < CG_FACE_CELLS_ACROSS; x++)
            memcpy(out.colour[y * CG_FACE_CELLS_ACROSS + x],
                   window->colour[(y + 1) * CG_FACE_CELLS_ACROSS - 1 - x], 3);
    return out;
}

/* The first half shows faces, the second does not. */
static void fill_batch(struct cg_face_trainer *trainer, int stage, struct cg_rng *rng,
                       float *targets)
{
    float *input = trainer->inputs;
    for (int i = 0; i < CG_FACE_BATCH; i++) {
        struct cg_face_window window;
        targets[i] = i < CG_FACE_BATCH / 2 ? 1.0f : 0.0f;
        if (i < CG_FACE_BATCH / 2) {
            draw_face(trainer, stage, rng, &window);
        } else {
            window = trainer->free_windows[choose_free(trainer, rng)];
            if (cg_rng_below(rng, 2) == 0)
                window = mirrored(&window);
        }
        cg_face_window_fade(&window, rng);
        input += cg_face_stage_input(stage, &window, input);
    }
}

static double take_step(struct cg_face_trainer *trainer, int stage, struct cg_pass *pass,
                        float rate)
{
    const struct cg_network *network = trainer->finder->networks[stage];
    const struct cg_adam adam = {rate, 0.9f, 0.999f, 1e-8f};
    uint64_t number = trainer->step++ + ((uint64_t)stage << 40);
    struct cg_rng rng = cg_rng_make(trainer->training->seed, CG_FACE_STREAM_BATCH, number);
    float targets[CG_FACE_BATCH], by_logit[CG_FACE_BATCH] = {0};
    fill_batch(trainer, stage, &rng, targets);
    cg_pass_set_noise(pass, cg_rng_next(&rng) | 1);
    const float *logits = cg_pass_forward(pass, trainer->parameters, trainer->inputs);
    double loss = cg_loss_cross_entropy(logits, targets, CG_FACE_BATCH, 1.0f, by_logit);
    memset(trainer->gradient, 0, network->parameter_count * sizeof(float));
    cg_pass_backward(pass, trainer->parameters, by_logit, trainer->gradient, NULL);
    cg_adam_step(&adam, trainer->step, trainer->parameters, trainer->gradient, trainer->first,
                 trainer->second, network->parameter_count);
    float decay = fminf(EMA_DECAY, 1.0f - 1.0f / (float)trainer->step);
    cg_ema_update(trainer->finder->parameters[stage], trainer->parameters, network->parameter_count,
                  decay);
    return loss;
}

/* Falling to nothing over each round. */
static enum cg_status take_steps(struct cg_face_trainer *trainer, int stage, double *loss,
                                 struct cg_error *error)
{
    struct cg_pass *pass;
    uint64_t steps = trainer->training->steps;
    enum cg_status status = cg_pass_create(trainer->dropping->networks[stage], CG_FACE_BATCH, 1, 1,
                                           false, &pass, error);
    *loss = 0.0;
    for (uint64_t i = 0; status == CG_OK && i < steps; i++) {
        float along = (float)i / (float)steps;
        float rate = CG_FACE_COURSES[stage].rate * (1.0f - along);
        if (i % 64 == 0 && is_stopped(trainer))
            status = stopped(error);
        *loss += take_step(trainer, stage, pass, rate) / (double)steps;
    }
    cg_pass_free(pass);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void end_stage(struct cg_face_trainer *trainer)
{
    free(trainer->parameters);
    free(trainer->gradient);
    free(trainer->first);
    free(trainer->second);
    trainer->parameters = trainer->gradient = trainer->first = trainer->second = NULL;
}

static enum cg_status begin_stage(struct cg_face_trainer *trainer, int stage,
                                  struct cg_error *error)
{
    const struct cg_network *network = trainer->finder->networks[stage];
    size_t count = network->parameter_count;
    trainer->own_first = SIZE_MAX;
    if (stage != CG_FACE_CRITIC) /* which sees the same of a window as the judge */
        trainer->free_count = trainer->seen = 0;
    trainer->step = 0;
    trainer->parameters = cg_alloc(count, sizeof(float), "parameters", error);
    trainer->gradient = cg_alloc(count, sizeof(float), "gradient", error);
    trainer->first = cg_alloc_zero(count, sizeof(float), "moments", error);
    trainer->second = cg_alloc_zero(count, sizeof(float), "moments", error);
    trainer->finder->parameters[stage] = cg_alloc_zero(count, sizeof(float), "parameters", error);
    if (trainer->parameters == NULL || trainer->gradient == NULL || trainer->first == NULL ||
        trainer->second == NULL || trainer->finder->parameters[stage] == NULL)
        return CG_ERR_MEMORY;
    cg_parameters_init(network, trainer->training->seed + CG_FACE_STREAM_INIT + (uint64_t)stage,
                       trainer->parameters);
    return CG_OK;
}

static enum cg_status train_round(struct cg_face_trainer *trainer, int stage, int round,
                                  struct cg_error *error)
{
    struct cg_face_report report = {.stage = CG_FACE_COURSES[stage].name,
                                    .round = round + 1,
                                    .rounds = CG_FACE_COURSES[stage].rounds,
                                    .passed = CG_FACE_COURSES[stage].passing};
    enum cg_status status = CG_OK;
    /* of fewer stages if these let nothing pass */
    int passed = round == 0 ? stage : stage + 1;
    if (round == (stage == CG_FACE_CRITIC ? 0 : 1))
        trainer->own_first = trainer->free_count;
    do
        status = mine(trainer, stage, passed, (uint64_t)round, error);
    while (status == CG_OK && trainer->free_count == 0 && passed-- > 0);
    if (status == CG_OK && trainer->free_count == 0)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "the photos to learn from have no window without a face");
    if (status == CG_OK)
        status = take_steps(trainer, stage, &report.loss, error);
    if (status == CG_OK)
        status = cg_face_set_threshold(trainer, stage, error);
    if (status == CG_OK)
        status = cg_face_count_false(trainer, stage + 1, &report.false_windows, error);
    report.windows = trainer->free_count;
    if (status == CG_OK)
        trainer->training->report(trainer->training->context, &report);
    return status;
}

static enum cg_status train_stages(struct cg_face_trainer *trainer, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    for (int s = 0; status == CG_OK && s < CG_FACE_STAGES; s++) {
        status = begin_stage(trainer, s, error);
        for (int round = 0; status == CG_OK && round < CG_FACE_COURSES[s].rounds; round++)
            status = train_round(trainer, s, round, error);
        end_stage(trainer);
    }
    return status;
}

static bool report_reading(void *context, int done, int count)
{
    const struct cg_face_trainer *trainer = context;
    const struct cg_face_report report = {.photos_read = done, .photo_count = count};
    trainer->training->report(trainer->training->context, &report);
    return !is_stopped(trainer);
}

static enum cg_status set_up(struct cg_face_trainer *trainer, struct cg_error *error)
{
    const struct cg_face_training *training = trainer->training;
    enum cg_status status = cg_pool_create(training->threads, &trainer->pool, error);
    if (status == CG_OK)
        status = cg_face_finder_create(0.0f, &trainer->finder, error);
    if (status == CG_OK)
        status = cg_face_finder_create(DROPOUT, &trainer->dropping, error);
    if (status != CG_OK)
        return status;
    trainer->inputs =
        cg_alloc(CG_FACE_BATCH, CG_FACE_VALUES_MAX * sizeof(float), "windows in a batch", error);
    trainer->free_windows = cg_alloc(FREE_MAX, sizeof(*trainer->free_windows), "windows", error);
    if (trainer->inputs == NULL || trainer->free_windows == NULL)
        return CG_ERR_MEMORY;
    return cg_face_photos_read(training->photos, training->faces, training->seed, report_reading,
                               trainer, &trainer->photos, error);
}

enum cg_status cg_face_train(const struct cg_face_training *training, const char *path,
                             struct cg_face_result *result, struct cg_error *error)
{
    struct cg_face_trainer trainer = {.training = training};
    enum cg_status status = set_up(&trainer, error);
    if (status == CG_OK)
        status = train_stages(&trainer, error);
    if (status == CG_OK)
        status = cg_face_measure(&trainer, result, error);
    if (status == CG_OK)
        status = cg_face_finder_write(path, trainer.finder, error);
    cg_face_photos_clear(&trainer.photos);
    free(trainer.free_windows);
    free(trainer.inputs);
    cg_face_finder_free(trainer.dropping);
    cg_face_finder_free(trainer.finder);
    cg_pool_free(trainer.pool);
    return status;
}
