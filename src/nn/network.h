/*
 * A network is a list of layers; its parameters live outside it, in one blob.
 *
 * Every layer maps one or two maps to a map: rows of channels, one row per cell of a stack of
 * grids (pictures, or pictures of tokens). A layer may read any earlier layer's output, or the
 * network's input. Immutable once built, so it may be shared between threads.
 *
 * A new kind of layer is one row of the table in layer.c and a file with its forward and backward.
 */
#ifndef CG_NN_NETWORK_H
#define CG_NN_NETWORK_H

#include "base/error.h"
#include "tensor/kernels.h"

/*
 * The shape of a map: count grids of height x width rows of channels floats, rows
 * contiguous. With cell > 1 the rows of a grid are ordered cell by cell (cells of cell x cell rows,
 * in raster order, raster order within): then cutting a token's row into pixels costs nothing.
 */
struct cg_shape {
    int count, height, width, channels, cell;
};

static inline size_t cg_shape_rows(const struct cg_shape *shape)
{
    return (size_t)shape->count * (size_t)shape->height * (size_t)shape->width;
}

/* Rows times channels: the floats of a map. */
static inline size_t cg_shape_values(const struct cg_shape *shape)
{
    return cg_shape_rows(shape) * (size_t)shape->channels;
}

/* What inference multiplies; training multiplies floats. */
enum cg_precision {
    CG_PRECISION_FLOAT,
    CG_PRECISION_BF16 /* where the processor can: cg_bf16_gemm_multiply in tensor/matrix.h */
};

enum cg_layer_kind {
    CG_LAYER_LINEAR,  /* y = act(W x + b), row by row */
    CG_LAYER_PATCHES, /* size x size windows of a grid at a stride, edges repeated up to pad */
    CG_LAYER_SHIFT,   /* an eighth of the channels each from the row `distance` above, below, left,
                         right */
    CG_LAYER_CROSS,   /* a row beside its four neighbours: 5 times the channels */
    CG_LAYER_TO_PIXELS, /* a token's channels cut into size x size pixels; a view, nothing moves */
    CG_LAYER_ADD,       /* sum of two maps */
    CG_LAYER_CONCAT,    /* channels of two maps side by side */
    CG_LAYER_LUMA,      /* 3 channels to 1: base/luma.h */
    CG_LAYER_MEAN_POOL, /* mean of size x size rows */
    CG_LAYER_UPSAMPLE,  /* a grid enlarged size times, bilinear between the centres of its rows */
    CG_LAYER_DROPOUT,   /* in training, zeroes a fraction of the values and scales up the rest */
    CG_LAYER_KIND_COUNT
};

#define CG_NETWORK_INPUT (-1)
#define CG_SIDE_MAX 65536 /* of a grid */
#define CG_LAYER_NAME_NBYTES 32

struct cg_layer {
    enum cg_layer_kind kind;
    int from, from2;  /* layers read: an index, or CG_NETWORK_INPUT; from2 for ADD and CONCAT */
    int out_channels; /* LINEAR: given; others: worked out */
    int in_channels;  /* worked out */
    int size, stride, pad, cell;       /* PATCHES; size also of TO_PIXELS, MEAN_POOL and UPSAMPLE,
                                          cell of UPSAMPLE */
    int distance;                      /* SHIFT, in rows of the grid */
    float rate;                        /* DROPOUT: the fraction, in [0, 1) */
    enum cg_activation activation;     /* LINEAR */
    float slope;                       /* of leaky ReLU */
    char name[CG_LAYER_NAME_NBYTES];   /* LINEAR: its tensors are name.weight and name.bias */
    size_t weight_offset, bias_offset; /* into the parameters; weight is out x in, row by row */
};

struct cg_network {
    int input_channels;
    int layer_count;
    struct cg_layer *layers;
    size_t parameter_count;
};

enum cg_status cg_network_create(int input_channels, struct cg_network **out,
                                 struct cg_error *error);
void cg_network_free(struct cg_network *network);

/*
 * Append a layer; the fields marked "worked out" and the offsets are filled in. *index, if not
 * NULL, receives its number. Errors: CG_ERR_ARGUMENT (sources, sizes that do not fit),
 * CG_ERR_MEMORY.
 */
enum cg_status cg_network_add(struct cg_network *network, const struct cg_layer *layer, int *index,
                              struct cg_error *error);

/* Output channels of a layer, or of the input for CG_NETWORK_INPUT. */
int cg_network_channels(const struct cg_network *network, int layer);

/* How many times later layers read a layer's output. */
int cg_network_reader_count(const struct cg_network *network, int layer);

/*
 * Shapes of all layers' outputs for an input of count grids of height x width: shapes has
 * layer_count elements. Errors: CG_ERR_ARGUMENT (a size that a layer cannot take).
 */
enum cg_status cg_network_shapes(const struct cg_network *network, int count, int height, int width,
                                 struct cg_shape *shapes, struct cg_error *error);

/* The tensors that make up the parameters, as they are named in files. */
struct cg_tensor_info {
    char name[CG_LAYER_NAME_NBYTES + 8];
    int rank;
    size_t shape[2]; /* weight: out, in; bias: out */
    size_t offset, element_count;
};
size_t cg_network_tensor_count(const struct cg_network *network);
void cg_network_tensor(const struct cg_network *network, size_t index, struct cg_tensor_info *out);

#endif
