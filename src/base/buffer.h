/* Memory that only grows: a worker keeps it from picture to picture. */
#ifndef CG_BASE_BUFFER_H
#define CG_BASE_BUFFER_H

#include "base/error.h"

/* Start with zeros; free memory with free(). */
struct cg_buffer {
    void *memory;
    size_t nbytes;
};

/*
 * Make room for rows * count elements, aligned as cg_alloc does; what was in the buffer is lost if
 * it has to grow. Error: CG_ERR_MEMORY, what names the buffer; the buffer is then empty or as it
 * was.
 */
enum cg_status cg_buffer_reserve(struct cg_buffer *buffer, size_t rows, size_t count,
                                 size_t element_nbytes, const char *what, struct cg_error *error);

#endif
