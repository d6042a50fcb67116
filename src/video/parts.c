/* Work in parts: see parts.h. */
#include "video/parts.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOB_MAX_NBYTES ((size_t)64 << 10)
#define PATH_NBYTES 4096

struct cg_parts {
    char *out_path, *folder, *ending;
    DIR *files; /* of the folder, to empty it by whatever fails at the end */
    int done;
    int lock;        /* file descriptor of the locked job */
    uint64_t number; /* of this process's next part: a killed one's encoder may still run */
    char next[PATH_NBYTES], state[PATH_NBYTES], joined[PATH_NBYTES], list[PATH_NBYTES],
        picture[PATH_NBYTES], scratch[PATH_NBYTES];
};

static enum cg_status fail(const struct cg_parts *parts, const char *what, struct cg_error *error)
{
    return cg_fail(error, CG_ERR_IO, "%s %s: %s", what, cg_path_tail(parts->folder),
                   CG_ERRNO_WORDS(errno));
}

static const char *part_path(struct cg_parts *parts, int index)
{
    snprintf(parts->scratch, PATH_NBYTES, "%s/part-%05d%s", parts->folder, index, parts->ending);
    return parts->scratch;
}

const char *cg_parts_next_path(struct cg_parts *parts)
{
    snprintf(parts->next, PATH_NBYTES, "%s/next-%016" PRIx64 "%s", parts->folder, parts->number,
             parts->ending);
    return parts->next;
}

const char *cg_parts_state_path(struct cg_parts *parts, int index)
{
    snprintf(parts->state, PATH_NBYTES, "%s/state-%05d", parts->folder, index);
    return parts->state;
}

const char *cg_parts_joined_path(struct cg_parts *parts, const char *ending)
{
    snprintf(parts->joined, PATH_NBYTES, "%s/joined%s", parts->folder, ending);
    return parts->joined;
}

const char *cg_parts_picture_path(struct cg_parts *parts)
{
    snprintf(parts->picture, PATH_NBYTES, "%s/picture.png", parts->folder);
    return parts->picture;
}

/* Remove this program's files except the job, which is locked. */
static void remove_files(const struct cg_parts *parts)
{
    static const char *const ours[] = {"part-", "next-",   "state-", "joined",
                                       "list",  "picture", ".",      NULL};
    rewinddir(parts->files);
    for (struct dirent *entry; (entry = readdir(parts->files)) != NULL;)
        for (int i = 0; ours[i] != NULL; i++)
            if (strncmp(entry->d_name, ours[i], strlen(ours[i])) == 0)
                unlinkat(dirfd(parts->files), entry->d_name, 0);
}

static void remove_folder(struct cg_parts *parts)
{
    remove_files(parts);
    unlinkat(dirfd(parts->files), "job", 0);
    rmdir(parts->folder);
}

/* ---- opening --------------------------------------------------------------------------------- */

static enum cg_status open_folder(struct cg_parts *parts, struct cg_error *error)
{
    struct stat about;
    enum cg_status status = cg_folder_make(parts->folder, error);
    if (status != CG_OK)
        return status;
    int folder = open(parts->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool ours = folder >= 0 && fstat(folder, &about) == 0 && about.st_uid == geteuid();
    if (ours && (parts->files = fdopendir(folder)) != NULL)
        return CG_OK;
    if (folder >= 0)
        close(folder);
    if (ours)
        return cg_fail(error, CG_ERR_MEMORY, "work in parts: out of memory");
    return cg_fail(error, CG_ERR_IO, "writing %s: %s: expected a folder of this user's, found %s",
                   cg_path_tail(parts->out_path), cg_path_tail(parts->folder),
                   folder >= 0 ? "another user's" : "a link or what cannot be read");
}

/* Whether a folder without a job is empty; else it is not this program's. */
static bool is_free(const struct cg_parts *parts)
{
    struct stat about;
    bool empty = true;
    if (fstatat(dirfd(parts->files), "job", &about, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    rewinddir(parts->files);
    for (struct dirent *entry; (entry = readdir(parts->files)) != NULL;)
        empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    return empty;
}

/* Private to this user, so that nobody else can place links where this program and ffmpeg write;
 * and for one process at a time: the lock ends with it, however it ends. */
static enum cg_status lock_job(struct cg_parts *parts, struct cg_error *error)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (!is_free(parts))
        return cg_fail(error, CG_ERR_IO,
                       "writing %s: the work goes to %s, where other files lie; move them away",
                       cg_path_tail(parts->out_path), cg_path_tail(parts->folder));
    fchmod(dirfd(parts->files), 0700); /* not supported by every file system */
    parts->lock =
        openat(dirfd(parts->files), "job", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (parts->lock < 0)
        return fail(parts, "writing", error);
    if (fcntl(parts->lock, F_SETLK, &whole) != 0)
        return cg_fail(error, CG_ERR_IO, "writing %s: another comicgan is at work on it",
                       cg_path_tail(parts->out_path));
    return CG_OK;
}

/* Through the locked descriptor: closing another one of the same file would end the lock. */
static bool same_job(const struct cg_parts *parts, const char *job)
{
    size_t length = strlen(job);
    char *found = malloc(JOB_MAX_NBYTES);
    ssize_t count = found != NULL ? cg_fd_read_at(parts->lock, found, JOB_MAX_NBYTES, 0) : -1;
    bool same = count >= 0 && (size_t)count == length && memcmp(found, job, length) == 0;
    free(found);
    return same;
}

static enum cg_status write_job(struct cg_parts *parts, const char *job, struct cg_error *error)
{
    size_t length = strlen(job);
    if (ftruncate(parts->lock, 0) != 0 || !cg_fd_write_at(parts->lock, job, length, 0))
        return fail(parts, "writing", error);
    return CG_OK;
}

static enum cg_status open_job(struct cg_parts *parts, const char *job, struct cg_error *error)
{
    enum cg_status status = open_folder(parts, error);
    if (status == CG_OK)
        status = lock_job(parts, error);
    if (status != CG_OK)
        return status;
    if (!same_job(parts, job)) {
        remove_files(parts);
        return write_job(parts, job, error);
    }
    while (access(part_path(parts, parts->done), F_OK) == 0)
        parts->done++;
    return CG_OK;
}

enum cg_status cg_parts_open(const char *out_path, const char *job, const char *ending,
                             struct cg_parts **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_parts *parts = cg_alloc_zero(1, sizeof(*parts), "work in parts", error);
    if (parts == NULL)
        return CG_ERR_MEMORY;
    parts->lock = -1;
    if (getrandom(&parts->number, sizeof(parts->number), 0) < 0)
        parts->number = (uint64_t)getpid();
    parts->out_path = cg_string_copy(out_path);
    parts->folder = cg_string_format("%s.parts", out_path);
    parts->ending = cg_string_copy(ending);
    enum cg_status status = CG_OK;
    if (parts->out_path == NULL || parts->folder == NULL || parts->ending == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "work in parts: out of memory");
    else if (strlen(parts->folder) + 64 > PATH_NBYTES)
        status =
            cg_fail(error, CG_ERR_IO, "writing %s: the name is too long", cg_path_tail(out_path));
    else
        status = open_job(parts, job, error);
    if (status != CG_OK) {
        cg_parts_free(parts);
        return status;
    }
    *out = parts;
    return CG_OK;
}

void cg_parts_free(struct cg_parts *parts)
{
    if (parts == NULL)
        return;
    if (parts->lock >= 0)
        close(parts->lock);
    if (parts->files != NULL)
        closedir(parts->files);
    free(parts->ending);
    free(parts->folder);
    free(parts->out_path);
    free(parts);
}

int cg_parts_done(const struct cg_parts *parts)
{
    return parts->done;
}

/* ---- finished parts -------------------------------------------------------------------------- */

enum cg_status cg_parts_commit(struct cg_parts *parts, struct cg_error *error)
{
    const char *next = cg_parts_next_path(parts);
    if (rename(next, part_path(parts, parts->done)) != 0 ||
        (errno = cg_file_flush_folder(next)) != 0)
        return fail(parts, "writing", error);
    if (parts->done > 0)
        unlink(cg_parts_state_path(parts, parts->done - 1));
    parts->done++;
    return CG_OK;
}

/* "file 'PATH'" as ffmpeg's concat reads it: between quotes only a quote is special, and is written
 * outside of them. With a protocol, so that no part of a path is taken for one. */
static enum cg_status add_file(struct cg_file_writer *writer, const char *path,
                               struct cg_error *error)
{
    static const char begin[] = "file 'file:", quote[] = "'\\''";
    enum cg_status status = cg_file_writer_add(writer, begin, strlen(begin), error);
    for (const char *at = path; *at != '\0' && status == CG_OK;) {
        size_t plain = strcspn(at, "'");
        status = cg_file_writer_add(writer, at, plain, error);
        at += plain;
        if (*at == '\'' && status == CG_OK) {
            status = cg_file_writer_add(writer, quote, strlen(quote), error);
            at++;
        }
    }
    return status == CG_OK ? cg_file_writer_add(writer, "'\n", 2, error) : status;
}

static enum cg_status add_duration(struct cg_file_writer *writer, double seconds,
                                   struct cg_error *error)
{
    char line[64];
    int length = snprintf(line, sizeof(line), "duration %.6f\n", seconds);
    return cg_file_writer_add(writer, line, (size_t)length, error);
}

static enum cg_status open_list(struct cg_parts *parts, struct cg_file_writer **writer,
                                const char **path, struct cg_error *error)
{
    snprintf(parts->list, PATH_NBYTES, "%s/list", parts->folder);
    *path = parts->list;
    return cg_file_writer_create(parts->list, CG_WRITE_OVER, writer, error);
}

enum cg_status cg_parts_list(struct cg_parts *parts, const double *starts, const char **path,
                             struct cg_error *error)
{
    struct cg_file_writer *writer;
    enum cg_status status = open_list(parts, &writer, path, error);
    if (status != CG_OK)
        return status;
    for (int i = 0; i < parts->done && status == CG_OK; i++) {
        status = add_file(writer, part_path(parts, i), error);
        if (status == CG_OK && i + 1 < parts->done)
            status = add_duration(writer, starts[i + 1] - starts[i], error);
    }
    if (status == CG_OK)
        status = cg_file_writer_commit(writer, error);
    cg_file_writer_free(writer);
    return status;
}

enum cg_status cg_parts_list_next(struct cg_parts *parts, const char **path, struct cg_error *error)
{
    struct cg_file_writer *writer;
    enum cg_status status = open_list(parts, &writer, path, error);
    if (status != CG_OK)
        return status;
    status = add_file(writer, cg_parts_next_path(parts), error);
    if (status == CG_OK)
        status = cg_file_writer_commit(writer, error);
    cg_file_writer_free(writer);
    return status;
}

enum cg_status cg_parts_finish(struct cg_parts *parts, const char *ending, enum cg_writing writing,
                               struct cg_error *error)
{
    const char *joined = cg_parts_joined_path(parts, ending);
    int fd = open(joined, O_RDONLY | O_CLOEXEC);
    int failure = fd < 0 || fsync(fd) != 0;
    if (fd >= 0)
        close(fd);
    if (!failure && (errno = cg_output_place(joined, parts->out_path, writing)) == EEXIST)
        return cg_output_refuse_existing(parts->out_path, error);
    if (failure || errno != 0 || (errno = cg_file_flush_folder(parts->out_path)) != 0)
        return cg_fail(error, CG_ERR_IO, "writing %s: %s", cg_path_tail(parts->out_path),
                       CG_ERRNO_WORDS(errno));
    remove_folder(parts);
    return CG_OK;
}

void cg_parts_drop_if_empty(struct cg_parts *parts)
{
    if (parts->done == 0)
        remove_folder(parts);
}
