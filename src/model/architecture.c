/*
 * The networks that the program knows: see architecture.h.
 *
 * Every builder appends layers to a struct appender, which keeps the first error, so that a
 * network reads as the list of its layers. A new architecture is a new config and builder here,
 * and one row of the table of kinds in model.c.
 */
#include "model/architecture.h"

#include <stdarg.h>
#include <stdio.h>

#define INPUT_CHANNELS 3
#define TOKEN_PX CG_GENERATOR_CELL_PX
#define SLOPE 0.1f

const struct cg_generator_config CG_GENERATOR_DEFAULT = {
    .channels = 64,
    .block_count = 8,
    .distances = {1, 2, 4, 8, 8, 4, 2, 1},
    .pixel_features = 16,
    .head_channels = 32,
};

struct appender {
    struct cg_network *network;
    enum cg_status status; /* of the first failure; nothing is appended after it */
    struct cg_error *error;
};

/* Returns the layer's number; after a failure a number that must not be used. */
static int append(struct appender *appender, struct cg_layer layer)
{
    int index = CG_NETWORK_INPUT;
    if (layer.kind != CG_LAYER_ADD && layer.kind != CG_LAYER_CONCAT)
        layer.from2 = CG_NETWORK_INPUT; /* not read */
    if (appender->status == CG_OK)
        appender->status = cg_network_add(appender->network, &layer, &index, appender->error);
    return index;
}

static int append_linear(struct appender *appender, int from, int out_channels,
                         enum cg_activation activation, const char *name_format, ...)
    CG_PRINTF(5, 6);

static int append_linear(struct appender *appender, int from, int out_channels,
                         enum cg_activation activation, const char *name_format, ...)
{
    struct cg_layer layer = {.kind = CG_LAYER_LINEAR,
                             .from = from,
                             .out_channels = out_channels,
                             .activation = activation,
                             .slope = SLOPE};
    va_list arguments;
    va_start(arguments, name_format);
    vsnprintf(layer.name, sizeof(layer.name), name_format, arguments);
    va_end(arguments);
    return append(appender, layer);
}

/* A token and its eight neighbours, made C channels. */
static int append_patch_in(struct appender *appender, const struct cg_generator_config *config)
{
    int patches = append(appender, (struct cg_layer){.kind = CG_LAYER_PATCHES,
                                                     .from = CG_NETWORK_INPUT,
                                                     .size = 3 * TOKEN_PX,
                                                     .stride = TOKEN_PX,
                                                     .pad = TOKEN_PX,
                                                     .cell = 1});
    return append_linear(appender, patches, config->channels, CG_ACT_LEAKY_RELU, "patch_in");
}

/* x + project(expand(shift(x))) */
static int append_block(struct appender *appender, const struct cg_generator_config *config,
                        int block, int from)
{
    int c = config->channels;
    int shift = append(appender, (struct cg_layer){.kind = CG_LAYER_SHIFT,
                                                   .from = from,
                                                   .distance = config->distances[block]});
    int expand = append_linear(appender, shift, 2 * c, CG_ACT_LEAKY_RELU, "block%d.expand", block);
    int project = append_linear(appender, expand, c, CG_ACT_NONE, "block%d.project", block);
    return append(appender,
                  (struct cg_layer){.kind = CG_LAYER_ADD, .from = project, .from2 = from});
}

/* A token and its four neighbours, cut into pixels of pixel_features channels. */
static int append_token_out(struct appender *appender, const struct cg_generator_config *config,
                            int from)
{
    int cross = append(appender, (struct cg_layer){.kind = CG_LAYER_CROSS, .from = from});
    int tokens = append_linear(appender, cross, TOKEN_PX * TOKEN_PX * config->pixel_features,
                               CG_ACT_LEAKY_RELU, "token_out");
    return append(appender,
                  (struct cg_layer){.kind = CG_LAYER_TO_PIXELS, .from = tokens, .size = TOKEN_PX});
}

/* A pixel's features beside the 3 x 3 pixels around it, made the four output channels. */
static void append_head(struct appender *appender, const struct cg_generator_config *config,
                        int features)
{
    int around = append(appender, (struct cg_layer){.kind = CG_LAYER_PATCHES,
                                                    .from = CG_NETWORK_INPUT,
                                                    .size = 3,
                                                    .stride = 1,
                                                    .pad = 1,
                                                    .cell = TOKEN_PX});
    int both = append(
        appender, (struct cg_layer){.kind = CG_LAYER_CONCAT, .from = features, .from2 = around});
    int head0 = append_linear(appender, both, config->head_channels, CG_ACT_LEAKY_RELU, "head.0");
    int head1 = append_linear(appender, head0, config->head_channels, CG_ACT_LEAKY_RELU, "head.1");
    append_linear(appender, head1, CG_GENERATOR_CHANNELS, CG_ACT_NONE, "head.2");
}

static enum cg_status check_range(const char *what, int value, int low, int high,
                                  struct cg_error *error)
{
    if (value >= low && value <= high)
        return CG_OK;
    return cg_fail(error, CG_ERR_MODEL, "generator: %s is %d, expected %d to %d", what, value, low,
                   high);
}

static enum cg_status check_config(const struct cg_generator_config *config, struct cg_error *error)
{
    enum cg_status status = check_range("channels", config->channels, 8, 512, error);
    if (status == CG_OK && config->channels % 8 != 0)
        status = cg_fail(error, CG_ERR_MODEL, "generator: channels is %d, expected a multiple of 8",
                         config->channels);
    if (status == CG_OK)
        status = check_range("number of blocks", config->block_count, 1, CG_BLOCKS_MAX, error);
    for (int i = 0; status == CG_OK && i < config->block_count; i++)
        status = check_range("shift distance", config->distances[i], 1, 64, error);
    if (status == CG_OK)
        status = check_range("pixel_features", config->pixel_features, 1, 64, error);
    if (status == CG_OK)
        status = check_range("head_channels", config->head_channels, 1, 256, error);
    return status;
}

enum cg_status cg_generator_build(const struct cg_generator_config *config, struct cg_network **out,
                                  struct cg_error *error)
{
    *out = NULL;
    struct appender appender = {.error = error};
    enum cg_status status = check_config(config, error);
    if (status == CG_OK)
        status = cg_network_create(INPUT_CHANNELS, &appender.network, error);
    if (status != CG_OK)
        return status;

    int tokens = append_patch_in(&appender, config);
    for (int block = 0; block < config->block_count; block++)
        tokens = append_block(&appender, config, block, tokens);
    append_head(&appender, config, append_token_out(&appender, config, tokens));

    if (appender.status != CG_OK) {
        cg_network_free(appender.network);
        return appender.status;
    }
    *out = appender.network;
    return CG_OK;
}
