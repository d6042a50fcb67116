/*
 * Element kernels in several versions, chosen when the program starts: the same C, compiled for
 * plain x86-64, for AVX2 with FMA and for AVX-512. Elsewhere (aarch64: NEON is always there) one
 * version serves. Kernels that differ in more than their target choose by cg_vector_lanes.
 *
 * The choice is made before sanitizers are set up, which breaks them. So builds with sanitizers
 * define CG_LEVEL, at most what this machine has: 4 (x86-64-v4: AVX-512), 3 (AVX2) or 1. That
 * version is then the only one, so that sanitizers check the kernels that users run.
 */
#ifndef CG_BASE_MULTIVERSION_H
#define CG_BASE_MULTIVERSION_H

#include <stdbool.h>

#if defined(__x86_64__)
#define CG_HAS_TARGETS
#define CG_TARGET_V3 __attribute__((target("arch=x86-64-v3")))
/* clang takes no preference, and needs none: what is in vectors stays in them. */
#if defined(__clang__)
#define CG_TARGET_V4 __attribute__((target("arch=x86-64-v4")))
#define CG_TARGET_BF16 __attribute__((target("arch=x86-64-v4,avx512bf16")))
#else
#define CG_TARGET_V4 __attribute__((target("arch=x86-64-v4,prefer-vector-width=512")))
#define CG_TARGET_BF16 __attribute__((target("arch=x86-64-v4,avx512bf16,prefer-vector-width=512")))
#endif
#endif

/* Versions of a function; UNFUSED: without fused multiplies, for the same bits on every machine. */
#if defined(CG_HAS_TARGETS) && CG_LEVEL >= 4
#define CG_MULTIVERSION __attribute__((target("arch=x86-64-v4")))
#define CG_MULTIVERSION_UNFUSED __attribute__((target("avx2")))
#elif defined(CG_HAS_TARGETS) && CG_LEVEL == 3
#define CG_MULTIVERSION CG_TARGET_V3
#define CG_MULTIVERSION_UNFUSED __attribute__((target("avx2")))
#elif defined(CG_HAS_TARGETS) && defined(__GNUC__) && !defined(__clang__) && !defined(CG_LEVEL)
#define CG_MULTIVERSION                                                                            \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define CG_MULTIVERSION_UNFUSED __attribute__((target_clones("avx2", "default")))
#else
#define CG_MULTIVERSION
#define CG_MULTIVERSION_UNFUSED
#endif

/* Whether the processor has all of x86-64-v4's AVX-512, even if this build does not use it. */
bool cg_cpu_has_avx512(void);

/* Whether kernels for products of bfloat16 (AVX-512 BF16) are usable by this build here. */
bool cg_cpu_has_bf16(void);

/* Floats per vector in the widest kernels usable by this build here: 16, 8 (with FMA) or 4. */
int cg_vector_lanes(void);

#endif
