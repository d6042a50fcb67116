/* Singular values by LAPACK (part of OpenBLAS), in double. */
#ifndef CG_TENSOR_SINGULAR_H
#define CG_TENSOR_SINGULAR_H

#include "base/error.h"

/*
 * *out = the sum of the singular values of a * b^T, its nuclear norm. a: a_rows x columns, b:
 * b_rows x columns, both row-major; both are overwritten. At least one row and column each. On the
 * calling thread. Errors: CG_ERR_MEMORY; CG_ERR_STATE (LAPACK does not converge, as with NaN).
 */
enum cg_status cg_nuclear_norm(double *a, size_t a_rows, double *b, size_t b_rows, size_t columns,
                               double *out, struct cg_error *error);

#endif
