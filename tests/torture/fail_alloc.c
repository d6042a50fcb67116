/*
 * malloc and its kin with one allocation failing: in place of glibc's own, so that libraries are
 * met too and the program needs no seam. Linked into a test it is armed by fail_alloc_arm; as a
 * preloaded library (LD_PRELOAD) by the environment: FAIL_ALLOC=N, or FAIL_ALLOC=N+ for all from
 * the Nth on; FAIL_ALLOC_REPORT=FD takes the number that were asked for when the program ends.
 *
 * Allocators other than malloc (mmap, the stack) are not met, nor are programs that the program
 * starts; under a sanitizer, which brings a malloc of its own, this is not built.
 */
#define _DEFAULT_SOURCE /* unsetenv */
#include "fail_alloc.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* glibc's own, under the names that it exports for this. */
void *__libc_malloc(size_t nbytes);
void *__libc_calloc(size_t count, size_t element_nbytes);
void *__libc_realloc(void *memory, size_t nbytes);
void *__libc_memalign(size_t alignment, size_t nbytes);

static atomic_long asked, failing;
static atomic_bool failing_all;

void fail_alloc_arm(long nth, bool all)
{
    failing = 0;
    failing_all = all;
    asked = 0;
    failing = nth;
}

long fail_alloc_count(void)
{
    return asked;
}

static bool fails(void)
{
    long number = atomic_fetch_add(&asked, 1) + 1, nth = failing;
    bool now = nth > 0 && (number == nth || (failing_all && number > nth));
    if (now)
        errno = ENOMEM;
    return now;
}

void *malloc(size_t nbytes)
{
    return fails() ? NULL : __libc_malloc(nbytes);
}

void *calloc(size_t count, size_t element_nbytes)
{
    return fails() ? NULL : __libc_calloc(count, element_nbytes);
}

void *realloc(void *memory, size_t nbytes)
{
    return fails() ? NULL : __libc_realloc(memory, nbytes);
}

void *aligned_alloc(size_t alignment, size_t nbytes)
{
    return fails() ? NULL : __libc_memalign(alignment, nbytes);
}

int posix_memalign(void **out, size_t alignment, size_t nbytes)
{
    void *memory = fails() ? NULL : __libc_memalign(alignment, nbytes);
    if (memory == NULL)
        return ENOMEM;
    *out = memory;
    return 0;
}

__attribute__((constructor)) static void arm_from_environment(void)
{
    const char *text = getenv("FAIL_ALLOC");
    char *end = NULL;
    long nth = text != NULL ? strtol(text, &end, 10) : 0;
    if (text == NULL)
        return;
    unsetenv("LD_PRELOAD");
    fail_alloc_arm(nth, *end == '+');
}

__attribute__((destructor)) static void report(void)
{
    const char *fd = getenv("FAIL_ALLOC_REPORT");
    long count = asked;
    if (fd != NULL)
        dprintf(atoi(fd), "%ld\n", count);
}
