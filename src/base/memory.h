/* Allocation with checked sizes. Everything is freed with free() unless noted otherwise. */
#ifndef CG_BASE_MEMORY_H
#define CG_BASE_MEMORY_H

#include "base/error.h"

#include <stdbool.h>

/* Alignment of numeric buffers, in bytes: a cache line, and the widest vector. */
#define CG_ALIGNMENT_NBYTES 64

/* *out = a * b; returns false and leaves *out unchanged on overflow. */
static inline bool cg_mul_size(size_t a, size_t b, size_t *out)
{
    if (a != 0 && b > SIZE_MAX / a)
        return false;
    *out = a * b;
    return true;
}

/*
 * count elements of element_nbytes each, aligned to CG_ALIGNMENT_NBYTES; uninitialised
 * (cg_alloc) or zeroed (cg_alloc_zero). A count of 0 gives a valid pointer. Returns NULL, with
 * CG_ERR_MEMORY in error, when out of memory or when the size overflows; `what` names the buffer
 * in the error text.
 */
void *cg_alloc(size_t count, size_t element_nbytes, const char *what, struct cg_error *error);
void *cg_alloc_zero(size_t count, size_t element_nbytes, const char *what, struct cg_error *error);

/* Ask for huge pages wherever a whole one lies in memory that has not been touched yet; what is
 * left over at either end is not rounded up to one. Returns memory, which may be NULL. */
void *cg_on_huge_pages(void *memory, size_t nbytes);

/* Make room for one more element in an array that holds count of *capacity. Returns the array,
 * moved or not; NULL, with nothing changed, if out of memory. */
void *cg_grow(void *array, size_t count, size_t *capacity, size_t element_nbytes);

/*
 * malloc, calloc and realloc that record, per thread, whether an allocation failed: for libraries
 * that report a failed allocation as damaged input, or silently drop data. Call cg_memory_forget
 * before the library and cg_memory_was_short after it. Freed with free().
 */
void *cg_watched_malloc(size_t nbytes);
void *cg_watched_calloc(size_t count, size_t element_nbytes);
void *cg_watched_realloc(void *memory, size_t nbytes);
void cg_memory_forget(void);
void cg_memory_tell_short(void); /* for failures noticed elsewhere */
bool cg_memory_was_short(void);

/*
 * The same for libraries that fail badly without memory (jansson, FreeType): then a small reserve,
 * which is not refilled, serves them to the end of a call, whose result is to be refused. Freed
 * with cg_reserved_free.
 */
void *cg_reserved_malloc(size_t nbytes);
void cg_reserved_free(void *memory);

/* strdup; NULL if out of memory. */
char *cg_string_copy(const char *text);

/* printf into a new string; NULL if out of memory. */
char *cg_string_format(const char *format, ...) CG_PRINTF(1, 2);

#endif
