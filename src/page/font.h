/*
 * Fonts for lettering: OpenType and TrueType files, read by HarfBuzz and FreeType. For each letter
 * the fonts of a set are tried in order; a font is loaded when first needed. A damaged font is an
 * error when it is loaded, or when the damaged glyph is drawn. One thread at a time.
 */
#ifndef CG_PAGE_FONT_H
#define CG_PAGE_FONT_H

#include "base/sandbox.h"

struct cg_fonts;

/* A letter of a font of the set. */
struct cg_glyph {
    int font;
    int32_t codepoint;
    uint32_t index; /* its number in the font */
};

/*
 * path: a font file to try first, or NULL. After it come the known fonts found in folders (a list
 * ended by NULL; NULL for the usual places): Comic Neue Bold, then fonts with more letters. Errors:
 * those of reading path; CG_ERR_FORMAT if it is not a font; CG_ERR_IO if no font is found at all,
 * naming the package to install; CG_ERR_MEMORY.
 */
enum cg_status cg_fonts_create(const char *path, const char *const *folders, struct cg_fonts **out,
                               struct cg_error *error);
void cg_fonts_free(struct cg_fonts *fonts);

/* Allow reading the usual fonts. Errors: those of cg_sandbox_allow. */
enum cg_status cg_fonts_allow(struct cg_sandbox *sandbox, struct cg_error *error);

/* The glyph for a code point, of the first font that has one. Errors: CG_ERR_UNSUPPORTED when no
 * font has it; those of reading a font. */
enum cg_status cg_fonts_find(struct cg_fonts *fonts, int32_t codepoint, struct cg_glyph *out,
                             struct cg_error *error);

/* The pen's advance from a glyph to next (NULL at a line's end) with kerning, in ems. Error:
 * CG_ERR_MEMORY. */
enum cg_status cg_font_advance(const struct cg_fonts *fonts, const struct cg_glyph *glyph,
                               const struct cg_glyph *next, double *out, struct cg_error *error);

/* The first font's ascent and descent, in ems, both positive. */
void cg_fonts_reach(const struct cg_fonts *fonts, double *above, double *below);

/* Coverage of a letter's pixels, 0 to 255: width x height, its upper left pixel at (left, top) from
 * the pen's whole pixel. coverage belongs to the font and is valid until the next glyph is drawn;
 * NULL for a glyph without ink. */
struct cg_glyph_pixels {
    int left, top, width, height;
    const uint8_t *coverage;
};

/* size_px: pixels of an em; shift: the pen's fraction of a pixel to the right, 0 to 1. Errors:
 * CG_ERR_MEMORY; CG_ERR_FORMAT for a damaged letter. */
enum cg_status cg_font_draw(const struct cg_fonts *fonts, const struct cg_glyph *glyph,
                            double size_px, double shift, struct cg_glyph_pixels *out,
                            struct cg_error *error);

#endif
