/*
 * Matrix views and products. Row-major 32-bit floats; a view owns nothing.
 */
#ifndef CG_TENSOR_MATRIX_H
#define CG_TENSOR_MATRIX_H

#include <stddef.h>

/* rows x columns; row r begins at data + r * stride. */
struct cg_matrix {
    float *data;
    size_t rows, columns, stride;
};

static inline struct cg_matrix cg_matrix_make(float *data, size_t rows, size_t columns)
{
    struct cg_matrix matrix = {data, rows, columns, columns};
    return matrix;
}

/* The same for read-only data; gemm does not write to a or b. */
static inline struct cg_matrix cg_matrix_of(const float *data, size_t rows, size_t columns)
{
    return cg_matrix_make((float *)(size_t)data, rows, columns);
}

enum cg_transpose { CG_PLAIN, CG_TRANSPOSED };

/*
 * c = alpha * op(a) * op(b) + beta * c, where op transposes or not. op(a): c.rows x k, op(b):
 * k x c.columns. With beta 0, c is written and never read. Uses cblas on the calling thread;
 * cg_blas_single_threaded must have been called before.
 */
void cg_gemm(enum cg_transpose transpose_a, enum cg_transpose transpose_b, float alpha,
             struct cg_matrix a, struct cg_matrix b, float beta, struct cg_matrix c);

/* y = op(a) * x. Unlike gemm's kernels for small products, OpenBLAS's take no memory for it. */
void cg_gemv(enum cg_transpose transpose, struct cg_matrix a, const float *x, float *y);

/* Reference implementation: three loops, in double. */
void cg_gemm_naive(enum cg_transpose transpose_a, enum cg_transpose transpose_b, float alpha,
                   struct cg_matrix a, struct cg_matrix b, float beta, struct cg_matrix c);

/*
 * y = x * w^T + bias for small weights and many rows, where a library's gemm spends its time
 * packing and adding the bias afterwards.
 *   x: rows x in, y: rows x out, both contiguous; w: out x in; bias: out.
 *   in at most CG_SMALL_GEMM_IN_MAX, out at most CG_SMALL_GEMM_OUT_MAX, in * out at most
 *   CG_SMALL_GEMM_WEIGHTS_MAX.
 * slope: negative results are multiplied by it (leaky ReLU); 1 leaves them as they are.
 *
 * The weights are packed once, into cg_small_gemm_floats(in, out) floats, and used many times;
 * cg_small_gemm does both.
 */
#define CG_SMALL_GEMM_IN_MAX 512
#define CG_SMALL_GEMM_OUT_MAX 128
#define CG_SMALL_GEMM_WEIGHTS_MAX (128 * 128)
/* Upper bound on the floats of packed weights; panels are padded to 32. */
#define CG_SMALL_GEMM_FLOATS_MAX (2 * CG_SMALL_GEMM_WEIGHTS_MAX + CG_SMALL_GEMM_IN_MAX)
size_t cg_small_gemm_floats(size_t in, size_t out);
void cg_small_gemm_prepare(const float *w, const float *bias, size_t in, size_t out,
                           float *prepared);
void cg_small_gemm_multiply(const float *x, size_t rows, size_t in, const float *prepared,
                            size_t out, float slope, float *y);
void cg_small_gemm(const float *x, size_t rows, size_t in, const float *w, const float *bias,
                   size_t out, float slope, float *y);

/*
 * The same with x and w rounded to bfloat16 (each is off by at most 2^-8 of its
 * size) and sums of floats, where the processor multiplies these (AVX-512 BF16: twice as many at a
 * time) and there are at least 16 outputs; elsewhere the above.
 */
void cg_bf16_gemm_prepare(const float *w, const float *bias, size_t in, size_t out,
                          float *prepared);
void cg_bf16_gemm_multiply(const float *x, size_t rows, size_t in, const float *prepared,
                           size_t out, float slope, float *y);

/* The same for y = x * w, w: in x out, without a bias. */
void cg_small_gemm_prepare_plain(const float *w, size_t in, size_t out, float *prepared);

/*
 * Backward of y = leaky(x * w^T + bias), block by block while the rows are in the cache. Sizes, w
 * and slope as above; with a slope of 1, y is not read. gradient: with respect to y; overwritten by
 * the gradient before the activation. w_gradient, bias_gradient: +=; x_gradient: =; each may be
 * NULL.
 */
struct cg_small_gemm_backward {
    size_t rows, in, out;
    const float *x, *w, *y;
    float slope;
    float *gradient;
    float *w_gradient, *bias_gradient, *x_gradient;
};
void cg_small_gemm_backward(const struct cg_small_gemm_backward *call);

/* Restrict the BLAS library to the calling thread; the program has its own thread pool. */
void cg_blas_single_threaded(void);

#endif
