/* IDX files: see idx.h. */
#include "gan/idx.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdlib.h>

#define IDX_NBYTES_MAX ((size_t)1 << 31)
#define TYPE_BYTES 8u
#define SIDE_MAX 65535u

static size_t big_endian(const uint8_t *at)
{
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

static enum cg_status check_magic(const char *path, const uint8_t *bytes, size_t nbytes,
                                  unsigned dimensions, struct cg_error *error)
{
    if (nbytes >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "reading %s: expected an IDX file, found one packed by gzip; unpack it "
                       "first (gunzip)",
                       cg_path_tail(path));
    if (nbytes < 4)
        return cg_fail(error, CG_ERR_FORMAT, "reading %s: expected an IDX file, found %zu bytes",
                       cg_path_tail(path), nbytes);
    if (bytes[0] != 0 || bytes[1] != 0 || bytes[2] != TYPE_BYTES || bytes[3] != dimensions)
        return cg_fail(error, CG_ERR_FORMAT,
                       "reading %s: expected an IDX file of bytes in %u dimensions (magic "
                       "0000080%u), found magic %02x%02x%02x%02x",
                       cg_path_tail(path), dimensions, dimensions, bytes[0], bytes[1], bytes[2],
                       bytes[3]);
    return CG_OK;
}

static enum cg_status check_sizes(const char *path, const struct cg_idx *idx, size_t header_nbytes,
                                  size_t nbytes, struct cg_error *error)
{
    size_t expected;
    if (idx->count < 1 || idx->height < 1 || idx->width < 1 || idx->height > SIDE_MAX ||
        idx->width > SIDE_MAX)
        return cg_fail(error, CG_ERR_FORMAT, "reading %s: found %zu entries of %zu x %zu",
                       cg_path_tail(path), idx->count, idx->height, idx->width);
    if (!cg_mul_size(idx->height * idx->width, idx->count, &expected) || nbytes < header_nbytes ||
        expected != nbytes - header_nbytes)
        return cg_fail(error, CG_ERR_FORMAT,
                       "reading %s: its header speaks of %zu entries of %zu x %zu bytes, found "
                       "%zu bytes after it",
                       cg_path_tail(path), idx->count, idx->height, idx->width,
                       nbytes < header_nbytes ? 0 : nbytes - header_nbytes);
    return CG_OK;
}

static enum cg_status read_idx(const char *path, unsigned dimensions, struct cg_idx *out,
                               struct cg_error *error)
{
    size_t nbytes = 0, header_nbytes = 4 + 4 * (size_t)dimensions;
    *out = (struct cg_idx){0};
    enum cg_status status = cg_file_read(path, IDX_NBYTES_MAX, &out->bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = check_magic(path, out->bytes, nbytes, dimensions, error);
    if (status == CG_OK && nbytes < header_nbytes)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "reading %s: expected a header of %zu bytes, found a file of %zu",
                         cg_path_tail(path), header_nbytes, nbytes);
    if (status == CG_OK) {
        out->count = big_endian(out->bytes + 4);
        out->height = dimensions == 3 ? big_endian(out->bytes + 8) : 1;
        out->width = dimensions == 3 ? big_endian(out->bytes + 12) : 1;
        out->values = out->bytes + header_nbytes;
        status = check_sizes(path, out, header_nbytes, nbytes, error);
    }
    if (status != CG_OK)
        cg_idx_clear(out);
    return status;
}

enum cg_status cg_idx_read_pictures(const char *path, struct cg_idx *out, struct cg_error *error)
{
    return read_idx(path, 3, out, error);
}

enum cg_status cg_idx_read_labels(const char *path, struct cg_idx *out, struct cg_error *error)
{
    return read_idx(path, 1, out, error);
}

void cg_idx_clear(struct cg_idx *idx)
{
    free(idx->bytes);
    *idx = (struct cg_idx){0};
}
