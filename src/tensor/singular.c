/*
 * Singular values: see singular.h.
 *
 * a = q r, with the columns of q orthonormal, has the singular values of r, and a * b^T those of
 * r_a * r_b^T: so a factor with more rows than columns is reduced to its triangle first, and what
 * remains is at most columns x columns.
 *
 * LAPACK is column-major: it sees our a as a^T, and the triangle of its LQ decomposition, a^T = l
 * q, lies in memory as the rows of r = l^T. A matrix and its transpose have the same singular
 * values.
 */
#include "tensor/singular.h"

#include "base/memory.h"

#include <cblas.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The Fortran library has no header in Debian's OpenBLAS. The last argument of dgesdd_ is the
 * length of jobz, which Fortran passes behind the others. */
void dgelqf_(const blasint *m, const blasint *n, double *a, const blasint *lda, double *tau,
             double *work, const blasint *lwork, blasint *info);
void dgesdd_(const char *jobz, const blasint *m, const blasint *n, double *a, const blasint *lda,
             double *s, double *u, const blasint *ldu, double *vt, const blasint *ldvt,
             double *work, const blasint *lwork, blasint *iwork, blasint *info, size_t jobz_length);

static enum cg_status check(blasint info, const char *routine, struct cg_error *error)
{
    if (info == 0)
        return CG_OK;
    return cg_fail(error, CG_ERR_STATE, "singular values: LAPACK's %s ends with %d", routine,
                   (int)info);
}

/* Workspace of the size that a routine asked for, at least one number. */
static double *make_work(double wanted, blasint *count, struct cg_error *error)
{
    *count = wanted < 1.0 ? 1 : (blasint)wanted;
    return cg_alloc((size_t)*count, sizeof(double), "room for LAPACK", error);
}

/* Reduce rows > columns to columns rows with the same a^T a. */
static enum cg_status make_triangle(double *a, size_t rows, size_t columns, struct cg_error *error)
{
    blasint m = (blasint)columns, n = (blasint)rows, info, work_count = -1;
    double wanted, *work = NULL;
    double *tau = cg_alloc(columns, sizeof(*tau), "room for LAPACK", error);
    if (tau == NULL)
        return CG_ERR_MEMORY;
    dgelqf_(&m, &n, a, &m, tau, &wanted, &work_count, &info);
    enum cg_status status = check(info, "dgelqf", error);
    if (status == CG_OK && (work = make_work(wanted, &work_count, error)) == NULL)
        status = CG_ERR_MEMORY;
    if (status == CG_OK) {
        dgelqf_(&m, &n, a, &m, tau, work, &work_count, &info);
        status = check(info, "dgelqf", error);
    }
    for (size_t row = 1; row < columns; row++)
        memset(a + row * columns, 0, row * sizeof(*a));
    free(work);
    free(tau);
    return status;
}

/* The singular values of a matrix, which is overwritten, into the least of rows and columns. */
static enum cg_status singular_values(double *a, size_t rows, size_t columns, double *values,
                                      struct cg_error *error)
{
    size_t least = rows < columns ? rows : columns;
    blasint m = (blasint)columns, n = (blasint)rows, one = 1, info, work_count = -1;
    double wanted, *work = NULL;
    blasint *iwork = cg_alloc(8 * least, sizeof(*iwork), "room for LAPACK", error);
    if (iwork == NULL)
        return CG_ERR_MEMORY;
    dgesdd_("N", &m, &n, a, &m, values, NULL, &one, NULL, &one, &wanted, &work_count, iwork, &info,
            1);
    enum cg_status status = check(info, "dgesdd", error);
    if (status == CG_OK && (work = make_work(wanted, &work_count, error)) == NULL)
        status = CG_ERR_MEMORY;
    if (status == CG_OK) {
        dgesdd_("N", &m, &n, a, &m, values, NULL, &one, NULL, &one, work, &work_count, iwork, &info,
                1);
        status = check(info, "dgesdd", error);
    }
    free(work);
    free(iwork);
    return status;
}

/* The same for two factors that are no higher than wide. */
static enum cg_status norm_of_product(const double *a, size_t a_rows, const double *b,
                                      size_t b_rows, size_t columns, double *out,
                                      struct cg_error *error)
{
    size_t least = a_rows < b_rows ? a_rows : b_rows;
    double *values = cg_alloc(least, sizeof(*values), "singular values", error);
    double *product = cg_alloc(a_rows * b_rows, sizeof(*product), "product of factors", error);
    enum cg_status status = values != NULL && product != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)a_rows, (blasint)b_rows,
                    (blasint)columns, 1.0, a, (blasint)columns, b, (blasint)columns, 0.0, product,
                    (blasint)b_rows);
        status = singular_values(product, a_rows, b_rows, values, error);
    }
    *out = 0.0;
    for (size_t i = 0; status == CG_OK && i < least; i++)
        *out += values[i];
    free(product);
    free(values);
    return status;
}

enum cg_status cg_nuclear_norm(double *a, size_t a_rows, double *b, size_t b_rows, size_t columns,
                               double *out, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    *out = 0.0;
    if (a_rows > INT_MAX || b_rows > INT_MAX || columns > INT_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "singular values: the matrices are too large");
    if (a_rows > columns)
        status = make_triangle(a, a_rows, columns, error);
    if (status == CG_OK && b_rows > columns)
        status = make_triangle(b, b_rows, columns, error);
    if (status != CG_OK)
        return status;
    return norm_of_product(a, a_rows > columns ? columns : a_rows, b,
                           b_rows > columns ? columns : b_rows, columns, out, error);
}
