/* Small networks for tests. What fails here fails the test. */
#ifndef CG_TESTS_UNIT_FIXTURE_NETWORK_H
#define CG_TESTS_UNIT_FIXTURE_NETWORK_H

#include "nn/network.h"

struct cg_network *fixture_network_new(int input_channels);

/* Append a layer; returns its number. */
int fixture_add(struct cg_network *network, struct cg_layer layer);

/* The comic generator with 8 channels, two blocks (one shift longer than small pictures) and odd
 * numbers in its head. */
struct cg_network *fixture_generator(void);

/* The same as a pyramid of three levels, with pixel features of a coarser grid. */
struct cg_network *fixture_pyramid(void);

/* Values of a map. */
size_t fixture_value_count(const struct cg_shape *shape);

#endif
