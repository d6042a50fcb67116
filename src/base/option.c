/* Options as fields of a structure: see option.h. */
#include "base/option.h"

double cg_option_get(const struct cg_option *row, const void *structure)
{
    const void *at = (const char *)structure + row->field;
    switch (row->kind) {
    case CG_OPTION_FLAG:
    case CG_OPTION_UNSET:
        return *(const bool *)at ? 1.0 : 0.0;
    case CG_OPTION_INT:
    case CG_OPTION_CHOICE:
    case CG_OPTION_SET:
        return *(const int *)at;
    case CG_OPTION_STEPS:
        return (double)*(const uint64_t *)at;
    case CG_OPTION_FLOAT:
        return (double)*(const float *)at;
    default:
        return *(const double *)at;
    }
}

void cg_option_set(const struct cg_option *row, void *structure, double value)
{
    void *at = (char *)structure + row->field;
    switch (row->kind) {
    case CG_OPTION_FLAG:
    case CG_OPTION_UNSET:
        *(bool *)at = value != 0.0;
        break;
    case CG_OPTION_INT:
    case CG_OPTION_CHOICE:
    case CG_OPTION_SET:
        *(int *)at = (int)value;
        break;
    case CG_OPTION_STEPS:
        *(uint64_t *)at = (uint64_t)value;
        break;
    case CG_OPTION_FLOAT:
        *(float *)at = (float)value;
        break;
    default:
        *(double *)at = value;
    }
}

bool cg_option_in_range(const struct cg_option *row, double value)
{
    return (value >= row->low && value <= row->high) || (row->or_zero && value == 0.0);
}

void cg_options_overlay(const struct cg_option *rows, uint64_t given, const void *from, void *to)
{
    for (int i = 0; rows[i].kind != CG_OPTION_NONE; i++)
        if ((given >> i & 1) != 0)
            cg_option_set(&rows[i], to, cg_option_get(&rows[i], from));
}
