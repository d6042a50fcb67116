/*
 * The R1 penalty (Mescheder et al. 2018, "Which Training Methods for GANs do actually Converge?",
 * equation 9): weight / 2 times the mean over real rows x of |df/dx|^2, f the discriminator's
 * logit. Its gradient with respect to the parameters needs second derivatives. For a chain of
 * linear layers with ReLU, leaky ReLU or no activation (and dropout between) three sweeps compute
 * it exactly, the last a second one forward (after Pearlmutter 1994): with M the activation's
 * slopes,
 *
 *   forward    y_l = act(W_l y_(l-1) + b_l)                  done by the pass
 *   backward   d_L = 1,  d_l = M_l W_(l+1)^T d_(l+1),  df/dx = W_1^T d_1
 *   forward    t_0 = weight / rows * df/dx,  t_l = M_l W_l t_(l-1),  dR/dW_l += d_l t_(l-1)^T
 *
 * Slopes are constant except at kinks, so biases get no gradient. Layers at the front that make
 * rows out of pictures (luma, mean pool, patches) are no part of it: x is then the row that the
 * first linear layer sees.
 */
#ifndef CG_NN_PENALTY_H
#define CG_NN_PENALTY_H

#include "nn/pass.h"

struct cg_penalty;

/* For up to rows rows through network, which must outlive it. Errors: CG_ERR_ARGUMENT for a network
 * that is not such a chain or has more than one output, CG_ERR_MEMORY. */
enum cg_status cg_penalty_create(const struct cg_network *network, size_t rows,
                                 struct cg_penalty **out, struct cg_error *error);
void cg_penalty_free(struct cg_penalty *penalty);

/*
 * The penalty over the first `rows` rows of the pass's last forward, run with the same parameters.
 * grad_parameters: += its gradient. Returns its value.
 */
double cg_penalty_r1(struct cg_penalty *penalty, const struct cg_pass *pass, size_t rows,
                     const float *parameters, float weight, float *grad_parameters);

#endif
