/* Options for a comic's looks: see render_options.h. */
#include "cli/render_options.h"

#include "cli/confinement.h"
#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool set_paper(void *field, const struct cg_option *row, const char *text)
{
    struct cg_cli_render_params *looks = field;
    looks->paper = text;
    struct cg_error error;
    if (cg_render_params_set_paper(&looks->values, text, &error) == CG_OK)
        return true;
    cg_cli_fail(CG_EXIT_USAGE, "--%s: %s", row->name, error.text);
    return false;
}

#define FINE 1.5 /* of the style's own size */

#define AT(member) offsetof(struct cg_cli_render_params, member)

const struct cg_option CG_CLI_RENDER_OPTIONS[] = {
    {"style", 's', CG_OPTION_TEXT, AT(style), "S",
     "a name from \"comicgan styles\", or the path of a model file (default: %d)"},
    {"Looks; a style has its own wherever no default is given:", .kind = CG_OPTION_HEADING},
    {.kind = CG_OPTION_GROUP, .rows = CG_LOOK_TABLE, .field = AT(values), .given = AT(given)},
    {"paper", 0, CG_OPTION_CUSTOM, 0, "P",
     "white, cream, newsprint, kraft, grey, blue or #rrggbb; :0 to :1 after it is its grain, as in "
     "cream:0.5",
     .set = set_paper},
    {"mask", 0, CG_OPTION_FILE, AT(mask_path), "FILE",
     "a grey picture, stretched over the photo: comic where it is white, photo where it is black"},
    CG_OPTION_END,
};

const struct cg_option CG_CLI_PICTURE_OPTIONS[] = {
    {.kind = CG_OPTION_GROUP, .rows = CG_CLI_RENDER_OPTIONS},
    {"fine", 0, CG_OPTION_FLAG, AT(fine), NULL,
     "1.5 times the style's --detail, if none is given: faces, letters and small things of large "
     "photos come out finer, in about one and a half times the time"},
    CG_OPTION_END,
};

int cg_cli_render_params_read_mask(struct cg_cli_render_params *looks, bool strict)
{
    const struct cg_image_read_options grey = {.channels = 1, .strict = strict};
    struct cg_error error;
    if (looks->mask_path == NULL ||
        cg_image_read(looks->mask_path, &grey, &looks->mask, NULL, &error) == CG_OK)
        return CG_EXIT_DONE;
    return cg_cli_fail(CG_EXIT_USAGE, "--mask: %s", error.text);
}

enum cg_status cg_cli_render_params_open(const struct cg_cli_render_params *looks,
                                         struct cg_engine **engine, struct cg_render_params *out,
                                         struct cg_error *error)
{
    enum cg_status status = cg_engine_open_in(cg_cli_models_folder(), looks->style, engine, error);
    if (status != CG_OK)
        return status;
    *out = (*engine)->looks;
    if (looks->fine)
        out->detail_px = (int)fmin(FINE * out->detail_px, CG_LOOK_TABLE[0].high);
    cg_options_overlay(CG_LOOK_TABLE, looks->given, &looks->values, out);
    if (looks->paper != NULL) {
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
    enum cg_status status = cg_model_style_path(cg_cli_models_folder(), looks->style, &path, error);
    if (status == CG_OK)
        status = cg_inputs_add_named(inputs, path, looks->style, error);
    if (status == CG_OK)
        status = cg_inputs_add(inputs, looks->mask_path, error);
    free(path);
    return status;
}

static enum cg_status allow_reading(void *sandbox, const char *path, struct cg_error *error)
{
    return cg_sandbox_allow(sandbox, path, CG_SANDBOX_READ, error);
}

enum cg_status cg_cli_allow_style(struct cg_sandbox *sandbox, const char *style,
                                  struct cg_error *error)
{
    return cg_model_visit_style(cg_cli_models_folder(), style, allow_reading, sandbox, error);
}

enum cg_status cg_cli_render_params_allow(struct cg_sandbox *sandbox, const void *context,
                                          struct cg_error *error)
{
    const struct cg_cli_render_params *looks = context;
    enum cg_status status = cg_cli_allow_style(sandbox, looks->style, error);
    return status == CG_OK ? cg_cli_allow_picture(sandbox, looks->mask_path, error) : status;
}

void cg_cli_render_params_close(struct cg_cli_render_params *looks)
{
    cg_image_clear(&looks->mask);
}
