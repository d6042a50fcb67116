/* Atomic file writing: see file_writer.h. POSIX calls throughout: stdio would hide where a write
 * failed. */
#define _XOPEN_SOURCE 700 /* fchmod, O_NOFOLLOW */
#define _DEFAULT_SOURCE   /* getrandom */
#include "base/file_writer.h"

#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITE_BUFFER_NBYTES ((size_t)64 << 10)
#define TEMPORARY_MARK ".comicgan-"
#define TEMPORARY_TAIL_NBYTES 6
#define TEMPORARY_NAME_NBYTES 200 /* of the target's name; the file system allows 255 in all */
#define TEMPORARY_TRIES 100

struct cg_file_writer {
    char *path;      /* as given, for messages */
    char *target;    /* path with its links followed */
    char *temporary; /* NULL when the target is written to directly, or after the rename */
    enum cg_writing writing;
    int fd;
    enum cg_status status; /* of the first failure */
    size_t buffered_nbytes;
    uint8_t buffer[WRITE_BUFFER_NBYTES];
};

static void drop_temporary(struct cg_file_writer *writer)
{
    if (writer->fd >= 0)
        close(writer->fd);
    writer->fd = -1;
    if (writer->temporary != NULL)
        unlink(writer->temporary);
    free(writer->temporary);
    writer->temporary = NULL;
}

static enum cg_status writer_fail(struct cg_file_writer *writer, int number, struct cg_error *error)
{
    drop_temporary(writer);
    writer->status = cg_fail_errno(error, "writing", writer->path, number);
    return writer->status;
}

/* "dir/.name.comicgan-XXXXXX" beside the target; number gives the six letters. */
static char *temporary_name(const char *target, uint64_t number)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    const char *slash = strrchr(target, '/');
    const char *name = slash == NULL ? target : slash + 1;
    char tail[TEMPORARY_TAIL_NBYTES + 1] = {0};
    for (int i = 0; i < TEMPORARY_TAIL_NBYTES; i++)
        tail[i] = letters[number >> (5 * i) & 31];
    return cg_string_format("%.*s.%.*s" TEMPORARY_MARK "%s", (int)(name - target), target,
                            TEMPORARY_NAME_NBYTES, name, tail);
}

/*
 * Lock a new temporary file: as long as it is open its writer lives (cg_folder_drop_abandoned).
 * False if another process took it for abandoned and removed it first.
 */
static bool claim(int fd)
{
    struct stat about;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return false;
    return fstat(fd, &about) != 0 || about.st_nlink > 0;
}

/*
 * Not mkstemp: it makes the file 0600, and the umask that a new file should follow cannot be read
 * without setting it for all threads. O_EXCL sees to it that the name is unused, and no link.
 */
static enum cg_status open_temporary(struct cg_file_writer *writer, struct cg_error *error)
{
    int failure = EEXIST;
    for (int i = 0; i < TEMPORARY_TRIES && failure == EEXIST; i++) {
        uint64_t number;
        if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
            return writer_fail(writer, errno, error);
        char *name = temporary_name(writer->target, number);
        if (name == NULL)
            return cg_fail(error, CG_ERR_MEMORY, "writing %s: out of memory",
                           cg_path_tail(writer->path));
        writer->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (writer->fd >= 0 && claim(writer->fd)) {
            writer->temporary = name;
            return CG_OK;
        }
        failure = writer->fd < 0 ? errno : EEXIST;
        if (writer->fd >= 0)
            close(writer->fd);
        writer->fd = -1;
        free(name);
    }
    return writer_fail(writer, failure, error);
}

/* Open the file to write to, depending on what is at the target now. */
static enum cg_status open_target(struct cg_file_writer *writer, struct cg_error *error)
{
    struct stat about;
    size_t length = strlen(writer->target);
    if (length == 0 || stat(writer->target, &about) != 0) {
        if (length == 0 || writer->target[length - 1] == '/')
            return writer_fail(writer, length == 0 ? ENOENT : EISDIR, error);
        return open_temporary(writer, error);
    }
    if (S_ISDIR(about.st_mode))
        return writer_fail(writer, EISDIR, error);
    if (!S_ISREG(about.st_mode)) {
        writer->fd = open(writer->target, O_WRONLY | O_CLOEXEC);
        if (writer->fd >= 0 && (fstat(writer->fd, &about) != 0 || S_ISREG(about.st_mode)))
            return writer_fail(writer, EEXIST, error);
        return writer->fd >= 0 ? CG_OK : writer_fail(writer, errno, error);
    }
    if (access(writer->target, W_OK) != 0)
        return writer_fail(writer, errno, error);
    enum cg_status status = open_temporary(writer, error);
    if (status == CG_OK && fchmod(writer->fd, about.st_mode & 0777) != 0)
        status = writer_fail(writer, errno, error);
    return status;
}

/* Nothing is at the end of a new file's links, as nothing is there. */
static enum cg_status find_target(struct cg_file_writer *writer, struct cg_error *error)
{
    struct cg_inputs none = {0};
    enum cg_status status = writer->writing == CG_WRITE_NEW
                                ? cg_output_check(&none, writer->path, false, error)
                                : CG_OK;
    if (status != CG_OK)
        return status;
    writer->target = cg_output_resolve(writer->path, error);
    return writer->target != NULL ? CG_OK : CG_ERR_IO;
}

enum cg_status cg_file_writer_create(const char *path, enum cg_writing writing,
                                     struct cg_file_writer **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_file_writer *writer = malloc(sizeof(*writer));
    if (writer == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "writing %s: out of memory", cg_path_tail(path));
    writer->fd = -1;
    writer->temporary = NULL;
    writer->writing = writing;
    writer->status = CG_OK;
    writer->buffered_nbytes = 0;
    writer->path = cg_string_copy(path);
    writer->target = NULL;
    enum cg_status status = CG_OK;
    if (writer->path == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "writing %s: out of memory", cg_path_tail(path));
    else
        status = find_target(writer, error);
    if (status == CG_OK)
        status = open_target(writer, error);
    if (status != CG_OK) {
        cg_file_writer_free(writer);
        return status;
    }
    *out = writer;
    return CG_OK;
}

static enum cg_status write_out(struct cg_file_writer *writer, const uint8_t *bytes, size_t nbytes,
                                struct cg_error *error)
{
    while (nbytes > 0) {
        ssize_t count = write(writer->fd, bytes, nbytes);
        if (count < 0 && errno != EINTR)
            return writer_fail(writer, errno, error);
        if (count > 0) {
            bytes += count;
            nbytes -= (size_t)count;
        }
    }
    return CG_OK;
}

static enum cg_status flush_buffer(struct cg_file_writer *writer, struct cg_error *error)
{
    size_t nbytes = writer->buffered_nbytes;
    writer->buffered_nbytes = 0;
    return write_out(writer, writer->buffer, nbytes, error);
}

/* The first failure's text went to its caller; later calls report the path alone. */
static enum cg_status failed_before(const struct cg_file_writer *writer, struct cg_error *error)
{
    return cg_fail(error, writer->status, "writing %s: an earlier write failed",
                   cg_path_tail(writer->path));
}

enum cg_status cg_file_writer_add(struct cg_file_writer *writer, const void *bytes, size_t nbytes,
                                  struct cg_error *error)
{
    if (writer->status != CG_OK)
        return failed_before(writer, error);
    if (nbytes > WRITE_BUFFER_NBYTES - writer->buffered_nbytes) {
        enum cg_status status = flush_buffer(writer, error);
        if (status != CG_OK || nbytes > WRITE_BUFFER_NBYTES)
            return status != CG_OK ? status : write_out(writer, bytes, nbytes, error);
    }
    if (nbytes > 0)
        memcpy(writer->buffer + writer->buffered_nbytes, bytes, nbytes);
    writer->buffered_nbytes += nbytes;
    return CG_OK;
}

static enum cg_status place(struct cg_file_writer *writer, struct cg_error *error)
{
    if (fsync(writer->fd) != 0)
        return writer_fail(writer, errno, error);
    int failure = cg_output_place(writer->temporary, writer->target, writer->writing);
    if (failure == EEXIST) {
        drop_temporary(writer);
        return writer->status = cg_output_refuse_existing(writer->path, error);
    }
    return failure == 0 ? CG_OK : writer_fail(writer, failure, error);
}

enum cg_status cg_file_writer_commit(struct cg_file_writer *writer, struct cg_error *error)
{
    if (writer->status != CG_OK)
        return failed_before(writer, error);
    enum cg_status status = flush_buffer(writer, error);
    if (status != CG_OK)
        return status;
    status = writer->temporary != NULL ? place(writer, error) : CG_OK;
    if (status != CG_OK)
        return status;
    int failure = writer->temporary != NULL ? cg_file_flush_folder(writer->target) : 0;
    free(writer->temporary);
    writer->temporary = NULL;
    if (close(writer->fd) != 0 && failure == 0) /* only now, as this releases the lock */
        failure = errno;
    writer->fd = -1;
    return failure == 0 ? CG_OK : writer_fail(writer, failure, error);
}

void cg_file_writer_free(struct cg_file_writer *writer)
{
    if (writer == NULL)
        return;
    drop_temporary(writer);
    free(writer->target);
    free(writer->path);
    free(writer);
}

enum cg_status cg_file_write(const char *path, const void *bytes, size_t nbytes,
                             struct cg_error *error)
{
    return cg_file_write_as(path, CG_WRITE_OVER, bytes, nbytes, error);
}

void cg_text_file_add(struct cg_text_file *file, const char *text, size_t nbytes)
{
    if (file->status == CG_OK)
        file->status = cg_file_writer_add(file->writer, text, nbytes, file->error);
}

void cg_text_file_add_text(struct cg_text_file *file, const char *text)
{
    cg_text_file_add(file, text, strlen(text));
}

enum cg_status cg_file_write_as(const char *path, enum cg_writing writing, const void *bytes,
                                size_t nbytes, struct cg_error *error)
{
    struct cg_file_writer *writer;
    enum cg_status status = cg_file_writer_create(path, writing, &writer, error);
    if (status != CG_OK)
        return status;
    status = cg_file_writer_add(writer, bytes, nbytes, error);
    if (status == CG_OK)
        status = cg_file_writer_commit(writer, error);
    cg_file_writer_free(writer);
    return status;
}

/* ---- leftovers of killed writers ------------------------------------------------------------- */

/* The target's name of the temporary file name, in name itself; false if it is none. */
static bool cut_to_target(char *name)
{
    size_t length = strlen(name), mark = strlen(TEMPORARY_MARK);
    if (name[0] != '.' || length < 2 + mark + TEMPORARY_TAIL_NBYTES)
        return false;
    char *end = name + length - TEMPORARY_TAIL_NBYTES - mark;
    if (strncmp(end, TEMPORARY_MARK, mark) != 0)
        return false;
    *end = '\0';
    memmove(name, name + 1, (size_t)(end - name));
    return true;
}

/* Open for writing: network file systems require that for a lock. */
static void drop_if_abandoned(int folder, const char *name)
{
    int fd = openat(folder, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(folder, name, 0);
    close(fd);
}

void cg_folder_drop_abandoned(const char *path,
                              bool (*is_target)(const void *context, const char *name),
                              const void *context)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char target[sizeof(entry->d_name)];
        strcpy(target, entry->d_name);
        if (cut_to_target(target) && is_target(context, target))
            drop_if_abandoned(dirfd(folder), entry->d_name);
    }
    closedir(folder);
}
