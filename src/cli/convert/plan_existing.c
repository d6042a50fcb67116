/*
 * Comics that are there already: see plan_parts.h. Devices and pipes are not: they are written to,
 * not overwritten.
 */
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/convert/plan_parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum state {
    STATE_OPEN,    /* to be done, and nothing is in its place */
    STATE_REPLACE, /* to be done, over what is there */
    STATE_DONE
};

struct file_id {
    dev_t device;
    ino_t inode;
    size_t job;
};

/* ---- whether a file is a whole picture ------------------------------------------------------- */

#define PNG_END_NBYTES 12

/* By its first and last bytes: what was cut off when a disk was full or a copy broken. */
static bool is_whole(int fd, enum cg_image_format format)
{
    static const uint8_t png_begin[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    static const uint8_t png_end[PNG_END_NBYTES] = {0,   0,   0,    0,    'I',  'E',
                                                    'N', 'D', 0xae, 0x42, 0x60, 0x82};
    static const uint8_t jpeg_begin[] = {0xff, 0xd8, 0xff}, jpeg_end[] = {0xff, 0xd9};
    struct stat about;
    uint8_t begin[sizeof(png_begin)], end[PNG_END_NBYTES];
    if (fstat(fd, &about) != 0 || about.st_size < PNG_END_NBYTES ||
        pread(fd, begin, sizeof(begin), 0) != (ssize_t)sizeof(begin) ||
        pread(fd, end, sizeof(end), about.st_size - PNG_END_NBYTES) != PNG_END_NBYTES)
        return false;
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

static bool is_done(const struct cg_job *job, const struct stat *in, const struct stat *out)
{
    return S_ISREG(in->st_mode) && !is_older(&out->st_mtim, &in->st_mtim) &&
           is_whole_file(job->out, job->format);
}

/* What the job finds at its output; out is its file where that is STATE_REPLACE. */
static int look_at(const struct cg_plan_options *options, const struct cg_job *job,
                   enum state *state, struct stat *out)
{
    struct stat in;
    *state = STATE_OPEN;
    if (strcmp(job->out, "-") == 0 || stat(job->out, out) != 0)
        return CG_EXIT_DONE;
    if (S_ISDIR(out->st_mode))
        return cg_cli_fail(CG_EXIT_INPUT, "writing %s: expected the name of a file, found a folder",
                           job->out);
    if (!S_ISREG(out->st_mode))
        return CG_EXIT_DONE;
    *state = STATE_REPLACE;
    if (!stat_input(job, &in))
        return CG_EXIT_DONE;
    if (in.st_dev == out->st_dev && in.st_ino == out->st_ino)
        return cg_cli_fail(CG_EXIT_USAGE, "%s and %s are the same file; give OUT another name",
                           job->in, job->out);
    if (options->skip_existing && is_done(job, &in, out))
        *state = STATE_DONE;
    return CG_EXIT_DONE;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
    const struct file_id *first = a, *second = b;
    if (first->device != second->device)
        return first->device < second->device ? -1 : 1;
    return (first->inode > second->inode) - (first->inode < second->inode);
}

/* What a job writes over must not be what another one reads. */
static int protect_inputs(const struct cg_plan *plan, struct file_id *replaced, size_t count)
{
    if (count == 0)
        return CG_EXIT_DONE;
    qsort(replaced, count, sizeof(*replaced), compare_ids);
    for (size_t i = 0; i < plan->count; i++) {
        struct stat in;
        if (!stat_input(&plan->jobs[i], &in))
            continue;
        struct file_id key = {in.st_dev, in.st_ino, i};
        const struct file_id *hit = bsearch(&key, replaced, count, sizeof(key), compare_ids);
        if (hit != NULL)
            return cg_cli_fail(CG_EXIT_USAGE,
                               "the comic of %s would be written over %s, which is to be converted "
                               "itself; give another OUT",
                               plan->jobs[hit->job].in, plan->jobs[i].in);
    }
    return CG_EXIT_DONE;
}

static int refuse_overwriting(const struct cg_plan *plan, const struct file_id *replaced,
                              size_t count)
{
    const char *first = plan->jobs[replaced[0].job].out;
    if (count == 1)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "%s is there already; --force overwrites it, --skip-existing leaves it",
                           first);
    return cg_cli_fail(CG_EXIT_USAGE,
                       "%zu comics are there already, the first is %s; --skip-existing makes what "
                       "is missing, --force overwrites",
                       count, first);
}

static void drop_done(struct cg_plan *plan, const enum state *states)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->count; i++) {
        if (states[i] == STATE_DONE)
            cg_job_clear(&plan->jobs[i]);
        else
            plan->jobs[kept++] = plan->jobs[i];
    }
    plan->existing = plan->count - kept;
    plan->count = kept;
}

/* states and replaced have room for all jobs. */
static int check_all(const struct cg_plan_options *options, struct cg_plan *plan,
                     enum state *states, struct file_id *replaced)
{
    size_t replaced_count = 0;
    int code = CG_EXIT_DONE;
    for (size_t i = 0; code == CG_EXIT_DONE && i < plan->count; i++) {
        struct stat out;
        code = look_at(options, &plan->jobs[i], &states[i], &out);
        if (code == CG_EXIT_DONE && states[i] == STATE_REPLACE)
            replaced[replaced_count++] = (struct file_id){out.st_dev, out.st_ino, i};
    }
    if (code == CG_EXIT_DONE && replaced_count > 0 && !options->force && !options->skip_existing)
        code = refuse_overwriting(plan, replaced, replaced_count);
    if (code == CG_EXIT_DONE)
        code = protect_inputs(plan, replaced, replaced_count);
    if (code == CG_EXIT_DONE)
        drop_done(plan, states);
    return code;
}

int cg_plan_check_existing(const struct cg_plan_options *options, struct cg_plan *plan)
{
    enum state *states = calloc(plan->count + 1, sizeof(*states));
    struct file_id *replaced = calloc(plan->count + 1, sizeof(*replaced));
    int code = states != NULL && replaced != NULL ? check_all(options, plan, states, replaced)
                                                  : cg_plan_no_memory();
    free(replaced);
    free(states);
    return code;
}
