/* Comparing with PyTorch's tensors: see parity.h. */
#include "parity/parity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TOLERANCE 1e-4

const float *parity_find(const struct cg_safetensors *torch, const char *name)
{
    const struct cg_tensor *tensor = cg_safetensors_find(torch, name);
    if (tensor == NULL)
        fail_msg("no tensor %s", name);
    return tensor->data;
}

void parity_expect(const char *what, const float *found, const float *expected, size_t count)
{
    double largest = 0.0, worst = 0.0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs((double)expected[i]));
        worst = fmax(worst, fabs((double)found[i] - (double)expected[i]));
    }
    if (!(largest > 0.0) || !(worst <= TOLERANCE * largest))
        fail_msg("%s: differs by %g, largest number %g", what, worst, largest);
}

static const float *find_of(const struct cg_safetensors *torch, const char *prefix,
                            const struct cg_tensor_info *info)
{
    char name[80];
    snprintf(name, sizeof(name), "%s%s", prefix, info->name);
    return parity_find(torch, name);
}

void parity_expect_blob(const struct cg_safetensors *torch, const char *prefix,
                        const struct cg_network *network, const float *blob)
{
    for (size_t i = 0; i < cg_network_tensor_count(network); i++) {
        struct cg_tensor_info info;
        cg_network_tensor(network, i, &info);
        parity_expect(info.name, blob + info.offset, find_of(torch, prefix, &info),
                      info.element_count);
    }
}

void parity_load_blob(const struct cg_safetensors *torch, const struct cg_network *network,
                      float *blob)
{
    for (size_t i = 0; i < cg_network_tensor_count(network); i++) {
        struct cg_tensor_info info;
        cg_network_tensor(network, i, &info);
        memcpy(blob + info.offset, find_of(torch, "start.", &info),
               info.element_count * sizeof(float));
    }
}
