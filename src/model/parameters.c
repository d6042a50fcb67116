/* Parameters as tensors: see parameters.h. */
#include "model/parameters.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define METADATA_DEPTH_MAX 8

static enum cg_status check_tensor_shape(const struct cg_tensor *found,
                                         const struct cg_tensor_info *expected,
                                         struct cg_error *error)
{
    bool same = found->rank == expected->rank;
    for (int i = 0; same && i < expected->rank; i++)
        same = found->shape[i] == expected->shape[i];
    if (same)
        return CG_OK;
    size_t e1 = expected->rank > 1 ? expected->shape[1] : 1;
    size_t f0 = found->rank > 0 ? found->shape[0] : 1, f1 = found->rank > 1 ? found->shape[1] : 1;
    return cg_fail(error, CG_ERR_MODEL,
                   "tensor %s: expected rank %d, %zu x %zu; found rank %d, %zu x %zu%s",
                   expected->name, expected->rank, expected->shape[0], e1, found->rank, f0, f1,
                   found->rank > 2 ? " x ..." : "");
}

static bool has_tensor(const struct cg_network *network, const char *name)
{
    struct cg_tensor_info info;
    for (size_t i = 0; i < cg_network_tensor_count(network); i++) {
        cg_network_tensor(network, i, &info);
        if (strcmp(info.name, name) == 0)
            return true;
    }
    return false;
}

static size_t count_tensors(const struct cg_network *const *networks, size_t count)
{
    size_t tensors = 0;
    for (size_t n = 0; n < count; n++)
        tensors += cg_network_tensor_count(networks[n]);
    return tensors;
}

/* Fail, naming the first tensor of the file that belongs to no network. The networks' own are all
 * there: with as many in the file, none is left over. */
static enum cg_status refuse_surplus(const struct cg_safetensors *file,
                                     const struct cg_network *const *networks, size_t count,
                                     struct cg_error *error)
{
    if (cg_safetensors_count(file) == count_tensors(networks, count))
        return CG_OK;
    for (size_t i = 0; i < cg_safetensors_count(file); i++) {
        const char *name = cg_safetensors_get(file, i)->name;
        size_t n = 0;
        while (n < count && !has_tensor(networks[n], name))
            n++;
        if (n == count)
            return cg_fail(error, CG_ERR_MODEL,
                           "expected the %zu tensors of its architecture, found also \"%.64s\"",
                           count_tensors(networks, count), name);
    }
    return CG_OK;
}

static enum cg_status check_tensors(const struct cg_safetensors *file,
                                    const struct cg_network *network, struct cg_error *error)
{
    struct cg_tensor_info info;
    for (size_t i = 0; i < cg_network_tensor_count(network); i++) {
        cg_network_tensor(network, i, &info);
        const struct cg_tensor *tensor = cg_safetensors_find(file, info.name);
        if (tensor == NULL)
            return cg_fail(error, CG_ERR_MODEL, "tensor %s of its architecture is missing",
                           info.name);
        enum cg_status status = check_tensor_shape(tensor, &info, error);
        if (status != CG_OK)
            return status;
    }
    return CG_OK;
}

static float *copy_tensors(const struct cg_safetensors *file, const struct cg_network *network,
                           struct cg_error *error)
{
    struct cg_tensor_info info;
    float *blob = cg_alloc_zero(network->parameter_count, sizeof(float), "model parameters", error);
    for (size_t i = 0; blob != NULL && i < cg_network_tensor_count(network); i++) {
        cg_network_tensor(network, i, &info);
        memcpy(blob + info.offset, cg_safetensors_find(file, info.name)->data,
               info.element_count * sizeof(float));
    }
    return blob;
}

enum cg_status cg_parameters_load(const struct cg_safetensors *file,
                                  const struct cg_network *const *networks, float **parameters,
                                  size_t count, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    memset(parameters, 0, count * sizeof(*parameters));
    for (size_t n = 0; status == CG_OK && n < count; n++)
        status = check_tensors(file, networks[n], error);
    if (status == CG_OK)
        status = refuse_surplus(file, networks, count, error);
    for (size_t n = 0; status == CG_OK && n < count; n++) {
        parameters[n] = copy_tensors(file, networks[n], error);
        status = parameters[n] == NULL ? CG_ERR_MEMORY : CG_OK;
    }
    for (size_t n = 0; status != CG_OK && n < count; n++) {
        free(parameters[n]);
        parameters[n] = NULL;
    }
    return status;
}

enum cg_status cg_metadata_object(const struct cg_safetensors *file, const char *key, json_t **out,
                                  struct cg_error *error)
{
    *out = NULL;
    const char *text = cg_safetensors_metadata(file, key);
    if (text == NULL)
        return cg_fail(error, CG_ERR_MODEL, "not a comicgan model: its metadata has no \"%s\"",
                       key);
    return cg_json_parse_object(text, strlen(text), METADATA_DEPTH_MAX, key, out, error);
}

/* tensors and infos: one element per tensor; names point into infos. */
static void list_tensors(const struct cg_network *const *networks, const float *const *parameters,
                         size_t count, struct cg_tensor_info *infos, struct cg_tensor *tensors)
{
    size_t next = 0;
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < cg_network_tensor_count(networks[n]); i++, next++) {
            cg_network_tensor(networks[n], i, &infos[next]);
            tensors[next] =
                (struct cg_tensor){.name = infos[next].name,
                                   .rank = infos[next].rank,
                                   .shape = {infos[next].shape[0], infos[next].shape[1]},
                                   .data = parameters[n] + infos[next].offset};
        }
}

enum cg_status cg_parameters_write(const char *path, enum cg_writing writing,
                                   const struct cg_network *const *networks,
                                   const float *const *parameters, size_t count,
                                   const struct cg_metadata *metadata, size_t metadata_count,
                                   struct cg_error *error)
{
    size_t tensor_count = count_tensors(networks, count);
    struct cg_tensor_info *infos = cg_alloc(tensor_count, sizeof(*infos), "tensor names", error);
    struct cg_tensor *tensors = cg_alloc(tensor_count, sizeof(*tensors), "list of tensors", error);
    enum cg_status status = infos == NULL || tensors == NULL ? CG_ERR_MEMORY : CG_OK;
    if (status == CG_OK) {
        list_tensors(networks, parameters, count, infos, tensors);
        status = cg_safetensors_write(path, writing, tensors, tensor_count, metadata,
                                      metadata_count, error);
    }
    free(tensors);
    free(infos);
    return status;
}
