/* What the programs do before all else, and a library must not. */
#ifndef CG_STARTUP_CORE_TYPE_H
#define CG_STARTUP_CORE_TYPE_H

/*
 * To be called first thing in main. Older OpenBLAS takes AVX-512 processors that it does not know
 * for ones without, at half the speed. It reads its choice from OPENBLAS_CORETYPE when it is
 * loaded: where the fault is seen and the user has not set the variable, it is set and the program
 * started over, once. Likewise, where address space is limited (ulimit -v), the library is told not
 * to start threads of its own, which map 128 MiB each; elsewhere those it has started are ended.
 */
void cg_blas_begin(char *const argv[]);

/* Who chose the core type that cg_blas_describe tells of, for people. */
const char *cg_blas_core_type_origin(void);

#endif
