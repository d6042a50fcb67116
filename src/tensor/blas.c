/* The BLAS library's view of the processor: see blas.h. */
#include "tensor/blas.h"

#include "base/multiversion.h"

#include <comicgan/comicgan.h>

#include <cblas.h>
#include <stdio.h>
#include <string.h>

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

static const char *kernel_name(void)
{
#if defined(CG_HAS_TARGETS)
    int lanes = cg_vector_lanes();
    if (cg_cpu_has_bf16())
        return "AVX-512 with BF16";
    return lanes >= 16 ? "AVX-512" : lanes >= 8 ? "AVX2" : "SSE2";
#else
    return "baseline";
#endif
}

void cg_blas_describe(char *text, size_t text_nbytes)
{
    char version[32] = "of unknown version";
    sscanf(openblas_get_config(), "OpenBLAS %31s", version); /* "OpenBLAS 0.3.21 NO_LAPACKE ..." */
    snprintf(text, text_nbytes, "OpenBLAS %s, core type %s; own kernels: %s", version,
             openblas_get_corename(), kernel_name());
}
