/* Small networks for tests: see fixture_network.h. */
#include "unit/fixture_network.h"

#include "model/architecture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct cg_network *fixture_network_new(int input_channels)
{
    struct cg_network *network;
    assert_int_equal(cg_network_create(input_channels, &network, NULL), CG_OK);
    return network;
}

int fixture_add(struct cg_network *network, struct cg_layer layer)
{
    struct cg_error error;
    int index = CG_NETWORK_INPUT;
    if (cg_network_add(network, &layer, &index, &error) != CG_OK)
        fail_msg("%s", error.text);
    return index;
}

struct cg_network *fixture_generator(void)
{
    const struct cg_generator_config config = {.level_count = 1,
                                               .levels = {{.channels = 8, .down = {2, {1, 3}}}},
                                               .feature_px = 1,
                                               .pixel_features = 3,
                                               .head_layers = 2,
                                               .head_channels = {5, 5}};
    struct cg_network *network;
    struct cg_error error;
    if (cg_generator_build(&config, &network, &error) != CG_OK)
        fail_msg("%s", error.text);
    return network;
}

struct cg_network *fixture_pyramid(void)
{
    const struct cg_generator_config config = {
        .level_count = 3,
        .levels = {{.channels = 8, .down = {1, {1}}, .up = {1, {2}}},
                   {.channels = 16, .up = {1, {1}}},
                   {.channels = 8, .down = {1, {1}}}},
        .feature_px = 2,
        .pixel_features = 3,
        .head_layers = 1,
        .head_channels = {5}};
    struct cg_network *network;
    struct cg_error error;
    if (cg_generator_build(&config, &network, &error) != CG_OK)
        fail_msg("%s", error.text);
    return network;
}

size_t fixture_value_count(const struct cg_shape *shape)
{
    return cg_shape_rows(shape) * (size_t)shape->channels;
}
