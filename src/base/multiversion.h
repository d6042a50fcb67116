/*
 * Element kernels in several versions, chosen when the program starts: the same C, compiled for
 * plain x86-64, for AVX2 with FMA and for AVX-512. Elsewhere (aarch64: NEON is always there) one
 * version serves. Sanitizers do not bear the resolvers, so their builds define CG_NO_MULTIVERSION.
 * Kernels that differ in more than their target choose by cg_vector_lanes.
 */
#ifndef CG_BASE_MULTIVERSION_H
#define CG_BASE_MULTIVERSION_H

#include <stdbool.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(CG_NO_MULTIVERSION)
#define CG_MULTIVERSION                                                                            \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CG_MULTIVERSION
#endif

#if defined(__x86_64__) && !defined(CG_NO_MULTIVERSION)
#define CG_HAS_TARGETS
#define CG_TARGET_V3 __attribute__((target("arch=x86-64-v3")))
#if defined(__clang__)
#define CG_TARGET_V4 __attribute__((target("arch=x86-64-v4")))
#else
#define CG_TARGET_V4 __attribute__((target("arch=x86-64-v4,prefer-vector-width=512")))
#endif
#endif

/* All of AVX-512 that x86-64-v4 has, whether this build uses it or not. */
bool cg_cpu_has_avx512(void);

/* Floats in the widest vector that kernels of this build may use here: 16, 8 (with FMA) or 4. */
int cg_vector_lanes(void);

#endif
