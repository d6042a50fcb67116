/*
 * OpenBLAS as programs want it: see core_type.h.
 *
 * OpenBLAS 0.3.21 (Debian 12) does not know Zen 4 and 5 and takes them, and other newer AVX-512
 * processors, for Haswell or Zen, whose kernels use half the vector width. OPENBLAS_CORETYPE is
 * read by a constructor of the library, before main: hence the fresh start.
 *
 * The same constructor starts threads, which map 128 MiB each and are never used here: each spins
 * for some 20 ms, waiting for work.
 */
#include "startup/core_type.h"

#include "base/multiversion.h"
#include "tensor/blas.h"
#include "tensor/matrix.h"

#include <cblas.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define CORE_TYPE_VARIABLE "OPENBLAS_CORETYPE"
#define MENDED_VARIABLE "COMICGAN_CORETYPE_MENDED"
#define THREADS_VARIABLE "OPENBLAS_NUM_THREADS"
#define AVX512_CORE_TYPE "SkylakeX"

/* Mapped and never used matters only where what is mapped is limited. */
static bool threads_are_a_burden(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           getenv(THREADS_VARIABLE) == NULL;
}

/* What OpenBLAS itself does before a fork; other builds of it, without threads, have no such call.
 */
extern int blas_thread_shutdown_(void) __attribute__((weak));

static void stop_threads(void)
{
    cg_blas_single_threaded();
    if (blas_thread_shutdown_ != NULL)
        blas_thread_shutdown_();
}

/* Returns if there is nothing to mend or it cannot be mended. */
static void start_over_if_needed(char *const argv[])
{
    bool core = cg_blas_needs_mending(openblas_get_corename(), cg_cpu_has_avx512(),
                                      getenv(CORE_TYPE_VARIABLE));
    bool threads = threads_are_a_burden();
    bool set = core || threads;
    if (core)
        set = setenv(CORE_TYPE_VARIABLE, AVX512_CORE_TYPE, 1) == 0 &&
              setenv(MENDED_VARIABLE, "1", 1) == 0;
    if (threads)
        set = set && setenv(THREADS_VARIABLE, "1", 1) == 0;
    if (set)
        execv("/proc/self/exe", argv);
    if (core) { /* restarting failed: continue, slower */
        unsetenv(CORE_TYPE_VARIABLE);
        unsetenv(MENDED_VARIABLE);
    }
    if (threads)
        unsetenv(THREADS_VARIABLE);
}

void cg_blas_begin(char *const argv[])
{
    start_over_if_needed(argv);
    stop_threads();
}

const char *cg_blas_core_type_origin(void)
{
    if (getenv(MENDED_VARIABLE) != NULL)
        return "set by comicgan, as OpenBLAS's own detection misses AVX-512 here";
    return getenv(CORE_TYPE_VARIABLE) != NULL ? "set by " CORE_TYPE_VARIABLE : "detected";
}
