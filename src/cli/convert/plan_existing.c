/* Existing comics and the report: see plan_parts.h. */
#include "base/file.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/comic_mark.h"
#include "cli/convert/plan_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- whether a file is a whole picture ------------------------------------------------------- */

#define BEGIN_NBYTES 12
#define PNG_END_NBYTES 12

/* RIFF, the size of what follows, WEBP. */
static bool is_whole_webp(const uint8_t begin[BEGIN_NBYTES], off_t nbytes)
{
    uint32_t rest = (uint32_t)begin[4] | (uint32_t)begin[5] << 8 | (uint32_t)begin[6] << 16 |
                    (uint32_t)begin[7] << 24;
    return memcmp(begin, "RIFF", 4) == 0 && memcmp(begin + 8, "WEBP", 4) == 0 &&
           nbytes == (off_t)rest + 8;
}

/* Judged by its first and last bytes, to find files truncated by a full disk or a broken copy. */
static bool is_whole(int fd, enum cg_image_format format)
{
    static const uint8_t png_begin[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    static const uint8_t png_end[PNG_END_NBYTES] = {0,   0,   0,    0,    'I',  'E',
                                                    'N', 'D', 0xae, 0x42, 0x60, 0x82};
    static const uint8_t jpeg_begin[] = {0xff, 0xd8, 0xff}, jpeg_end[] = {0xff, 0xd9};
    struct stat about;
    uint8_t begin[BEGIN_NBYTES], end[PNG_END_NBYTES];
    if (fstat(fd, &about) != 0 || about.st_size < PNG_END_NBYTES ||
        cg_fd_read_at(fd, begin, sizeof(begin), 0) != (ssize_t)sizeof(begin) ||
        cg_fd_read_at(fd, end, sizeof(end), about.st_size - PNG_END_NBYTES) != PNG_END_NBYTES)
        return false;
    if (format == CG_IMAGE_WEBP)
        return is_whole_webp(begin, about.st_size);
    if (format == CG_IMAGE_PNG)
        return memcmp(begin, png_begin, sizeof(png_begin)) == 0 &&
               memcmp(end, png_end, sizeof(png_end)) == 0;
    return memcmp(begin, jpeg_begin, sizeof(jpeg_begin)) == 0 &&
           memcmp(end + PNG_END_NBYTES - sizeof(jpeg_end), jpeg_end, sizeof(jpeg_end)) == 0;
}

static bool is_whole_file(const char *path, enum cg_image_format format)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool whole = is_whole(fd, format);
    close(fd);
    return whole;
}

static bool is_older(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* ---- one job --------------------------------------------------------------------------------- */

static bool stat_input(const struct cg_job *job, struct stat *about)
{
    return strcmp(job->in, "-") == 0 ? fstat(STDIN_FILENO, about) == 0 : stat(job->in, about) == 0;
}

/* Whether --skip-existing skips the job. An input is never its own comic. */
static bool is_done(const struct cg_job *job)
{
    struct stat in, out;
    return strcmp(job->out, "-") != 0 && stat(job->out, &out) == 0 && S_ISREG(out.st_mode) &&
           stat_input(job, &in) && S_ISREG(in.st_mode) &&
           (in.st_dev != out.st_dev || in.st_ino != out.st_ino) &&
           !is_older(&out.st_mtim, &in.st_mtim) && is_whole_file(job->out, job->format);
}

static void look_at(struct cg_job *job)
{
    char mark[CG_IMAGE_MARK_NBYTES];
    job->made_like = 0;
    job->done = is_done(job);
    if (job->done && cg_image_read_mark(job->out, mark))
        job->made_like = cg_mark_hash(mark);
    else if (errno != 0) /* it cannot be told */
        job->done = false;
}

static bool is_made_like(const struct cg_job *job, uint64_t wanted)
{
    return job->done && (job->made_like == 0 || job->made_like == wanted);
}

bool cg_job_is_done_by_now(const struct cg_job *job, const char *mark)
{
    struct cg_job now = *job;
    look_at(&now);
    return is_made_like(&now, cg_mark_hash(mark));
}

void cg_plan_drop_done(struct cg_plan *plan, const char *mark)
{
    uint64_t wanted = cg_mark_hash(mark);
    size_t kept = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct cg_job *job = &plan->jobs[i];
        if (is_made_like(job, wanted))
            cg_job_clear(job);
        else
            plan->jobs[kept++] = *job;
    }
    plan->existing = plan->count - kept;
    plan->count = kept;
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* The call's inputs. A million names are only examined if one of them could be overwritten. */
static enum cg_status add_inputs(const struct cg_plan_options *options, const struct cg_plan *plan,
                                 struct cg_inputs *inputs, struct cg_error *error)
{
    struct stat about;
    bool wanted = options->report != NULL;
    for (size_t i = 0; !wanted && i < plan->count; i++)
        wanted = strcmp(plan->jobs[i].out, "-") != 0 && lstat(plan->jobs[i].out, &about) == 0;
    if (!wanted)
        return CG_OK;
    enum cg_status status = cg_inputs_add(inputs, options->files_from, error);
    if (status == CG_OK && options->looks != NULL)
        status = cg_cli_render_params_add_inputs(options->looks, inputs, error);
    for (size_t i = 0; status == CG_OK && i < plan->count; i++)
        status = cg_inputs_add(inputs, plan->jobs[i].in, error);
    return status;
}

static int check_comics(struct cg_plan *plan, struct cg_inputs *inputs, bool force, bool replace)
{
    struct cg_error error;
    const char *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const char *out = plan->jobs[i].out;
        struct stat about;
        bool stays = plan->jobs[i].done && plan->jobs[i].made_like == 0;
        if (stays || strcmp(out, "-") == 0)
            continue;
        plan->jobs[i].writing = force || lstat(out, &about) == 0 ? CG_WRITE_OVER : CG_WRITE_NEW;
        if (cg_output_check(inputs, out, true, &error) != CG_OK)
            return cg_cli_fail_with(CG_EXIT_INPUT, &error);
        if (replace || cg_output_check(inputs, out, false, &error) == CG_OK)
            continue;
        first = count++ == 0 ? out : first;
    }
    if (count == 1)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "%s is there already; --force replaces it, --skip-existing leaves it",
                           first);
    if (count > 1)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "%zu comics are there already, the first is %s; --skip-existing makes "
                           "what is missing, --force replaces all",
                           count, first);
    return CG_EXIT_DONE;
}

/* ---- the report ------------------------------------------------------------------------------ */

/* Whether two paths name the same place, existing or not. */
static bool is_same_place(const char *a, const char *b)
{
    const char *a_slash = strrchr(a, '/'), *b_slash = strrchr(b, '/');
    if (strcmp(a_slash != NULL ? a_slash + 1 : a, b_slash != NULL ? b_slash + 1 : b) != 0)
        return false;
    char *folders[2] = {cg_string_format("%.*s.", a_slash != NULL ? (int)(a_slash + 1 - a) : 0, a),
                        cg_string_format("%.*s.", b_slash != NULL ? (int)(b_slash + 1 - b) : 0, b)};
    bool same = folders[0] != NULL && folders[1] != NULL && cg_file_is_same(folders[0], folders[1]);
    free(folders[1]);
    free(folders[0]);
    return same;
}

/* A report that --skip-existing appends to must have lines of JSON. */
static bool is_report(const char *path)
{
    char begin = '{';
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return true;
    bool empty = read(fd, &begin, 1) <= 0;
    close(fd);
    return empty || begin == '{';
}

static int check_report(const struct cg_plan_options *options, const struct cg_plan *plan,
                        struct cg_inputs *inputs)
{
    const char *report = options->report;
    for (size_t i = 0; i < plan->count; i++)
        if (is_same_place(plan->jobs[i].out, report))
            return cg_cli_fail(CG_EXIT_USAGE, "--report %s is the name of a comic, that of %s",
                               report, plan->jobs[i].in);
    int code = cg_cli_check_output(inputs, report, options->force || options->skip_existing);
    if (code == CG_EXIT_DONE && *cg_plan_ending(report) != '\0') /* as in --report *.jpg out/ */
        code = cg_cli_fail(CG_EXIT_USAGE,
                           "--report %s: expected the name of a report, found that of a picture",
                           report);
    if (code == CG_EXIT_DONE && options->skip_existing && !is_report(report))
        code = cg_cli_fail(CG_EXIT_USAGE,
                           "--report %s: expected a report to add to, found another file", report);
    return code;
}

int cg_plan_check_existing(const struct cg_plan_options *options, struct cg_plan *plan)
{
    struct cg_inputs inputs = {0};
    struct cg_error error;
    int code = CG_EXIT_DONE;
    for (size_t i = 0; options->skip_existing && i < plan->count; i++)
        look_at(&plan->jobs[i]);
    if (add_inputs(options, plan, &inputs, &error) != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    if (code == CG_EXIT_DONE)
        code =
            check_comics(plan, &inputs, options->force, options->force || options->skip_existing);
    if (code == CG_EXIT_DONE && options->report != NULL)
        code = check_report(options, plan, &inputs);
    cg_inputs_clear(&inputs);
    return code;
}
