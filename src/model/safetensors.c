/*
 * safetensors files: see safetensors.h.
 *
 * Reading goes from the outside in, and nothing is used before it is checked: the frame (8 bytes of
 * header length against the bytes there are), the header (bounded JSON), every tensor by itself
 * (type, shape, offsets), all tensors together (sorted by offset they must tile the data without
 * overlap, gap or rest), and finally the numbers. Allocations are bounded by the bytes at hand, not
 * by numbers found in them. Writing makes the same bytes from the same tensors.
 */
#include "model/safetensors.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the format is little-endian and its numbers are used in place"
#endif

#define LENGTH_NBYTES ((size_t)8)
#define HEADER_MAX_NBYTES ((size_t)16 << 20)
#define FILE_MAX_NBYTES ((size_t)4 << 30)
#define HEADER_DEPTH_MAX 3
#define METADATA_KEY "__metadata__"

/* A tensor with the place that the header gives it: bytes begin to end of the data. */
struct entry {
    struct cg_tensor tensor;
    size_t begin, end;
};

struct cg_safetensors {
    json_t *header; /* owns the names */
    uint8_t *file;  /* the bytes when read from a file, or NULL */
    void *copy;     /* the data when the bytes were not aligned, or NULL */
    size_t count;
    struct entry *entries; /* in the order of their data */
};

/* ---- frame and header ------------------------------------------------------------------------ */

static enum cg_status check_frame(const unsigned char *bytes, size_t nbytes, size_t *header_nbytes,
                                  struct cg_error *error)
{
    if (nbytes < LENGTH_NBYTES)
        return cg_fail(error, CG_ERR_MODEL,
                       "expected a safetensors file, found %zu bytes, too few for its header",
                       nbytes);
    uint64_t length;
    memcpy(&length, bytes, LENGTH_NBYTES);
    if (length > HEADER_MAX_NBYTES)
        return cg_fail(error, CG_ERR_MODEL,
                       "expected a safetensors header of at most %zu bytes, found a length of %llu",
                       HEADER_MAX_NBYTES, (unsigned long long)length);
    if (length > nbytes - LENGTH_NBYTES)
        return cg_fail(error, CG_ERR_MODEL,
                       "the header should be %llu bytes long, but only %zu bytes follow",
                       (unsigned long long)length, nbytes - LENGTH_NBYTES);
    *header_nbytes = (size_t)length;
    return CG_OK;
}

static enum cg_status check_metadata(const json_t *header, struct cg_error *error)
{
    json_t *metadata = json_object_get(header, METADATA_KEY);
    if (metadata == NULL)
        return CG_OK;
    if (!json_is_object(metadata))
        return cg_fail(error, CG_ERR_MODEL, "%s: expected an object, found %s", METADATA_KEY,
                       cg_json_type_name(metadata));
    const char *key;
    json_t *value;
    json_object_foreach(metadata, key, value)
    {
        if (!json_is_string(value))
            return cg_fail(error, CG_ERR_MODEL, "%s: expected a string as \"%.64s\", found %s",
                           METADATA_KEY, key, cg_json_type_name(value));
    }
    return CG_OK;
}

/* ---- one tensor ------------------------------------------------------------------------------ */

/* element of an array as a size. */
static bool get_size(const json_t *array, size_t index, size_t *out)
{
    const json_t *value = json_array_get(array, index);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *out = (size_t)json_integer_value(value);
    return true;
}

static enum cg_status check_fields(const json_t *json, const char *name, struct cg_error *error)
{
    if (!json_is_object(json))
        return cg_fail(error, CG_ERR_MODEL, "tensor %.64s: expected an object, found %s", name,
                       cg_json_type_name(json));
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)json, key, value)
    {
        if (strcmp(key, "dtype") != 0 && strcmp(key, "shape") != 0 &&
            strcmp(key, "data_offsets") != 0)
            return cg_fail(error, CG_ERR_MODEL, "tensor %.64s: unknown field \"%.64s\"", name, key);
    }
    const json_t *dtype = json_object_get(json, "dtype");
    const char *text = json_string_value(dtype);
    if (text == NULL || strcmp(text, "F32") != 0)
        return cg_fail(error, CG_ERR_MODEL,
                       "tensor %.64s: expected numbers of type F32, found %.64s", name,
                       text != NULL ? text : cg_json_type_name(dtype));
    return CG_OK;
}

/* The shape into tensor, and the bytes that it takes into *nbytes. */
static enum cg_status get_shape(const json_t *json, struct cg_tensor *tensor, size_t *nbytes,
                                struct cg_error *error)
{
    const json_t *shape = json_object_get(json, "shape");
    if (!json_is_array(shape) || json_array_size(shape) > CG_TENSOR_RANK_MAX)
        return cg_fail(error, CG_ERR_MODEL,
                       "tensor %.64s: expected a shape of at most %d numbers, found %s of %zu",
                       tensor->name, CG_TENSOR_RANK_MAX, cg_json_type_name(shape),
                       json_array_size(shape));
    tensor->rank = (int)json_array_size(shape);
    *nbytes = sizeof(float);
    for (size_t i = 0; i < json_array_size(shape); i++) {
        if (!get_size(shape, i, &tensor->shape[i]))
            return cg_fail(error, CG_ERR_MODEL,
                           "tensor %.64s: expected whole numbers from 0 as shape, found %s",
                           tensor->name, cg_json_type_name(json_array_get(shape, i)));
        if (!cg_mul_size(*nbytes, tensor->shape[i], nbytes))
            return cg_fail(error, CG_ERR_MODEL,
                           "tensor %.64s: its shape is larger than can be addressed", tensor->name);
    }
    return CG_OK;
}

static enum cg_status get_entry(const json_t *json, const char *name, size_t data_nbytes,
                                struct entry *out, struct cg_error *error)
{
    *out = (struct entry){.tensor.name = name};
    size_t nbytes = 0;
    enum cg_status status = check_fields(json, name, error);
    if (status == CG_OK)
        status = get_shape(json, &out->tensor, &nbytes, error);
    if (status != CG_OK)
        return status;
    const json_t *offsets = json_object_get(json, "data_offsets");
    if (json_array_size(offsets) != 2 || !get_size(offsets, 0, &out->begin) ||
        !get_size(offsets, 1, &out->end))
        return cg_fail(error, CG_ERR_MODEL,
                       "tensor %.64s: expected two whole numbers from 0 as data_offsets", name);
    if (out->begin > out->end || out->end > data_nbytes)
        return cg_fail(error, CG_ERR_MODEL,
                       "tensor %.64s: bytes %zu to %zu are not within the file's %zu bytes of data",
                       name, out->begin, out->end, data_nbytes);
    if (out->end - out->begin != nbytes)
        return cg_fail(error, CG_ERR_MODEL,
                       "tensor %.64s: its shape takes %zu bytes, found %zu bytes of data", name,
                       nbytes, out->end - out->begin);
    return CG_OK;
}

static enum cg_status get_entries(struct cg_safetensors *file, size_t data_nbytes,
                                  struct cg_error *error)
{
    file->entries =
        cg_alloc(json_object_size(file->header), sizeof(*file->entries), "list of tensors", error);
    if (file->entries == NULL)
        return CG_ERR_MEMORY;
    const char *name;
    json_t *json;
    json_object_foreach(file->header, name, json)
    {
        if (strcmp(name, METADATA_KEY) == 0)
            continue;
        enum cg_status status =
            get_entry(json, name, data_nbytes, &file->entries[file->count], error);
        if (status != CG_OK)
            return status;
        file->count++;
    }
    return CG_OK;
}

/* ---- all tensors together -------------------------------------------------------------------- */

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->tensor.name, y->tensor.name);
}

/* Sort by place; then each tensor must begin where the one before ends. */
static enum cg_status check_tiling(struct cg_safetensors *file, size_t data_nbytes,
                                   struct cg_error *error)
{
    if (file->count > 0)
        qsort(file->entries, file->count, sizeof(*file->entries), compare_entries);
    size_t end = 0;
    for (size_t i = 0; i < file->count; i++) {
        const struct entry *entry = &file->entries[i];
        if (entry->begin < end)
            return cg_fail(
                error, CG_ERR_MODEL,
                "tensor %.64s: begins at byte %zu of the data, which overlaps the tensor "
                "before it (to %zu)",
                entry->tensor.name, entry->begin, end);
        if (entry->begin > end)
            return cg_fail(error, CG_ERR_MODEL,
                           "tensor %.64s: begins at byte %zu of the data, expected %zu: a hole",
                           entry->tensor.name, entry->begin, end);
        end = entry->end;
    }
    if (end != data_nbytes)
        return cg_fail(error, CG_ERR_MODEL,
                       "the tensors take %zu bytes, found %zu bytes: %zu left over", end,
                       data_nbytes, data_nbytes - end);
    return CG_OK;
}

static bool all_finite(const float *values, size_t count)
{
    bool finite = true; /* to the end in any case, many at a time */
    for (size_t i = 0; i < count; i++)
        finite &= fabsf(values[i]) <= FLT_MAX;
    return finite;
}

/* Point the tensors at their numbers, through a copy if those are not aligned, and look at them. */
static enum cg_status bind_data(struct cg_safetensors *file, const unsigned char *data,
                                size_t data_nbytes, struct cg_error *error)
{
    if ((uintptr_t)data % sizeof(float) != 0) {
        file->copy = cg_alloc(data_nbytes, 1, "copy of the tensors", error);
        if (file->copy == NULL)
            return CG_ERR_MEMORY;
        memcpy(file->copy, data, data_nbytes);
        data = file->copy;
    }
    for (size_t i = 0; i < file->count; i++) {
        struct entry *entry = &file->entries[i];
        entry->tensor.data = (const float *)(const void *)(data + entry->begin);
        if (!all_finite(entry->tensor.data, (entry->end - entry->begin) / sizeof(float)))
            return cg_fail(error, CG_ERR_MODEL,
                           "tensor %.64s: expected finite numbers, found NaN or infinity",
                           entry->tensor.name);
    }
    return CG_OK;
}

static enum cg_status parse_into(struct cg_safetensors *file, const unsigned char *bytes,
                                 size_t nbytes, struct cg_error *error)
{
    size_t header_nbytes = 0;
    enum cg_status status = check_frame(bytes, nbytes, &header_nbytes, error);
    if (status != CG_OK)
        return status;
    const unsigned char *data = bytes + LENGTH_NBYTES + header_nbytes;
    size_t data_nbytes = nbytes - LENGTH_NBYTES - header_nbytes;
    status = cg_json_parse_object((const char *)bytes + LENGTH_NBYTES, header_nbytes,
                                  HEADER_DEPTH_MAX, "safetensors header", &file->header, error);
    if (status == CG_OK)
        status = check_metadata(file->header, error);
    if (status == CG_OK)
        status = get_entries(file, data_nbytes, error);
    if (status == CG_OK)
        status = check_tiling(file, data_nbytes, error);
    if (status == CG_OK)
        status = bind_data(file, data, data_nbytes, error);
    return status;
}

/* ---- the object ------------------------------------------------------------------------------ */

enum cg_status cg_safetensors_parse(const void *bytes, size_t nbytes, const char *source,
                                    struct cg_safetensors **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_safetensors *file = calloc(1, sizeof(*file));
    if (file == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "%s: memory could not be allocated", source);
    enum cg_status status = parse_into(file, bytes, nbytes, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "%s", source);
        cg_safetensors_free(file);
        return status;
    }
    *out = file;
    return CG_OK;
}

enum cg_status cg_safetensors_read(const char *path, struct cg_safetensors **out,
                                   struct cg_error *error)
{
    *out = NULL;
    uint8_t *bytes;
    size_t nbytes;
    enum cg_status status = cg_file_read(path, FILE_MAX_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = cg_safetensors_parse(bytes, nbytes, path, out, error);
    if (status != CG_OK)
        free(bytes);
    else
        (*out)->file = bytes;
    return status;
}

void cg_safetensors_free(struct cg_safetensors *file)
{
    if (file == NULL)
        return;
    free(file->entries);
    free(file->copy);
    free(file->file);
    json_decref(file->header);
    free(file);
}

size_t cg_safetensors_count(const struct cg_safetensors *file)
{
    return file->count;
}

const struct cg_tensor *cg_safetensors_get(const struct cg_safetensors *file, size_t index)
{
    return index < file->count ? &file->entries[index].tensor : NULL;
}

const struct cg_tensor *cg_safetensors_find(const struct cg_safetensors *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->entries[i].tensor.name, name) == 0)
            return &file->entries[i].tensor;
    return NULL;
}

const char *cg_safetensors_metadata(const struct cg_safetensors *file, const char *key)
{
    return json_string_value(json_object_get(json_object_get(file->header, METADATA_KEY), key));
}
