/* Files of boundaries as BSDS500 has them; where libmatio is. */
#ifndef FIXTURE_BOUNDARY_H
#define FIXTURE_BOUNDARY_H

#include <stdbool.h>
#include <stdint.h>

#define FIXTURE_ANNOTATORS 2

/* A cell array of that name, of structs with a field of that name: the annotators' maps, one after
 * the other, row by row. */
bool fixture_write_boundaries(const char *path, const char *name, const char *field, int width,
                              int height, const uint8_t *marked);

#endif
