/*
 * The BLAS library's view of the processor: see cg_blas_fix_core_type in comicgan.h.
 *
 * OpenBLAS 0.3.21 (Debian 12) does not know Zen 4 and 5 and takes them, and other newer AVX-512
 * processors, for Haswell or Zen, whose kernels use half the vector width. OPENBLAS_CORETYPE is
 * read by a constructor of the library, before main, so the program has to be re-executed.
 *
 * The same constructor starts threads, which map 128 MiB each and are never used here.
 */
#include "tensor/blas.h"

#include "base/multiversion.h"

#include <comicgan/comicgan.h>

#include <cblas.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CORE_TYPE_VARIABLE "OPENBLAS_CORETYPE"
#define THREADS_VARIABLE "OPENBLAS_NUM_THREADS"
#define MENDED_VARIABLE "COMICGAN_CORETYPE_MENDED"
#define AVX512_CORE_TYPE "SkylakeX"

bool cg_blas_needs_mending(const char *core_name, bool has_avx512, const char *user_core_type)
{
    static const char *const avx2_cores[] = {"Haswell", "Zen"};
    if (!has_avx512 || user_core_type != NULL)
        return false;
    for (size_t i = 0; i < sizeof(avx2_cores) / sizeof(avx2_cores[0]); i++)
        if (strcmp(core_name, avx2_cores[i]) == 0)
            return true;
    return false;
}

/* Mapped and never used matters only where what is mapped is limited. */
static bool threads_are_a_burden(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           getenv(THREADS_VARIABLE) == NULL;
}

void cg_blas_fix_core_type(char *const argv[])
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
    if (core) { /* cannot re-execute: continue, slower */
        unsetenv(CORE_TYPE_VARIABLE);
        unsetenv(MENDED_VARIABLE);
    }
    if (threads)
        unsetenv(THREADS_VARIABLE);
}

static const char *kernel_name(void)
{
#if defined(CG_HAS_TARGETS)
    int lanes = cg_vector_lanes();
    return lanes >= 16 ? "AVX-512" : lanes >= 8 ? "AVX2" : "SSE2";
#else
    return "baseline";
#endif
}

void cg_blas_describe(char *text, size_t text_nbytes)
{
    const char *user = getenv(CORE_TYPE_VARIABLE);
    const char *origin = "detected";
    if (getenv(MENDED_VARIABLE) != NULL)
        origin = "set by comicgan, the library's own detection misses AVX-512 here";
    else if (user != NULL)
        origin = "set by " CORE_TYPE_VARIABLE;
    char version[32] = "of unknown version";
    sscanf(openblas_get_config(), "OpenBLAS %31s", version); /* "OpenBLAS 0.3.21 NO_LAPACKE ..." */
    snprintf(text, text_nbytes, "OpenBLAS %s, core type %s (%s); own kernels: %s", version,
             openblas_get_corename(), origin, kernel_name());
}
