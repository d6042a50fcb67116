/*
 * The networks that the program knows: see architecture.h.
 *
 * Every builder appends layers to a struct appender, which keeps the first error, so that a
 * network reads as the list of its layers. A new architecture is a new config and builder here,
 * and one row of the table of kinds in model.c.
 */
#include "model/architecture.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define INPUT_CHANNELS 3
#define TOKEN_PX CG_GENERATOR_CELL_PX
#define SLOPE 0.1f

const struct cg_generator_preset CG_GENERATOR_PRESETS[CG_GENERATOR_PRESET_COUNT] = {
    {"small",
     {.level_count = 3,
      .levels = {{.channels = 32, .down = {1, {1}}, .up = {2, {2, 1}}},
                 {.channels = 64, .down = {2, {1, 2}}, .up = {2, {2, 1}}},
                 {.channels = 128, .down = {3, {1, 2, 4}}}},
      .feature_px = 2,
      .pixel_features = 16,
      .head_layers = 2,
      .head_channels = {32, 32}}},
    {"large",
     {.level_count = 3,
      .levels = {{.channels = 64, .down = {1, {1}}, .up = {2, {2, 1}}},
                 {.channels = 128, .down = {3, {1, 2, 4}}, .up = {3, {4, 2, 1}}},
                 {.channels = 256, .down = {4, {1, 2, 4, 8}}}},
      .feature_px = 2,
      .pixel_features = 32,
      .head_layers = 2,
      .head_channels = {64, 32}}},
};

const struct cg_generator_config *cg_generator_find(const char *name)
{
    for (int i = 0; i < CG_GENERATOR_PRESET_COUNT; i++)
        if (name == NULL || strcmp(CG_GENERATOR_PRESETS[i].name, name) == 0)
            return &CG_GENERATOR_PRESETS[i].config;
    return NULL;
}

int cg_generator_token_px(const struct cg_generator_config *config)
{
    return TOKEN_PX << (config->level_count - 1);
}

int cg_generator_padded_px(const struct cg_generator_config *config, int side)
{
    int token_px = cg_generator_token_px(config);
    return (side + token_px - 1) / token_px * token_px;
}

struct appender {
    struct cg_network *network;
    const struct cg_generator_config *config;
    int block_count;       /* appended so far */
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

/* A token and its eight neighbours, made channels of the first level. */
static int append_patch_in(struct appender *appender)
{
    int patches = append(appender, (struct cg_layer){.kind = CG_LAYER_PATCHES,
                                                     .from = CG_NETWORK_INPUT,
                                                     .size = 3 * TOKEN_PX,
                                                     .stride = TOKEN_PX,
                                                     .pad = TOKEN_PX,
                                                     .cell = 1});
    return append_linear(appender, patches, appender->config->levels[0].channels, CG_ACT_LEAKY_RELU,
                         "patch_in");
}

/* x + project(expand(shift(x))) */
static int append_block(struct appender *appender, int channels, int distance, int from)
{
    int block = appender->block_count++;
    int shift = append(
        appender, (struct cg_layer){.kind = CG_LAYER_SHIFT, .from = from, .distance = distance});
    int expand =
        append_linear(appender, shift, 2 * channels, CG_ACT_LEAKY_RELU, "block%d.expand", block);
    int project = append_linear(appender, expand, channels, CG_ACT_NONE, "block%d.project", block);
    return append(appender,
                  (struct cg_layer){.kind = CG_LAYER_ADD, .from = project, .from2 = from});
}

static int append_blocks(struct appender *appender, int channels,
                         const struct cg_generator_blocks *blocks, int from)
{
    for (int i = 0; i < blocks->count; i++)
        from = append_block(appender, channels, blocks->distances[i], from);
    return from;
}

/* Four tokens made one of the next level. */
static int append_merge(struct appender *appender, int level, int from)
{
    int four = append(
        appender, (struct cg_layer){
                      .kind = CG_LAYER_PATCHES, .from = from, .size = 2, .stride = 2, .cell = 1});
    return append_linear(appender, four, appender->config->levels[level + 1].channels,
                         CG_ACT_LEAKY_RELU, "merge%d", level);
}

/* Tokens of the next level, interpolated between their centres, added to this level's. */
static int append_hand_down(struct appender *appender, int level, int tokens, int coarse)
{
    int hand = append_linear(appender, coarse, appender->config->levels[level].channels,
                             CG_ACT_NONE, "hand%d", level);
    int enlarged = append(
        appender, (struct cg_layer){.kind = CG_LAYER_UPSAMPLE, .from = hand, .size = 2, .cell = 1});
    return append(appender,
                  (struct cg_layer){.kind = CG_LAYER_ADD, .from = enlarged, .from2 = tokens});
}

/* Down to the coarsest level, and back up. */
static int append_levels(struct appender *appender, int from)
{
    const struct cg_generator_config *config = appender->config;
    int tokens[CG_LEVELS_MAX] = {from}, last = config->level_count - 1;
    for (int l = 0; l <= last; l++) {
        if (l > 0)
            tokens[l] = append_merge(appender, l - 1, tokens[l - 1]);
        tokens[l] =
            append_blocks(appender, config->levels[l].channels, &config->levels[l].down, tokens[l]);
    }
    for (int l = last - 1; l >= 0; l--) {
        tokens[l] = append_hand_down(appender, l, tokens[l], tokens[l + 1]);
        tokens[l] =
            append_blocks(appender, config->levels[l].channels, &config->levels[l].up, tokens[l]);
    }
    return tokens[0];
}

/* Cut a token and its four neighbours into features for each pixel, or for a coarser grid from
 * which the pixels' are interpolated. */
static int append_token_out(struct appender *appender, int from)
{
    const struct cg_generator_config *config = appender->config;
    int across = TOKEN_PX / config->feature_px;
    int cross = append(appender, (struct cg_layer){.kind = CG_LAYER_CROSS, .from = from});
    int tokens = append_linear(appender, cross, across * across * config->pixel_features,
                               CG_ACT_LEAKY_RELU, "token_out");
    int features = append(
        appender, (struct cg_layer){.kind = CG_LAYER_TO_PIXELS, .from = tokens, .size = across});
    if (config->feature_px == 1)
        return features;
    return append(appender, (struct cg_layer){.kind = CG_LAYER_UPSAMPLE,
                                              .from = features,
                                              .size = config->feature_px,
                                              .cell = TOKEN_PX});
}

/* A pixel's features beside the 3 x 3 pixels around it, made the four output channels. */
static void append_head(struct appender *appender, int features)
{
    const struct cg_generator_config *config = appender->config;
    int around = append(appender, (struct cg_layer){.kind = CG_LAYER_PATCHES,
                                                    .from = CG_NETWORK_INPUT,
                                                    .size = 3,
                                                    .stride = 1,
                                                    .pad = 1,
                                                    .cell = TOKEN_PX});
    int head = append(
        appender, (struct cg_layer){.kind = CG_LAYER_CONCAT, .from = features, .from2 = around});
    for (int i = 0; i < config->head_layers; i++)
        head = append_linear(appender, head, config->head_channels[i], CG_ACT_LEAKY_RELU, "head.%d",
                             i);
    append_linear(appender, head, CG_GENERATOR_CHANNELS, CG_ACT_NONE, "head.%d",
                  config->head_layers);
}

static enum cg_status check_range(const char *what, int value, int low, int high,
                                  struct cg_error *error)
{
    if (value >= low && value <= high)
        return CG_OK;
    return cg_fail(error, CG_ERR_MODEL, "generator: %s is %d, expected %d to %d", what, value, low,
                   high);
}

static enum cg_status check_blocks(const struct cg_generator_blocks *blocks, int most,
                                   struct cg_error *error)
{
    enum cg_status status = check_range("number of blocks", blocks->count, 0, most, error);
    for (int i = 0; status == CG_OK && i < blocks->count; i++)
        status = check_range("shift distance", blocks->distances[i], 1, 64, error);
    return status;
}

static enum cg_status check_level(const struct cg_generator_level *level, bool is_last,
                                  struct cg_error *error)
{
    enum cg_status status = check_range("channels", level->channels, 8, 512, error);
    if (status == CG_OK && level->channels % 8 != 0)
        status = cg_fail(error, CG_ERR_MODEL, "generator: channels is %d, expected a multiple of 8",
                         level->channels);
    if (status == CG_OK)
        status = check_blocks(&level->down, CG_BLOCKS_MAX, error);
    if (status == CG_OK)
        status = check_blocks(&level->up, is_last ? 0 : CG_BLOCKS_MAX, error);
    return status;
}

static enum cg_status check_config(const struct cg_generator_config *config, struct cg_error *error)
{
    enum cg_status status =
        check_range("number of levels", config->level_count, 1, CG_LEVELS_MAX, error);
    for (int l = 0; status == CG_OK && l < config->level_count; l++)
        status = check_level(&config->levels[l], l == config->level_count - 1, error);
    if (status == CG_OK &&
        (config->feature_px < 1 || config->feature_px == 3 || config->feature_px > TOKEN_PX))
        status = cg_fail(error, CG_ERR_MODEL, "generator: feature_px is %d, expected 1, 2 or 4",
                         config->feature_px);
    if (status == CG_OK)
        status = check_range("pixel_features", config->pixel_features, 1, 64, error);
    if (status == CG_OK)
        status =
            check_range("number of head layers", config->head_layers, 1, CG_HEAD_LAYERS_MAX, error);
    for (int i = 0; status == CG_OK && i < config->head_layers; i++)
        status = check_range("head_channels", config->head_channels[i], 1, 256, error);
    return status;
}

enum cg_status cg_generator_build(const struct cg_generator_config *config, struct cg_network **out,
                                  struct cg_error *error)
{
    *out = NULL;
    struct appender appender = {.config = config, .error = error};
    enum cg_status status = check_config(config, error);
    if (status == CG_OK)
        status = cg_network_create(INPUT_CHANNELS, &appender.network, error);
    if (status != CG_OK)
        return status;

    int tokens = append_levels(&appender, append_patch_in(&appender));
    append_head(&appender, append_token_out(&appender, tokens));

    if (appender.status != CG_OK) {
        cg_network_free(appender.network);
        return appender.status;
    }
    *out = appender.network;
    return CG_OK;
}

/* Row of a picture's map in cells, of the pixel at y, x. */
static size_t cell_row(int y, int x, int width)
{
    const int cell = CG_GENERATOR_CELL_PX;
    size_t cells = (size_t)(y / cell) * (size_t)(width / cell) + (size_t)(x / cell);
    return cells * (size_t)(cell * cell) + (size_t)(y % cell * cell + x % cell);
}

void cg_layers_from_output_rows(const float *output, const float *photo, int first_row, int end_row,
                                int width, float *colour, float *logit)
{
    const int cell = CG_GENERATOR_CELL_PX;
    for (int y = first_row; y < end_row; y++) {
        size_t at = (size_t)y * (size_t)width;
        for (int x = 0; x < width; x += cell) {
            const float *from = output + cell_row(y, x, width) * CG_GENERATOR_CHANNELS;
            for (int k = 0; k < cell; k++, at++, from += CG_GENERATOR_CHANNELS) {
                for (size_t c = 0; c < 3; c++)
                    colour[3 * at + c] = photo[3 * at + c] + from[c];
                logit[at] = CG_INK_GAIN * from[3] + CG_INK_BIAS;
            }
        }
    }
}

void cg_layers_from_output(const float *output, const float *photo, int height, int width,
                           float *colour, float *logit)
{
    cg_layers_from_output_rows(output, photo, 0, height, width, colour, logit);
}

void cg_layers_gradient_to_output(const float *grad_colour, const float *grad_logit, int height,
                                  int width, float *grad_output)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, grad_colour += 3, grad_logit++) {
            float *to = grad_output + cell_row(y, x, width) * CG_GENERATOR_CHANNELS;
            for (int c = 0; c < 3; c++)
                to[c] = grad_colour[c];
            to[3] = CG_INK_GAIN * *grad_logit;
        }
}
