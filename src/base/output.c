/* What a call may write over: see output.h. */
#define _GNU_SOURCE /* renameat2 */
#include "base/output.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40

/* ---- inputs ---------------------------------------------------------------------------------- */

enum cg_status cg_inputs_add_named(struct cg_inputs *inputs, const char *path, const char *name,
                                   struct cg_error *error)
{
    struct stat about;
    if (path == NULL ||
        (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &about) : stat(path, &about)) != 0 ||
        !S_ISREG(about.st_mode))
        return CG_OK;
    struct cg_input *files =
        cg_grow(inputs->files, inputs->count, &inputs->capacity, sizeof(*files));
    if (files == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "inputs: out of memory");
    inputs->files = files;
    inputs->files[inputs->count++] = (struct cg_input){about.st_dev, about.st_ino, name};
    inputs->sorted = false;
    return CG_OK;
}

enum cg_status cg_inputs_add(struct cg_inputs *inputs, const char *path, struct cg_error *error)
{
    return cg_inputs_add_named(inputs, path, path, error);
}

void cg_inputs_clear(struct cg_inputs *inputs)
{
    free(inputs->files);
    *inputs = (struct cg_inputs){0};
}

static int compare_files(const void *a, const void *b)
{
    const struct cg_input *first = a, *second = b;
    if (first->device != second->device)
        return first->device < second->device ? -1 : 1;
    return (first->inode > second->inode) - (first->inode < second->inode);
}

/* The input that is this file, or NULL. */
static const struct cg_input *find(struct cg_inputs *inputs, const struct stat *about)
{
    const struct cg_input key = {about->st_dev, about->st_ino, NULL};
    if (inputs->count == 0)
        return NULL;
    if (!inputs->sorted)
        qsort(inputs->files, inputs->count, sizeof(key), compare_files);
    inputs->sorted = true;
    return bsearch(&key, inputs->files, inputs->count, sizeof(key), compare_files);
}

/* ---- links ----------------------------------------------------------------------------------- */

static bool is_foreign_link(const struct stat *about)
{
    return S_ISLNK(about->st_mode) && about->st_uid != geteuid() && about->st_uid != 0;
}

static enum cg_status refuse_link(const char *path, struct cg_error *error)
{
    return cg_fail(error, CG_ERR_IO, "writing %s: it is a link that another user has laid",
                   cg_path_tail(path));
}

/* The target of the link at path, usable from where path is. */
static char *read_link(const char *path)
{
    char target[PATH_MAX];
    const char *slash = strrchr(path, '/');
    ssize_t length = readlink(path, target, sizeof(target));
    if (length <= 0 || length == (ssize_t)sizeof(target))
        return NULL;
    bool absolute = target[0] == '/' || slash == NULL;
    return cg_string_format("%.*s%.*s", absolute ? 0 : (int)(slash + 1 - path), path, (int)length,
                            target);
}

static bool is_special(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

char *cg_output_resolve(const char *path, struct cg_error *error)
{
    char *place = cg_string_copy(path);
    for (int i = 0; place != NULL && i < LINKS_MAX; i++) {
        struct stat about;
        if (lstat(place, &about) != 0 || !S_ISLNK(about.st_mode))
            return place;
        if (is_foreign_link(&about)) {
            refuse_link(path, error);
            free(place);
            return NULL;
        }
        if (is_special(place))
            return place;
        char *next = read_link(place);
        free(place);
        place = next;
    }
    cg_fail(error, place == NULL ? CG_ERR_MEMORY : CG_ERR_IO, "writing %s: %s", cg_path_tail(path),
            place == NULL ? "out of memory" : "the links go round in a circle");
    free(place);
    return NULL;
}

/* ---- outputs --------------------------------------------------------------------------------- */

enum cg_status cg_output_check(struct cg_inputs *inputs, const char *path, bool force,
                               struct cg_error *error)
{
    struct stat about;
    if (lstat(path, &about) != 0)
        return CG_OK; /* missing, or unusable for a reason that writing will report */
    if (is_foreign_link(&about))
        return refuse_link(path, error);
    bool leads_somewhere = stat(path, &about) == 0;
    if (leads_somewhere && S_ISDIR(about.st_mode))
        return cg_fail(error, CG_ERR_IO, "writing %s: expected the name of a file, found a folder",
                       cg_path_tail(path));
    if (leads_somewhere && S_ISBLK(about.st_mode))
        return cg_fail(error, CG_ERR_IO, "writing %s: expected the name of a file, found a disk",
                       cg_path_tail(path));
    if (leads_somewhere && !S_ISREG(about.st_mode))
        return CG_OK;
    const struct cg_input *input = leads_somewhere ? find(inputs, &about) : NULL;
    if (input != NULL)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "writing %s: this call reads the same file, from %s; nothing is written "
                       "over it: choose another name",
                       cg_path_tail(path), cg_path_tail(input->name));
    return force ? CG_OK : cg_output_refuse_existing(path, error);
}

enum cg_status cg_output_refuse_existing(const char *path, struct cg_error *error)
{
    return cg_fail(error, CG_ERR_ARGUMENT, "%s is there already; --force replaces it",
                   cg_path_tail(path));
}

/* Where rename always replaces: link to the new name, which fails if it exists, then unlink the old
 * one. */
static int place_by_link(const char *from, const char *to)
{
    struct stat about;
    if (link(from, to) == 0) {
        unlink(from);
        return 0;
    }
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
        return errno;
    if (lstat(to, &about) == 0)
        return EEXIST;
    return rename(from, to) == 0 ? 0 : errno;
}

int cg_output_place(const char *from, const char *to, enum cg_writing writing)
{
    if (writing != CG_WRITE_NEW)
        return rename(from, to) == 0 ? 0 : errno;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    return errno == EINVAL || errno == ENOSYS ? place_by_link(from, to) : errno;
}

enum cg_status cg_output_check_folder(const char *path, struct cg_error *error)
{
    struct stat about;
    char *folder = cg_path_folder(path);
    enum cg_status status = CG_OK;
    if (folder == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "writing %s: out of memory", cg_path_tail(path));
    else if (stat(folder, &about) != 0 || access(folder, W_OK | X_OK) != 0)
        status = cg_fail(error, CG_ERR_IO, "writing %s: folder %s: %s", cg_path_tail(path),
                         cg_path_tail(folder), CG_ERRNO_WORDS(errno));
    free(folder);
    return status;
}

/* A device may be reached by a link; a file's last part is none, or has become one just now. */
static int open_file(const char *target, enum cg_writing writing)
{
    struct stat about;
    bool special = is_special(target), append = writing == CG_WRITE_APPEND;
    int making = O_CREAT | O_NOFOLLOW | (writing == CG_WRITE_NEW ? O_EXCL : 0);
    int fd =
        open(target, O_WRONLY | O_CLOEXEC | (special ? 0 : making) | (append ? O_APPEND : 0), 0666);
    if (fd < 0)
        return -1;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) != special &&
        (special || append || ftruncate(fd, 0) == 0))
        return fd;
    close(fd);
    return -1;
}

enum cg_status cg_output_open(const char *path, enum cg_writing writing, FILE **out,
                              struct cg_error *error)
{
    *out = NULL;
    char *target = cg_output_resolve(path, error);
    if (target == NULL)
        return CG_ERR_IO;
    int fd = open_file(target, writing);
    free(target);
    if (fd >= 0)
        *out = fdopen(fd, writing == CG_WRITE_APPEND ? "a" : "w");
    if (*out != NULL)
        return CG_OK;
    int number = errno;
    if (fd >= 0)
        close(fd);
    if (number == EEXIST && writing == CG_WRITE_NEW)
        return cg_output_refuse_existing(path, error);
    return cg_fail(error, CG_ERR_IO, "writing %s: %s", cg_path_tail(path), CG_ERRNO_WORDS(number));
}
