/* Memory with checked sizes: see memory.h. */
#define _DEFAULT_SOURCE /* madvise */
#include "base/memory.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* First touches of 4 KiB pages were a fifth of a small picture's time; large ones gain less. */
#define HUGE_PAGE_NBYTES ((size_t)2 << 20)

static void *alloc_aligned(size_t nbytes)
{
    if (nbytes < HUGE_PAGE_NBYTES)
        return aligned_alloc(CG_ALIGNMENT_NBYTES, nbytes);
    void *memory;
    if (posix_memalign(&memory, HUGE_PAGE_NBYTES, nbytes) != 0)
        return NULL;
    return cg_on_huge_pages(memory, nbytes);
}

void *cg_on_huge_pages(void *memory, size_t nbytes)
{
    uintptr_t before = (uintptr_t)memory % HUGE_PAGE_NBYTES;
    size_t skipped = before > 0 ? HUGE_PAGE_NBYTES - before : 0;
    if (memory != NULL && nbytes >= skipped + HUGE_PAGE_NBYTES)
        madvise((char *)memory + skipped, (nbytes - skipped) / HUGE_PAGE_NBYTES * HUGE_PAGE_NBYTES,
                MADV_HUGEPAGE);
    return memory;
}

void *cg_alloc(size_t count, size_t element_nbytes, const char *what, struct cg_error *error)
{
    size_t nbytes;
    if (!cg_mul_size(count, element_nbytes, &nbytes) || nbytes > SIZE_MAX - CG_ALIGNMENT_NBYTES) {
        cg_fail(error, CG_ERR_MEMORY, "%s: %zu x %zu bytes is more than can be addressed", what,
                count, element_nbytes);
        return NULL;
    }
    nbytes = nbytes / CG_ALIGNMENT_NBYTES * CG_ALIGNMENT_NBYTES + CG_ALIGNMENT_NBYTES;
    void *memory = alloc_aligned(nbytes);
    if (memory == NULL)
        cg_fail(error, CG_ERR_MEMORY, "%s: %.1f MiB of memory could not be allocated", what,
                (double)nbytes / (1024.0 * 1024.0));
    return memory;
}

void *cg_alloc_zero(size_t count, size_t element_nbytes, const char *what, struct cg_error *error)
{
    void *memory = cg_alloc(count, element_nbytes, what, error);
    if (memory != NULL)
        memset(memory, 0, count * element_nbytes);
    return memory;
}

void *cg_grow(void *array, size_t count, size_t *capacity, size_t element_nbytes)
{
    size_t larger = *capacity * 2 + 16, nbytes;
    if (count < *capacity)
        return array;
    void *moved = cg_mul_size(larger, element_nbytes, &nbytes) ? realloc(array, nbytes) : NULL;
    if (moved != NULL)
        *capacity = larger;
    return moved;
}

/* ---- watched --------------------------------------------------------------------------------- */

/* Libraries' allocators are called without a context, so what they find has to lie here. */
static _Thread_local bool was_short;

static void *watch(void *memory, size_t nbytes)
{
    was_short |= memory == NULL && nbytes > 0;
    return memory;
}

void *cg_watched_malloc(size_t nbytes)
{
    return watch(malloc(nbytes), nbytes);
}

void *cg_watched_calloc(size_t count, size_t element_nbytes)
{
    return watch(calloc(count, element_nbytes), count > 0 ? element_nbytes : 0);
}

void *cg_watched_realloc(void *memory, size_t nbytes)
{
    return watch(realloc(memory, nbytes), nbytes);
}

void cg_memory_forget(void)
{
    was_short = false;
}

void cg_memory_tell_short(void)
{
    was_short = true;
}

bool cg_memory_was_short(void)
{
    return was_short;
}

#define RESERVE_NBYTES ((size_t)64 << 10)

static _Alignas(max_align_t) unsigned char reserve[RESERVE_NBYTES];
static atomic_size_t reserve_used;

static void *take_reserve(size_t nbytes)
{
    if (nbytes == 0 || nbytes > RESERVE_NBYTES / 2)
        return NULL;
    size_t taken =
        (nbytes + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
    size_t at = atomic_fetch_add(&reserve_used, taken);
    return at <= RESERVE_NBYTES - taken ? reserve + at : NULL;
}

void *cg_reserved_malloc(size_t nbytes)
{
    void *memory = cg_watched_malloc(nbytes);
    return memory != NULL ? memory : take_reserve(nbytes);
}

void cg_reserved_free(void *memory)
{
    uintptr_t at = (uintptr_t)memory, begin = (uintptr_t)reserve;
    if (at < begin || at >= begin + RESERVE_NBYTES)
        free(memory);
}

/* ---- text ------------------------------------------------------------------------------------ */

char *cg_string_copy(const char *text)
{
    size_t nbytes = strlen(text) + 1;
    char *copy = malloc(nbytes);
    if (copy != NULL)
        memcpy(copy, text, nbytes);
    return copy;
}

char *cg_string_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    if (text == NULL)
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}
