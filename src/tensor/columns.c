/* Columns of wide matrices: see columns.h. */
#include "tensor/columns.h"

/* A block of a wide matrix, and of one that would not give two threads a block each. Products
 * pack what they multiply, once for each block: large blocks waste less. */
#define BLOCK 256
#define SMALL_BLOCK 128
#define BLOCK_STEP 16 /* widths that kernels like */

struct cut {
    size_t columns, width;
    cg_columns_fn fn;
    const void *context;
};

/* Blocks of the same width but for the last. */
static size_t block_width(size_t columns)
{
    size_t widest = columns > BLOCK ? BLOCK : SMALL_BLOCK;
    size_t count = (columns + widest - 1) / widest;
    size_t width = (columns + count - 1) / count;
    return (width + BLOCK_STEP - 1) / BLOCK_STEP * BLOCK_STEP;
}

static void run_block(void *context, size_t item, int worker)
{
    const struct cut *cut = context;
    size_t begin = item * cut->width, end = begin + cut->width;
    (void)worker;
    cut->fn(cut->context, begin, end < cut->columns ? end : cut->columns);
}

void cg_columns_run(struct cg_pool *pool, size_t columns, cg_columns_fn fn, const void *context)
{
    struct cut cut = {columns, block_width(columns), fn, context};
    if (pool == NULL)
        fn(context, 0, columns);
    else
        cg_pool_run(pool, (columns + cut.width - 1) / cut.width, run_block, &cut);
}

struct product {
    enum cg_transpose transpose_a, transpose_b;
    float alpha, beta;
    struct cg_matrix a, b, c;
};

static void multiply_block(const void *context, size_t begin, size_t end)
{
    const struct product *p = context;
    struct cg_matrix b = p->b;
    if (p->transpose_b == CG_TRANSPOSED) {
        b.data += begin * b.stride;
        b.rows = end - begin;
    } else {
        b = cg_columns_of(b, begin, end);
    }
    cg_gemm(p->transpose_a, p->transpose_b, p->alpha, p->a, b, p->beta,
            cg_columns_of(p->c, begin, end));
}

void cg_columns_gemm(struct cg_pool *pool, enum cg_transpose transpose_a,
                     enum cg_transpose transpose_b, float alpha, struct cg_matrix a,
                     struct cg_matrix b, float beta, struct cg_matrix c)
{
    struct product product = {transpose_a, transpose_b, alpha, beta, a, b, c};
    cg_columns_run(pool, c.columns, multiply_block, &product);
}

struct cg_matrix cg_columns_of(struct cg_matrix m, size_t begin, size_t end)
{
    m.data += begin;
    m.columns = end - begin;
    return m;
}

/* As one long row, where there are no gaps. */
static struct cg_matrix flat(struct cg_matrix m)
{
    if (m.columns == m.stride)
        m = cg_matrix_make(m.data, 1, m.rows * m.columns);
    return m;
}

void cg_columns_fill(struct cg_matrix y, const float *bias)
{
    for (size_t r = 0; r < y.rows; r++)
        memcpy(y.data + r * y.stride, bias, y.columns * sizeof(float));
}

void cg_columns_activate(struct cg_matrix y, enum cg_activation activation, float slope)
{
    y = flat(y);
    for (size_t r = 0; r < y.rows; r++)
        cg_activate(y.data + r * y.stride, y.columns, activation, slope);
}

void cg_columns_activation_backward(struct cg_matrix gradient, const float *y,
                                    enum cg_activation activation, float slope)
{
    gradient = flat(gradient);
    for (size_t r = 0; r < gradient.rows; r++)
        cg_activation_backward(gradient.data + r * gradient.stride, y + r * gradient.stride,
                               gradient.columns, activation, slope);
}

void cg_columns_sums_add(float *target, struct cg_matrix x)
{
    if (x.columns == x.stride) {
        cg_column_sums_add(target, x.data, x.rows, x.columns);
        return;
    }
    for (size_t r = 0; r < x.rows; r++)
        cg_vector_axpy(target, 1.0f, x.data + r * x.stride, x.columns);
}
