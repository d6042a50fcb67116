/* A budget of memory: see budget.h. */
#include "cli/convert/budget.h"

#include "base/memory.h"
#include "comic/closer.h"

#include <pthread.h>
#include <stdlib.h>

struct cg_budget {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t free_nbytes;
    size_t next_ticket; /* whose turn it is */
    bool closed;
};

enum cg_status cg_budget_create(size_t nbytes, struct cg_budget **out, struct cg_error *error)
{
    *out = cg_alloc_zero(1, sizeof(**out), "memory budget", error);
    if (*out == NULL)
        return CG_ERR_MEMORY;
    (*out)->free_nbytes = nbytes;
    pthread_mutex_init(&(*out)->mutex, NULL);
    pthread_cond_init(&(*out)->changed, NULL);
    return CG_OK;
}

void cg_budget_free(struct cg_budget *budget)
{
    if (budget == NULL)
        return;
    pthread_cond_destroy(&budget->changed);
    pthread_mutex_destroy(&budget->mutex);
    free(budget);
}

bool cg_budget_take(struct cg_budget *budget, size_t ticket, size_t nbytes)
{
    pthread_mutex_lock(&budget->mutex);
    while (!budget->closed && (budget->next_ticket != ticket || nbytes > budget->free_nbytes))
        pthread_cond_wait(&budget->changed, &budget->mutex);
    bool taken = !budget->closed;
    if (taken) {
        budget->free_nbytes -= nbytes;
        budget->next_ticket++;
        pthread_cond_broadcast(&budget->changed); /* the next ticket may be waiting already */
    }
    pthread_mutex_unlock(&budget->mutex);
    return taken;
}

void cg_budget_give(struct cg_budget *budget, size_t nbytes)
{
    pthread_mutex_lock(&budget->mutex);
    budget->free_nbytes += nbytes;
    pthread_cond_broadcast(&budget->changed);
    pthread_mutex_unlock(&budget->mutex);
}

void cg_budget_close(struct cg_budget *budget)
{
    pthread_mutex_lock(&budget->mutex);
    budget->closed = true;
    pthread_cond_broadcast(&budget->changed);
    pthread_mutex_unlock(&budget->mutex);
}

bool cg_budget_is_open(struct cg_budget *budget)
{
    pthread_mutex_lock(&budget->mutex);
    bool open = !budget->closed;
    pthread_mutex_unlock(&budget->mutex);
    return open;
}

/* ---- what is needed -------------------------------------------------------------------------- */

/*
 * Estimated / measured, as peak resident memory less that of a tiny picture (10 MiB), with the
 * built-in style:
 *   session  97 / 94 bytes for each pixel of the working copy (341 MiB at 1920 x 1920), and 2 MiB
 *            a thread; 30 / 28 more for --hatch, 14 / 12 for --line, 44 / 37 for --cel (after many
 *            pictures of random tiles, the worst for it; photos: 8), 32 / 30 for --blacks, 12 / 12
 *            for --contrast and --saturation, as much again if the latter is below 1
 *   reading  see probe.c; and the file, a PNG's twice
 *   writing  JPEG 3 / 3 bytes a pixel, with transparency 7; PNG 9 / 6.8, with transparency 12 / 9.9
 *            (the picture, its filtered rows, their compressed form: up to three times the
 * picture); WebP 8 / 5.3 on flat colours, with transparency 9 (the picture, its planes, the codes)
 *   and a grey picture beside the RGB that is made of it, 4
 *   faces    what is around them is kept until the picture is drawn: closer.h says how much
 * 12000 x 8300 pixels, JPEG to JPEG: 590 MiB and the session's 160 / 625 MiB together, as reading
 * is over when the session's memory is touched for the first time.
 */
#define SESSION_NBYTES_PER_PX 97
#define HATCH_NBYTES_PER_PX 30
#define LINE_NBYTES_PER_PX 14
#define CEL_NBYTES_PER_PX 44
#define BLACKS_NBYTES_PER_PX 32
#define TONES_NBYTES_PER_PX 12
#define THREAD_NBYTES ((size_t)2 << 20)

/* Everything after reading. */
static size_t of_the_rest(const struct cg_image_info *info, enum cg_image_format out)
{
    size_t pixels = (size_t)info->width * (size_t)info->height;
    size_t channels = info->channels == 4 ? 4 : 3;
    if (out == CG_IMAGE_PNG)
        return 3 * channels * pixels;
    if (out == CG_IMAGE_WEBP)
        return (channels + 5) * pixels;
    if (info->channels == 1)
        return (1 + 3) * pixels;
    return channels == 4 ? (4 + 3) * pixels : 3 * pixels;
}

size_t cg_budget_of_picture(const struct cg_image_info *info, size_t file_nbytes,
                            enum cg_image_format out)
{
    size_t pixels = (size_t)info->width * (size_t)info->height;
    size_t rest = of_the_rest(info, out) + 3 * pixels / CG_CLOSER_PHOTO_SHARE;
    size_t reading = info->reading_nbytes + (info->format == CG_IMAGE_PNG ? 2 : 1) * file_nbytes;
    return reading > rest ? reading : rest;
}

size_t cg_budget_of_session(const struct cg_render_params *looks, int threads)
{
    size_t side = (size_t)looks->detail_px, nbytes_per_px = SESSION_NBYTES_PER_PX;
    nbytes_per_px += looks->hatch > 0.0f ? HATCH_NBYTES_PER_PX : 0;
    nbytes_per_px += looks->line != 1.0f ? LINE_NBYTES_PER_PX : 0;
    nbytes_per_px += looks->cel > 0.0f ? CEL_NBYTES_PER_PX : 0;
    nbytes_per_px += looks->blacks > 0.0f ? BLACKS_NBYTES_PER_PX : 0;
    nbytes_per_px += looks->contrast != 1.0f || looks->saturation != 1.0f ? TONES_NBYTES_PER_PX : 0;
    nbytes_per_px += looks->saturation < 1.0f ? TONES_NBYTES_PER_PX : 0;
    return nbytes_per_px * side * side + (size_t)threads * THREAD_NBYTES;
}
