/*
 * Networks over pictures: a list of convolutions, pools and concatenations, for comparing pictures
 * by their features. Weights come from a file that the user names (docs/EVAL.md has the formats);
 * none is part of the project.
 *
 * As in src/nn, a network is constant once read and may be shared by threads; a pass holds all that
 * a run writes, the map of every layer. Maps are height x width pixels of channels floats, row by
 * row, channels last. Backward leads to the picture alone: networks are not trained here.
 *
 * A new kind of layer: a row of the table in convnet_layers.c.
 */
#ifndef CG_CONVNET_CONVNET_H
#define CG_CONVNET_CONVNET_H

#include "base/content.h"
#include "image/image.h"

#include <stdbool.h>

#define CG_CONVNET_FROM_MAX 8
#define CG_CONVNET_LAYERS_MAX 512
#define CG_CONVNET_JUDGES_MAX 16
#define CG_CONVNET_INPUT (-1) /* in from[]: the picture */

enum cg_conv_kind {
    CG_CONV_CONV,        /* any kernel, zeros outside; ReLU where relu is set */
    CG_CONV_MAX_POOL,    /* pixels outside do not count */
    CG_CONV_MEAN_POOL,   /* the same */
    CG_CONV_GLOBAL_MEAN, /* over all pixels, to one */
    CG_CONV_CONCAT       /* channels of several maps of one size, in order */
};

struct cg_map_shape {
    int height, width, channels;
};

/* A layer. Pairs are down, across. */
struct cg_conv_layer {
    const char *name;
    enum cg_conv_kind kind;
    int from[CG_CONVNET_FROM_MAX]; /* layers before this one, or CG_CONVNET_INPUT */
    int from_count;                /* 1, but for concat */
    int channels;                  /* of a convolution's output */
    int kernel[2], stride[2], padding[2];
    bool ceiling; /* pools: a last window may hang over the edge */
    bool relu;
    const float *weights; /* channels x kernel down x kernel across x input channels */
    const float *bias;    /* channels */
};

/* The network's input: side_px x side_px, (value 0 to 255 - mean) * scale. */
struct cg_conv_input {
    int side_px;
    bool bgr; /* mean and scale are in the network's order of channels */
    float mean[3], scale[3];
};

struct cg_convnet {
    struct cg_content_id id; /* of the file, part of the names of cache entries */
    struct cg_conv_input input;
    struct cg_conv_layer *layers; /* names, weights and biases are owned */
    struct cg_map_shape *shapes;
    int count;
    int feature_layer;                 /* its mean over pixels is the feature of a picture */
    int logit_layer;                   /* of the Inception score; -1: none */
    int judges[CG_CONVNET_JUDGES_MAX]; /* layers that the perceptual distance compares */
    int judge_count;
};

/*
 * Read a network: a safetensors file that lists its layers, or SqueezeNet v1.0 in its compressed
 * form. Errors: CG_ERR_IO; CG_ERR_MODEL (neither of these, cut off, or inconsistent); CG_ERR_LIMIT;
 * CG_ERR_MEMORY.
 */
enum cg_status cg_convnet_read(const char *path, struct cg_convnet **out, struct cg_error *error);
void cg_convnet_free(struct cg_convnet *net);

/* ---- building (what readers and tests do) ---- */

enum cg_status cg_convnet_create(const struct cg_conv_input *input, struct cg_convnet **out,
                                 struct cg_error *error);

/*
 * Append a layer; name is copied. Weights and bias of a convolution are zeros in new memory (those
 * in *layer are ignored). *index receives the layer's number. Errors: CG_ERR_MODEL (it does not fit
 * its input), CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_convnet_add(struct cg_convnet *net, const struct cg_conv_layer *layer, int *index,
                              struct cg_error *error);

/* Floats of a convolution's weights, and the number of its input channels. */
size_t cg_convnet_weight_count(const struct cg_convnet *net, int layer);
int cg_convnet_in_channels(const struct cg_convnet *net, int layer);

/* Set a convolution's bias, and its weights from the usual order: out, in, down, across. */
void cg_convnet_set_weights(struct cg_convnet *net, int layer, const float *weights_oihw,
                            const float *bias);

/* The layer with this name, or -2; "input" gives CG_CONVNET_INPUT. */
int cg_convnet_find(const struct cg_convnet *net, const char *name);

/* ---- running ---- */

struct cg_conv_pass {
    const struct cg_convnet *net;
    int count;                       /* layers that run: the first ones */
    struct cg_map_shape input_shape; /* of 3 channels */
    struct cg_map_shape *shapes;
    float *input;
    float **maps;                       /* of every layer */
    float *input_gradient, **gradients; /* of the same shapes; NULL without a backward */
    float *columns;
};

/* For the square that the network is made for, and all of its layers. */
enum cg_status cg_conv_pass_create(const struct cg_convnet *net, struct cg_conv_pass **out,
                                   struct cg_error *error);

/* For pictures of any size, the first `layers` layers, and a backward where there is to be one.
 * Errors: CG_ERR_MODEL if a layer does not fit that size; CG_ERR_MEMORY. */
enum cg_status cg_conv_pass_create_sized(const struct cg_convnet *net, int height, int width,
                                         int layers, bool backward, struct cg_conv_pass **out,
                                         struct cg_error *error);
void cg_conv_pass_free(struct cg_conv_pass *pass);

/* Fill the input from an RGB picture of any size: resized to the pass's, whatever its shape. */
enum cg_status cg_conv_pass_set_image(struct cg_conv_pass *pass, const struct cg_image *rgb,
                                      struct cg_error *error);

/* Fill the input from RGB floats, 0 to 1, of the pass's size. */
void cg_conv_pass_set_pixels(struct cg_conv_pass *pass, const float *rgb);

/* Run the layers on the input, filling every map, on the calling thread. */
void cg_conv_pass_run(struct cg_conv_pass *pass);

/*
 * Backward, after a run: begin sets all gradients to zero; the caller then adds the gradients with
 * respect to those maps that its loss looks at; backward carries them, overwriting them, to the
 * picture: grad_rgb += that with respect to what set_pixels took.
 */
void cg_conv_pass_begin_backward(struct cg_conv_pass *pass);
void cg_conv_pass_backward(struct cg_conv_pass *pass, float *grad_rgb);

/* The mean over pixels of a layer's map: channels floats. */
void cg_conv_pass_mean(const struct cg_conv_pass *pass, int layer, float *out);

#endif
