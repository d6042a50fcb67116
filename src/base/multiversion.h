/*
 * Element kernels in several versions, chosen when the program starts: the same C, compiled for
 * plain x86-64, for AVX2 with FMA and for AVX-512. Elsewhere (aarch64: NEON is always there) one
 * version serves. Sanitizers do not bear the resolvers, so their builds define CG_NO_MULTIVERSION.
 */
#ifndef CG_BASE_MULTIVERSION_H
#define CG_BASE_MULTIVERSION_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(CG_NO_MULTIVERSION)
#define CG_MULTIVERSION                                                                            \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CG_MULTIVERSION
#endif

#endif
