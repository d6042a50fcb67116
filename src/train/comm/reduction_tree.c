/* Summation in a fixed order: see reduction_tree.h. */
#include "train/comm/reduction_tree.h"

#include "tensor/kernels.h"

#include <stdint.h>

int cg_reduction_tree_cut(int n, int parts, int part)
{
    return (int)((int64_t)n * part / parts);
}

void cg_reduction_tree_sum(float *vectors, size_t stride, size_t length, int n, int parts, int part)
{
    int begin = cg_reduction_tree_cut(n, parts, part),
        end = cg_reduction_tree_cut(n, parts, part + 1);
    if (end - begin < 2)
        return;
    /* begin < middle < end, as n / parts is more than 1 */
    int middle = cg_reduction_tree_cut(n, 2 * parts, 2 * part + 1);
    float *second = vectors + (size_t)(middle - begin) * stride;
    cg_reduction_tree_sum(vectors, stride, length, n, 2 * parts, 2 * part);
    cg_reduction_tree_sum(second, stride, length, n, 2 * parts, 2 * part + 1);
    cg_vector_axpy(vectors, 1.0f, second, length);
}
