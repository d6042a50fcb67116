/*
 * The order in which gradients are added: a fixed binary tree over the micro-batches of a batch. At
 * depth d it has 2^d nodes, of which node i stands for the micro-batches from i n / 2^d to (i + 1)
 * n / 2^d of n (rounded down), and a node is the sum of the two below it. Floating-point sums
 * depend on their order; this one does not depend on who adds: N ranks, N a power of two, that each
 * add up one node at depth log2 N and then add these up in the same way, get what one rank gets, to
 * the last bit. Other numbers of ranks add in an order of their own, which is as fixed.
 */
#ifndef CG_TRAIN_COMM_REDUCTION_TREE_H
#define CG_TRAIN_COMM_REDUCTION_TREE_H

#include <stddef.h>

/* Where part `part` of `parts` begins among n things. */
int cg_reduction_tree_cut(int n, int parts, int part);

/*
 * Add up the vectors of part `part` of `parts`, into its first, in place of what is there. vectors:
 * of length numbers, `stride` numbers apart; the first is that of the part.
 */
void cg_reduction_tree_sum(float *vectors, size_t stride, size_t length, int n, int parts,
                           int part);

#endif
