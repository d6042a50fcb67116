/*
 * Work on blocks of columns of a wide matrix, distributed over a thread pool. The blocks depend on
 * the number of columns alone, so results do not depend on the number of threads.
 */
#ifndef CG_TENSOR_COLUMNS_H
#define CG_TENSOR_COLUMNS_H

#include "base/pool.h"
#include "tensor/kernels.h"
#include "tensor/matrix.h"

/* Columns begin to end - 1. */
typedef void (*cg_columns_fn)(const void *context, size_t begin, size_t end);

/* Call fn for every block of columns. pool NULL: one call for all columns, on this thread. */
void cg_columns_run(struct cg_pool *pool, size_t columns, cg_columns_fn fn, const void *context);

/* cg_gemm by blocks of c's columns. */
void cg_columns_gemm(struct cg_pool *pool, enum cg_transpose transpose_a,
                     enum cg_transpose transpose_b, float alpha, struct cg_matrix a,
                     struct cg_matrix b, float beta, struct cg_matrix c);

/* Columns begin to end - 1 of m, a view. */
struct cg_matrix cg_columns_of(struct cg_matrix m, size_t begin, size_t end);

/* kernels.h for views: one call if contiguous, else row by row. */
void cg_columns_fill(struct cg_matrix y, const float *bias);
void cg_columns_activate(struct cg_matrix y, enum cg_activation activation, float slope);
void cg_columns_activation_backward(struct cg_matrix gradient, const float *y,
                                    enum cg_activation activation, float slope);
void cg_columns_sums_add(float *target, struct cg_matrix x);

#endif
