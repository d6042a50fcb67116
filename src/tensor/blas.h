/* The decision behind cg_blas_begin (startup/core_type.h), separate so that it can be tested
 * without the environment. */
#ifndef CG_TENSOR_BLAS_H
#define CG_TENSOR_BLAS_H

#include <stdbool.h>

/* core_name: as OpenBLAS reports it; user_core_type: OPENBLAS_CORETYPE as set by the user, or NULL.
 */
bool cg_blas_needs_mending(const char *core_name, bool has_avx512, const char *user_core_type);

#endif
