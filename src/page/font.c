/* Fonts: see font.h. */
#include "page/font.h"

#include "base/file.h"
#include "base/memory.h"
#include "page/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Memory from calloc, and no asserts: bad input is an error, never the end of the program. */
#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#define STBTT_malloc(nbytes, user) ((void)(user), calloc(1, nbytes))
#define STBTT_free(memory, user) ((void)(user), free(memory))
#define STBTT_assert(x) ((void)0)
#include <stb_truetype.h>

#define FONT_MAX_NBYTES ((size_t)64 << 20)
#define TABLES_MAX 64
#define FONTS_MAX 8

/* Zeros after a font's bytes: tables refer to each other by 16 bits, so most reads that a damaged
 * one leads astray end here. */
#define PADDING_NBYTES ((size_t)128 << 10)

struct font {
    char *path;
    uint8_t *bytes; /* NULL until it is needed */
    size_t nbytes;
    stbtt_fontinfo info;
    double em; /* its units, of 1 */
};

struct cg_fonts {
    int count;
    struct font fonts[FONTS_MAX];
};

static const char *const usual_folders[] = {"/usr/local/share/fonts", "/usr/share/fonts", NULL};

/* Below such a folder, the best first: a lettering hand, then fonts that have many scripts. */
static const char *const usual_files[] = {
    "opentype/comic-neue/ComicNeue-Bold.otf",   "truetype/comic-neue/ComicNeue-Bold.ttf",
    "truetype/dejavu/DejaVuSans-Bold.ttf",      "truetype/noto/NotoSans-Bold.ttf",
    "truetype/droid/DroidSansFallbackFull.ttf",
};

/* ---- checks ---------------------------------------------------------------------------------- */

static uint32_t read_u16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static uint32_t read_u32(const uint8_t *bytes)
{
    return read_u16(bytes) << 16 | read_u16(bytes + 2);
}

struct table {
    uint32_t offset, nbytes;
};

/* A table of a font whose directory is sound; nbytes 0 if it has none of that name. */
static struct table find_table(const struct font *font, const char *name)
{
    const uint8_t *directory = font->bytes;
    for (uint32_t i = 0; i < read_u16(directory + 4); i++) {
        const uint8_t *entry = directory + 12 + 16 * i;
        if (memcmp(entry, name, 4) == 0)
            return (struct table){read_u32(entry + 8), read_u32(entry + 12)};
    }
    return (struct table){0, 0};
}

static const char *check_directory(const struct font *font)
{
    static const char kinds[][5] = {{0, 1, 0, 0, 0}, "OTTO", "true"};
    bool is_known = false;
    for (size_t i = 0; font->nbytes >= 12 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        is_known = is_known || memcmp(font->bytes, kinds[i], 4) == 0;
    if (!is_known)
        return "something else";
    uint32_t count = read_u16(font->bytes + 4);
    if (count > TABLES_MAX || 12 + 16 * (size_t)count > font->nbytes)
        return "a damaged list of tables";
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *entry = font->bytes + 12 + 16 * i;
        if ((uint64_t)read_u32(entry + 8) + read_u32(entry + 12) > font->nbytes)
            return "a table that ends beyond the file";
    }
    return NULL;
}

/* The sizes of those tables that are read by number of letter. */
static const char *check_tables(const struct font *font)
{
    struct table head = find_table(font, "head"), hhea = find_table(font, "hhea");
    struct table maxp = find_table(font, "maxp"), hmtx = find_table(font, "hmtx");
    struct table loca = find_table(font, "loca"), cff = find_table(font, "CFF ");
    if (head.nbytes < 54 || hhea.nbytes < 36 || maxp.nbytes < 6 ||
        find_table(font, "cmap").nbytes < 4)
        return "a table missing";
    uint64_t letters = read_u16(font->bytes + maxp.offset + 4);
    uint64_t metrics = read_u16(font->bytes + hhea.offset + 34);
    if (letters == 0 || metrics == 0 || metrics > letters ||
        hmtx.nbytes < 4 * metrics + 2 * (letters - metrics))
        return "too few widths";
    bool is_long = read_u16(font->bytes + head.offset + 50) != 0;
    bool has_outlines = find_table(font, "glyf").nbytes > 0;
    if (has_outlines ? loca.nbytes < (letters + 1) * (is_long ? 4 : 2) : cff.nbytes == 0)
        return "too few outlines";
    return NULL;
}

/* Where stb has parsed a part of the CFF table to be. */
static bool lies_within(const struct font *font, const stbtt__buf *part)
{
    if (part->data == NULL || part->size == 0)
        return true;
    size_t offset = (size_t)(part->data - font->bytes);
    return offset <= font->nbytes && (size_t)part->size <= font->nbytes - offset;
}

/* NULL, or what was found in place of a font. */
static const char *parse(struct font *font)
{
    const char *found = check_directory(font);
    if (found == NULL)
        found = check_tables(font);
    if (found != NULL)
        return found;
    if (!stbtt_InitFont(&font->info, font->bytes, 0))
        return "tables that cannot be used";
    if (font->info.cff.size > 0)
        font->info.cff.size = (int)find_table(font, "CFF ").nbytes;
    if (!lies_within(font, &font->info.charstrings) || !lies_within(font, &font->info.gsubrs) ||
        !lies_within(font, &font->info.subrs) || !lies_within(font, &font->info.fontdicts))
        return "outlines that end beyond the file";
    font->em = (double)stbtt_ScaleForMappingEmToPixels(&font->info, 1.0f);
    return font->em > 0.0 && font->em <= 1.0 ? NULL : "a wrong size of its unit";
}

static enum cg_status load(struct font *font, struct cg_error *error)
{
    if (font->bytes != NULL)
        return CG_OK;
    uint8_t *bytes;
    enum cg_status status = cg_file_read(font->path, FONT_MAX_NBYTES, &bytes, &font->nbytes, error);
    if (status != CG_OK)
        return status;
    font->bytes = cg_alloc_zero(font->nbytes + PADDING_NBYTES, 1, "font", error);
    if (font->bytes != NULL)
        memcpy(font->bytes, bytes, font->nbytes);
    free(bytes);
    if (font->bytes == NULL)
        return CG_ERR_MEMORY;
    const char *found = parse(font);
    if (found == NULL)
        return CG_OK;
    free(font->bytes);
    font->bytes = NULL;
    return cg_fail(error, CG_ERR_FORMAT,
                   "reading %s: expected an OpenType or TrueType font, found %s",
                   cg_path_tail(font->path), found);
}

/* ---- the set --------------------------------------------------------------------------------- */

static enum cg_status add_path(struct cg_fonts *fonts, char *path, struct cg_error *error)
{
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "fonts: memory could not be allocated");
    fonts->fonts[fonts->count++].path = path;
    return CG_OK;
}

static enum cg_status add_usual(struct cg_fonts *fonts, const char *const *folders,
                                struct cg_error *error)
{
    for (size_t f = 0; f < sizeof(usual_files) / sizeof(usual_files[0]); f++) {
        for (const char *const *folder = folders; *folder != NULL; folder++) {
            char *path = cg_string_format("%s/%s", *folder, usual_files[f]);
            if (path != NULL && (fonts->count == FONTS_MAX || access(path, R_OK) != 0))
                free(path);
            else if (add_path(fonts, path, error) != CG_OK)
                return CG_ERR_MEMORY;
        }
    }
    return CG_OK;
}

enum cg_status cg_fonts_create(const char *path, const char *const *folders, struct cg_fonts **out,
                               struct cg_error *error)
{
    *out = NULL;
    struct cg_fonts *fonts = cg_alloc_zero(1, sizeof(*fonts), "fonts", error);
    if (fonts == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = CG_OK;
    if (path != NULL)
        status = add_path(fonts, cg_string_copy(path), error);
    if (status == CG_OK)
        status = add_usual(fonts, folders != NULL ? folders : usual_folders, error);
    if (status == CG_OK && fonts->count == 0)
        status = cg_fail(error, CG_ERR_IO,
                         "no font found to letter with; install the package fonts-comic-neue, or "
                         "name a font file with --font");
    if (status == CG_OK)
        status = load(&fonts->fonts[0], error);
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
        free(fonts->fonts[i].path);
        free(fonts->fonts[i].bytes);
    }
    free(fonts);
}

enum cg_status cg_fonts_find(struct cg_fonts *fonts, int32_t codepoint, struct cg_glyph *out,
                             struct cg_error *error)
{
    for (int i = 0; i < fonts->count; i++) {
        struct font *font = &fonts->fonts[i];
        enum cg_status status = load(font, error);
        if (status != CG_OK)
            return status;
        int index = stbtt_FindGlyphIndex(&font->info, codepoint);
        if (index > 0 && index < font->info.numGlyphs) {
            *out = (struct cg_glyph){i, index};
            return CG_OK;
        }
    }
    char letter[5];
    cg_utf8_put(codepoint, letter);
    return cg_fail(error, CG_ERR_UNSUPPORTED,
                   "the letter %s (U+%04X) is in none of the fonts found; name a font that has it "
                   "with --font",
                   letter, (unsigned)codepoint);
}

/* ---- letters --------------------------------------------------------------------------------- */

double cg_font_advance(const struct cg_fonts *fonts, const struct cg_glyph *glyph,
                       const struct cg_glyph *next)
{
    const struct font *font = &fonts->fonts[glyph->font];
    int advance, bearing;
    stbtt_GetGlyphHMetrics(&font->info, glyph->index, &advance, &bearing);
    if (next != NULL && next->font == glyph->font)
        advance += stbtt_GetGlyphKernAdvance(&font->info, glyph->index, next->index);
    return advance * font->em;
}

void cg_fonts_reach(const struct cg_fonts *fonts, double *above, double *below)
{
    int ascent, descent, gap;
    stbtt_GetFontVMetrics(&fonts->fonts[0].info, &ascent, &descent, &gap);
    *above = ascent * fonts->fonts[0].em;
    *below = -descent * fonts->fonts[0].em;
}

enum cg_status cg_font_draw(const struct cg_fonts *fonts, const struct cg_glyph *glyph,
                            double size_px, double shift, struct cg_glyph_pixels *out,
                            struct cg_error *error)
{
    const struct font *font = &fonts->fonts[glyph->font];
    float scale = (float)(size_px * font->em);
    *out = (struct cg_glyph_pixels){0};
    if (stbtt_IsGlyphEmpty(&font->info, glyph->index))
        return CG_OK;
    out->coverage =
        stbtt_GetGlyphBitmapSubpixel(&font->info, scale, scale, (float)shift, 0.0f, glyph->index,
                                     &out->width, &out->height, &out->left, &out->top);
    if (out->coverage == NULL && out->width > 0 && out->height > 0)
        return cg_fail(error, CG_ERR_MEMORY, "lettering: memory could not be allocated");
    return CG_OK;
}
