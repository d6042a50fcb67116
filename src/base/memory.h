/* Memory with checked sizes. Everything is freed with free() unless said otherwise. */
#ifndef CG_BASE_MEMORY_H
#define CG_BASE_MEMORY_H

#include "base/error.h"

#include <stdbool.h>

/* Cache line and widest vector: alignment of every numeric buffer, in bytes. */
#define CG_ALIGNMENT_NBYTES 64

/* a * b; false (and *out untouched) when it does not fit. */
static inline bool cg_mul_size(size_t a, size_t b, size_t *out)
{
    if (a != 0 && b > SIZE_MAX / a)
        return false;
    *out = a * b;
    return true;
}

/*
 * count elements of element_nbytes each, aligned to CG_ALIGNMENT_NBYTES; contents undefined
 * (cg_alloc) or zero (cg_alloc_zero). count 0 gives a valid pointer. Returns NULL, with
 * CG_ERR_MEMORY in error, when memory is short or the product overflows; what names the buffer
 * in the text.
 */
void *cg_alloc(size_t count, size_t element_nbytes, const char *what, struct cg_error *error);
void *cg_alloc_zero(size_t count, size_t element_nbytes, const char *what, struct cg_error *error);

/*
 * malloc, calloc and realloc that remember, for the calling thread, that memory was short: for
 * libraries that answer it as they answer damage, or leave out what did not fit. Forget before a
 * library is called, ask afterwards. Freed with free().
 */
void *cg_watched_malloc(size_t nbytes);
void *cg_watched_calloc(size_t count, size_t element_nbytes);
void *cg_watched_realloc(void *memory, size_t nbytes);
void cg_memory_forget(void);
void cg_memory_tell_short(void); /* by who has learnt it otherwise */
bool cg_memory_was_short(void);

/* A copy of text, or NULL. */
char *cg_string_copy(const char *text);

/* printf into memory of its own, or NULL. */
char *cg_string_format(const char *format, ...) CG_PRINTF(1, 2);

#endif
