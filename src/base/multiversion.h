/*
 * Function multiversioning for element kernels: the same C compiled for baseline x86-64, AVX2 with
 * FMA, and AVX-512, resolved at program start. On other targets (aarch64 always has NEON) there is
 * one version. Sanitizers do not work with ifunc resolvers, so their builds define
 * CG_NO_MULTIVERSION. Kernels that differ in more than their target dispatch on cg_vector_lanes.
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

/* Whether the processor has all of x86-64-v4's AVX-512, even if this build does not use it. */
bool cg_cpu_has_avx512(void);

/* Floats per vector in the widest kernels usable by this build here: 16, 8 (with FMA) or 4. */
int cg_vector_lanes(void);

#endif
