/* Numbers by name: see json_fields.h. */
#include "train/core/json_fields.h"

json_t *cg_json_fields_to_json(const struct cg_option *rows, const void *structure)
{
    json_t *object = json_object();
    for (const struct cg_option *row = rows; row->kind != CG_OPTION_NONE; row++) {
        if (row->key == NULL)
            continue;
        double value = cg_option_get(row, structure);
        bool whole = row->kind != CG_OPTION_FLOAT && row->kind != CG_OPTION_DOUBLE;
        json_object_set_new(object, row->key,
                            whole ? json_integer((json_int_t)value) : json_real(value));
    }
    return object;
}

enum cg_status cg_json_fields_from_json(const struct cg_option *rows, const json_t *object,
                                        const char *path, void *structure, struct cg_error *error)
{
    for (const struct cg_option *row = rows; row->kind != CG_OPTION_NONE; row++) {
        const json_t *value = row->key != NULL ? json_object_get(object, row->key) : NULL;
        if (row->key != NULL && !json_is_number(value) && !(value == NULL && row->is_new))
            return cg_fail(error, CG_ERR_FORMAT, "%s: the recipe lacks a number: %s", path,
                           row->key);
        if (value != NULL)
            cg_option_set(row, structure, json_number_value(value));
    }
    return CG_OK;
}
