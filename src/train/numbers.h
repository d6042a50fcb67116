/* The numbers of a structure by name, for run.json: a table says where each lies. */
#ifndef CG_TRAIN_NUMBERS_H
#define CG_TRAIN_NUMBERS_H

#include "model/json.h"

#include <stddef.h>

enum cg_number_type { CG_NUMBER_INT, CG_NUMBER_STEPS, CG_NUMBER_FLOAT };

/* STEPS are uint64_t; an enum is an INT. */
struct cg_number {
    const char *name;
    enum cg_number_type type;
    size_t offset;
};

/* A new object; NULL when memory is short. */
json_t *cg_numbers_to_json(const struct cg_number *numbers, size_t count, const void *structure);

/* Fill the structure. path names the text. Error: CG_ERR_FORMAT when a number is missing. */
enum cg_status cg_numbers_from_json(const struct cg_number *numbers, size_t count,
                                    const json_t *object, const char *path, void *structure,
                                    struct cg_error *error);

#endif
