/* The job list, its order, and lists of pictures in files: see plan_parts.h. */
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/convert/plan_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

int cg_plan_no_memory(void)
{
    return cg_cli_fail(CG_EXIT_INPUT, "listing pictures: memory could not be allocated");
}

/* ---- jobs ------------------------------------------------------------------------------------ */

void cg_job_clear(struct cg_job *job)
{
    free(job->in);
    free(job->out);
    *job = (struct cg_job){0};
}

bool cg_job_list_add(struct cg_job_list *list, char *in, char *out, enum cg_image_format format)
{
    struct cg_job job = {.in = in, .out = out, .format = format};
    struct cg_job *jobs = NULL;
    if (in != NULL && out != NULL)
        jobs = cg_grow(list->jobs, list->count, &list->capacity, sizeof(*jobs));
    if (jobs == NULL) {
        cg_job_clear(&job);
        return false;
    }
    list->jobs = jobs;
    list->jobs[list->count++] = job;
    return true;
}

void cg_job_list_clear(struct cg_job_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        cg_job_clear(&list->jobs[i]);
    free(list->jobs);
    *list = (struct cg_job_list){0};
}

/* ---- order ----------------------------------------------------------------------------------- */

static int compare_outputs(const void *a, const void *b)
{
    const struct cg_job *first = a, *second = b;
    int order = strcasecmp(first->out, second->out);
    return order != 0 ? order : strcmp(first->out, second->out);
}

static int compare_jobs(const void *a, const void *b)
{
    int order = compare_outputs(a, b);
    return order != 0 ? order
                      : strcmp(((const struct cg_job *)a)->in, ((const struct cg_job *)b)->in);
}

bool cg_plan_has_output(const struct cg_plan *plan, const char *path)
{
    struct cg_job key = {.out = (char *)path};
    return plan->count > 0 &&
           bsearch(&key, plan->jobs, plan->count, sizeof(key), compare_outputs) != NULL;
}

static bool is_same_picture(const struct cg_job *a, const struct cg_job *b)
{
    struct stat first, second;
    if (strcmp(a->out, b->out) != 0)
        return false;
    return strcmp(a->in, b->in) == 0 ||
           (stat(a->in, &first) == 0 && stat(b->in, &second) == 0 &&
            first.st_dev == second.st_dev && first.st_ino == second.st_ino);
}

static int refuse_collision(const struct cg_job *a, const struct cg_job *b)
{
    const char *dot_a = strrchr(a->in, '.'), *dot_b = strrchr(b->in, '.');
    bool other_kinds = dot_a != NULL && dot_b != NULL && strcasecmp(dot_a, dot_b) != 0;
    if (strcmp(a->out, b->out) == 0)
        return cg_cli_fail(
            CG_EXIT_USAGE, "%s and %s would both become %s; %s, or convert them in separate calls",
            a->in, b->in, a->out,
            other_kinds ? "--format same keeps the endings apart"
                        : "-r with the folder above them keeps theirs, as {dir} does "
                          "in a --template");
    return cg_cli_fail(CG_EXIT_USAGE,
                       "%s and %s would become %s and %s, which many file systems take for one "
                       "file; convert them in separate calls",
                       a->in, b->in, a->out, b->out);
}

int cg_job_list_order(struct cg_job_list *list)
{
    size_t kept = 0;
    if (list->count < 2)
        return CG_EXIT_DONE;
    qsort(list->jobs, list->count, sizeof(*list->jobs), compare_jobs);
    for (size_t i = 0; i < list->count; i++) {
        struct cg_job *job = &list->jobs[i], *last = kept > 0 ? &list->jobs[kept - 1] : NULL;
        if (last == NULL || strcasecmp(last->out, job->out) != 0) {
            struct cg_job moved = *job;
            *job = (struct cg_job){0};
            list->jobs[kept++] = moved;
        } else if (is_same_picture(last, job)) {
            cg_job_clear(job);
        } else {
            return refuse_collision(last, job);
        }
    }
    list->count = kept;
    return CG_EXIT_DONE;
}

/* ---- lists in files -------------------------------------------------------------------------- */

/* Some editors put U+FEFF before a text. */
static size_t byte_order_mark_length(const char *line)
{
    return strncmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* One line, without its end. */
static int take_line(const char *list_path, char *line, size_t length, bool nul_separated,
                     cg_plan_take take, void *context)
{
    if (!nul_separated && strlen(line) < length)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "reading the list %s: expected one path a line, found a zero byte; "
                           "-0 takes lists that are separated by them",
                           list_path);
    if (!nul_separated && length > 0 && line[length - 1] == '\n')
        line[--length] = '\0';
    if (!nul_separated && length > 0 && line[length - 1] == '\r')
        line[--length] = '\0';
    return line[0] == '\0' ? CG_EXIT_DONE : take(context, line);
}

static int read_lines(FILE *stream, const char *list_path, bool nul_separated, cg_plan_take take,
                      void *context)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int code = CG_EXIT_DONE;
    bool is_first = true;
    errno = 0;
    while (code == CG_EXIT_DONE &&
           (length = getdelim(&line, &capacity, nul_separated ? '\0' : '\n', stream)) >= 0) {
        size_t skip = is_first ? byte_order_mark_length(line) : 0;
        code =
            take_line(list_path, line + skip, (size_t)length - skip, nul_separated, take, context);
        is_first = false;
    }
    if (code == CG_EXIT_DONE && !feof(stream))
        code =
            cg_cli_fail(CG_EXIT_USAGE, "reading the list %s: %s", list_path, CG_ERRNO_WORDS(errno));
    free(line);
    return code;
}

int cg_plan_read_list(const char *list_path, bool nul_separated, cg_plan_take take, void *context)
{
    if (strcmp(list_path, "-") == 0)
        return read_lines(stdin, "on the standard input", nul_separated, take, context);
    FILE *stream = fopen(list_path, "r");
    if (stream == NULL)
        return cg_cli_fail(CG_EXIT_USAGE, "--files-from: reading %s: %s", cg_path_tail(list_path),
                           CG_ERRNO_WORDS(errno));
    int code = read_lines(stream, list_path, nul_separated, take, context);
    fclose(stream);
    return code;
}
