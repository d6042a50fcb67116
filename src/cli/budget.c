/* A budget of memory: see budget.h. */
#include "cli/budget.h"

#include "base/memory.h"

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
 * Measured as peak resident memory, less what a picture of 64 x 48 takes (10 MiB), with the style
 * that is built in; bytes for each pixel of the picture, except where said otherwise:
 *
 *   session    89 for each pixel of the working copy (320 MiB at 1920 x 1920), 2 MiB a thread
 */
#define SESSION_NBYTES_PER_PX 90
#define THREAD_NBYTES ((size_t)2 << 20)

/* What the decoder holds at its worst: the file, its own planes or rows, the pixels. */
static size_t of_reading(const struct cg_image_info *info, size_t file_nbytes)
{
    size_t pixels = (size_t)info->width * (size_t)info->height;
    size_t own = 2 * pixels * (size_t)info->channels; /* planes of a JPEG, raw rows of a PNG */
    return own + (info->format == CG_IMAGE_PNG ? 2 : 1) * file_nbytes;
}

/* What the encoder holds: a JPEG goes out row by row, a PNG is filtered and compressed whole. */
static size_t of_writing(const struct cg_image_info *info, enum cg_image_format out)
{
    size_t pixels = (size_t)info->width * (size_t)info->height;
    size_t channels = info->channels == 4 ? 4 : 3;
    if (out == CG_IMAGE_JPEG)
        return pixels * (channels == 4 ? 4 + 3 : 3);
    return 4 * pixels * channels;
}

size_t cg_budget_of_picture(const struct cg_image_info *info, size_t file_nbytes,
                            enum cg_image_format out)
{
    size_t reading = of_reading(info, file_nbytes), writing = of_writing(info, out);
    return reading > writing ? reading : writing;
}

size_t cg_budget_of_session(int detail_px, int threads)
{
    size_t side = (size_t)detail_px;
    return SESSION_NBYTES_PER_PX * side * side + (size_t)threads * THREAD_NBYTES;
}
