/* Writing safetensors files: see safetensors.h. The same tensors make the same bytes. */
#include "base/file_writer.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/safetensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_NBYTES ((size_t)8)
#define DATA_ALIGNMENT_NBYTES ((size_t)64)

/* Bytes of a tensor's data; its numbers must be finite. */
static enum cg_status measure(const struct cg_tensor *tensor, size_t *nbytes,
                              struct cg_error *error)
{
    size_t count = 1;
    bool fits = tensor->rank >= 0 && tensor->rank <= CG_TENSOR_RANK_MAX;
    for (int i = 0; fits && i < tensor->rank; i++)
        fits = cg_mul_size(count, tensor->shape[i], &count);
    if (!fits || !cg_mul_size(count, sizeof(float), nbytes))
        return cg_fail(error, CG_ERR_ARGUMENT, "tensor %.64s: rank or shape out of range",
                       tensor->name);
    for (size_t i = 0; i < count; i++)
        if (!isfinite(tensor->data[i]))
            return cg_fail(error, CG_ERR_NUMERIC,
                           "tensor %.64s: number %zu is NaN or infinity and is not written",
                           tensor->name, i);
    return CG_OK;
}

/* NULL if out of memory. */
static json_t *describe_tensor(const struct cg_tensor *tensor, size_t begin, size_t end)
{
    json_t *shape = json_array();
    for (int i = 0; i < tensor->rank; i++) {
        if (json_array_append_new(shape, json_integer((json_int_t)tensor->shape[i])) != 0) {
            json_decref(shape);
            return NULL;
        }
    }
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", "F32", "shape", shape, "data_offsets",
                     (json_int_t)begin, (json_int_t)end);
}

/* Add a member once. json_object_set_new frees value on failure, too. */
static enum cg_status add_member(json_t *object, const char *key, json_t *value,
                                 struct cg_error *error)
{
    if (json_object_get(object, key) != NULL) {
        json_decref(value);
        return cg_fail(error, CG_ERR_ARGUMENT, "two entries are called %.64s", key);
    }
    if (json_object_set_new(object, key, value) == 0)
        return CG_OK;
    if (cg_memory_was_short())
        return cg_fail(error, CG_ERR_MEMORY, "memory could not be allocated");
    return cg_fail(error, CG_ERR_ARGUMENT, "entry %.64s: expected text that is UTF-8", key);
}

/* The header as JSON, and the bytes of all data into *data_nbytes. */
static enum cg_status describe(json_t *header, const struct cg_tensor *tensors, size_t tensor_count,
                               const struct cg_metadata *metadata, size_t metadata_count,
                               size_t *data_nbytes, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    if (metadata_count > 0)
        status = add_member(header, "__metadata__", json_object(), error);
    json_t *lines = json_object_get(header, "__metadata__");
    for (size_t i = 0; status == CG_OK && i < metadata_count; i++)
        status = add_member(lines, metadata[i].key, json_string(metadata[i].value), error);
    size_t offset = 0;
    for (size_t i = 0; status == CG_OK && i < tensor_count; i++) {
        size_t nbytes = 0;
        status = measure(&tensors[i], &nbytes, error);
        if (status != CG_OK)
            break;
        if (nbytes > SIZE_MAX / 2 - offset)
            return cg_fail(error, CG_ERR_LIMIT, "the tensors are more than can be addressed");
        status = add_member(header, tensors[i].name,
                            describe_tensor(&tensors[i], offset, offset + nbytes), error);
        offset += nbytes;
    }
    *data_nbytes = offset;
    return status;
}

/* The whole file in memory: length, header's text padded with spaces, data. */
static enum cg_status assemble(const char *text, const struct cg_tensor *tensors,
                               size_t tensor_count, size_t data_nbytes, unsigned char **out,
                               size_t *out_nbytes, struct cg_error *error)
{
    size_t text_nbytes = strlen(text);
    size_t data_offset = (LENGTH_NBYTES + text_nbytes + DATA_ALIGNMENT_NBYTES - 1) /
                         DATA_ALIGNMENT_NBYTES * DATA_ALIGNMENT_NBYTES;
    unsigned char *bytes = cg_alloc(data_offset + data_nbytes, 1, "file contents", error);
    if (bytes != NULL) {
        uint64_t header_nbytes = data_offset - LENGTH_NBYTES;
        memcpy(bytes, &header_nbytes, LENGTH_NBYTES);
        memset(bytes + LENGTH_NBYTES, ' ', (size_t)header_nbytes);
        memcpy(bytes + LENGTH_NBYTES, text, text_nbytes);
        unsigned char *at = bytes + data_offset;
        for (size_t i = 0; i < tensor_count; i++) {
            size_t nbytes = sizeof(float);
            for (int k = 0; k < tensors[i].rank; k++)
                nbytes *= tensors[i].shape[k];
            if (nbytes > 0)
                memcpy(at, tensors[i].data, nbytes);
            at += nbytes;
        }
    }
    *out = bytes;
    *out_nbytes = data_offset + data_nbytes;
    return bytes != NULL ? CG_OK : CG_ERR_MEMORY;
}

enum cg_status cg_safetensors_write(const char *path, enum cg_writing writing,
                                    const struct cg_tensor *tensors, size_t tensor_count,
                                    const struct cg_metadata *metadata, size_t metadata_count,
                                    struct cg_error *error)
{
    unsigned char *bytes = NULL;
    char *text = NULL;
    size_t data_nbytes = 0, nbytes = 0;
    cg_memory_forget();
    json_t *header = json_object();
    enum cg_status status =
        describe(header, tensors, tensor_count, metadata, metadata_count, &data_nbytes, error);
    if (status == CG_OK)
        status = cg_json_dump(json_incref(header), JSON_COMPACT, "header", &text, error);
    if (status == CG_OK)
        status = assemble(text, tensors, tensor_count, data_nbytes, &bytes, &nbytes, error);
    if (status != CG_OK)
        cg_error_prefix(error, "writing %s", path);
    else
        status = cg_file_write_as(path, writing, bytes, nbytes, error);
    free(bytes);
    free(text);
    json_decref(header);
    return status;
}
