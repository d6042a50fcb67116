/* Losses of a network's features: see feature_losses.h. */
#include "train/style/feature_losses.h"

#include "convnet/perceptual.h"
#include "train/style/micro_batch.h"

int cg_feature_layers(const struct cg_convnet *net)
{
    int layers = 0;
    for (int i = 0; i < net->judge_count && i < CG_FEATURE_JUDGES; i++)
        if (net->judges[i] >= layers)
            layers = net->judges[i] + 1;
    return layers;
}

static void look_at(struct cg_conv_pass *pass, const float *picture)
{
    cg_conv_pass_set_pixels(pass, picture);
    cg_conv_pass_run(pass);
}

double cg_perceptual_add(struct cg_micro_batch *micro_batch, float weight)
{
    size_t values = 3 * (size_t)micro_batch->side * (size_t)micro_batch->side;
    double sum = 0.0;
    for (size_t at = 0; at < 3 * micro_batch->pixels; at += values) {
        look_at(micro_batch->on_target, micro_batch->target_comic + at);
        look_at(micro_batch->on_comic, micro_batch->comic + at);
        cg_conv_pass_begin_backward(micro_batch->on_comic);
        sum += cg_perceptual_loss(micro_batch->on_comic, micro_batch->on_target,
                                  weight / (float)micro_batch->crops);
        cg_conv_pass_backward(micro_batch->on_comic, micro_batch->grad_comic + at);
    }
    return sum;
}
