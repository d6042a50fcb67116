/* The numbers of a structure by name, for run.json: those rows of a table that have a key. */
#ifndef CG_TRAIN_CORE_JSON_FIELDS_H
#define CG_TRAIN_CORE_JSON_FIELDS_H

#include "base/option.h"
#include "model/json.h"

/* A new object; NULL when memory is short. */
json_t *cg_json_fields_to_json(const struct cg_option *rows, const void *structure);

/* Fill the structure, which is all zero before. path names the text. Error: CG_ERR_FORMAT when a
 * number is missing. */
enum cg_status cg_json_fields_from_json(const struct cg_option *rows, const json_t *object,
                                        const char *path, void *structure, struct cg_error *error);

#endif
