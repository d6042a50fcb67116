/* Fonts: letters are found, measured, set into lines and drawn. */
#include "fuzz/fuzz.h"

#include "page/letter.h"

#include <math.h>
#include <string.h>

#define SIDE_PX 64

static void look_at(const struct cg_glyph_pixels *pixels)
{
    static volatile unsigned total; /* so that no look is left out */
    for (int i = 0; pixels->coverage != NULL && i < pixels->width * pixels->height; i++)
        total = total + pixels->coverage[i];
}

static void draw_letters(struct cg_fonts *fonts)
{
    static const int32_t codepoints[] = {'A', 'B', ' ', 0x4e00, 0x1f600};
    double above, below;
    cg_fonts_reach(fonts, &above, &below);
    fuzz_expect(isfinite(above) && isfinite(below), "a font's reach is finite");
    for (size_t i = 0; i < sizeof(codepoints) / sizeof(codepoints[0]); i++) {
        struct cg_error error;
        struct cg_glyph glyph;
        double advance;
        struct cg_glyph_pixels pixels = {0};
        if (cg_fonts_find(fonts, codepoints[i], &glyph, &error) != CG_OK)
            continue;
        if (cg_font_advance(fonts, &glyph, &glyph, &advance, &error) == CG_OK)
            fuzz_expect(isfinite(advance), "an advance is finite");
        if (cg_font_draw(fonts, &glyph, 20.0, 0.25, &pixels, &error) == CG_OK)
            look_at(&pixels);
    }
}

static void letter(struct cg_fonts *fonts)
{
    static const struct cg_letter_box box = {SIDE_PX, SIDE_PX, 4.0, 20.0};
    static const uint8_t black[3] = {0, 0, 0};
    struct cg_error error;
    struct cg_lettering *lettering;
    uint8_t pixels[SIDE_PX * SIDE_PX * 3];
    struct cg_image image = {.width = SIDE_PX, .height = SIDE_PX, .channels = 3, .pixels = pixels};
    memset(pixels, 255, sizeof(pixels));
    if (cg_lettering_create(fonts, "AB A-B", &box, &lettering, &error) != CG_OK)
        return;
    cg_lettering_draw(lettering, &image, 0.0, 0.0, CG_LETTER_MIDDLE, black, &error);
    cg_lettering_free(lettering);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    static const char *const no_folders[] = {NULL};
    struct cg_error error;
    struct cg_fonts *fonts;
    if (cg_fonts_create(fuzz_file("font.ttf", bytes, nbytes), no_folders, &fonts, &error) != CG_OK)
        return 0;
    draw_letters(fonts);
    letter(fonts);
    cg_fonts_free(fonts);
    return 0;
}
