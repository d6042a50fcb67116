/* Networks that look at pictures: read from a file, and run on a small picture if they are small.
 */
#include "fuzz/fuzz.h"

#include "base/memory.h"
#include "convnet/convnet.h"

#include <stdlib.h>

#define WORK_MAX 2000000.0 /* products, and numbers held */

static double work_of(const struct cg_convnet *net)
{
    double work = 3.0 * net->input.side_px * net->input.side_px;
    for (int i = 0; i < net->count; i++) {
        const struct cg_map_shape *shape = &net->shapes[i];
        const struct cg_conv_layer *layer = &net->layers[i];
        double pixels = (double)shape->height * shape->width;
        double window = (double)layer->kernel[0] * layer->kernel[1];
        work += pixels * shape->channels * window;
        if (layer->kind == CG_CONV_CONV)
            work += pixels * (double)cg_convnet_weight_count(net, i);
    }
    return work;
}

static void look(const struct cg_convnet *net)
{
    uint8_t pixels[5 * 3 * 3];
    struct cg_image image = {.width = 5, .height = 3, .channels = 3, .pixels = pixels};
    struct cg_conv_pass *pass;
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)(i * 11);
    fuzz_expect(cg_conv_pass_create(net, &pass, NULL) == CG_OK &&
                    cg_conv_pass_set_image(pass, &image, NULL) == CG_OK,
                "a network that was read can be run");
    cg_conv_pass_run(pass);
    float *mean =
        cg_alloc((size_t)net->shapes[net->feature_layer].channels, sizeof(*mean), "means", NULL);
    fuzz_expect(mean != NULL, "memory");
    cg_conv_pass_mean(pass, net->feature_layer, mean);
    free(mean);
    cg_conv_pass_free(pass);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    struct cg_error error;
    struct cg_convnet *net;
    if (cg_convnet_read(fuzz_file("network", bytes, nbytes), &net, &error) != CG_OK)
        return 0;
    if (work_of(net) <= WORK_MAX)
        look(net);
    cg_convnet_free(net);
    return 0;
}
