/* Matrix products: see matrix.h. */
#include "tensor/matrix.h"

#include <cblas.h>

static CBLAS_TRANSPOSE cblas_transpose(enum cg_transpose transpose)
{
    return transpose == CG_TRANSPOSED ? CblasTrans : CblasNoTrans;
}

void cg_gemm(enum cg_transpose transpose_a, enum cg_transpose transpose_b, float alpha,
             struct cg_matrix a, struct cg_matrix b, float beta, struct cg_matrix c)
{
    size_t k = transpose_a == CG_TRANSPOSED ? a.rows : a.columns;
    cblas_sgemm(CblasRowMajor, cblas_transpose(transpose_a), cblas_transpose(transpose_b),
                (blasint)c.rows, (blasint)c.columns, (blasint)k, alpha, a.data, (blasint)a.stride,
                b.data, (blasint)b.stride, beta, c.data, (blasint)c.stride);
}

void cg_gemv(enum cg_transpose transpose, struct cg_matrix a, const float *x, float *y)
{
    cblas_sgemv(CblasRowMajor, cblas_transpose(transpose), (blasint)a.rows, (blasint)a.columns,
                1.0f, a.data, (blasint)a.stride, x, 1, 0.0f, y, 1);
}

static double element(struct cg_matrix m, enum cg_transpose transpose, size_t row, size_t column)
{
    return transpose == CG_TRANSPOSED ? m.data[column * m.stride + row]
                                      : m.data[row * m.stride + column];
}

void cg_gemm_naive(enum cg_transpose transpose_a, enum cg_transpose transpose_b, float alpha,
                   struct cg_matrix a, struct cg_matrix b, float beta, struct cg_matrix c)
{
    size_t inner = transpose_a == CG_TRANSPOSED ? a.rows : a.columns;
    for (size_t i = 0; i < c.rows; i++)
        for (size_t j = 0; j < c.columns; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < inner; k++)
                sum += element(a, transpose_a, i, k) * element(b, transpose_b, k, j);
            float *target = &c.data[i * c.stride + j];
            double kept = beta == 0.0f ? 0.0 : (double)beta * *target;
            *target = (float)(alpha * sum + kept);
        }
}

void cg_blas_single_threaded(void)
{
    if (openblas_get_num_threads() != 1) /* which would start threads that were ended */
        openblas_set_num_threads(1);
}
