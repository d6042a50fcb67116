/* Losses of a network's features: see feature_losses.h. */
#include "train/style/feature_losses.h"

#include "base/memory.h"
#include "convnet/perceptual.h"
#include "train/style/micro_batch.h"
#include "train/style/patch_nce.h"

#include <stdlib.h>

int cg_feature_layers(const struct cg_convnet *net)
{
    int layers = 0;
    for (int i = 0; i < net->judge_count && i < CG_FEATURE_JUDGES; i++)
        if (net->judges[i] >= layers)
            layers = net->judges[i] + 1;
    return layers;
}

/* ---- making ---------------------------------------------------------------------------------- */

/* The judges of the pass that are compared: begin to end - 1. */
static void contrasted(const struct cg_convnet *net, int *begin, int *end)
{
    *end = net->judge_count < CG_FEATURE_JUDGES ? net->judge_count : CG_FEATURE_JUDGES;
    *begin = *end > 1 ? 1 : 0;
}

static size_t scratch_floats(const struct cg_conv_pass *pass)
{
    int widest = 0, begin, end;
    contrasted(pass->net, &begin, &end);
    for (int i = begin; i < end; i++)
        if (pass->shapes[pass->net->judges[i]].channels > widest)
            widest = pass->shapes[pass->net->judges[i]].channels;
    return cg_patch_nce_floats((size_t)widest);
}

/* What PatchNCE needs besides. */
static enum cg_status create_contrast(struct cg_micro_batch *micro_batch, struct cg_error *error)
{
    micro_batch->clean_photo = cg_alloc(3 * micro_batch->pixels, sizeof(float), "crops", error);
    micro_batch->feature_scratch =
        cg_alloc(scratch_floats(micro_batch->on_other), sizeof(float), "features of crops", error);
    micro_batch->place_rngs = cg_alloc((size_t)micro_batch->crops, sizeof(*micro_batch->place_rngs),
                                       "features of crops", error);
    bool complete = micro_batch->clean_photo != NULL && micro_batch->feature_scratch != NULL &&
                    micro_batch->place_rngs != NULL;
    return complete ? CG_OK : CG_ERR_MEMORY;
}

enum cg_status cg_features_create(struct cg_micro_batch *micro_batch, const struct cg_convnet *net,
                                  struct cg_error *error)
{
    int side = micro_batch->side, layers = cg_feature_layers(net);
    micro_batch->on_comics = cg_alloc_zero((size_t)micro_batch->crops,
                                           sizeof(*micro_batch->on_comics), "features", error);
    if (micro_batch->on_comics == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status =
        cg_conv_pass_create_sized(net, side, side, layers, false, &micro_batch->on_other, error);
    for (int k = 0; status == CG_OK && k < micro_batch->crops; k++)
        status = cg_conv_pass_create_sized(net, side, side, layers, true,
                                           &micro_batch->on_comics[k], error);
    if (status != CG_OK)
        cg_error_prefix(error, "features of crops of %d pixels", side);
    if (status == CG_OK && micro_batch->recipe.patch_nce > 0.0f)
        status = create_contrast(micro_batch, error);
    return status;
}

void cg_features_clear(struct cg_micro_batch *micro_batch)
{
    for (int k = 0; micro_batch->on_comics != NULL && k < micro_batch->crops; k++)
        cg_conv_pass_free(micro_batch->on_comics[k]);
    free(micro_batch->place_rngs);
    free(micro_batch->feature_scratch);
    free(micro_batch->clean_photo);
    free(micro_batch->on_comics);
    cg_conv_pass_free(micro_batch->on_other);
}

/* ---- the network on the comics --------------------------------------------------------------- */

static size_t crop_values(const struct cg_micro_batch *micro_batch)
{
    return 3 * (size_t)micro_batch->side * (size_t)micro_batch->side;
}

static void look_at(struct cg_conv_pass *pass, const float *picture)
{
    cg_conv_pass_set_pixels(pass, picture);
    cg_conv_pass_run(pass);
}

void cg_features_begin(struct cg_micro_batch *micro_batch)
{
    for (int k = 0; k < micro_batch->crops; k++) {
        look_at(micro_batch->on_comics[k],
                micro_batch->comic + (size_t)k * crop_values(micro_batch));
        cg_conv_pass_begin_backward(micro_batch->on_comics[k]);
    }
}

void cg_features_end(struct cg_micro_batch *micro_batch)
{
    for (int k = 0; k < micro_batch->crops; k++)
        cg_conv_pass_backward(micro_batch->on_comics[k],
                              micro_batch->grad_comic + (size_t)k * crop_values(micro_batch));
}

/* ---- perceptual loss ------------------------------------------------------------------------- */

double cg_perceptual_add(struct cg_micro_batch *micro_batch, float weight)
{
    double sum = 0.0;
    for (int k = 0; k < micro_batch->crops; k++) {
        look_at(micro_batch->on_other,
                micro_batch->target_comic + (size_t)k * crop_values(micro_batch));
        sum += cg_perceptual_loss(micro_batch->on_comics[k], micro_batch->on_other,
                                  weight / (float)micro_batch->crops);
    }
    return sum;
}

/* ---- PatchNCE -------------------------------------------------------------------------------- */

/* A comic against what the other pass has seen. */
static double contrast(const struct cg_micro_batch *micro_batch, struct cg_conv_pass *comic,
                       struct cg_rng *rng, float weight)
{
    double sum = 0.0;
    int begin, end;
    contrasted(comic->net, &begin, &end);
    for (int i = begin; i < end; i++) {
        int layer = comic->net->judges[i];
        const struct cg_map_shape *shape = &comic->shapes[layer];
        size_t places[CG_PATCH_NCE_PLACES];
        struct cg_patch_nce nce = {.query = comic->maps[layer],
                                   .key = micro_batch->on_other->maps[layer],
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
    double sum = 0.0;
    for (int k = 0; k < micro_batch->crops; k++) {
        struct cg_rng rng = micro_batch->place_rngs[k];
        look_at(micro_batch->on_other,
                micro_batch->clean_photo + (size_t)k * crop_values(micro_batch));
        sum += contrast(micro_batch, micro_batch->on_comics[k], &rng,
                        weight / (float)micro_batch->crops);
    }
    return sum;
}
