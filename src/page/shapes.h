/*
 * A font as HarfBuzz sees it: which glyph a letter has, how far the pen goes on, and kerning. One
 * thread at a time.
 */
#ifndef CG_PAGE_SHAPES_H
#define CG_PAGE_SHAPES_H

#include "base/error.h"

struct cg_shapes;

/* bytes: the font, which must outlive the shapes; units: of an em, as they must be found. Errors:
 * CG_ERR_FORMAT, CG_ERR_MEMORY. */
enum cg_status cg_shapes_create(const uint8_t *bytes, size_t nbytes, unsigned units,
                                struct cg_shapes **out, struct cg_error *error);
void cg_shapes_free(struct cg_shapes *shapes);

/* *out: the letter's glyph, 0 if it has none. Errors: CG_ERR_MEMORY. */
enum cg_status cg_shapes_find(const struct cg_shapes *shapes, int32_t codepoint, uint32_t *out,
                              struct cg_error *error);

/* From a glyph on; letters: its own and the one behind it, to be kerned, or NULL. In the font's
 * units. Errors: CG_ERR_MEMORY. */
enum cg_status cg_shapes_advance(const struct cg_shapes *shapes, uint32_t glyph,
                                 const int32_t letters[2], int *out, struct cg_error *error);

#endif
