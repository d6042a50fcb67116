/* The decision behind cg_blas_fix_core_type (startup/core_type.h), apart so that it can be tested,
 * and the variables of the environment that tell of it. */
#ifndef CG_TENSOR_BLAS_H
#define CG_TENSOR_BLAS_H

#include <stdbool.h>

#define CG_BLAS_CORE_TYPE_VARIABLE "OPENBLAS_CORETYPE"
#define CG_BLAS_MENDED_VARIABLE "COMICGAN_CORETYPE_MENDED"

/* core_name: as OpenBLAS reports it; user_core_type: OPENBLAS_CORETYPE as set by the user, or NULL.
 */
bool cg_blas_needs_mending(const char *core_name, bool has_avx512, const char *user_core_type);

#endif
