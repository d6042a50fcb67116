/* A log: see log.h. */
#include "train/core/log.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "base/output.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_NBYTES_MAX ((size_t)1 << 28)
/* Whole numbers up to here are written in full. */
#define WHOLE_MAX 1e15

/* ---- writing --------------------------------------------------------------------------------- */

/* Length of a log up to and including its last row of a step up to `step`; 0 if the header
 * differs. */
static size_t kept_length(const char *text, size_t nbytes, const char *header, uint64_t step)
{
    size_t header_nbytes = strlen(header);
    if (nbytes < header_nbytes || memcmp(text, header, header_nbytes) != 0)
        return 0;
    const char *start = text + header_nbytes;
    for (;;) {
        const char *end = memchr(start, '\n', (size_t)(text + nbytes - start));
        if (end == NULL || strtoull(start, NULL, 10) > step)
            return (size_t)(start - text);
        start = end + 1;
    }
}

static enum cg_status start_log(const char *path, const char *header, uint64_t step,
                                struct cg_error *error)
{
    uint8_t *bytes = NULL;
    size_t nbytes = 0, kept = 0;
    enum cg_status status = CG_OK;
    if (step > 0 && access(path, F_OK) == 0)
        status = cg_file_read(path, LOG_NBYTES_MAX, &bytes, &nbytes, error);
    if (status != CG_OK) /* an unreadable file is not overwritten */
        return status;
    if (bytes != NULL)
        kept = kept_length((const char *)bytes, nbytes, header, step);
    status = kept > 0 ? cg_file_write(path, bytes, kept, error)
                      : cg_file_write(path, header, strlen(header), error);
    free(bytes);
    return status;
}

/* The names, comma-separated, with a newline. To be freed; NULL when memory is short. */
static char *make_header(const struct cg_log_value *columns, size_t count)
{
    size_t nbytes = 1;
    for (size_t i = 0; i < count; i++)
        nbytes += strlen(columns[i].name) + 1;
    char *header = malloc(nbytes), *end = header;
    for (size_t i = 0; header != NULL && i < count; i++) {
        size_t length = strlen(columns[i].name);
        memcpy(end, columns[i].name, length);
        end[length] = i + 1 < count ? ',' : '\n';
        end += length + 1;
    }
    if (header != NULL)
        *end = '\0';
    return header;
}

enum cg_status cg_log_open(const char *path, const struct cg_log_value *columns, size_t count,
                           uint64_t step, FILE **out, struct cg_error *error)
{
    *out = NULL;
    char *header = make_header(columns, count);
    if (header == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "writing %s: out of memory", path);
    enum cg_status status = start_log(path, header, step, error);
    free(header);
    return status == CG_OK ? cg_output_open(path, CG_WRITE_APPEND, out, error) : status;
}

static void print_value(FILE *log, const struct cg_log_value *value)
{
    double number = value->value;
    if (value->text != NULL)
        fputs(value->text, log);
    else if (isfinite(number))
        fprintf(log, number == floor(number) && fabs(number) < WHOLE_MAX ? "%.0f" : "%.6g", number);
}

enum cg_status cg_log_add(FILE *log, const char *path, const struct cg_log_value *values,
                          size_t count, struct cg_error *error)
{
    for (size_t i = 0; i < count; i++) {
        print_value(log, &values[i]);
        fputc(i + 1 < count ? ',' : '\n', log);
    }
    if (fflush(log) != 0 || ferror(log))
        return cg_fail(error, CG_ERR_IO, "writing %s: %s", path, CG_ERRNO_WORDS(errno));
    return CG_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Cut a line into its fields, in place. Returns how many. */
static size_t split(char *line, char *fields[CG_LOG_VALUES_MAX])
{
    size_t count = 0;
    char *comma;
    fields[count++] = line;
    while (count < CG_LOG_VALUES_MAX && (comma = strchr(fields[count - 1], ',')) != NULL) {
        *comma = '\0';
        fields[count++] = comma + 1;
    }
    return count;
}

static bool read_row(char *const *names, size_t name_count, char *line, cg_log_number_fn take,
                     void *context)
{
    char *fields[CG_LOG_VALUES_MAX];
    if (split(line, fields) != name_count)
        return true;
    uint64_t step = strtoull(fields[0], NULL, 10);
    for (size_t i = 1; i < name_count; i++) {
        char *end;
        double value = strtod(fields[i], &end);
        if (end != fields[i] && *end == '\0' && isfinite(value) &&
            !take(context, step, names[i], value))
            return false;
    }
    return true;
}

enum cg_status cg_log_read(const char *path, cg_log_number_fn take, void *context,
                           struct cg_error *error)
{
    uint8_t *bytes = NULL;
    size_t nbytes = 0, name_count = 0;
    char *names[CG_LOG_VALUES_MAX];
    enum cg_status status = cg_file_read(path, LOG_NBYTES_MAX, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    char *line = (char *)bytes, *end = line + nbytes, *line_end;
    while (line < end && (line_end = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        *line_end = '\0';
        if (name_count == 0)
            name_count = split(line, names);
        else if (!read_row(names, name_count, line, take, context))
            break;
        line = line_end + 1;
    }
    free(bytes);
    return CG_OK;
}
