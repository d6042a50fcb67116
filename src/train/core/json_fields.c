/* Numeric fields as JSON: see json_fields.h. */
#include "train/core/json_fields.h"

#include <string.h>

static json_t *number_to_json(enum cg_json_field_type type, const char *at)
{
    int int_value;
    uint64_t steps_value;
    float float_value;
    switch (type) {
    case CG_FIELD_INT:
        memcpy(&int_value, at, sizeof(int_value));
        return json_integer(int_value);
    case CG_FIELD_STEPS:
        memcpy(&steps_value, at, sizeof(steps_value));
        return json_integer((json_int_t)steps_value);
    case CG_FIELD_FLOAT:
        break;
    }
    memcpy(&float_value, at, sizeof(float_value));
    return json_real((double)float_value);
}

json_t *cg_json_fields_to_json(const struct cg_json_field *numbers, size_t count,
                               const void *structure)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(
            object, numbers[i].name,
            number_to_json(numbers[i].type, (const char *)structure + numbers[i].offset));
    return object;
}

static void number_from_json(enum cg_json_field_type type, const json_t *value, char *at)
{
    int int_value = (int)json_integer_value(value);
    uint64_t steps_value = (uint64_t)json_integer_value(value);
    float float_value = (float)json_number_value(value);
    switch (type) {
    case CG_FIELD_INT:
        memcpy(at, &int_value, sizeof(int_value));
        break;
    case CG_FIELD_STEPS:
        memcpy(at, &steps_value, sizeof(steps_value));
        break;
    case CG_FIELD_FLOAT:
        memcpy(at, &float_value, sizeof(float_value));
        break;
    }
}

enum cg_status cg_json_fields_from_json(const struct cg_json_field *numbers, size_t count,
                                        const json_t *object, const char *path, void *structure,
                                        struct cg_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, numbers[i].name);
        if (!json_is_number(value))
            return cg_fail(error, CG_ERR_FORMAT, "%s: the recipe lacks a number: %s", path,
                           numbers[i].name);
        number_from_json(numbers[i].type, value, (char *)structure + numbers[i].offset);
    }
    return CG_OK;
}
