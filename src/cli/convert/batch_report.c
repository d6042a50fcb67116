/* The report of a batch: see batch_report.h. */
#include "cli/convert/batch_report.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct cg_report {
    FILE *file; /* NULL: no report */
    char *path;
    const char *style;
};

enum cg_status cg_report_open(const char *path, enum cg_writing writing, const char *style,
                              struct cg_report **out, struct cg_error *error)
{
    struct cg_report *report = cg_alloc_zero(1, sizeof(*report), "report", error);
    *out = NULL;
    if (report == NULL)
        return CG_ERR_MEMORY;
    report->style = style;
    if (path != NULL) {
        report->path = cg_string_copy(path);
        enum cg_status status =
            report->path != NULL
                ? cg_output_open(path, writing, &report->file, error)
                : cg_fail(error, CG_ERR_MEMORY, "writing the report %s: out of memory", path);
        if (status != CG_OK) {
            cg_report_close(report);
            return status;
        }
    }
    *out = report;
    return CG_OK;
}

void cg_report_close(struct cg_report *report)
{
    if (report == NULL)
        return;
    if (report->file != NULL)
        fclose(report->file);
    free(report->path);
    free(report);
}

/* ---- a line ---------------------------------------------------------------------------------- */

/* A path may hold any bytes, JSON only UTF-8: other bytes become '?'. */
static json_t *text_value(const char *text)
{
    json_t *value = json_string(text);
    if (value != NULL)
        return value;
    char *copy = cg_string_copy(text);
    if (copy == NULL)
        cg_memory_tell_short();
    for (char *byte = copy; byte != NULL && *byte != '\0'; byte++)
        if ((unsigned char)*byte >= 0x80)
            *byte = '?';
    value = copy == NULL ? NULL : json_string(copy);
    free(copy);
    return value;
}

/* The size of a file; null if it is not a regular file. */
static json_t *file_nbytes(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return json_null();
    return json_integer((json_int_t)about.st_size);
}

static json_t *side(int px)
{
    return px == 0 ? json_null() : json_integer(px);
}

static double rounded(double ms)
{
    return round(10.0 * ms) / 10.0;
}

static json_t *times_of(const struct cg_picture_result *result)
{
    return json_pack("{s:f, s:f, s:f}", "read", rounded(result->read_ms), "convert",
                     rounded(result->convert_ms), "write", rounded(result->write_ms));
}

static json_t *warnings_of(const struct cg_picture_result *result)
{
    json_t *list = json_array();
    if (result->note[0] != '\0')
        json_array_append_new(list, text_value(result->note));
    return list;
}

static json_t *line_of(const struct cg_report *report, const struct cg_job *job,
                       const struct cg_picture_result *result)
{
    bool converted = result->end == CG_PICTURE_CONVERTED;
    const struct {
        const char *name;
        json_t *value;
    } fields[] = {
        {"input", text_value(job->in)},
        {"output", text_value(job->out)},
        {"status", json_string(converted ? "converted" : "failed")},
        {"error", converted ? json_null() : text_value(result->error.text)},
        {"warnings", warnings_of(result)},
        {"width", side(result->width)},
        {"height", side(result->height)},
        {"input_bytes", file_nbytes(job->in)},
        {"output_bytes", converted ? file_nbytes(job->out) : json_null()},
        {"style", text_value(report->style)},
        {"ms", times_of(result)},
    };
    json_t *line = json_object();
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        json_object_set_new(line, fields[i].name, fields[i].value);
    return line;
}

static enum cg_status add_line(struct cg_report *report, const char *line, struct cg_error *error)
{
    if (fprintf(report->file, "%s\n", line) < 0 || fflush(report->file) != 0)
        return cg_fail(error, CG_ERR_IO, "writing the report %s: %s", cg_path_tail(report->path),
                       CG_ERRNO_WORDS(errno));
    return CG_OK;
}

enum cg_status cg_report_add(struct cg_report *report, const struct cg_job *job,
                             const struct cg_picture_result *result, struct cg_error *error)
{
    if (report->file == NULL)
        return CG_OK;
    char *line;
    cg_memory_forget();
    enum cg_status status = cg_json_dump(line_of(report, job, result), JSON_COMPACT,
                                         "writing the report", &line, error);
    if (status == CG_OK)
        status = add_line(report, line, error);
    free(line);
    if (status != CG_OK) {
        fclose(report->file);
        report->file = NULL;
    }
    return status;
}
