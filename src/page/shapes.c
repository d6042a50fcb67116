/*
 * Shaping: see shapes.h. HarfBuzz has no allocator to watch. Where memory is short it goes on with
 * tables that it takes for empty, and remembers them, so kerning gets lost without a word. So there
 * are two sets of its objects, which share nothing that is read from the font, and each question is
 * put to both: if the answers differ, memory was short for one of them.
 */
#include "page/shapes.h"

#include "base/memory.h"

#include <stdlib.h>

#include <hb-ot.h>

struct cg_shapes {
    struct shaper {
        hb_font_t *font;
        hb_buffer_t *pair;
    } twins[2];
};

static enum cg_status fail_memory(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_MEMORY, "lettering: out of memory");
}

/* ---- one of the two -------------------------------------------------------------------------- */

static enum cg_status open_shaper(struct shaper *shaper, const uint8_t *bytes, size_t nbytes,
                                  unsigned units, struct cg_error *error)
{
    hb_blob_t *blob =
        hb_blob_create((const char *)bytes, (unsigned)nbytes, HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);
    shaper->font = hb_font_create(face);
    shaper->pair = hb_buffer_create();
    bool is_short = blob == hb_blob_get_empty() || face == hb_face_get_empty() ||
                    shaper->font == hb_font_get_empty() ||
                    !hb_buffer_allocation_successful(shaper->pair);
    bool is_font = hb_face_get_glyph_count(face) > 0 && hb_face_get_upem(face) == units;
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    if (is_short)
        return fail_memory(error);
    return is_font ? CG_OK
                   : cg_fail(error, CG_ERR_FORMAT,
                             "expected an OpenType or TrueType font, found something else, or "
                             "memory was short");
}

static void close_shaper(struct shaper *shaper)
{
    hb_buffer_destroy(shaper->pair);
    hb_font_destroy(shaper->font);
}

static uint32_t find_glyph(const struct shaper *shaper, int32_t codepoint)
{
    hb_codepoint_t glyph;
    return hb_font_get_nominal_glyph(shaper->font, (uint32_t)codepoint, &glyph) ? glyph : 0;
}

/* The kerning between two letters: their glyphs are shaped alone and together, without features
 * that substitute glyphs. False when memory is short. */
static bool find_kerning(const struct shaper *shaper, const int32_t letters[2], int *out)
{
    static const char *const unwanted[] = {"-liga", "-clig", "-calt", "-rlig", "-ccmp"};
    hb_feature_t features[sizeof(unwanted) / sizeof(unwanted[0])];
    unsigned count = sizeof(unwanted) / sizeof(unwanted[0]), shaped;
    uint32_t text[2] = {(uint32_t)letters[0], (uint32_t)letters[1]};
    for (unsigned i = 0; i < count; i++)
        hb_feature_from_string(unwanted[i], -1, &features[i]);
    hb_buffer_clear_contents(shaper->pair);
    hb_buffer_add_utf32(shaper->pair, text, 2, 0, 2);
    hb_buffer_guess_segment_properties(shaper->pair);
    hb_buffer_set_direction(shaper->pair, HB_DIRECTION_LTR);
    if (!hb_shape_full(shaper->font, shaper->pair, features, count, NULL) ||
        !hb_buffer_allocation_successful(shaper->pair))
        return false;
    const hb_glyph_position_t *places = hb_buffer_get_glyph_positions(shaper->pair, &shaped);
    const hb_glyph_info_t *drawn = hb_buffer_get_glyph_infos(shaper->pair, &shaped);
    *out = shaped != 2 ? 0
                       : places[0].x_advance -
                             hb_font_get_glyph_h_advance(shaper->font, drawn[0].codepoint);
    return true;
}

static bool find_advance(const struct shaper *shaper, uint32_t glyph, const int32_t letters[2],
                         int *out)
{
    int kerning = 0;
    if (letters != NULL && !find_kerning(shaper, letters, &kerning))
        return false;
    *out = hb_font_get_glyph_h_advance(shaper->font, glyph) + kerning;
    return true;
}

/* ---- both ------------------------------------------------------------------------------------ */

enum cg_status cg_shapes_create(const uint8_t *bytes, size_t nbytes, unsigned units,
                                struct cg_shapes **out, struct cg_error *error)
{
    struct cg_shapes *shapes = cg_alloc_zero(1, sizeof(*shapes), "font", error);
    enum cg_status status = shapes != NULL ? CG_OK : CG_ERR_MEMORY;
    *out = shapes;
    for (int i = 0; status == CG_OK && i < 2; i++)
        status = open_shaper(&shapes->twins[i], bytes, nbytes, units, error);
    if (status != CG_OK) {
        cg_shapes_free(shapes);
        *out = NULL;
    }
    return status;
}

void cg_shapes_free(struct cg_shapes *shapes)
{
    for (int i = 0; shapes != NULL && i < 2; i++)
        close_shaper(&shapes->twins[i]);
    free(shapes);
}

enum cg_status cg_shapes_find(const struct cg_shapes *shapes, int32_t codepoint, uint32_t *out,
                              struct cg_error *error)
{
    *out = find_glyph(&shapes->twins[0], codepoint);
    return *out == find_glyph(&shapes->twins[1], codepoint) ? CG_OK : fail_memory(error);
}

enum cg_status cg_shapes_advance(const struct cg_shapes *shapes, uint32_t glyph,
                                 const int32_t letters[2], int *out, struct cg_error *error)
{
    int again;
    bool same = find_advance(&shapes->twins[0], glyph, letters, out) &&
                find_advance(&shapes->twins[1], glyph, letters, &again) && *out == again;
    return same ? CG_OK : fail_memory(error);
}
