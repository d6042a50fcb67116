/* How programs use memory: see allocator.h. */
#include "startup/allocator.h"

#include <limits.h> /* defines __GLIBC__, as all of its headers do */

#if defined(__GLIBC__)

#include <malloc.h>

void cg_allocator_keep(void)
{
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

void cg_allocator_release(void)
{
    malloc_trim(0);
}

#else

void cg_allocator_keep(void)
{
}

void cg_allocator_release(void)
{
}

#endif
