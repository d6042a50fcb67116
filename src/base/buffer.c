/* Memory that only grows: see buffer.h. */
#include "base/buffer.h"

#include "base/memory.h"

#include <stdlib.h>

enum cg_status cg_buffer_reserve(struct cg_buffer *buffer, size_t rows, size_t count,
                                 size_t element_nbytes, const char *what, struct cg_error *error)
{
    size_t elements, nbytes;
    if (!cg_mul_size(rows, count, &elements) || !cg_mul_size(elements, element_nbytes, &nbytes))
        return cg_fail(error, CG_ERR_MEMORY, "%s: %zu x %zu elements are more than fit", what, rows,
                       count);
    if (nbytes <= buffer->nbytes)
        return CG_OK;
    free(buffer->memory);
    *buffer = (struct cg_buffer){0};
    buffer->memory = cg_alloc(elements, element_nbytes, what, error);
    if (buffer->memory == NULL)
        return CG_ERR_MEMORY;
    buffer->nbytes = nbytes;
    return CG_OK;
}
