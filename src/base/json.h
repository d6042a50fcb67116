/* JSON of untrusted origin, through jansson: bounded, without duplicate keys, always an object. */
#ifndef CG_BASE_JSON_H
#define CG_BASE_JSON_H

#include "base/error.h"

#include <jansson.h>

/*
 * Parse nbytes of text. depth_max: how deep brackets may nest, the object itself being 1. what
 * names the text in errors. Release with json_decref. Errors: CG_ERR_MODEL (not JSON, not an
 * object, a key twice, nested too deep), CG_ERR_MEMORY.
 */
enum cg_status cg_json_parse_object(const char *text, size_t nbytes, int depth_max,
                                    const char *what, json_t **out, struct cg_error *error);

/*
 * JSON text of value, which is released, into *out, to be freed. Fractions are written as the
 * shortest decimal that reads back as the same float. All JSON that leaves the program is written
 * here. Call cg_memory_forget before building value, since jansson drops members when memory runs
 * out. what names the text in errors; *out is then NULL. Errors: CG_ERR_MEMORY; CG_ERR_FORMAT if
 * value is NULL though memory sufficed, as for text that is not UTF-8.
 */
enum cg_status cg_json_dump(json_t *value, size_t flags, const char *what, char **out,
                            struct cg_error *error);

/* What a value is, for messages: "a string", "nothing" for NULL, ... Static storage. */
const char *cg_json_type_name(const json_t *value);

/*
 * Member key of object, a whole number from low to high, into *out. Error: CG_ERR_MODEL. what
 * names the object.
 */
enum cg_status cg_json_get_int(const json_t *object, const char *key, int low, int high,
                               const char *what, int *out, struct cg_error *error);

/* Member key of object, a string that lives as long as the object. Error: CG_ERR_MODEL. */
enum cg_status cg_json_get_string(const json_t *object, const char *key, const char *what,
                                  const char **out, struct cg_error *error);

#endif
