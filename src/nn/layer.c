/*
 * The table of layer kinds. To add one: a name in enum cg_layer_kind, its functions in a
 * layer_*.c file, a row here, and a line in tests/grad/test_gradients.c.
 */
#include "nn/layer.h"

static const struct cg_layer_type types[CG_LAYER_KIND_COUNT] = {
    [CG_LAYER_LINEAR] = {.name = "linear",
                         .needs_in = true,
                         .needs_out = true,
                         .shape = cg_linear_shape,
                         .prepared_count = cg_linear_prepared_count,
                         .prepare = cg_linear_prepare,
                         .forward = cg_linear_forward,
                         .backward = cg_linear_backward},
    [CG_LAYER_PATCHES] = {.name = "patches",
                          .gathers = true,
                          .strides = true,
                          .shape = cg_patches_shape,
                          .forward = cg_patches_forward,
                          .backward = cg_patches_backward},
    [CG_LAYER_SHIFT] = {.name = "shift",
                        .gathers = true,
                        .shape = cg_shift_shape,
                        .forward = cg_shift_forward,
                        .backward = cg_shift_backward},
    [CG_LAYER_CROSS] = {.name = "cross",
                        .gathers = true,
                        .shape = cg_cross_shape,
                        .forward = cg_cross_forward,
                        .backward = cg_cross_backward},
    [CG_LAYER_TO_PIXELS] = {.name = "to_pixels",
                            .shape = cg_to_pixels_shape,
                            .forward = cg_to_pixels_forward,
                            .backward = cg_to_pixels_backward},
    [CG_LAYER_ADD] = {.name = "add",
                      .has_second = true,
                      .shape = cg_add_shape,
                      .forward = cg_add_forward,
                      .backward = cg_add_backward},
    [CG_LAYER_CONCAT] = {.name = "concat",
                         .has_second = true,
                         .shape = cg_concat_shape,
                         .forward = cg_concat_forward,
                         .backward = cg_concat_backward},
    [CG_LAYER_LUMA] = {.name = "luma",
                       .shape = cg_luma_shape,
                       .forward = cg_luma_forward,
                       .backward = cg_luma_backward},
    [CG_LAYER_MEAN_POOL] = {.name = "mean_pool",
                            .gathers = true,
                            .shape = cg_mean_pool_shape,
                            .forward = cg_mean_pool_forward,
                            .backward = cg_mean_pool_backward},
    [CG_LAYER_UPSAMPLE] = {.name = "upsample",
                           .gathers = true,
                           .strides = true,
                           .shape = cg_upsample_shape,
                           .forward = cg_upsample_forward,
                           .backward = cg_upsample_backward},
    [CG_LAYER_DROPOUT] = {.name = "dropout",
                          .shape = cg_dropout_shape,
                          .forward = cg_dropout_forward,
                          .backward = cg_dropout_backward},
};

const struct cg_layer_type *cg_layer_type_of(enum cg_layer_kind kind)
{
    return &types[kind];
}

bool cg_layer_is_view(const struct cg_layer *layer)
{
    return layer->kind == CG_LAYER_TO_PIXELS;
}
