/*
 * The order of gradient summation: a fixed binary tree over the n micro-batches of a batch. At
 * depth d it has 2^d nodes; node i covers micro-batches floor(i n / 2^d) to floor((i + 1) n / 2^d)
 * - 1, and a node is the sum of its two children. Floating-point sums depend on their order; this
 * one does not depend on who computes it: N ranks, N a power of two, that each sum one node at
 * depth log2 N and then sum these in the same way obtain, to the last bit, what one rank obtains.
 * Other numbers of ranks use a different order, equally fixed.
 */
#ifndef CG_TRAIN_COMM_REDUCTION_TREE_H
#define CG_TRAIN_COMM_REDUCTION_TREE_H

#include <stddef.h>

/* The first of n items that belongs to part `part` of `parts`. */
int cg_reduction_tree_cut(int n, int parts, int part);

/*
 * Sum the vectors of part `part` of `parts` into the first of them. vectors: `length` numbers each,
 * `stride` numbers apart, beginning with the part's first.
 */
void cg_reduction_tree_sum(float *vectors, size_t stride, size_t length, int n, int parts,
                           int part);

#endif
