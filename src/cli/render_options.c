/* Options that say how a comic is to look: see render_options.h. */
#include "cli/render_options.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#define OPTION_NAME_MAX_CHARS 32

bool cg_cli_is_look(int option)
{
    return option >= CG_CLI_RENDER_PARAMS_OPTION && option < CG_CLI_RENDER_PARAMS_END;
}

static bool was_given(const struct cg_cli_render_params *looks, int look)
{
    return (looks->given >> look & 1) != 0;
}

/* A look's name as it stands behind "--". */
static const char *option_name(enum cg_look look, char name[OPTION_NAME_MAX_CHARS])
{
    size_t length = strlen(CG_LOOK_TABLE[look].name);
    for (size_t i = 0; i <= length; i++)
        name[i] = CG_LOOK_TABLE[look].name[i] == '_' ? '-' : CG_LOOK_TABLE[look].name[i];
    return name;
}

static bool set_number(struct cg_cli_render_params *looks, enum cg_look look, const char *text)
{
    const struct cg_look_row *row = &CG_LOOK_TABLE[look];
    char name[OPTION_NAME_MAX_CHARS];
    float value = 0.0f;
    if (row->whole) {
        int whole = 0;
        bool off = row->zero_is_off && strcmp(text, "0") == 0;
        if (!off &&
            !cg_cli_parse_int(option_name(look, name), text, (int)row->low, (int)row->high, &whole))
            return false;
        value = (float)whole;
    } else if (!cg_cli_parse_float(option_name(look, name), text, row->low, row->high, &value)) {
        return false;
    }
    cg_look_set(&looks->values, look, value);
    return true;
}

static bool set_paper(struct cg_cli_render_params *looks, const char *text)
{
    if (cg_render_params_set_paper(&looks->values, text))
        return true;
    cg_cli_fail(CG_EXIT_USAGE, "--paper: expected " CG_PAPER_EXPECTED ", found \"%s\"", text);
    return false;
}

static bool read_mask(struct cg_cli_render_params *looks, const char *path)
{
    struct cg_error error;
    cg_image_clear(&looks->mask);
    looks->mask_path = path;
    const struct cg_image_read_options grey = {.channels = 1};
    if (cg_image_read(path, &grey, &looks->mask, NULL, &error) == CG_OK)
        return true;
    cg_cli_fail(CG_EXIT_USAGE, "--mask: %s", error.text);
    return false;
}

bool cg_cli_render_params_set(struct cg_cli_render_params *looks, int option, const char *value)
{
    looks->given |= 1u << (option - CG_CLI_RENDER_PARAMS_OPTION);
    switch (option) {
    case CG_CLI_LOOK_STYLE:
        looks->style = value;
        return true;
    case CG_CLI_LOOK_PAPER:
        return set_paper(looks, value);
    case CG_CLI_LOOK_MASK:
        return read_mask(looks, value);
    default:
        return set_number(looks, (enum cg_look)(option - CG_CLI_RENDER_PARAMS_OPTION), value);
    }
}

enum cg_status cg_cli_render_params_open(const struct cg_cli_render_params *looks,
                                         struct cg_engine **engine, struct cg_render_params *out,
                                         struct cg_error *error)
{
    enum cg_status status = cg_engine_open(looks->style, engine, error);
    if (status != CG_OK)
        return status;
    *out = cg_engine_render_params(*engine);
    for (int i = 0; i < CG_LOOK_COUNT; i++)
        if (was_given(looks, i))
            cg_look_set(out, (enum cg_look)i, cg_look_get(&looks->values, (enum cg_look)i));
    if (was_given(looks, CG_CLI_LOOK_PAPER - CG_CLI_RENDER_PARAMS_OPTION)) {
        memcpy(out->paper, looks->values.paper, sizeof(out->paper));
        out->grain = looks->values.grain;
    }
    out->mask = (struct cg_mask){looks->mask.width, looks->mask.height, looks->mask.pixels};
    return CG_OK;
}

enum cg_status cg_cli_render_params_add_inputs(const struct cg_cli_render_params *looks,
                                               struct cg_inputs *inputs, struct cg_error *error)
{
    char *path = NULL;
    enum cg_status status = cg_model_style_path(looks->style, &path, error);
    if (status == CG_OK)
        status = cg_inputs_add_named(inputs, path, looks->style, error);
    if (status == CG_OK)
        status = cg_inputs_add(inputs, looks->mask_path, error);
    free(path);
    return status;
}

void cg_cli_render_params_close(struct cg_cli_render_params *looks)
{
    cg_image_clear(&looks->mask);
}
