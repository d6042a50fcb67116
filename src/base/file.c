/* Files: see file.h. POSIX calls throughout: stdio would hide where a write failed. */
#include "base/file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_FIRST_NBYTES ((size_t)64 << 10) /* where the size is not known */

/* ---- reading --------------------------------------------------------------------------------- */

static ssize_t read_again(int fd, uint8_t *bytes, size_t nbytes)
{
    ssize_t count;
    do
        count = read(fd, bytes, nbytes);
    while (count < 0 && errno == EINTR);
    return count;
}

/* A larger block with the same contents; *bytes stays valid if there is none. */
static enum cg_status grow(const char *path, size_t capacity, uint8_t **bytes,
                           struct cg_error *error)
{
    uint8_t *larger = realloc(*bytes, capacity);
    if (larger == NULL)
        return cg_fail(error, CG_ERR_MEMORY,
                       "reading %s: %.1f MiB of memory could not be allocated", cg_path_tail(path),
                       (double)capacity / (1024.0 * 1024.0));
    *bytes = larger;
    return CG_OK;
}

/* Ask for one byte more than is expected or allowed, to see the end or an excess. */
static enum cg_status read_all(int fd, const char *path, size_t expected, size_t limit,
                               uint8_t **bytes, size_t *nbytes, struct cg_error *error)
{
    size_t capacity = expected + 1;
    enum cg_status status = grow(path, capacity, bytes, error);
    while (status == CG_OK) {
        ssize_t count = read_again(fd, *bytes + *nbytes, capacity - *nbytes);
        if (count < 0)
            return cg_fail_errno(error, "reading", path, errno);
        if (count == 0)
            return CG_OK;
        *nbytes += (size_t)count;
        if (*nbytes > limit)
            return cg_fail(error, CG_ERR_LIMIT,
                           "reading %s: expected at most %zu bytes, found more", cg_path_tail(path),
                           limit);
        if (*nbytes == capacity) {
            capacity = capacity > limit / 2 ? limit + 1 : 2 * capacity;
            status = grow(path, capacity, bytes, error);
        }
    }
    return status;
}

/* The standard input is taken as it is: opened anew, a socket fails, and a named pipe waits for
 * another writer. */
static int open_whole(const char *path)
{
    if (strcmp(path, "/dev/stdin") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    return open(path, O_RDONLY | O_CLOEXEC);
}

enum cg_status cg_file_read(const char *path, size_t limit_nbytes, uint8_t **bytes, size_t *nbytes,
                            struct cg_error *error)
{
    *bytes = NULL;
    *nbytes = 0;
    if (limit_nbytes > SIZE_MAX / 4)
        limit_nbytes = SIZE_MAX / 4;
    int fd = open_whole(path);
    if (fd < 0)
        return cg_fail_errno(error, "reading", path, errno);
    struct stat about;
    size_t expected = READ_FIRST_NBYTES < limit_nbytes ? READ_FIRST_NBYTES : limit_nbytes;
    enum cg_status status = CG_OK;
    if (fstat(fd, &about) != 0)
        status = cg_fail_errno(error, "reading", path, errno);
    else if (S_ISDIR(about.st_mode))
        status = cg_fail_errno(error, "reading", path, EISDIR);
    else if (S_ISREG(about.st_mode) && (uintmax_t)about.st_size > limit_nbytes)
        status = cg_fail(error, CG_ERR_LIMIT, "reading %s: expected at most %zu bytes, found %ju",
                         cg_path_tail(path), limit_nbytes, (uintmax_t)about.st_size);
    else if (S_ISREG(about.st_mode) && about.st_size > 0)
        expected = (size_t)about.st_size;
    if (status == CG_OK)
        status = read_all(fd, path, expected, limit_nbytes, bytes, nbytes, error);
    close(fd);
    if (status != CG_OK) {
        free(*bytes);
        *bytes = NULL;
        *nbytes = 0;
    }
    return status;
}

/* Fill bytes as far as the file goes. */
static enum cg_status read_up_to(int fd, const char *path, size_t capacity, uint8_t *bytes,
                                 size_t *nbytes, struct cg_error *error)
{
    while (*nbytes < capacity) {
        ssize_t count = read_again(fd, bytes + *nbytes, capacity - *nbytes);
        if (count < 0)
            return cg_fail_errno(error, "reading", path, errno);
        if (count == 0)
            break;
        *nbytes += (size_t)count;
    }
    return CG_OK;
}

enum cg_status cg_file_read_head(const char *path, size_t at_most_nbytes, uint8_t **bytes,
                                 size_t *nbytes, struct cg_error *error)
{
    *bytes = NULL;
    *nbytes = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return cg_fail_errno(error, "reading", path, errno);
    struct stat about;
    enum cg_status status;
    if (fstat(fd, &about) != 0)
        status = cg_fail_errno(error, "reading", path, errno);
    else if (S_ISDIR(about.st_mode))
        status = cg_fail_errno(error, "reading", path, EISDIR);
    else if (!S_ISREG(about.st_mode))
        status = cg_fail(error, CG_ERR_IO, "reading %s: expected a file, found a pipe or device",
                         cg_path_tail(path));
    else
        status = grow(path, at_most_nbytes + 1, bytes, error);
    if (status == CG_OK)
        status = read_up_to(fd, path, at_most_nbytes, *bytes, nbytes, error);
    close(fd);
    if (status != CG_OK) {
        free(*bytes);
        *bytes = NULL;
        *nbytes = 0;
    }
    return status;
}

ssize_t cg_fd_read_at(int fd, void *bytes, size_t nbytes, off_t offset)
{
    size_t done = 0;
    while (done < nbytes) {
        ssize_t count = pread(fd, (char *)bytes + done, nbytes - done, offset + (off_t)done);
        if (count == 0)
            break;
        if (count < 0 && errno != EINTR)
            return -1;
        done += count > 0 ? (size_t)count : 0;
    }
    return (ssize_t)done;
}

bool cg_fd_write_at(int fd, const void *bytes, size_t nbytes, off_t offset)
{
    size_t done = 0;
    while (done < nbytes) {
        ssize_t count = pwrite(fd, (const char *)bytes + done, nbytes - done, offset + (off_t)done);
        if (count < 0 && errno != EINTR)
            return false;
        done += count > 0 ? (size_t)count : 0;
    }
    return true;
}

/* ---- folders --------------------------------------------------------------------------------- */

static enum cg_status make_one_folder(const char *path, struct cg_error *error)
{
    struct stat about;
    if (mkdir(path, 0777) == 0)
        return CG_OK;
    int number = errno;
    if (stat(path, &about) == 0) {
        if (S_ISDIR(about.st_mode))
            return CG_OK;
        return cg_fail(error, CG_ERR_IO, "making folder %s: expected a folder, found a file",
                       cg_path_tail(path));
    }
    return cg_fail_errno(error, "making folder", path, number);
}

enum cg_status cg_folder_make(const char *path, struct cg_error *error)
{
    if (path[0] == '\0')
        return cg_fail(error, CG_ERR_IO, "making folder: expected a path, got nothing");
    char *part = cg_string_copy(path);
    if (part == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "making folder %s: out of memory", cg_path_tail(path));
    enum cg_status status = CG_OK;
    for (char *end = part + 1; status == CG_OK && *end != '\0'; end++) {
        if (*end != '/')
            continue;
        *end = '\0';
        status = make_one_folder(part, error);
        *end = '/';
    }
    if (status == CG_OK)
        status = make_one_folder(part, error);
    free(part);
    return status;
}

int cg_file_flush_folder(const char *path)
{
    char *folder = cg_path_folder(path);
    int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    free(folder);
    if (fd < 0)
        return 0; /* a folder that may not be listed can be written to all the same */
    int failure = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : errno;
    close(fd);
    return failure;
}

/* ---- names ----------------------------------------------------------------------------------- */

bool cg_file_is_same(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

char *cg_path_base_name(const char *path)
{
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    return cg_string_format("%.*s", (int)(end - begin), path + begin);
}

char *cg_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? cg_string_copy(".")
                         : cg_string_format("%.*s", (int)(slash + 1 - path), path);
}
