/* What the files of all kinds of models share: parameters as tensors, JSON objects as metadata. */
#ifndef CG_MODEL_PARAMETERS_H
#define CG_MODEL_PARAMETERS_H

#include "base/json.h"
#include "model/safetensors.h"
#include "nn/network.h"

/*
 * Load the parameters of count networks. The file must hold no other tensors. parameters: count
 * pointers, each receives a blob to be freed. Errors: CG_ERR_MODEL (a tensor is missing, surplus or
 * of another shape), CG_ERR_MEMORY; then all pointers are NULL.
 */
enum cg_status cg_parameters_load(const struct cg_safetensors *file,
                                  const struct cg_network *const *networks, float **parameters,
                                  size_t count, struct cg_error *error);

/* The JSON object under key in the metadata, to be released. Errors: CG_ERR_MODEL (also if it is
 * missing), CG_ERR_MEMORY. */
enum cg_status cg_metadata_object(const struct cg_safetensors *file, const char *key, json_t **out,
                                  struct cg_error *error);

/* Write the parameters of count networks under their tensors' names, atomically. */
enum cg_status cg_parameters_write(const char *path, enum cg_writing writing,
                                   const struct cg_network *const *networks,
                                   const float *const *parameters, size_t count,
                                   const struct cg_metadata *metadata, size_t metadata_count,
                                   struct cg_error *error);

#endif
