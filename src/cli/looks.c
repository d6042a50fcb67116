/* Options that say how a comic is to look: see looks.h. */
#include "cli/looks.h"

#define DETAIL_MIN_PX 64
#define DETAIL_MAX_PX 8192

bool cg_cli_is_look(int option)
{
    return option >= CG_CLI_LOOKS_OPTION && option < CG_CLI_LOOKS_END;
}

static bool was_given(const struct cg_cli_looks *looks, int option)
{
    return (looks->given >> (option - CG_CLI_LOOKS_OPTION) & 1) != 0;
}

bool cg_cli_looks_set(struct cg_cli_looks *looks, int option, const char *value)
{
    looks->given |= 1u << (option - CG_CLI_LOOKS_OPTION);
    switch (option) {
    case CG_CLI_LOOK_STYLE:
        looks->style = value;
        return true;
    case CG_CLI_LOOK_DETAIL:
        return cg_cli_parse_int("detail", value, DETAIL_MIN_PX, DETAIL_MAX_PX,
                                &looks->values.detail_px);
    case CG_CLI_LOOK_INK:
        return cg_cli_parse_float("ink", value, 0.0f, 2.0f, &looks->values.ink);
    default:
        return cg_cli_parse_float("strength", value, 0.0f, 1.0f, &looks->values.strength);
    }
}

enum cg_status cg_cli_looks_open(const struct cg_cli_looks *looks, struct cg_engine **engine,
                                 struct cg_looks *out, struct cg_error *error)
{
    enum cg_status status = cg_engine_open(looks->style, engine, error);
    if (status != CG_OK)
        return status;
    *out = cg_engine_looks(*engine);
    if (was_given(looks, CG_CLI_LOOK_DETAIL))
        out->detail_px = looks->values.detail_px;
    if (was_given(looks, CG_CLI_LOOK_INK))
        out->ink = looks->values.ink;
    if (was_given(looks, CG_CLI_LOOK_STRENGTH))
        out->strength = looks->values.strength;
    return CG_OK;
}
