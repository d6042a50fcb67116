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
