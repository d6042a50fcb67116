/* Between rounds, and at the end: thresholds, figures; see face_trainer_parts.h. */
#include "train/face/face_trainer_parts.h"

#include "base/memory.h"
#include "nn/pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKED = 4096, FINDS_MAX = 256, TRIES_MAX = 1000 };

#define LEAST_EVIDENCE 1.0f /* for a face, where less is never wrong */
#define FOUND_OVERLAP 0.35f /* of a find with a face, of both together */
#define COUNTED_PX 28.0f    /* width of the smallest faces in the result, of WORKING_PX */
#define WORKING_PX 1300.0f

const struct cg_face_course CG_FACE_COURSES[CG_FACE_STAGES] = {
    {"scout", 2, 0.01f, 200, 0.95, {2.5f, 15.0f, true}, {2.0f, 10.0f, false}},
    {"judge", 3, 0.005f, 120, 0.96, {1.6f, 15.0f, true}, {1.0f, 10.0f, false}},
    {"critic", 6, 0.002f, 80, 0.9, {1.4f, 15.0f, true}, {1.0f, 10.0f, false}},
};

const struct cg_face_patch *cg_face_choose_patch(const struct cg_face_trainer *trainer,
                                                 enum cg_face_part part, struct cg_rng *rng)
{
    const struct cg_face_photos *photos = &trainer->photos;
    for (int tries = 0;; tries++) {
        const struct cg_face_patch *patch =
            &photos->patches[cg_rng_below(rng, (uint32_t)photos->patch_count)];
        bool belongs = part == CG_FACE_ALL || patch->tested == (part == CG_FACE_TESTED);
        if (belongs && (!patch->doubtful || tries >= TRIES_MAX))
            return patch;
    }
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
enum cg_status cg_face_find_free(const struct cg_face_trainer *trainer,
                                 const struct cg_face_photo *photo, int passed_stages,
                                 struct cg_face_pyramid *pyramid, struct cg_face_place **places,
                                 size_t *count, struct cg_error *error)
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

/* ---- the threshold --------------------------------------------------------------------------- */

static int compare_floats(const void *first, const void *second)
{
    float a = *(const float *)first, b = *(const float *)second;
    return (a > b) - (a < b);
}

enum cg_status cg_face_set_threshold(struct cg_face_trainer *trainer, int stage,
                                     struct cg_error *error)
{
    const struct cg_network *network = trainer->finder->networks[stage];
    struct cg_rng rng = cg_rng_make(trainer->training->seed, CG_FACE_STREAM_CHECK, (uint64_t)stage);
    enum cg_face_part part = stage == CG_FACE_SCOUT ? CG_FACE_ALL : CG_FACE_TESTED;
    struct cg_pass *pass;
    float logits[CHECKED];
    enum cg_status status = cg_pass_create(network, CG_FACE_BATCH, 1, 1, false, &pass, error);
    for (int begin = 0; status == CG_OK && begin < CHECKED; begin += CG_FACE_BATCH) {
        float *input = trainer->inputs;
        for (int i = 0; i < CG_FACE_BATCH; i++) {
            struct cg_face_window window;
            cg_face_patch_draw(cg_face_choose_patch(trainer, part, &rng),
                               &CG_FACE_COURSES[stage].checked, &rng, &window);
            input += cg_face_stage_input(stage, &window, input);
        }
        memcpy(logits + begin,
               cg_pass_forward(pass, trainer->finder->parameters[stage], trainer->inputs),
               CG_FACE_BATCH * sizeof(float));
    }
    cg_pass_free(pass);
    if (status != CG_OK)
        return status;
    qsort(logits, CHECKED, sizeof(float), compare_floats);
    float low = logits[(int)((1.0 - CG_FACE_COURSES[stage].passing) * CHECKED)];
    const struct cg_layer *last = &network->layers[network->layer_count - 1];
    trainer->finder->parameters[stage][last->bias_offset] -= low - 1e-4f;
    return CG_OK;
}

/* ---- figures --------------------------------------------------------------------------------- */

enum cg_status cg_face_count_false(const struct cg_face_trainer *trainer, int passed_stages,
                                   double *out, struct cg_error *error)
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
        status = cg_face_find_free(trainer, &trainer->photos.photos[p], passed_stages, &pyramid,
                                   &places, &count, error);
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

/* Finds in a tested photo, and which of them are of no face of its list. */
struct finds {
    struct cg_face face[FINDS_MAX];
    bool wrong[FINDS_MAX];
    int count;
};

static enum cg_status find_faces(const struct cg_face_trainer *trainer,
                                 const struct cg_face_photo *photo, struct finds *finds,
                                 struct cg_error *error)
{
    struct cg_face_pyramid pyramid;
    struct cg_face_place *places = NULL;
    size_t count = 0;
    finds->count = 0;
    enum cg_status status = cg_face_pyramid_make(&photo->base, &pyramid, error);
    if (status == CG_OK)
        status = cg_face_cascade_run(trainer->finder, CG_FACE_STAGES, trainer->pool, &pyramid,
                                     &places, &count, error);
    if (status == CG_OK)
        finds->count = cg_face_merge(&pyramid, trainer->finder->least_evidence, places, count,
                                     finds->face, FINDS_MAX);
    for (int f = 0; f < finds->count; f++) {
        const struct cg_face *find = &finds->face[f];
        finds->wrong[f] = cg_face_photo_is_known(photo, find->x + find->width / 2.0f,
                                                 find->y + find->height / 2.0f);
        for (int b = 0; b < photo->box_count; b++)
            finds->wrong[f] &= !matches(&finds->face[f], &photo->boxes[b]);
    }
    free(places);
    cg_face_pyramid_clear(&pyramid);
    return status;
}

/* So much evidence that there are three false finds in four tested photos. */
static enum cg_status set_evidence(struct cg_face_trainer *trainer, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    struct finds finds;
    size_t wrong = 0, photos = 0;
    float *scores =
        cg_alloc((size_t)trainer->photos.count, FINDS_MAX * sizeof(float), "finds", error);
    if (scores == NULL)
        return CG_ERR_MEMORY;
    for (int p = 0; status == CG_OK && p < trainer->photos.count; p++) {
        if (!trainer->photos.photos[p].tested)
            continue;
        status = find_faces(trainer, &trainer->photos.photos[p], &finds, error);
        photos++;
        for (int f = 0; f < finds.count; f++)
            if (finds.wrong[f])
                scores[wrong++] = finds.face[f].score;
    }
    qsort(scores, wrong, sizeof(float), compare_floats);
    size_t allowed = (3 * photos + 3) / 4;
    trainer->finder->least_evidence =
        wrong > allowed ? cg_face_evidence(scores[wrong - allowed]) : LEAST_EVIDENCE;
    free(scores);
    return status;
}

static void count_faces(const struct cg_face_photo *photo, const struct finds *finds,
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
        for (int f = 0; f < finds->count; f++)
            found |= matches(&finds->face[f], box);
        result->tested_faces++;
        result->found += found;
    }
    for (int f = 0; f < finds->count; f++)
        result->false_finds += finds->wrong[f];
}

enum cg_status cg_face_measure(struct cg_face_trainer *trainer, struct cg_face_result *result,
                               struct cg_error *error)
{
    struct finds finds;
    enum cg_status status = set_evidence(trainer, error);
    *result = (struct cg_face_result){0};
    for (int p = 0; status == CG_OK && p < trainer->photos.count; p++) {
        const struct cg_face_photo *photo = &trainer->photos.photos[p];
        result->photos += !photo->tested;
        result->tested_photos += photo->tested;
        if (!photo->tested)
            continue;
        status = find_faces(trainer, photo, &finds, error);
        count_faces(photo, &finds, result);
    }
    for (size_t i = 0; i < trainer->photos.patch_count; i++)
        result->faces += !trainer->photos.patches[i].tested && !trainer->photos.patches[i].doubtful;
    return status;
}
