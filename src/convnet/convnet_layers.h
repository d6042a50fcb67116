/* A kind of layer, one row of a table. Private to convnet*.c. */
#ifndef CG_CONVNET_CONVNET_LAYERS_H
#define CG_CONVNET_CONVNET_LAYERS_H

#include "convnet/convnet.h"

struct cg_conv_call {
    const struct cg_conv_layer *layer;
    const struct cg_map_shape *in_shapes[CG_CONVNET_FROM_MAX]; /* of its from[] */
    const float *in[CG_CONVNET_FROM_MAX];
    struct cg_map_shape out_shape;
    float *out;
    float *in_gradients[CG_CONVNET_FROM_MAX], *out_gradient; /* for backward */
    float *columns; /* cg_conv_columns_count() floats to work in */
};

struct cg_conv_type {
    const char *name; /* in files */
    /* Work out the output's shape; false if the layer cannot take these inputs. */
    bool (*shape)(struct cg_conv_call *call);
    void (*forward)(const struct cg_conv_call *call);
    /* in_gradients += what follows from out_gradient, which is overwritten. */
    void (*backward)(const struct cg_conv_call *call);
};

const struct cg_conv_type *cg_conv_type_of(enum cg_conv_kind kind);

/* Fill in the call's shapes from those of the network's input and of the layers before. Error:
 * CG_ERR_MODEL if the layer cannot take them. */
enum cg_status cg_conv_call_shape(struct cg_conv_call *call, const struct cg_map_shape *input,
                                  const struct cg_map_shape *shapes, struct cg_error *error);

/* The kind with this name; false if there is none. */
bool cg_conv_kind_of(const char *name, enum cg_conv_kind *out);

/* Floats that the layer needs to gather windows; 0 for most. */
size_t cg_conv_columns_count(const struct cg_conv_call *call);

/*
 * SqueezeNet v1.0 (Iandola, Han et al. 2016, arXiv 1602.07360) in the pruned and quantised form
 * that its authors give out (Han, Mao and Dally 2016, "Deep compression", arXiv 1510.00149).
 */

/* Build the network from the bytes of its file. Errors: CG_ERR_MODEL, CG_ERR_MEMORY. */
enum cg_status cg_squeezenet_parse(const uint8_t *bytes, size_t nbytes, struct cg_convnet **out,
                                   struct cg_error *error);

/* Fill the weights of all convolutions of net, in order, from compressed bytes. Error: CG_ERR_MODEL
 * (the bytes do not fit these sizes). */
enum cg_status cg_compressed_decode(const uint8_t *bytes, size_t nbytes, struct cg_convnet *net,
                                    struct cg_error *error);

#endif
