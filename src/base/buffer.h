/* A growable buffer that a worker reuses from picture to picture. It never shrinks. */
#ifndef CG_BASE_BUFFER_H
#define CG_BASE_BUFFER_H

#include "base/error.h"

/* Initialise to zero; release memory with free(). */
struct cg_buffer {
    void *memory;
    size_t nbytes;
};

/*
 * Ensure room for rows * count elements, aligned as by cg_alloc. The contents are lost if the
 * buffer has to grow. Error: CG_ERR_MEMORY (its text names the buffer by `what`); the buffer is
 * then empty or unchanged.
 */
enum cg_status cg_buffer_reserve(struct cg_buffer *buffer, size_t rows, size_t count,
                                 size_t element_nbytes, const char *what, struct cg_error *error);

#endif
