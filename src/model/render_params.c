/* The table of looks: see render_params.h. */
#include "model/render_params.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHAT "comicgan.card: looks"

#define AT(name) offsetof(struct cg_render_params, name)

const struct cg_option CG_LOOK_TABLE[] = {
    {"detail", 0, CG_OPTION_INT, AT(detail_px), "PX",
     "size of the long side at which the style is applied, %r: smaller is "
     "bolder, larger is finer",
     64, 8192, 960},
    {"ink", 0, CG_OPTION_FLOAT, AT(ink), "X", "strength of the lines, %r", 0, 2, 1, "ink"},
    {"line", 0, CG_OPTION_FLOAT, AT(line), "X", "width of the lines, %r times their own", 0.25, 4,
     1, "line"},
    {"smooth", 0, CG_OPTION_FLOAT, AT(smooth), "X",
     "how far what is left of the photo's texture is smoothed away, %r; 0 is faster", 0, 1, 1,
     "smooth"},
    {"cel", 0, CG_OPTION_FLOAT, AT(cel), "X",
     "how flat areas are painted, as on cels, with closed contours: %r; 0 is as drawn", 0, 1, 0,
     "cel"},
    {"faces", 0, CG_OPTION_FLOAT, AT(faces), "X",
     "small faces drawn closer, with lines of their own: %r; 0 is as all else", 0, 1, 0, "faces"},
    {"blacks", 0, CG_OPTION_FLOAT, AT(blacks), "X",
     "solid blacks, as shapes, in dark areas: %r; 0 is none", 0, 1, 0, "blacks"},
    {"saturation", 0, CG_OPTION_FLOAT, AT(saturation), "X",
     "%r; 0 is grey, 1 leaves colours as they are", 0, 2, 1, "saturation"},
    {"contrast", 0, CG_OPTION_FLOAT, AT(contrast), "X", "%r; 1 leaves light and dark as they are",
     0, 2, 1, "contrast"},
    {"colors", 0, CG_OPTION_INT, AT(colors), "N", "as few colours as %r; 0: as many as there are",
     2, 64, 0, "colors", .or_zero = true},
    {"fill", 0, CG_OPTION_FLOAT, AT(fill), "X",
     "how much colour is laid under the lines: %r; 0 is white", 0, 1, 1, "fill"},
    {"hatch", 0, CG_OPTION_FLOAT, AT(hatch), "X", "pen strokes in the shadows: %r; 0 is none", 0, 1,
     0, "hatch"},
    {"halftone", 0, CG_OPTION_FLOAT, AT(halftone), "X", "printed dots: %r; 0 is none", 0, 1, 0,
     "halftone"},
    {"halftone-dots", 0, CG_OPTION_INT, AT(halftone_dots), "N", "dots along the long side, %r", 20,
     400, 150, "halftone_dots"},
    {"strength", 0, CG_OPTION_FLOAT, AT(strength), "X", "from the photo (0) to the comic (1)", 0, 1,
     1, "strength"},
    {"feather", 0, CG_OPTION_FLOAT, AT(feather), "X",
     "softness of the mask's edges, %r of the long side (default: 0.005)", 0, 0.25, 0.005},
    CG_OPTION_END,
};

struct cg_render_params cg_render_params_neutral(int detail_px)
{
    struct cg_render_params looks = {.paper = {1.0f, 1.0f, 1.0f}};
    for (const struct cg_option *row = CG_LOOK_TABLE; row->kind != CG_OPTION_NONE; row++)
        cg_option_set(row, &looks, row->neutral);
    looks.detail_px = detail_px;
    return looks;
}

/* ---- one of them ----------------------------------------------------------------------------- */

static enum cg_status check_value(const struct cg_option *row, double value, struct cg_error *error)
{
    if (cg_option_in_range(row, value))
        return CG_OK;
    return cg_fail(error, CG_ERR_ARGUMENT, "%s: expected %g to %g%s, got %g", row->name, row->low,
                   row->high, row->or_zero ? " or 0" : "", value);
}

static enum cg_status find_row(const char *name, const struct cg_option **out,
                               struct cg_error *error)
{
    char known[256] = "";
    size_t used = 0;
    for (*out = CG_LOOK_TABLE; (*out)->kind != CG_OPTION_NONE; (*out)++) {
        if (strcmp((*out)->name, name) == 0)
            return CG_OK;
        used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s", used > 0 ? ", " : "",
                                 (*out)->name);
    }
    return cg_fail(error, CG_ERR_ARGUMENT, "no look is called \"%.32s\"; there are: %s", name,
                   known);
}

enum cg_status cg_render_params_set(struct cg_render_params *looks, const char *name, double value,
                                    struct cg_error *error)
{
    const struct cg_option *row;
    enum cg_status status = find_row(name, &row, error);
    if (status == CG_OK)
        status = check_value(row, value, error);
    if (status == CG_OK && row->kind == CG_OPTION_INT && value != floor(value))
        status =
            cg_fail(error, CG_ERR_ARGUMENT, "%s: expected a whole number, got %g", name, value);
    if (status == CG_OK)
        cg_option_set(row, looks, value);
    return status;
}

enum cg_status cg_render_params_get(const struct cg_render_params *looks, const char *name,
                                    double *value, struct cg_error *error)
{
    const struct cg_option *row;
    enum cg_status status = find_row(name, &row, error);
    if (status == CG_OK)
        *value = cg_option_get(row, looks);
    return status;
}

const char *cg_render_params_name(size_t index, double *low, double *high)
{
    if (index >= sizeof(CG_LOOK_TABLE) / sizeof(CG_LOOK_TABLE[0]) - 1)
        return NULL;
    if (low != NULL)
        *low = CG_LOOK_TABLE[index].or_zero ? 0.0 : CG_LOOK_TABLE[index].low;
    if (high != NULL)
        *high = CG_LOOK_TABLE[index].high;
    return CG_LOOK_TABLE[index].name;
}

enum cg_status cg_render_params_set_mask(struct cg_render_params *looks, struct cg_pixels mask,
                                         struct cg_error *error)
{
    if (mask.data != NULL && (mask.width < 1 || mask.height < 1 || mask.channels != 1 ||
                              (mask.stride != 0 && mask.stride != (size_t)mask.width)))
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "mask: expected one channel, sides of at least 1 and rows without gaps, got "
                       "%d x %d x %d, %zu bytes a row",
                       mask.width, mask.height, mask.channels, mask.stride);
    looks->mask = (struct cg_mask){mask.width, mask.height, mask.data};
    return CG_OK;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static enum cg_status check_paper_and_mask(const struct cg_render_params *looks,
                                           struct cg_error *error)
{
    const float paper[4] = {looks->paper[0], looks->paper[1], looks->paper[2], looks->grain};
    for (int i = 0; i < 4; i++)
        if (!(paper[i] >= 0.0f && paper[i] <= 1.0f))
            return cg_fail(error, CG_ERR_ARGUMENT, "%s: expected 0 to 1, got %g",
                           i < 3 ? "paper" : "grain", (double)paper[i]);
    if (looks->mask.pixels != NULL && (looks->mask.width < 1 || looks->mask.height < 1))
        return cg_fail(error, CG_ERR_ARGUMENT, "mask: expected sides of at least 1, got %d x %d",
                       looks->mask.width, looks->mask.height);
    return CG_OK;
}

enum cg_status cg_render_params_check(const struct cg_render_params *looks, struct cg_error *error)
{
    for (const struct cg_option *row = CG_LOOK_TABLE; row->kind != CG_OPTION_NONE; row++) {
        enum cg_status status = check_value(row, cg_option_get(row, looks), error);
        if (status != CG_OK)
            return status;
    }
    return check_paper_and_mask(looks, error);
}

/* ---- paper ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    unsigned rgb;
    float grain;
} papers[] = {
    {"white", 0xffffff, 0.0f}, {"cream", 0xfaf1dc, 0.2f}, {"newsprint", 0xe9e0cb, 0.4f},
    {"kraft", 0xcfae84, 0.6f}, {"grey", 0xe4e4e1, 0.25f}, {"blue", 0xdfe8ee, 0.2f},
};

static bool parse_paper_colour(const char *text, size_t length, unsigned *rgb, float *grain)
{
    for (size_t i = 0; i < sizeof(papers) / sizeof(papers[0]); i++)
        if (strlen(papers[i].name) == length && strncmp(papers[i].name, text, length) == 0) {
            *rgb = papers[i].rgb;
            *grain = papers[i].grain;
            return true;
        }
    uint8_t parsed[3];
    if (!cg_text_parse_colour(text, length, parsed))
        return false;
    *grain = 0.0f;
    *rgb = (unsigned)parsed[0] << 16 | (unsigned)parsed[1] << 8 | parsed[2];
    return true;
}

static bool parse_grain(const char *text, float *grain)
{
    char *end = NULL;
    if (text[0] == '\0' || strspn(text, ".0123456789") != strlen(text))
        return false;
    *grain = strtof(text, &end);
    return *end == '\0' && *grain >= 0.0f && *grain <= 1.0f;
}

enum cg_status cg_render_params_set_paper(struct cg_render_params *looks, const char *text,
                                          struct cg_error *error)
{
    size_t length = strcspn(text, ":");
    unsigned rgb;
    float grain;
    if (!parse_paper_colour(text, length, &rgb, &grain) ||
        (text[length] == ':' && !parse_grain(text + length + 1, &grain)))
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "expected white, cream, newsprint, kraft, grey, blue or #rrggbb, and :0 to "
                       ":1 for its grain, found \"%.32s\"",
                       text);
    for (int c = 0; c < 3; c++)
        looks->paper[c] = (float)(rgb >> (16 - 8 * c) & 0xff) / 255.0f;
    looks->grain = grain;
    return CG_OK;
}

/* ---- a card ---------------------------------------------------------------------------------- */

static enum cg_status read_number(const json_t *object, const struct cg_option *row,
                                  struct cg_render_params *looks, struct cg_error *error)
{
    const json_t *value = row->key != NULL ? json_object_get(object, row->key) : NULL;
    bool whole = row->kind == CG_OPTION_INT;
    if (value == NULL)
        return CG_OK;
    if (whole ? !json_is_integer(value) : !json_is_number(value))
        return cg_fail(error, CG_ERR_MODEL, "%s: expected a %snumber as \"%s\", found %s", WHAT,
                       whole ? "whole " : "", row->key, cg_json_type_name(value));
    double number = json_number_value(value);
    if (!cg_option_in_range(row, number))
        return cg_fail(error, CG_ERR_MODEL, "%s: expected %g to %g%s as \"%s\", found %g", WHAT,
                       row->low, row->high, row->or_zero ? " or 0" : "", row->key, number);
    cg_option_set(row, looks, number);
    return CG_OK;
}

static enum cg_status read_paper(const json_t *object, struct cg_render_params *looks,
                                 struct cg_error *error)
{
    const char *text;
    if (json_object_get(object, "paper") == NULL)
        return CG_OK;
    enum cg_status status = cg_json_get_string(object, "paper", WHAT, &text, error);
    if (status != CG_OK)
        return status;
    struct cg_error reason;
    if (cg_render_params_set_paper(looks, text, &reason) != CG_OK)
        return cg_fail(error, CG_ERR_MODEL, "%s: \"paper\": %s", WHAT, reason.text);
    return CG_OK;
}

enum cg_status cg_render_params_read(const json_t *object, struct cg_render_params *looks,
                                     struct cg_error *error)
{
    if (object == NULL)
        return CG_OK;
    if (!json_is_object(object))
        return cg_fail(error, CG_ERR_MODEL,
                       "comicgan.card: expected an object as \"looks\", found %s",
                       cg_json_type_name(object));
    enum cg_status status = CG_OK;
    for (int i = 0; status == CG_OK && CG_LOOK_TABLE[i].kind != CG_OPTION_NONE; i++)
        status = read_number(object, &CG_LOOK_TABLE[i], looks, error);
    return status == CG_OK ? read_paper(object, looks, error) : status;
}

/* As cg_render_params_set_paper takes it; NULL for white paper without grain. */
static json_t *paper_to_json(const struct cg_render_params *looks)
{
    char text[64];
    unsigned rgb = 0;
    float grain = 0.0f;
    for (int c = 0; c < 3; c++)
        rgb = rgb << 8 | (unsigned)lrintf(looks->paper[c] * 255.0f);
    snprintf(text, sizeof(text), "#%06x", rgb);
    for (size_t i = 0; i < sizeof(papers) / sizeof(papers[0]); i++)
        if (papers[i].rgb == rgb) {
            snprintf(text, sizeof(text), "%s", papers[i].name);
            grain = papers[i].grain;
        }
    if (looks->grain != grain) {
        strcat(text, ":");
        cg_text_of_float(looks->grain, text + strlen(text));
    }
    return strcmp(text, papers[0].name) == 0 ? NULL : json_string(text);
}

json_t *cg_render_params_to_json(const struct cg_render_params *looks)
{
    json_t *object = json_object();
    for (const struct cg_option *row = CG_LOOK_TABLE; row->kind != CG_OPTION_NONE; row++) {
        double value = cg_option_get(row, looks);
        if (row->key != NULL && value != row->neutral)
            json_object_set_new(object, row->key,
                                row->kind == CG_OPTION_INT ? json_integer((json_int_t)value)
                                                           : json_real(value));
    }
    json_t *paper = paper_to_json(looks);
    if (paper != NULL)
        json_object_set_new(object, "paper", paper);
    return object;
}
