/* JSON of untrusted origin: see json.h. */
#include "base/json.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* How deep the brackets nest. Strings are skipped; broken JSON is left to the parser. */
static int nesting_depth(const char *text, size_t nbytes)
{
    int depth = 0, deepest = 0;
    bool in_string = false;
    for (size_t i = 0; i < nbytes; i++) {
        char c = text[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            depth++;
        else if (!in_string && (c == '}' || c == ']'))
            depth--;
        if (depth > deepest)
            deepest = depth;
    }
    return deepest;
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* When memory runs out, jansson 2.14 keeps a table of the wrong size and drops bytes of strings. It
 * has one allocator for the whole program, so it is set before a second thread starts. */
__attribute__((constructor)) static void watch_memory(void)
{
    json_set_alloc_funcs(cg_reserved_malloc, cg_reserved_free);
}

static void shorten_numbers(json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    char text[CG_TEXT_FLOAT_NBYTES];
    if (json_is_real(value)) {
        cg_text_of_float((float)json_real_value(value), text);
        json_real_set(value, strtod(text, NULL));
    }
    json_object_foreach(value, key, member)
    {
        shorten_numbers(member);
    }
    json_array_foreach(value, i, member)
    {
        shorten_numbers(member);
    }
}

enum cg_status cg_json_dump(json_t *value, size_t flags, const char *what, char **out,
                            struct cg_error *error)
{
    shorten_numbers(value);
    *out =
        value != NULL ? json_dumps(value, flags | JSON_REAL_PRECISION(CG_TEXT_FLOAT_DIGITS)) : NULL;
    json_decref(value);
    if (cg_memory_was_short()) {
        cg_reserved_free(*out);
        *out = NULL;
        return cg_fail(error, CG_ERR_MEMORY, "%s: memory could not be allocated", what);
    }
    if (*out == NULL)
        return cg_fail(error, CG_ERR_FORMAT, "%s: expected text that is UTF-8", what);
    return CG_OK;
}

enum cg_status cg_json_parse_object(const char *text, size_t nbytes, int depth_max,
                                    const char *what, json_t **out, struct cg_error *error)
{
    *out = NULL;
    int depth = nesting_depth(text, nbytes);
    if (depth > depth_max)
        return cg_fail(error, CG_ERR_MODEL, "%s: brackets nest %d deep, expected at most %d", what,
                       depth, depth_max);
    json_error_t reason;
    cg_memory_forget();
    json_t *object = json_loadb(text, nbytes, JSON_REJECT_DUPLICATES, &reason);
    if (cg_memory_was_short()) { /* even with an object: bytes may be missing */
        json_decref(object);
        return cg_fail(error, CG_ERR_MEMORY, "%s: memory could not be allocated", what);
    }
    if (object == NULL)
        return cg_fail(error, CG_ERR_MODEL, "%s: expected JSON, found a fault at byte %d: %s", what,
                       reason.position, reason.text);
    if (!json_is_object(object)) {
        cg_fail(error, CG_ERR_MODEL, "%s: expected a JSON object, found %s", what,
                cg_json_type_name(object));
        json_decref(object);
        return CG_ERR_MODEL;
    }
    *out = object;
    return CG_OK;
}

const char *cg_json_type_name(const json_t *value)
{
    if (value == NULL)
        return "nothing";
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_REAL:
        return "a fraction";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        break;
    }
    return "null";
}

enum cg_status cg_json_get_int(const json_t *object, const char *key, int low, int high,
                               const char *what, int *out, struct cg_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value))
        return cg_fail(error, CG_ERR_MODEL, "%s: expected a whole number as \"%s\", found %s", what,
                       key, cg_json_type_name(value));
    json_int_t number = json_integer_value(value);
    if (number < low || number > high)
        return cg_fail(error, CG_ERR_MODEL, "%s: expected %d to %d as \"%s\", found %lld", what,
                       low, high, key, (long long)number);
    *out = (int)number;
    return CG_OK;
}

enum cg_status cg_json_get_string(const json_t *object, const char *key, const char *what,
                                  const char **out, struct cg_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value))
        return cg_fail(error, CG_ERR_MODEL, "%s: expected a string as \"%s\", found %s", what, key,
                       cg_json_type_name(value));
    *out = json_string_value(value);
    return CG_OK;
}
