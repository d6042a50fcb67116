/* Stages and rounds: see face_trainer.h. */
#include "train/face/face_trainer.h"

#include "base/memory.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/pass.h"
#include "tensor/kernels.h"
#include "train/face/face_windows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_INIT = 72, STREAM_BATCH, STREAM_MINE, STREAM_CHECK, STREAM_NOISE };

enum { BATCH = 256, CHECKED = 4096, FREE_MAX = 200000, FOUND_MAX = 256, TRIES_MAX = 1000 };

#define EMA_DECAY 0.998f
#define DROPOUT 0.1f
#define DROPPED 0.1         /* share of the faces that a stage strikes out */
#define FOUND_OVERLAP 0.35f /* of a find with a face, of both together */
#define COUNTED_PX 28.0f    /* width of the smallest faces in the result, of WORKING_PX */
#define WORKING_PX 1300.0f

static const struct {
    const char *name;
    int rounds;
    float rate;     /* at which a round begins; it falls to nothing */
    size_t a_photo; /* windows that a round takes from a photo at most */
    double passing; /* the share of faces' windows that are to pass */
    struct cg_face_jitter jitter, checked;
} stages[CG_FACE_STAGES] = {
    {"scout", 2, 0.01f, 200, 0.91, {2.5f, 15.0f, true}, {2.0f, 10.0f, false}},
    {"judge", 3, 0.005f, 120, 0.91, {1.6f, 15.0f, true}, {1.0f, 10.0f, false}},
    {"critic", 6, 0.003f, 80, 0.85, {1.4f, 15.0f, true}, {1.0f, 10.0f, false}},
};

struct trainer {
    const struct cg_face_training *training;
    struct cg_face_photos photos;
    struct cg_pool *pool;
    struct cg_face_finder *finder;       /* its parameters are averages of those in training */
    struct cg_face_finder *dropping;     /* the same networks with dropout */
    struct cg_face_window *free_windows; /* without a face, of the present stage */
    size_t free_count, seen;
    /* of the present stage: parameters in training, gradient, moments */
    float *parameters, *gradient, *first, *second;
    uint64_t step;
    float *inputs;
};

/* ---- windows without a face ------------------------------------------------------------------ */

/* The first ones are all kept, then each replaces another with falling chance: any of them is as
 * likely to be there. */
static void keep_free(struct trainer *trainer, const struct cg_face_window *window,
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

/* Drop the places with a face, or with what may be one. */
static size_t drop_faces(const struct cg_face_photo *photo, const struct cg_face_pyramid *pyramid,
                         struct cg_face_place *places, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (cg_face_photo_is_free(photo, pyramid, &places[i]))
            places[kept++] = places[i];
    return kept;
}

/* What the first stages let pass of a photo without showing a face. */
static enum cg_status find_free(struct trainer *trainer, const struct cg_face_photo *photo,
                                int passed_stages, struct cg_face_pyramid *pyramid,
                                struct cg_face_place **places, size_t *count,
                                struct cg_error *error)
{
    *places = NULL;
    enum cg_status status = cg_face_pyramid_make(&photo->base, pyramid, error);
    if (status == CG_OK)
        status = cg_face_cascade_run(trainer->finder, passed_stages, trainer->pool, pyramid, places,
                                     count, error);
    if (status == CG_OK)
        *count = drop_faces(photo, pyramid, *places, *count);
    return status;
}

static bool is_stopped(const struct trainer *trainer)
{
    return trainer->training->stopped(trainer->training->context);
}

static enum cg_status stopped(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_CANCELLED, "stopped; nothing was written");
}

/* Windows of all photos, chosen by chance. */
static enum cg_status mine(struct trainer *trainer, int stage, int passed_stages, uint64_t number,
                           struct cg_error *error)
{
    enum cg_status status = CG_OK;
    struct cg_rng rng =
        cg_rng_make(trainer->training->seed, STREAM_MINE + 100 * (uint64_t)stage, number);
    for (int p = 0; status == CG_OK && p < trainer->photos.count; p++) {
        const struct cg_face_photo *photo = &trainer->photos.photos[p];
        struct cg_face_pyramid pyramid;
        struct cg_face_place *places;
        size_t count = 0, most = stages[stage].a_photo;
        if (photo->tested)
            continue;
        if (is_stopped(trainer))
            return stopped(error);
        status = find_free(trainer, photo, passed_stages, &pyramid, &places, &count, error);
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

static const struct cg_face_patch *choose_patch(const struct trainer *trainer, bool tested,
                                                struct cg_rng *rng)
{
    const struct cg_face_photos *photos = &trainer->photos;
    for (int tries = 0;; tries++) {
        const struct cg_face_patch *patch =
            &photos->patches[cg_rng_below(rng, (uint32_t)photos->patch_count)];
        if (patch->tested == tested && (!patch->doubtful || tries >= TRIES_MAX))
            return patch;
    }
}

/* A face: a third of the time the mean of two, which makes more of a few. */
static void draw_face(const struct trainer *trainer, int stage, struct cg_rng *rng,
                      struct cg_face_window *out)
{
    const struct cg_face_jitter *jitter = &stages[stage].jitter;
    struct cg_face_window other;
    cg_face_patch_draw(choose_patch(trainer, false, rng), jitter, rng, out);
    if (cg_rng_below(rng, 3) != 0)
        return;
    cg_face_patch_draw(choose_patch(trainer, false, rng), jitter, rng, &other);
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++)
        out->grey[i] = (uint8_t)((out->grey[i] + other.grey[i]) / 2);
    for (int i = 0; i < CG_FACE_WINDOW_CELLS; i++)
        for (int c = 0; c < 3; c++)
            out->colour[i][c] = (uint8_t)((out->colour[i][c] + other.colour[i][c]) / 2);
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
static void fill_batch(struct trainer *trainer, int stage, struct cg_rng *rng, float *targets)
{
    float *input = trainer->inputs;
    for (int i = 0; i < BATCH; i++) {
        struct cg_face_window window;
        targets[i] = i < BATCH / 2 ? 1.0f : 0.0f;
        if (i < BATCH / 2) {
            draw_face(trainer, stage, rng, &window);
        } else {
            window = trainer->free_windows[cg_rng_below(rng, (uint32_t)trainer->free_count)];
            if (cg_rng_below(rng, 2) == 0)
                window = mirrored(&window);
        }
        cg_face_window_fade(&window, rng);
        input += cg_face_stage_input(stage, &window, input);
    }
}

static double take_step(struct trainer *trainer, int stage, struct cg_pass *pass, float rate)
{
    const struct cg_network *network = trainer->finder->networks[stage];
    const struct cg_adam adam = {rate, 0.9f, 0.999f, 1e-8f};
    uint64_t number = trainer->step++ + ((uint64_t)stage << 40);
    struct cg_rng rng = cg_rng_make(trainer->training->seed, STREAM_BATCH, number);
    float targets[BATCH], by_logit[BATCH] = {0};
    fill_batch(trainer, stage, &rng, targets);
    cg_pass_set_noise(pass, cg_rng_next(&rng) | 1);
    const float *logits = cg_pass_forward(pass, trainer->parameters, trainer->inputs);
    double loss = cg_loss_cross_entropy(logits, targets, BATCH, 1.0f, by_logit);
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
static enum cg_status take_steps(struct trainer *trainer, int stage, double *loss,
                                 struct cg_error *error)
{
    struct cg_pass *pass;
    uint64_t steps = trainer->training->steps;
    enum cg_status status =
        cg_pass_create(trainer->dropping->networks[stage], BATCH, 1, 1, false, &pass, error);
    *loss = 0.0;
    for (uint64_t i = 0; status == CG_OK && i < steps; i++) {
        float along = (float)i / (float)steps;
        float rate = stages[stage].rate * (1.0f - along);
        if (i % 64 == 0 && is_stopped(trainer))
            status = stopped(error);
        *loss += take_step(trainer, stage, pass, rate) / (double)steps;
    }
    cg_pass_free(pass);
    return status;
}

/* ---- the threshold --------------------------------------------------------------------------- */

static int compare_floats(const void *first, const void *second)
{
    float a = *(const float *)first, b = *(const float *)second;
    return (a > b) - (a < b);
}

/* Of faces never learned from: set the last bias so that the wanted share passes. */
static enum cg_status set_threshold(struct trainer *trainer, int stage, struct cg_error *error)
{
    const struct cg_network *network = trainer->finder->networks[stage];
    struct cg_rng rng = cg_rng_make(trainer->training->seed, STREAM_CHECK, (uint64_t)stage);
    struct cg_pass *pass;
    float logits[CHECKED];
    enum cg_status status = cg_pass_create(network, BATCH, 1, 1, false, &pass, error);
    for (int begin = 0; status == CG_OK && begin < CHECKED; begin += BATCH) {
        float *input = trainer->inputs;
        for (int i = 0; i < BATCH; i++) {
            struct cg_face_window window;
            cg_face_patch_draw(choose_patch(trainer, true, &rng), &stages[stage].checked, &rng,
                               &window);
            input += cg_face_stage_input(stage, &window, input);
        }
        memcpy(logits + begin,
               cg_pass_forward(pass, trainer->finder->parameters[stage], trainer->inputs),
               BATCH * sizeof(float));
    }
    cg_pass_free(pass);
    if (status != CG_OK)
        return status;
    qsort(logits, CHECKED, sizeof(float), compare_floats);
    float low = logits[(int)((1.0 - stages[stage].passing) * CHECKED)];
    const struct cg_layer *last = &network->layers[network->layer_count - 1];
    trainer->finder->parameters[stage][last->bias_offset] -= low - 1e-4f;
    return CG_OK;
}

/* ---- the faces, looked at again -------------------------------------------------------------- */

/* Put a patch's window where a stage likes it best, a few pixels and a fifth of its size about;
 * returns what it says of it. */
static float fit_patch(const struct trainer *trainer, int stage, struct cg_pass *pass,
                       struct cg_face_patch *patch)
{
    enum { REACH = 3, ACROSS = 2 * REACH + 1, SIZES = 5, LOOKS = ACROSS * ACROSS * SIZES };
    float *input = trainer->inputs;
    for (int i = 0; i < BATCH; i++) {
        int look = i < LOOKS ? i : 0;
        float size = 0.8f + 0.1f * (float)(look / (ACROSS * ACROSS));
        struct cg_face_window window;
        cg_face_patch_cut(patch, patch->x + (float)(look % ACROSS - REACH),
                          patch->y + (float)(look / ACROSS % ACROSS - REACH),
                          size * patch->side / CG_FACE_WINDOW_PX, &window);
        input += cg_face_stage_input(stage, &window, input);
    }
    const float *logits =
        cg_pass_forward(pass, trainer->finder->parameters[stage], trainer->inputs);
    int best = 0;
    for (int i = 1; i < LOOKS; i++)
        best = logits[i] > logits[best] ? i : best;
    patch->x += (float)(best % ACROSS - REACH);
    patch->y += (float)(best / ACROSS % ACROSS - REACH);
    patch->side *= 0.8f + 0.1f * (float)(best / (ACROSS * ACROSS));
    return logits[best];
}

/* Lists of faces are not exact, and some of their boxes hold none: the next stage learns from windows
 * that this one has put right, and without those that it likes least. */
static enum cg_status review_patches(struct trainer *trainer, int stage, struct cg_error *error)
{
    struct cg_face_photos *photos = &trainer->photos;
    struct cg_pass *pass;
    size_t sure = 0;
    float *said = cg_alloc(photos->patch_count, 2 * sizeof(float), "faces", error);
    if (said == NULL)
        return CG_ERR_MEMORY;
    float *sorted = said + photos->patch_count;
    enum cg_status status =
        cg_pass_create(trainer->finder->networks[stage], BATCH, 1, 1, false, &pass, error);
    for (size_t i = 0; status == CG_OK && i < photos->patch_count; i++) {
        said[i] = fit_patch(trainer, stage, pass, &photos->patches[i]);
        if (!photos->patches[i].doubtful)
            sorted[sure++] = said[i];
    }
    qsort(sorted, sure, sizeof(float), compare_floats);
    for (size_t i = 0; status == CG_OK && i < photos->patch_count; i++)
        photos->patches[i].doubtful = said[i] < sorted[(size_t)(DROPPED * (double)sure)];
    cg_pass_free(pass);
    free(said);
    return status;
}

/* ---- figures --------------------------------------------------------------------------------- */

/* Windows without a face that pass, a photo never learned from. */
static enum cg_status count_false(struct trainer *trainer, int passed_stages, double *out,
                                  struct cg_error *error)
{
    enum cg_status status = CG_OK;
    size_t total = 0;
    int photos = 0;
    for (int p = 0; status == CG_OK && p < trainer->photos.count; p++) {
        struct cg_face_pyramid pyramid;
        struct cg_face_place *places;
        size_t count = 0;
        if (!trainer->photos.photos[p].tested)
            continue;
        status = find_free(trainer, &trainer->photos.photos[p], passed_stages, &pyramid, &places,
                           &count, error);
        total += count;
        photos++;
        free(places);
        cg_face_pyramid_clear(&pyramid);
    }
    *out = photos > 0 ? (double)total / photos : 0.0;
    return status;
}

static bool matches(const struct cg_face *find, const struct cg_face_box *box)
{
    struct cg_face face = cg_face_of_window(box->x, box->y, box->side);
    return cg_face_overlap(find, &face) > FOUND_OVERLAP;
}

static void count_finds(const struct cg_face_photo *photo, const struct cg_face *finds, int count,
                        struct cg_face_result *result)
{
    const struct cg_image *grey = &photo->base.grey;
    int longer = grey->width > grey->height ? grey->width : grey->height;
    float least = COUNTED_PX / WORKING_PX * photo->base.scale * (float)longer;
    for (int b = 0; b < photo->box_count; b++) {
        bool found = false;
        const struct cg_face_box *box = &photo->boxes[b];
        if (box->doubtful || cg_face_of_window(0.0f, 0.0f, box->side).width < least)
            continue;
        for (int f = 0; f < count; f++)
            found |= matches(&finds[f], box);
        result->tested_faces++;
        result->found += found;
    }
    for (int f = 0; f < count; f++) {
        bool known = false;
        for (int b = 0; b < photo->box_count; b++)
            known |= matches(&finds[f], &photo->boxes[b]);
        result->false_finds += !known;
    }
}

static enum cg_status measure(struct trainer *trainer, struct cg_face_result *result,
                              struct cg_error *error)
{
    enum cg_status status = CG_OK;
    *result = (struct cg_face_result){0};
    for (int p = 0; status == CG_OK && p < trainer->photos.count; p++) {
        const struct cg_face_photo *photo = &trainer->photos.photos[p];
        struct cg_face finds[FOUND_MAX];
        struct cg_face_pyramid pyramid;
        struct cg_face_place *places = NULL;
        size_t count = 0;
        if (!photo->tested) {
            result->photos++;
            continue;
        }
        result->tested_photos++;
        status = cg_face_pyramid_make(&photo->base, &pyramid, error);
        if (status == CG_OK)
            status = cg_face_cascade_run(trainer->finder, CG_FACE_STAGES, trainer->pool, &pyramid,
                                         &places, &count, error);
        if (status == CG_OK)
            count_finds(photo, finds, cg_face_merge(&pyramid, places, count, finds, FOUND_MAX),
                        result);
        free(places);
        cg_face_pyramid_clear(&pyramid);
    }
    for (size_t i = 0; i < trainer->photos.patch_count; i++)
        result->faces += !trainer->photos.patches[i].tested && !trainer->photos.patches[i].doubtful;
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void end_stage(struct trainer *trainer)
{
    free(trainer->parameters);
    free(trainer->gradient);
    free(trainer->first);
    free(trainer->second);
    trainer->parameters = trainer->gradient = trainer->first = trainer->second = NULL;
}

static enum cg_status begin_stage(struct trainer *trainer, int stage, struct cg_error *error)
{
    const struct cg_network *network = trainer->finder->networks[stage];
    size_t count = network->parameter_count;
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
    cg_parameters_init(network, trainer->training->seed + STREAM_INIT + (uint64_t)stage,
                       trainer->parameters);
    return CG_OK;
}

static enum cg_status train_round(struct trainer *trainer, int stage, int round,
                                  struct cg_error *error)
{
    struct cg_face_report report = {.stage = stages[stage].name,
                                    .round = round + 1,
                                    .rounds = stages[stage].rounds,
                                    .passed = stages[stage].passing};
    enum cg_status status = CG_OK;
    /* of fewer stages if these let nothing pass */
    int passed = round == 0 ? stage : stage + 1;
    do
        status = mine(trainer, stage, passed, (uint64_t)round, error);
    while (status == CG_OK && trainer->free_count == 0 && passed-- > 0);
    if (status == CG_OK && trainer->free_count == 0)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "the photos to learn from have no window without a face");
    if (status == CG_OK)
        status = take_steps(trainer, stage, &report.loss, error);
    if (status == CG_OK)
        status = set_threshold(trainer, stage, error);
    if (status == CG_OK)
        status = count_false(trainer, stage + 1, &report.false_windows, error);
    report.windows = trainer->free_count;
    if (status == CG_OK)
        trainer->training->report(trainer->training->context, &report);
    return status;
}

static enum cg_status train_stages(struct trainer *trainer, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    for (int s = 0; status == CG_OK && s < CG_FACE_STAGES; s++) {
        status = begin_stage(trainer, s, error);
        for (int round = 0; status == CG_OK && round < stages[s].rounds; round++)
            status = train_round(trainer, s, round, error);
        end_stage(trainer);
        if (status == CG_OK && s != CG_FACE_CRITIC)
            status = review_patches(trainer, s, error);
        if (status == CG_OK)
            status = set_threshold(trainer, s, error);
    }
    return status;
}

static bool report_reading(void *context, int done, int count)
{
    const struct trainer *trainer = context;
    const struct cg_face_report report = {.photos_read = done, .photo_count = count};
    trainer->training->report(trainer->training->context, &report);
    return !is_stopped(trainer);
}

static enum cg_status set_up(struct trainer *trainer, struct cg_error *error)
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
        cg_alloc(BATCH, CG_FACE_VALUES_MAX * sizeof(float), "windows in a batch", error);
    trainer->free_windows = cg_alloc(FREE_MAX, sizeof(*trainer->free_windows), "windows", error);
    if (trainer->inputs == NULL || trainer->free_windows == NULL)
        return CG_ERR_MEMORY;
    return cg_face_photos_read(training->photos, training->faces, training->seed, report_reading,
                               trainer, &trainer->photos, error);
}

enum cg_status cg_face_train(const struct cg_face_training *training, const char *path,
                             struct cg_face_result *result, struct cg_error *error)
{
    struct trainer trainer = {.training = training};
    enum cg_status status = set_up(&trainer, error);
    if (status == CG_OK)
        status = train_stages(&trainer, error);
    if (status == CG_OK)
        status = measure(&trainer, result, error);
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
