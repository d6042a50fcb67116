/* The discriminators: see critic.h. */
#include "train/style/critic.h"

#include <stdio.h>

#define CRITIC_SLOPE 0.2f
#define LAYERS 4

static const struct cg_layer luma = {.kind = CG_LAYER_LUMA};
static const struct cg_layer quarter = {.kind = CG_LAYER_MEAN_POOL, .size = 4};

static const struct {
    const char *name;
    const struct cg_layer *before; /* what is done to the picture first; may be NULL */
    int patch_px, stride_px;
    int least_px;
    int widths[LAYERS];
} critics[CG_CRITIC_COUNT] = {
    [CG_CRITIC_LINE] = {"line", &luma, 24, 12, 24, {512, 256, 128, 1}},
    [CG_CRITIC_COLOUR] = {"colour", &quarter, 12, 4, 48, {512, 256, 128, 1}},
    [CG_CRITIC_PAIR] = {"pair", NULL, 16, 8, 16, {256, 128, 64, 1}},
};

const char *cg_critic_name(enum cg_critic critic)
{
    return critics[critic].name;
}

int cg_critic_least_px(enum cg_critic critic)
{
    return critics[critic].least_px;
}

static enum cg_status add_layers(enum cg_critic critic, struct cg_network *network,
                                 struct cg_error *error)
{
    int from = CG_NETWORK_INPUT;
    enum cg_status status = CG_OK;
    if (critics[critic].before != NULL) {
        struct cg_layer before = *critics[critic].before;
        before.from = from;
        status = cg_network_add(network, &before, &from, error);
    }
    if (status != CG_OK)
        return status;
    struct cg_layer patches = {.kind = CG_LAYER_PATCHES,
                               .from = from,
                               .size = critics[critic].patch_px,
                               .stride = critics[critic].stride_px,
                               .cell = 1};
    status = cg_network_add(network, &patches, &from, error);
    for (int i = 0; status == CG_OK && i < LAYERS; i++) {
        struct cg_layer linear = {.kind = CG_LAYER_LINEAR,
                                  .from = from,
                                  .out_channels = critics[critic].widths[i],
                                  .activation = i + 1 < LAYERS ? CG_ACT_LEAKY_RELU : CG_ACT_NONE,
                                  .slope = CRITIC_SLOPE};
        snprintf(linear.name, sizeof(linear.name), "%s.%d", critics[critic].name, i);
        status = cg_network_add(network, &linear, &from, error);
    }
    return status;
}

enum cg_status cg_critic_build(enum cg_critic critic, struct cg_network **out,
                               struct cg_error *error)
{
    enum cg_status status = cg_network_create(3, out, error);
    if (status == CG_OK)
        status = add_layers(critic, *out, error);
    if (status != CG_OK) {
        cg_network_free(*out);
        *out = NULL;
    }
    return status;
}
