/*
 * The numeric fields of a structure as JSON, for run.json, driven by a table of names and offsets.
 */
#ifndef CG_TRAIN_CORE_JSON_FIELDS_H
#define CG_TRAIN_CORE_JSON_FIELDS_H

#include "model/json.h"

#include <stddef.h>

enum cg_json_field_type { CG_FIELD_INT, CG_FIELD_STEPS, CG_FIELD_FLOAT };

/* STEPS are uint64_t; an enum is an INT. */
struct cg_json_field {
    const char *name;
    enum cg_json_field_type type;
    size_t offset;
};

/* A new object; NULL if out of memory. */
json_t *cg_json_fields_to_json(const struct cg_json_field *numbers, size_t count,
                               const void *structure);

/* Fill the structure. path names the text. Error: CG_ERR_FORMAT if a number is missing. */
enum cg_status cg_json_fields_from_json(const struct cg_json_field *numbers, size_t count,
                                        const json_t *object, const char *path, void *structure,
                                        struct cg_error *error);

#endif
