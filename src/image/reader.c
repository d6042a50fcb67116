/* What readers share: see reader.h. */
#include "image/reader.h"

#include <stdlib.h>
#include <string.h>

enum cg_status cg_reader_copy(const void *bytes, size_t nbytes, uint8_t **to, size_t *to_nbytes,
                              struct cg_error *error)
{
    *to = NULL;
    *to_nbytes = 0;
    if (nbytes == 0)
        return CG_OK;
    *to = malloc(nbytes);
    if (*to == NULL)
        return cg_reader_fail(CG_ERR_MEMORY, error);
    memcpy(*to, bytes, nbytes);
    *to_nbytes = nbytes;
    return CG_OK;
}

enum cg_status cg_reader_fail(enum cg_status status, struct cg_error *error)
{
    if (status == CG_ERR_MEMORY)
        return cg_fail(error, status, "the memory to decode it could not be allocated");
    return cg_fail(error, status, "expected picture data that decodes, found it damaged");
}
