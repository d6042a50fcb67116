/* The table of looks: see render_params.h. */
#include "model/render_params.h"

#include "model/json.h"

#include <stdlib.h>
#include <string.h>

#define WHAT "comicgan.card: looks"
#define DEPTH_MAX 8

#define FIELD(name) offsetof(struct cg_render_params, name)

const struct cg_look_row CG_LOOK_TABLE[CG_LOOK_COUNT] = {
    [CG_LOOK_DETAIL] = {"detail", FIELD(detail_px), true, false, false, 64, 8192, 960},
    [CG_LOOK_INK] = {"ink", FIELD(ink), false, false, true, 0, 2, 1},
    [CG_LOOK_LINE] = {"line", FIELD(line), false, false, true, 0.25f, 4, 1},
    [CG_LOOK_SMOOTH] = {"smooth", FIELD(smooth), false, false, true, 0, 1, 1},
    [CG_LOOK_SATURATION] = {"saturation", FIELD(saturation), false, false, true, 0, 2, 1},
    [CG_LOOK_CONTRAST] = {"contrast", FIELD(contrast), false, false, true, 0, 2, 1},
    [CG_LOOK_COLORS] = {"colors", FIELD(colors), true, true, true, 2, 64, 0},
    [CG_LOOK_FILL] = {"fill", FIELD(fill), false, false, true, 0, 1, 1},
    [CG_LOOK_HATCH] = {"hatch", FIELD(hatch), false, false, true, 0, 1, 0},
    [CG_LOOK_HALFTONE] = {"halftone", FIELD(halftone), false, false, true, 0, 1, 0},
    [CG_LOOK_HALFTONE_DOTS] = {"halftone_dots", FIELD(halftone_dots), true, false, true, 20, 400,
                               150},
    [CG_LOOK_STRENGTH] = {"strength", FIELD(strength), false, false, true, 0, 1, 1},
    [CG_LOOK_FEATHER] = {"feather", FIELD(feather), false, false, false, 0, 0.25f, 0.005f},
};

/* ---- one number ------------------------------------------------------------------------------ */

float cg_look_get(const struct cg_render_params *looks, enum cg_look look)
{
    const struct cg_look_row *row = &CG_LOOK_TABLE[look];
    const char *field = (const char *)looks + row->offset;
    return row->whole ? (float)*(const int *)(const void *)field
                      : *(const float *)(const void *)field;
}

void cg_look_set(struct cg_render_params *looks, enum cg_look look, float value)
{
    const struct cg_look_row *row = &CG_LOOK_TABLE[look];
    char *field = (char *)looks + row->offset;
    if (row->whole)
        *(int *)(void *)field = (int)value;
    else
        *(float *)(void *)field = value;
}

struct cg_render_params cg_render_params_neutral(int detail_px)
{
    struct cg_render_params looks = {.paper = {1.0f, 1.0f, 1.0f}};
    for (int i = 0; i < CG_LOOK_COUNT; i++)
        cg_look_set(&looks, (enum cg_look)i, CG_LOOK_TABLE[i].neutral);
    looks.detail_px = detail_px;
    return looks;
}

static bool in_range(const struct cg_look_row *row, double value)
{
    return (value >= (double)row->low && value <= (double)row->high) ||
           (row->zero_is_off && value == 0.0);
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
    for (int i = 0; i < CG_LOOK_COUNT; i++) {
        const struct cg_look_row *row = &CG_LOOK_TABLE[i];
        double value = (double)cg_look_get(looks, (enum cg_look)i);
        if (!in_range(row, value))
            return cg_fail(error, CG_ERR_ARGUMENT, "%s: expected %g to %g%s, got %g", row->name,
                           (double)row->low, (double)row->high, row->zero_is_off ? " or 0" : "",
                           value);
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

/* #rgb or #rrggbb, length characters of it. */
static bool parse_hex(const char *text, size_t length, unsigned *rgb)
{
    if ((length != 4 && length != 7) || text[0] != '#' ||
        strspn(text + 1, "0123456789abcdefABCDEF") < length - 1)
        return false;
    unsigned value = (unsigned)strtoul(text + 1, NULL, 16);
    if (length == 4)
        value = (unsigned)strtoul(
            (const char[]){text[1], text[1], text[2], text[2], text[3], text[3], '\0'}, NULL, 16);
    *rgb = value;
    return true;
}

static bool parse_paper_colour(const char *text, size_t length, unsigned *rgb, float *grain)
{
    for (size_t i = 0; i < sizeof(papers) / sizeof(papers[0]); i++)
        if (strlen(papers[i].name) == length && strncmp(papers[i].name, text, length) == 0) {
            *rgb = papers[i].rgb;
            *grain = papers[i].grain;
            return true;
        }
    *grain = 0.0f;
    return parse_hex(text, length, rgb);
}

static bool parse_grain(const char *text, float *grain)
{
    char *end = NULL;
    if (text[0] == '\0' || strspn(text, ".0123456789") != strlen(text))
        return false;
    *grain = strtof(text, &end);
    return *end == '\0' && *grain >= 0.0f && *grain <= 1.0f;
}

bool cg_render_params_set_paper(struct cg_render_params *looks, const char *text)
{
    size_t length = strcspn(text, ":");
    unsigned rgb;
    float grain;
    if (!parse_paper_colour(text, length, &rgb, &grain) ||
        (text[length] == ':' && !parse_grain(text + length + 1, &grain)))
        return false;
    for (int c = 0; c < 3; c++)
        looks->paper[c] = (float)(rgb >> (16 - 8 * c) & 0xff) / 255.0f;
    looks->grain = grain;
    return true;
}

/* ---- a card ---------------------------------------------------------------------------------- */

static enum cg_status read_number(const json_t *object, enum cg_look look,
                                  struct cg_render_params *looks, struct cg_error *error)
{
    const struct cg_look_row *row = &CG_LOOK_TABLE[look];
    const json_t *value = json_object_get(object, row->name);
    if (value == NULL || !row->in_card)
        return CG_OK;
    if (row->whole ? !json_is_integer(value) : !json_is_number(value))
        return cg_fail(error, CG_ERR_MODEL, "%s: expected a %snumber as \"%s\", found %s", WHAT,
                       row->whole ? "whole " : "", row->name, cg_json_type_name(value));
    double number = json_number_value(value);
    if (!in_range(row, number))
        return cg_fail(error, CG_ERR_MODEL, "%s: expected %g to %g%s as \"%s\", found %g", WHAT,
                       (double)row->low, (double)row->high, row->zero_is_off ? " or 0" : "",
                       row->name, number);
    cg_look_set(looks, look, (float)number);
    return CG_OK;
}

static enum cg_status read_paper(const json_t *object, struct cg_render_params *looks,
                                 struct cg_error *error)
{
    const char *text;
    if (json_object_get(object, "paper") == NULL)
        return CG_OK;
    enum cg_status status = cg_json_get_string(object, "paper", WHAT, &text, error);
    if (status == CG_OK && !cg_render_params_set_paper(looks, text))
        status =
            cg_fail(error, CG_ERR_MODEL,
                    "%s: expected " CG_PAPER_EXPECTED " as \"paper\", found \"%.32s\"", WHAT, text);
    return status;
}

enum cg_status cg_render_params_read(const char *text, struct cg_render_params *looks,
                                     struct cg_error *error)
{
    json_t *object = NULL;
    if (text == NULL)
        return CG_OK;
    enum cg_status status =
        cg_json_parse_object(text, strlen(text), DEPTH_MAX, WHAT, &object, error);
    for (int i = 0; i < CG_LOOK_COUNT && status == CG_OK; i++)
        status = read_number(object, (enum cg_look)i, looks, error);
    if (status == CG_OK)
        status = read_paper(object, looks, error);
    json_decref(object);
    return status;
}
