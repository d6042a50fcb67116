/*
 * IDX files, as MNIST comes in (LeCun, Cortes and Burges, yann.lecun.com/exdb/mnist): two zero
 * bytes, a type, the number of dimensions, their sizes as big-endian 32-bit numbers, then the
 * values. Read here: unsigned bytes (type 8) of three dimensions (pictures) or one (labels).
 */
#ifndef CG_GAN_IDX_H
#define CG_GAN_IDX_H

#include "base/error.h"

struct cg_idx {
    size_t count, height, width; /* labels: height and width are 1 */
    uint8_t *bytes;              /* the whole file, owned; NULL when empty */
    const uint8_t *values;       /* count * height * width, within bytes */
};

/* Read a file of pictures, or of labels, with every number checked against the file's length.
 * Errors: CG_ERR_IO; CG_ERR_FORMAT, CG_ERR_UNSUPPORTED with what was expected and found. */
enum cg_status cg_idx_read_pictures(const char *path, struct cg_idx *out, struct cg_error *error);
enum cg_status cg_idx_read_labels(const char *path, struct cg_idx *out, struct cg_error *error);
void cg_idx_clear(struct cg_idx *idx);

#endif
