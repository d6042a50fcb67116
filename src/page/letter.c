/*
 * Lettering: see letter.h. The steps: bytes to letters, the largest size at which the lines fit,
 * the narrowest width with the same number of lines (which evens them out), drawing.
 */
#include "page/letter.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX_NBYTES 4000
#define LINES_MAX 100
#define LINE_GAP 1.08 /* from line to line, of the first font's reach */
#define SIZE_STEP 0.97
#define EVENING_STEPS 24

struct letter {
    int32_t codepoint;
    struct cg_glyph glyph;
    double advance; /* ems, with the kerning towards the next letter */
};

/* Letters from begin to end, without trailing blanks. */
struct line {
    int begin, end;
};

struct cg_lettering {
    struct cg_fonts *fonts;
    struct letter *letters;
    int letter_count, line_count;
    struct line lines[LINES_MAX];
    double size_px, width; /* of the widest line, in pixels */
    double above, below;   /* ems */
};

/* ---- letters --------------------------------------------------------------------------------- */

static bool is_right_to_left(int32_t c)
{
    return (c >= 0x590 && c < 0x900) || (c >= 0xfb1d && c < 0xfe00) ||
           (c >= 0xfe70 && c < 0xff00) || (c >= 0x10800 && c < 0x11000);
}

static enum cg_status check_letter(int32_t codepoint, size_t at_byte, struct cg_error *error)
{
    if (codepoint < 0)
        return cg_fail(error, CG_ERR_FORMAT, "expected UTF-8, found other bytes after byte %zu",
                       at_byte);
    if ((codepoint < 0x20 && codepoint != '\n') || (codepoint >= 0x7f && codepoint < 0xa0))
        return cg_fail(error, CG_ERR_FORMAT, "expected letters, found the control character U+%04X",
                       (unsigned)codepoint);
    if (is_right_to_left(codepoint))
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected a script written from left to right, found U+%04X",
                       (unsigned)codepoint);
    return CG_OK;
}

static enum cg_status read_letters(struct cg_lettering *lettering, const char *text,
                                   struct cg_error *error)
{
    const char *at = text;
    while (*at != '\0') {
        size_t at_byte = (size_t)(at - text);
        struct letter *letter = &lettering->letters[lettering->letter_count++];
        letter->codepoint = cg_utf8_next(&at);
        if (letter->codepoint == '\t')
            letter->codepoint = ' ';
        enum cg_status status = check_letter(letter->codepoint, at_byte, error);
        if (status == CG_OK && letter->codepoint != '\n')
            status = cg_fonts_find(lettering->fonts, letter->codepoint, &letter->glyph, error);
        if (status != CG_OK)
            return status;
    }
    enum cg_status status = CG_OK;
    for (int i = 0; status == CG_OK && i < lettering->letter_count; i++) {
        struct letter *letter = &lettering->letters[i], *next = letter + 1;
        bool has_next = i + 1 < lettering->letter_count && next->codepoint != '\n';
        if (letter->codepoint != '\n')
            status = cg_font_advance(lettering->fonts, &letter->glyph,
                                     has_next ? &next->glyph : NULL, &letter->advance, error);
    }
    return status;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static bool is_blank(int32_t codepoint)
{
    return codepoint == ' ' || codepoint == '\n';
}

/* Han, kana and related scripts: a line may break between any two. */
static bool is_east_asian(int32_t codepoint)
{
    return codepoint >= 0x2e80 && codepoint < 0xa000;
}

/* Characters that may not begin a line in Chinese and Japanese: closing marks, small kana, long
 * sound. */
static bool stays_with_the_last(int32_t codepoint)
{
    static const int32_t marks[] = {0x3001, 0x3002, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011,
                                    0x3015, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063,
                                    0x3083, 0x3085, 0x3087, 0x30a1, 0x30a3, 0x30a5, 0x30a7,
                                    0x30a9, 0x30c3, 0x30e3, 0x30e5, 0x30e7, 0x30fc};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (marks[i] == codepoint)
            return true;
    return false;
}

/* Whether a line may end before letters[i], i > 0. */
static bool may_break(const struct letter *letters, int i)
{
    int32_t last = letters[i - 1].codepoint, next = letters[i].codepoint;
    if (is_blank(last))
        return !is_blank(next);
    if (last == '-' || last == 0x2010 || last == 0x2013 || last == 0x2014)
        return i >= 2 && !is_blank(letters[i - 2].codepoint) && !is_blank(next);
    return is_east_asian(last) && is_east_asian(next) && !stays_with_the_last(next);
}

static double width_of(const struct letter *letters, int begin, int end)
{
    double width = 0.0;
    for (int i = begin; i < end; i++)
        width += letters[i].advance;
    return width;
}

static int without_blanks(const struct letter *letters, int begin, int end)
{
    while (end > begin && is_blank(letters[end - 1].codepoint))
        end--;
    return end;
}

/* The end of the line that begins at begin: as many letters as fit; begin if not even one word. */
static int find_line_end(const struct cg_lettering *lettering, int begin, double width_em)
{
    const struct letter *letters = lettering->letters;
    int end = begin;
    for (int i = begin + 1; i <= lettering->letter_count; i++) {
        bool is_forced = letters[i - 1].codepoint == '\n';
        if (!is_forced && i < lettering->letter_count && !may_break(letters, i))
            continue;
        if (width_of(letters, begin, without_blanks(letters, begin, i)) > width_em)
            break;
        end = i;
        if (is_forced)
            break;
    }
    return end;
}

/*
 * Fill lines[] with lines of at most width_em. False if a word or the number of lines does not fit.
 */
static bool set_lines(struct cg_lettering *lettering, double width_em)
{
    lettering->line_count = 0;
    lettering->width = 0.0;
    for (int begin = 0, end; begin < lettering->letter_count; begin = end) {
        end = find_line_end(lettering, begin, width_em);
        if (end == begin || lettering->line_count == LINES_MAX)
            return false;
        struct line line = {begin, without_blanks(lettering->letters, begin, end)};
        double width = width_of(lettering->letters, line.begin, line.end);
        lettering->width = fmax(lettering->width, width);
        lettering->lines[lettering->line_count++] = line;
    }
    return true;
}

/* Height of the lines, in ems. */
static double height_em(const struct cg_lettering *lettering)
{
    double reach = lettering->above + lettering->below;
    return reach * (1.0 + LINE_GAP * (lettering->line_count - 1));
}

/* Even out the lines: find the narrowest width that needs no more of them. */
static void even_out(struct cg_lettering *lettering, double width_em)
{
    int line_count = lettering->line_count;
    double low = width_em / (line_count + 1), high = width_em;
    for (int i = 0; i < EVENING_STEPS; i++) {
        double middle = 0.5 * (low + high);
        if (set_lines(lettering, middle) && lettering->line_count <= line_count)
            high = middle;
        else
            low = middle;
    }
    set_lines(lettering, high);
}

static enum cg_status fit(struct cg_lettering *lettering, const struct cg_letter_box *box,
                          struct cg_error *error)
{
    double size = box->largest_px;
    while (!set_lines(lettering, box->width / size) || height_em(lettering) * size > box->height) {
        if (size <= box->smallest_px)
            return cg_fail(error, CG_ERR_LIMIT,
                           "expected a text that fits %.0f x %.0f pixels in the smallest size of "
                           "%.0f pixels, found %d letters",
                           box->width, box->height, box->smallest_px, lettering->letter_count);
        size = fmax(size * SIZE_STEP, box->smallest_px);
    }
    even_out(lettering, box->width / size);
    lettering->size_px = size;
    lettering->width *= size;
    return CG_OK;
}

static enum cg_status set_text(struct cg_lettering *lettering, const char *text,
                               const struct cg_letter_box *box, struct cg_error *error)
{
    size_t nbytes = strlen(text);
    if (nbytes > TEXT_MAX_NBYTES)
        return cg_fail(error, CG_ERR_LIMIT, "expected at most %d bytes of text, found %zu",
                       TEXT_MAX_NBYTES, nbytes);
    lettering->letters = cg_alloc_zero(nbytes + 1, sizeof(struct letter), "lettering", error);
    if (lettering->letters == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = read_letters(lettering, text, error);
    if (status != CG_OK)
        return status;
    lettering->letter_count = without_blanks(lettering->letters, 0, lettering->letter_count);
    if (lettering->letter_count == 0)
        return cg_fail(error, CG_ERR_ARGUMENT, "expected a text, found blanks");
    cg_fonts_reach(lettering->fonts, &lettering->above, &lettering->below);
    return fit(lettering, box, error);
}

enum cg_status cg_lettering_create(struct cg_fonts *fonts, const char *text,
                                   const struct cg_letter_box *box, struct cg_lettering **out,
                                   struct cg_error *error)
{
    *out = NULL;
    struct cg_lettering *lettering = cg_alloc_zero(1, sizeof(*lettering), "lettering", error);
    if (lettering == NULL)
        return CG_ERR_MEMORY;
    lettering->fonts = fonts;
    enum cg_status status = set_text(lettering, text, box, error);
    if (status != CG_OK) {
        cg_lettering_free(lettering);
        return status;
    }
    *out = lettering;
    return CG_OK;
}

void cg_lettering_free(struct cg_lettering *lettering)
{
    if (lettering == NULL)
        return;
    free(lettering->letters);
    free(lettering);
}

double cg_lettering_width(const struct cg_lettering *lettering)
{
    return lettering->width;
}

double cg_lettering_height(const struct cg_lettering *lettering)
{
    return height_em(lettering) * lettering->size_px;
}

double cg_lettering_size(const struct cg_lettering *lettering)
{
    return lettering->size_px;
}

int cg_lettering_line_count(const struct cg_lettering *lettering)
{
    return lettering->line_count;
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* image = image + coverage * (colour - image) */
static void blend(struct cg_image *image, const struct cg_glyph_pixels *pixels, int left, int top,
                  const uint8_t colour[3])
{
    for (int y = 0; y < pixels->height; y++) {
        for (int x = 0; x < pixels->width; x++) {
            int to_x = left + x, to_y = top + y;
            int coverage = pixels->coverage[y * pixels->width + x];
            if (to_x < 0 || to_y < 0 || to_x >= image->width || to_y >= image->height)
                continue;
            uint8_t *to = image->pixels + 3 * ((size_t)to_y * (size_t)image->width + (size_t)to_x);
            for (int c = 0; c < 3; c++)
                to[c] = (uint8_t)((to[c] * (255 - coverage) + colour[c] * coverage + 127) / 255);
        }
    }
}

static enum cg_status draw_line(const struct cg_lettering *lettering, const struct line *line,
                                struct cg_image *image, double x, double y, const uint8_t colour[3],
                                struct cg_error *error)
{
    for (int i = line->begin; i < line->end; i++) {
        struct cg_glyph_pixels pixels;
        double whole = floor(x);
        enum cg_status status = cg_font_draw(lettering->fonts, &lettering->letters[i].glyph,
                                             lettering->size_px, x - whole, &pixels, error);
        if (status != CG_OK)
            return status;
        if (pixels.coverage != NULL)
            blend(image, &pixels, (int)whole + pixels.left, (int)round(y) + pixels.top, colour);
        x += lettering->letters[i].advance * lettering->size_px;
    }
    return CG_OK;
}

enum cg_status cg_lettering_draw(const struct cg_lettering *lettering, struct cg_image *image,
                                 double x, double y, enum cg_letter_align align,
                                 const uint8_t colour[3], struct cg_error *error)
{
    double line_px = (lettering->above + lettering->below) * LINE_GAP * lettering->size_px;
    double baseline = y + lettering->above * lettering->size_px;
    enum cg_status status = CG_OK;
    for (int i = 0; status == CG_OK && i < lettering->line_count; i++) {
        const struct line *line = &lettering->lines[i];
        double free_px = lettering->width -
                         lettering->size_px * width_of(lettering->letters, line->begin, line->end);
        double indent = align == CG_LETTER_LEFT    ? 0.0
                        : align == CG_LETTER_RIGHT ? free_px
                                                   : free_px / 2;
        status =
            draw_line(lettering, line, image, x + indent, baseline + i * line_px, colour, error);
    }
    return status;
}
