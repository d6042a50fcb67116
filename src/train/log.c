/* A log: see log.h. */
#include "train/log.h"

#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOG_NBYTES_MAX ((size_t)1 << 28)

/* Length of the part of a log that ends with the last row of a step up to `step`. */
static size_t kept_length(const char *text, size_t nbytes, uint64_t step)
{
    const char *row = memchr(text, '\n', nbytes);
    while (row != NULL) {
        const char *start = row + 1;
        const char *end = memchr(start, '\n', (size_t)(text + nbytes - start));
        if (end == NULL || strtoull(start, NULL, 10) > step)
            return (size_t)(start - text);
        row = end;
    }
    return 0;
}

static enum cg_status start_log(const char *path, const char *header, uint64_t step,
                                struct cg_error *error)
{
    uint8_t *bytes = NULL;
    size_t nbytes = 0, kept = 0;
    if (step > 0 && cg_file_read(path, LOG_NBYTES_MAX, &bytes, &nbytes, NULL) == CG_OK)
        kept = kept_length((const char *)bytes, nbytes, step);
    enum cg_status status = kept > 0 ? cg_file_write(path, bytes, kept, error)
                                     : cg_file_write(path, header, strlen(header), error);
    free(bytes);
    return status;
}

enum cg_status cg_log_open(const char *path, const char *header, uint64_t step, FILE **out,
                           struct cg_error *error)
{
    enum cg_status status = start_log(path, header, step, error);
    *out = status == CG_OK ? fopen(path, "a") : NULL;
    if (status == CG_OK && *out == NULL)
        status = cg_fail(error, CG_ERR_IO, "writing %s: %s", path, strerror(errno));
    return status;
}

enum cg_status cg_log_end_row(FILE *log, const char *path, struct cg_error *error)
{
    fputc('\n', log);
    if (fflush(log) != 0 || ferror(log))
        return cg_fail(error, CG_ERR_IO, "writing %s: %s", path, strerror(errno));
    return CG_OK;
}
