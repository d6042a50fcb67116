/* From a picture to faces: see finder.h, cascade.h. */
#include "face/finder.h"

#include "base/memory.h"
#include "face/cascade.h"
#include "nn/infer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 2048 /* windows that go through a network together, */
#define PIECE 64   /* and those that one thread cuts out at a time */
#define SCOUT_STRIDE 4
#define SURE_SCORE 0.5f

/* ---- windows --------------------------------------------------------------------------------- */

/* side is a constant wherever this is inlined. */
static inline void copy_square(const struct cg_image *level, int x, int y, int side, uint8_t *out)
{
    const uint8_t *from = level->pixels + (size_t)y * (size_t)level->width + (size_t)x;
    for (int row = 0; row < side; row++, from += level->width, out += side)
        memcpy(out, from, (size_t)side);
}

void cg_face_window_copy(const struct cg_face_pyramid *pyramid, const struct cg_face_place *place,
                         struct cg_face_window *out)
{
    copy_square(&pyramid->level[place->level], place->x, place->y, CG_FACE_WINDOW_PX, out->grey);
    for (int i = 0; i < CG_FACE_WINDOW_CELLS; i++)
        cg_face_colour_at(
            &pyramid->colour[place->level],
            place->x + i % CG_FACE_CELLS_ACROSS * CG_FACE_CELL_PX + CG_FACE_CELL_PX / 2,
            place->y + i / CG_FACE_CELLS_ACROSS * CG_FACE_CELL_PX + CG_FACE_CELL_PX / 2,
            out->colour[i]);
}

size_t cg_face_stage_values(int stage)
{
    return stage == CG_FACE_SCOUT ? CG_FACE_WINDOW_VALUES / 4 : CG_FACE_VALUES_MAX;
}

size_t cg_face_stage_input(int stage, const struct cg_face_window *window,
                           float out[CG_FACE_VALUES_MAX])
{
    uint8_t half[CG_FACE_WINDOW_VALUES / 4];
    if (stage == CG_FACE_SCOUT) {
        cg_face_window_halve(window->grey, half);
        cg_face_window_correct(half, CG_FACE_WINDOW_PX / 2, out);
    } else {
        cg_face_window_correct(window->grey, CG_FACE_WINDOW_PX, out);
        cg_face_window_differ(window->colour, out + CG_FACE_WINDOW_VALUES);
        cg_face_window_edges(window->grey, out + CG_FACE_WINDOW_VALUES + 2 * CG_FACE_WINDOW_CELLS);
    }
    return cg_face_stage_values(stage);
}

struct cutting {
    const struct cg_face_pyramid *pyramid;
    const struct cg_face_place *places;
    size_t count;
    int stage;
    float *rows;
};

/* The scout's places are even: its windows lie ready in the halved levels. */
static void cut_piece(void *context, size_t item, int worker)
{
    const struct cutting *cutting = context;
    (void)worker;
    size_t values = cg_face_stage_values(cutting->stage);
    size_t end = (item + 1) * PIECE < cutting->count ? (item + 1) * PIECE : cutting->count;
    for (size_t i = item * PIECE; i < end; i++) {
        const struct cg_face_place *place = &cutting->places[i];
        if (cutting->stage == CG_FACE_SCOUT) {
            uint8_t grey[CG_FACE_WINDOW_VALUES / 4];
            copy_square(&cutting->pyramid->half[place->level], place->x / 2, place->y / 2,
                        CG_FACE_WINDOW_PX / 2, grey);
            cg_face_window_correct(grey, CG_FACE_WINDOW_PX / 2, cutting->rows + i * values);
        } else {
            struct cg_face_window window;
            cg_face_window_copy(cutting->pyramid, place, &window);
            cg_face_stage_input(cutting->stage, &window, cutting->rows + i * values);
        }
    }
}

/* ---- stages ---------------------------------------------------------------------------------- */

/* Keep the places that a stage lets pass. rows: memory for a chunk's windows. */
static enum cg_status run_stage(const struct cg_face_finder *finder, int stage,
                                struct cg_pool *pool, const struct cg_face_pyramid *pyramid,
                                float *rows, struct cg_face_place *places, size_t *count,
                                struct cg_error *error)
{
    struct cg_infer *infer;
    size_t kept = 0;
    enum cg_status status =
        cg_infer_create(finder->networks[stage], CG_PRECISION_FLOAT, &infer, error);
    for (size_t begin = 0; status == CG_OK && begin < *count; begin += CHUNK) {
        size_t n = *count - begin < CHUNK ? *count - begin : CHUNK;
        struct cutting cutting = {pyramid, places + begin, n, stage, rows};
        const float *logits;
        cg_pool_run(pool, (n + PIECE - 1) / PIECE, cut_piece, &cutting);
        status = cg_infer_run(infer, pool, finder->parameters[stage], rows, 1, (int)n, &logits,
                              NULL, error);
        for (size_t i = 0; status == CG_OK && i < n; i++)
            if (logits[i] > 0.0f) {
                places[kept] = places[begin + i];
                places[kept++].logit = logits[i];
            }
    }
    cg_infer_free(infer);
    *count = kept;
    return status;
}

/* The last place of a side: windows begin from 0 to it. */
static int last_of(int side)
{
    return side - CG_FACE_WINDOW_PX;
}

static enum cg_status list_all(const struct cg_face_pyramid *pyramid, struct cg_face_place **out,
                               size_t *count, struct cg_error *error)
{
    size_t total = 0;
    for (int l = 0; l < pyramid->count; l++) {
        int right = last_of(pyramid->level[l].width), down = last_of(pyramid->level[l].height);
        if (right >= 0 && down >= 0)
            total += (size_t)(right / SCOUT_STRIDE + 1) * (size_t)(down / SCOUT_STRIDE + 1);
    }
    struct cg_face_place *place = *out = cg_alloc(total, sizeof(**out), "windows", error);
    if (place == NULL)
        return CG_ERR_MEMORY;
    for (int l = 0; l < pyramid->count; l++)
        for (int y = 0; y <= last_of(pyramid->level[l].height); y += SCOUT_STRIDE)
            for (int x = 0; x <= last_of(pyramid->level[l].width); x += SCOUT_STRIDE)
                *place++ = (struct cg_face_place){.level = l, .x = x, .y = y};
    *count = total;
    return CG_OK;
}

static int clamped(int value, int last)
{
    return value < 0 ? 0 : value > last ? last : value;
}

/* Four places about each of the scout's, every two pixels in all. */
static enum cg_status surround(const struct cg_face_pyramid *pyramid, struct cg_face_place **places,
                               size_t *count, struct cg_error *error)
{
    struct cg_face_place *four = cg_alloc(*count, 4 * sizeof(*four), "windows", error);
    if (four == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; i < 4 * *count; i++) {
        const struct cg_face_place *one = &(*places)[i / 4];
        const struct cg_image *level = &pyramid->level[one->level];
        four[i] = *one;
        four[i].x = clamped(one->x + (i % 2 == 0 ? -1 : 1), last_of(level->width));
        four[i].y = clamped(one->y + (i % 4 < 2 ? -1 : 1), last_of(level->height));
    }
    free(*places);
    *places = four;
    *count *= 4;
    return CG_OK;
}

enum cg_status cg_face_cascade_run(const struct cg_face_finder *finder, int stages,
                                   struct cg_pool *pool, const struct cg_face_pyramid *pyramid,
                                   struct cg_face_place **places, size_t *count,
                                   struct cg_error *error)
{
    *count = 0;
    enum cg_status status = list_all(pyramid, places, count, error);
    float *rows = cg_alloc(CHUNK, CG_FACE_VALUES_MAX * sizeof(float), "windows", error);
    if (status == CG_OK && rows == NULL)
        status = CG_ERR_MEMORY;
    for (int s = 0; status == CG_OK && s < stages; s++) {
        if (s == CG_FACE_JUDGE)
            status = surround(pyramid, places, count, error);
        if (status == CG_OK)
            status = run_stage(finder, s, pool, pyramid, rows, *places, count, error);
    }
    free(rows);
    if (status != CG_OK) {
        free(*places);
        *places = NULL;
    }
    return status;
}

int cg_faces_sure(struct cg_faces finds)
{
    int count = 0;
    while (count < finds.count && finds.at[count].score >= SURE_SCORE)
        count++;
    return count;
}

enum cg_status cg_face_finder_find(const struct cg_face_finder *finder, struct cg_pool *pool,
                                   const struct cg_image *picture, struct cg_face *faces, int max,
                                   int *count, struct cg_error *error)
{
    struct cg_face_pyramid pyramid = {0};
    struct cg_face_base base;
    struct cg_face_place *places;
    size_t place_count;
    *count = 0;
    enum cg_status status = cg_face_base_make(picture, &base, error);
    if (status != CG_OK)
        return status;
    status = cg_face_pyramid_make(&base, &pyramid, error);
    if (status == CG_OK)
        status = cg_face_cascade_run(finder, CG_FACE_STAGES, pool, &pyramid, &places, &place_count,
                                     error);
    if (status == CG_OK) {
        *count = cg_face_merge(&pyramid, finder->least_evidence, places, place_count, faces, max);
        free(places);
    }
    cg_face_pyramid_clear(&pyramid);
    cg_face_base_clear(&base);
    return status;
}
