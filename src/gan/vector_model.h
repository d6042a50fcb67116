/*
 * The vector GAN (Goodfellow et al. 2014): a generator maps a latent vector to the pixels of a
 * small picture, a discriminator maps such pixels to one logit. Both are chains of fully connected
 * layers:
 *
 *   G  latent 100 -> 256 -> 512 -> 1024 -> 784     ReLU between, tanh at the end
 *   D  784 -> 1024 -> 512 -> 256 -> 1             leaky ReLU 0.2 between
 *
 * D's sigmoid is left to the losses, which work on logits: D(x) = sigmoid(logit). Pixels are -1 to
 * 1, row by row, channels side by side. The model file is a safetensors file of both networks, its
 * metadata "comicgan.architecture" (kind "vector" and the numbers below) and "comicgan.card".
 */
#ifndef CG_GAN_VECTOR_MODEL_H
#define CG_GAN_VECTOR_MODEL_H

#include "model/architecture.h"
#include "nn/network.h"

#define CG_VECTOR_NAME CG_MODEL_VECTOR
#define CG_VECTOR_WIDTHS_MAX 8
#define CG_VECTOR_SIDE_MAX_PX 128
#define CG_VECTOR_LATENT_MAX 4096
#define CG_VECTOR_WIDTH_MAX 8192

struct cg_vector_widths {
    int count; /* 1 to CG_VECTOR_WIDTHS_MAX */
    int width[CG_VECTOR_WIDTHS_MAX];
};

struct cg_vector_config {
    int side_px;  /* pictures are square, 4 to CG_VECTOR_SIDE_MAX_PX */
    int channels; /* 1 grey, 3 RGB */
    int latent;   /* dimensions of the latent vector */
    struct cg_vector_widths generator, discriminator; /* of the hidden layers */
    float dropout; /* of D's hidden layers while it is trained, 0 to 0.9 */
};

extern const struct cg_vector_config CG_VECTOR_DEFAULT;

/* An array of numbers; NULL if out of memory. */
struct json_t *cg_vector_widths_to_json(const struct cg_vector_widths *widths);

/* Floats of one picture. */
size_t cg_vector_pixels(const struct cg_vector_config *config);

/* Errors: CG_ERR_MODEL for numbers out of range, CG_ERR_MEMORY. */
enum cg_status cg_vector_generator_build(const struct cg_vector_config *config,
                                         struct cg_network **out, struct cg_error *error);
enum cg_status cg_vector_discriminator_build(const struct cg_vector_config *config,
                                             struct cg_network **out, struct cg_error *error);

enum { CG_VECTOR_G, CG_VECTOR_D, CG_VECTOR_NETWORKS };

struct cg_vector_model {
    struct cg_vector_config config;
    struct cg_network *networks[CG_VECTOR_NETWORKS];
    float *parameters[CG_VECTOR_NETWORKS];
    char *name; /* of the card */
};

/* Errors: CG_ERR_IO; CG_ERR_MODEL, which says what was found (a style, missing or surplus tensors,
 * wrong shapes); CG_ERR_MEMORY. */
enum cg_status cg_vector_model_read(const char *path, struct cg_vector_model **out,
                                    struct cg_error *error);
void cg_vector_model_free(struct cg_vector_model *model);

/* Write atomically. parameters: used instead of the model's own. */
enum cg_status cg_vector_model_write(const char *path, const struct cg_vector_model *model,
                                     const float *const parameters[CG_VECTOR_NETWORKS],
                                     struct cg_error *error);

#endif
