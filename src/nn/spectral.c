/* Spectral normalisation: see spectral.h. */
#include "nn/spectral.h"

#include "base/memory.h"
#include "base/rng.h"
#include "tensor/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_NORM 1e-12

struct cg_spectral {
    const struct cg_network *network;
    float gain;
    float *right; /* v of each linear layer, in_channels long, one after another */
    float *left;  /* u of each, out_channels long */
    float *sigma; /* of each layer by its number; 1 for layers without weights */
    size_t right_count, left_count;
};

static void make_unit(float *vector, size_t count)
{
    double norm = sqrt(cg_vector_dot(vector, vector, count));
    cg_vector_scale(vector, (float)(1.0 / (norm > SMALLEST_NORM ? norm : SMALLEST_NORM)), count);
}

enum cg_status cg_spectral_create(const struct cg_network *network, float gain, uint64_t seed,
                                  struct cg_spectral **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_spectral *spectral = cg_alloc_zero(1, sizeof(*spectral), "spectral norm", error);
    if (spectral == NULL)
        return CG_ERR_MEMORY;
    spectral->network = network;
    spectral->gain = gain;
    for (int i = 0; i < network->layer_count; i++)
        if (network->layers[i].kind == CG_LAYER_LINEAR) {
            spectral->right_count += (size_t)network->layers[i].in_channels;
            spectral->left_count += (size_t)network->layers[i].out_channels;
        }
    spectral->right = cg_alloc(spectral->right_count, sizeof(float), "spectral norm", error);
    spectral->left = cg_alloc_zero(spectral->left_count, sizeof(float), "spectral norm", error);
    spectral->sigma =
        cg_alloc_zero((size_t)network->layer_count, sizeof(float), "spectral norm", error);
    if (spectral->right == NULL || spectral->left == NULL || spectral->sigma == NULL) {
        cg_spectral_free(spectral);
        return CG_ERR_MEMORY;
    }
    struct cg_rng rng = cg_rng_make(seed, 0, 0);
    for (size_t i = 0; i < spectral->right_count; i++)
        spectral->right[i] = cg_rng_normal(&rng);
    float *right = spectral->right;
    for (int i = 0; i < network->layer_count; i++)
        if (network->layers[i].kind == CG_LAYER_LINEAR) {
            make_unit(right, (size_t)network->layers[i].in_channels);
            right += network->layers[i].in_channels;
        }
    *out = spectral;
    return CG_OK;
}

void cg_spectral_free(struct cg_spectral *spectral)
{
    if (spectral == NULL)
        return;
    free(spectral->sigma);
    free(spectral->left);
    free(spectral->right);
    free(spectral);
}

float *cg_spectral_vectors(struct cg_spectral *spectral, size_t *count)
{
    *count = spectral->right_count;
    return spectral->right;
}

/* u = W v / |W v|, v = W^T u / |W^T u|; returns sigma = u^T W v = |W^T u|. */
static float iterate(const float *w, size_t out, size_t in, float *left, float *right)
{
    const struct cg_matrix weights = cg_matrix_of(w, out, in);
    cg_gemv(CG_PLAIN, weights, right, left);
    make_unit(left, out);
    cg_gemv(CG_TRANSPOSED, weights, left, right);
    double sigma = sqrt(cg_vector_dot(right, right, in));
    make_unit(right, in);
    return (float)(sigma > SMALLEST_NORM ? sigma : SMALLEST_NORM);
}

void cg_spectral_normalise(struct cg_spectral *spectral, const float *parameters, float *normalised)
{
    const struct cg_network *network = spectral->network;
    float *right = spectral->right, *left = spectral->left;
    memcpy(normalised, parameters, network->parameter_count * sizeof(float));
    for (int i = 0; i < network->layer_count; i++) {
        const struct cg_layer *layer = &network->layers[i];
        if (layer->kind != CG_LAYER_LINEAR)
            continue;
        size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
        spectral->sigma[i] = iterate(parameters + layer->weight_offset, out, in, left, right);
        cg_vector_scale(normalised + layer->weight_offset, spectral->gain / spectral->sigma[i],
                        in * out);
        right += in;
        left += out;
    }
}

void cg_spectral_backward(const struct cg_spectral *spectral, const float *normalised,
                          float *gradient)
{
    const struct cg_network *network = spectral->network;
    const float *right = spectral->right, *left = spectral->left;
    for (int i = 0; i < network->layer_count; i++) {
        const struct cg_layer *layer = &network->layers[i];
        if (layer->kind != CG_LAYER_LINEAR)
            continue;
        size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
        float *g = gradient + layer->weight_offset;
        float along =
            (float)cg_vector_dot(g, normalised + layer->weight_offset, in * out) / spectral->gain;
        for (size_t o = 0; o < out; o++)
            cg_vector_axpy(g + o * in, -along * left[o], right, in);
        cg_vector_scale(g, spectral->gain / spectral->sigma[i], in * out);
        right += in;
        left += out;
    }
}
