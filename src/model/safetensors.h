/*
 * safetensors files (https://github.com/huggingface/safetensors, format of 2022): 8 bytes of
 * header length, a JSON header, then raw little-endian tensors. Only F32 here. Reading trusts
 * nothing: everything is checked before anything is allocated by it.
 */
#ifndef CG_MODEL_SAFETENSORS_H
#define CG_MODEL_SAFETENSORS_H

#include "base/output.h"

#define CG_TENSOR_RANK_MAX 4

/* One tensor. Reading: name and data point into the file object. Writing: the caller's. */
struct cg_tensor {
    const char *name;
    int rank;
    size_t shape[CG_TENSOR_RANK_MAX];
    const float *data; /* product of shape elements, finite */
};

/* One line of the header's __metadata__, which maps strings to strings. */
struct cg_metadata {
    const char *key, *value;
};

struct cg_safetensors;

/*
 * Read from memory; source names the bytes in error texts. The bytes must stay until free when
 * they are aligned to 4, else they are copied. Errors, each saying what is wrong: CG_ERR_MODEL
 * (header too long, not JSON, duplicate keys, unknown fields or types, sizes that do not match the
 * shape, overlaps, holes, offsets beyond the file, bytes left over, NaN or infinity),
 * CG_ERR_MEMORY.
 */
enum cg_status cg_safetensors_parse(const void *bytes, size_t nbytes, const char *source,
                                    struct cg_safetensors **out, struct cg_error *error);
/* The same from a file. Errors also: CG_ERR_IO. */
enum cg_status cg_safetensors_read(const char *path, struct cg_safetensors **out,
                                   struct cg_error *error);
void cg_safetensors_free(struct cg_safetensors *file);

size_t cg_safetensors_count(const struct cg_safetensors *file);
const struct cg_tensor *cg_safetensors_get(const struct cg_safetensors *file, size_t index);
const struct cg_tensor *cg_safetensors_find(const struct cg_safetensors *file, const char *name);
/* Value of a metadata key, or NULL. */
const char *cg_safetensors_metadata(const struct cg_safetensors *file, const char *key);

/* Write atomically (temporary file, fsync, rename). Tensors in the order given, 64-byte aligned
 * start. */
enum cg_status cg_safetensors_write(const char *path, enum cg_writing writing,
                                    const struct cg_tensor *tensors, size_t tensor_count,
                                    const struct cg_metadata *metadata, size_t metadata_count,
                                    struct cg_error *error);

#endif
