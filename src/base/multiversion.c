#include "base/multiversion.h"

bool cg_cpu_has_avx512(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512cd");
#else
    return false;
#endif
}

#if defined(CG_LEVEL)
#define LEVEL_MOST CG_LEVEL
#else
#define LEVEL_MOST 4
#endif

int cg_vector_lanes(void)
{
#if defined(CG_HAS_TARGETS)
    if (LEVEL_MOST >= 4 && cg_cpu_has_avx512())
        return 16;
    if (LEVEL_MOST >= 3 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return 8;
#endif
    return 4;
}

bool cg_cpu_has_bf16(void)
{
#if defined(CG_HAS_TARGETS)
    return cg_vector_lanes() >= 16 && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}
