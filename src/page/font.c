/*
 * Fonts: see font.h. HarfBuzz (shapes.c) finds glyphs, their widths and kerning (which most fonts
 * today keep in GPOS, which FreeType does not read); FreeType draws them, without hinting. Both
 * read the same bytes and are built for files from strangers.
 */
#include "page/font.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "page/shapes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_MODULE_H
#include FT_OUTLINE_H

#define FONT_MAX_NBYTES ((size_t)64 << 20)
#define FONTS_MAX 8
#define GLYPH_MAX_EM 16 /* a larger glyph is damage, and would take unbounded memory */

struct font {
    char *path;
    uint8_t *bytes;
    FT_Face face;
    struct cg_shapes *shapes; /* NULL until the font is needed */
    double em;                /* its units */
};

struct cg_fonts {
    struct FT_MemoryRec_ memory;
    FT_Library library;
    int count;
    struct font fonts[FONTS_MAX];
};

/* The usual places for fonts. */
static const char *const usual_folders[] = {"/usr/local/share/fonts", "/usr/share/fonts", NULL};

/* The best first: a lettering font, then fonts with many scripts. */
static const char *const usual_files[] = {
    "opentype/comic-neue/ComicNeue-Bold.otf",   "truetype/comic-neue/ComicNeue-Bold.ttf",
    "truetype/dejavu/DejaVuSans-Bold.ttf",      "truetype/noto/NotoSans-Bold.ttf",
    "truetype/droid/DroidSansFallbackFull.ttf", NULL,
};

/* ---- one font -------------------------------------------------------------------------------- */

static void unload(struct font *font)
{
    cg_shapes_free(font->shapes);
    FT_Done_Face(font->face);
    free(font->bytes);
    *font = (struct font){.path = font->path};
}

static enum cg_status fail_font(const struct font *font, FT_Error code, struct cg_error *error)
{
    if (code == FT_Err_Out_Of_Memory || cg_memory_was_short())
        return cg_fail(error, CG_ERR_MEMORY, "reading %s: out of memory", cg_path_tail(font->path));
    return cg_fail(error, CG_ERR_FORMAT,
                   "reading %s: expected an OpenType or TrueType font, found damage or something "
                   "else",
                   cg_path_tail(font->path));
}

static enum cg_status open_shapes(struct font *font, size_t nbytes, struct cg_error *error)
{
    font->em = 1.0 / font->face->units_per_EM;
    enum cg_status status =
        cg_shapes_create(font->bytes, nbytes, font->face->units_per_EM, &font->shapes, error);
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(font->path));
    return status;
}

static enum cg_status load(struct cg_fonts *fonts, struct font *font, struct cg_error *error)
{
    size_t nbytes;
    if (font->shapes != NULL)
        return CG_OK;
    enum cg_status status = cg_file_read(font->path, FONT_MAX_NBYTES, &font->bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    cg_memory_forget();
    FT_Error code =
        FT_New_Memory_Face(fonts->library, font->bytes, (FT_Long)nbytes, 0, &font->face);
    if (cg_memory_was_short())
        code = FT_Err_Out_Of_Memory;
    if (code == FT_Err_Ok && (!FT_IS_SFNT(font->face) || !FT_IS_SCALABLE(font->face)))
        code = FT_Err_Unknown_File_Format;
    status = code == FT_Err_Ok ? open_shapes(font, nbytes, error) : fail_font(font, code, error);
    if (status != CG_OK)
        unload(font);
    return status;
}

/* ---- the set --------------------------------------------------------------------------------- */

static enum cg_status add_path(struct cg_fonts *fonts, char *path, struct cg_error *error)
{
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "fonts: out of memory");
    fonts->fonts[fonts->count++].path = path;
    return CG_OK;
}

static enum cg_status add_usual(struct cg_fonts *fonts, const char *const *folders,
                                struct cg_error *error)
{
    for (const char *const *file = usual_files; *file != NULL; file++) {
        for (const char *const *folder = folders; *folder != NULL; folder++) {
            char *path = cg_string_format("%s/%s", *folder, *file);
            if (path != NULL && (fonts->count == FONTS_MAX || access(path, R_OK) != 0))
                free(path);
            else if (add_path(fonts, path, error) != CG_OK)
                return CG_ERR_MEMORY;
        }
    }
    return CG_OK;
}

/* FreeType's drivers report a lack of memory as damage, and 2.12 writes to a table of strokes that
 * could not grow. */

static void *allocate(FT_Memory memory, long nbytes)
{
    (void)memory;
    return cg_reserved_malloc((size_t)nbytes);
}

static void *reallocate(FT_Memory memory, long former_nbytes, long nbytes, void *block)
{
    void *larger = allocate(memory, nbytes);
    if (larger == NULL)
        return NULL;
    if (block != NULL)
        memcpy(larger, block, (size_t)(former_nbytes < nbytes ? former_nbytes : nbytes));
    cg_reserved_free(block);
    return larger;
}

static void release(FT_Memory memory, void *block)
{
    (void)memory;
    cg_reserved_free(block);
}

static enum cg_status open_libraries(struct cg_fonts *fonts, struct cg_error *error)
{
    fonts->memory = (struct FT_MemoryRec_){NULL, allocate, release, reallocate};
    cg_memory_forget();
    if (FT_New_Library(&fonts->memory, &fonts->library) != FT_Err_Ok)
        return cg_fail(error, CG_ERR_MEMORY, "fonts: out of memory");
    FT_Add_Default_Modules(fonts->library); /* reports no failures */
    return cg_memory_was_short() ? cg_fail(error, CG_ERR_MEMORY, "fonts: out of memory") : CG_OK;
}

enum cg_status cg_fonts_create(const char *path, const char *const *folders, struct cg_fonts **out,
                               struct cg_error *error)
{
    *out = NULL;
    struct cg_fonts *fonts = cg_alloc_zero(1, sizeof(*fonts), "fonts", error);
    if (fonts == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = open_libraries(fonts, error);
    if (status == CG_OK && path != NULL)
        status = add_path(fonts, cg_string_copy(path), error);
    if (status == CG_OK)
        status = add_usual(fonts, folders != NULL ? folders : usual_folders, error);
    if (status == CG_OK && fonts->count == 0)
        status = cg_fail(error, CG_ERR_IO,
                         "no font found to letter with; install the package fonts-comic-neue, or "
                         "name a font file with --font");
    if (status == CG_OK)
        status = load(fonts, &fonts->fonts[0], error);
    if (status != CG_OK) {
        cg_fonts_free(fonts);
        return status;
    }
    *out = fonts;
    return CG_OK;
}

void cg_fonts_free(struct cg_fonts *fonts)
{
    if (fonts == NULL)
        return;
    for (int i = 0; i < fonts->count; i++) {
        unload(&fonts->fonts[i]);
        free(fonts->fonts[i].path);
    }
    FT_Done_Library(fonts->library);
    free(fonts);
}

enum cg_status cg_fonts_allow(struct cg_sandbox *sandbox, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    for (const char *const *folder = usual_folders; *folder != NULL; folder++)
        for (const char *const *file = usual_files; status == CG_OK && *file != NULL; file++) {
            char *path = cg_string_format("%s/%s", *folder, *file);
            status = path == NULL ? cg_fail(error, CG_ERR_MEMORY, "fonts: out of memory")
                                  : cg_sandbox_allow(sandbox, path, CG_SANDBOX_READ, error);
            free(path);
        }
    return status;
}

/* What FreeType finds, HarfBuzz finds too, unless the font is damaged or memory was short for what
 * HarfBuzz's fonts share. */
static enum cg_status find_glyph(const struct font *font, int32_t codepoint, uint32_t *out,
                                 struct cg_error *error)
{
    enum cg_status status = cg_shapes_find(font->shapes, codepoint, out, error);
    if (status == CG_OK && *out == 0 && FT_Get_Char_Index(font->face, (FT_ULong)codepoint) != 0)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "reading %s: expected letters as in its table, found other ones, or "
                         "memory was short",
                         cg_path_tail(font->path));
    return status;
}

enum cg_status cg_fonts_find(struct cg_fonts *fonts, int32_t codepoint, struct cg_glyph *out,
                             struct cg_error *error)
{
    for (int i = 0; i < fonts->count; i++) {
        enum cg_status status = load(fonts, &fonts->fonts[i], error);
        *out = (struct cg_glyph){.font = i, .codepoint = codepoint};
        if (status == CG_OK)
            status = find_glyph(&fonts->fonts[i], codepoint, &out->index, error);
        if (status != CG_OK || out->index != 0)
            return status;
    }
    char letter[5];
    cg_utf8_put(codepoint, letter);
    return cg_fail(error, CG_ERR_UNSUPPORTED,
                   "the letter %s (U+%04X) is in none of the fonts found; name a font that has it "
                   "with --font",
                   letter, (unsigned)codepoint);
}

/* ---- letters --------------------------------------------------------------------------------- */

enum cg_status cg_font_advance(const struct cg_fonts *fonts, const struct cg_glyph *glyph,
                               const struct cg_glyph *next, double *out, struct cg_error *error)
{
    const struct font *font = &fonts->fonts[glyph->font];
    bool kerned = next != NULL && next->font == glyph->font;
    const int32_t letters[2] = {glyph->codepoint, kerned ? next->codepoint : 0};
    int advance = 0;
    enum cg_status status =
        cg_shapes_advance(font->shapes, glyph->index, kerned ? letters : NULL, &advance, error);
    *out = advance * font->em;
    return status;
}

void cg_fonts_reach(const struct cg_fonts *fonts, double *above, double *below)
{
    const struct font *font = &fonts->fonts[0];
    *above = font->face->ascender * font->em;
    *below = -font->face->descender * font->em;
}

static FT_Error render(FT_Face face, unsigned index, double size_px, double shift)
{
    FT_BBox box;
    FT_Error code = FT_Set_Char_Size(face, 0, (FT_F26Dot6)(size_px * 64.0 + 0.5), 72, 72);
    if (code == FT_Err_Ok)
        code = FT_Load_Glyph(face, index, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP);
    if (code != FT_Err_Ok)
        return code;
    FT_Outline_Translate(&face->glyph->outline, (FT_Pos)(shift * 64.0 + 0.5), 0);
    FT_Outline_Get_CBox(&face->glyph->outline, &box);
    double largest = GLYPH_MAX_EM * 64.0 * size_px;
    if ((double)(box.xMax - box.xMin) > largest || (double)(box.yMax - box.yMin) > largest)
        return FT_Err_Invalid_Outline;
    return FT_Render_Glyph(face->glyph, FT_RENDER_MODE_NORMAL);
}

enum cg_status cg_font_draw(const struct cg_fonts *fonts, const struct cg_glyph *glyph,
                            double size_px, double shift, struct cg_glyph_pixels *out,
                            struct cg_error *error)
{
    const struct font *font = &fonts->fonts[glyph->font];
    *out = (struct cg_glyph_pixels){0};
    cg_memory_forget();
    FT_Error code = render(font->face, glyph->index, size_px, shift);
    if (code != FT_Err_Ok || cg_memory_was_short())
        return fail_font(font, code, error);
    const FT_GlyphSlot slot = font->face->glyph;
    const FT_Bitmap *bitmap = &slot->bitmap;
    if (bitmap->width == 0 || bitmap->rows == 0)
        return CG_OK;
    *out = (struct cg_glyph_pixels){slot->bitmap_left, -slot->bitmap_top, (int)bitmap->width,
                                    (int)bitmap->rows, bitmap->buffer};
    return CG_OK;
}
