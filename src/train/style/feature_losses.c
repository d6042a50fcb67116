/* Losses of a network's features: see feature_losses.h. */
#include "train/style/feature_losses.h"

#include "convnet/perceptual.h"
#include "train/style/micro_batch.h"
#include "train/style/patch_nce.h"

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

/* ---- PatchNCE -------------------------------------------------------------------------------- */

/* The judges of the pass that are compared: begin to end - 1. */
static void contrasted(const struct cg_convnet *net, int *begin, int *end)
{
    *end = net->judge_count < CG_FEATURE_JUDGES ? net->judge_count : CG_FEATURE_JUDGES;
    *begin = *end > 1 ? 1 : 0;
}

size_t cg_feature_scratch_floats(const struct cg_conv_pass *pass)
{
    int widest = 0, begin, end;
    contrasted(pass->net, &begin, &end);
    for (int i = begin; i < end; i++)
        if (pass->shapes[pass->net->judges[i]].channels > widest)
            widest = pass->shapes[pass->net->judges[i]].channels;
    return cg_patch_nce_floats((size_t)widest);
}

/* Both passes have run, and the comic's backward has begun. */
static double contrast(const struct cg_micro_batch *micro_batch, struct cg_rng *rng, float weight)
{
    struct cg_conv_pass *comic = micro_batch->on_comic;
    double sum = 0.0;
    int begin, end;
    contrasted(comic->net, &begin, &end);
    for (int i = begin; i < end; i++) {
        int layer = comic->net->judges[i];
        const struct cg_map_shape *shape = &comic->shapes[layer];
        size_t places[CG_PATCH_NCE_PLACES];
        struct cg_patch_nce nce = {.query = comic->maps[layer],
                                   .key = micro_batch->on_target->maps[layer],
                                   .places = places,
                                   .channels = (size_t)shape->channels};
        nce.count = cg_patch_nce_draw(rng, (size_t)shape->height * (size_t)shape->width, places);
        sum += cg_patch_nce(&nce, weight / (float)(end - begin), comic->gradients[layer],
                            micro_batch->feature_scratch);
    }
    return sum;
}

double cg_patch_nce_add(struct cg_micro_batch *micro_batch, float weight)
{
    size_t values = 3 * (size_t)micro_batch->side * (size_t)micro_batch->side;
    double sum = 0.0;
    for (int k = 0; k < micro_batch->crops; k++) {
        struct cg_rng rng = micro_batch->place_rngs[k];
        size_t at = (size_t)k * values;
        look_at(micro_batch->on_target, micro_batch->clean_photo + at);
        look_at(micro_batch->on_comic, micro_batch->comic + at);
        cg_conv_pass_begin_backward(micro_batch->on_comic);
        sum += contrast(micro_batch, &rng, weight / (float)micro_batch->crops);
        cg_conv_pass_backward(micro_batch->on_comic, micro_batch->grad_comic + at);
    }
    return sum;
}
