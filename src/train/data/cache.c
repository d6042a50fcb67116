/*
 * One entry of the cache: see cache.h. A header of 64 bytes, then the planes without padding: photo
 * RGB, colour RGB, ink for a photo (7 bytes a pixel), RGB for a comic. Numbers are in the machine's
 * byte order: a cache is not portable. Of the planes only the size is checked; writing is atomic,
 * so killed runs and full disks leave no damage.
 */
#include "train/data/cache.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "train/teacher/teacher.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FORMAT_VERSION 1u
#define SECONDS_PER_DAY 86400

struct entry_header {
    char magic[8];
    uint32_t format_version, target_version;
    uint32_t kind, long_px;
    struct cg_content_id source;
    uint32_t width, height;
    uint64_t file_nbytes;
    uint64_t check; /* hash of everything before it */
};

_Static_assert(sizeof(struct entry_header) == 64, "the header has no padding");

static size_t pixel_nbytes(enum cg_cache_kind kind)
{
    return kind == CG_CACHE_PHOTO ? 3 + 3 + 1 : 3;
}

static struct entry_header make_header(const struct cg_cache_key *key, int width, int height)
{
    struct entry_header header = {
        .magic = "CGCACHE",
        .format_version = FORMAT_VERSION,
        .target_version = key->kind == CG_CACHE_PHOTO ? CG_TEACHER_VERSION : 0,
        .kind = (uint32_t)key->kind,
        .long_px = (uint32_t)key->long_px,
        .source = key->source,
        .width = (uint32_t)width,
        .height = (uint32_t)height,
        .file_nbytes = sizeof(header) + (size_t)width * (size_t)height * pixel_nbytes(key->kind),
    };
    header.check = cg_content_hash(&header, offsetof(struct entry_header, check), 0).low;
    return header;
}

/* The name is the hash of the header with a size of 0. */
static char *entry_path(const char *dir, const struct cg_cache_key *key, struct cg_error *error)
{
    struct entry_header header = make_header(key, 0, 0);
    struct cg_content_id name = cg_content_hash(&header, sizeof(header), 0);
    char *path = cg_string_format("%s/%016" PRIx64 "%016" PRIx64 ".%s", dir, name.high, name.low,
                                  key->kind == CG_CACHE_PHOTO ? "photo" : "comic");
    if (path == NULL)
        cg_fail(error, CG_ERR_MEMORY, "cache %s: out of memory", dir);
    return path;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Read the size from the file's header, if the rest of it is as expected for key. */
static bool read_valid_header(int file, const struct cg_cache_key *key, int *width, int *height)
{
    struct entry_header found;
    struct stat about;
    if (fstat(file, &about) != 0 ||
        cg_fd_read_at(file, &found, sizeof(found), 0) != (ssize_t)sizeof(found))
        return false;
    if (found.width < 1 || found.width > CG_IMAGE_SIDE_MAX_PX || found.height < 1 ||
        found.height > CG_IMAGE_SIDE_MAX_PX)
        return false;
    *width = (int)found.width;
    *height = (int)found.height;
    struct entry_header expected = make_header(key, *width, *height);
    return memcmp(&found, &expected, sizeof(found)) == 0 &&
           (uint64_t)about.st_size == expected.file_nbytes;
}

static enum cg_status map_entry(int file, const struct cg_cache_key *key, const char *path,
                                struct cg_cache_entry *out, struct cg_error *error)
{
    size_t area = (size_t)out->width * (size_t)out->height;
    out->map_nbytes = sizeof(struct entry_header) + area * pixel_nbytes(key->kind);
    void *map = mmap(NULL, out->map_nbytes, PROT_READ, MAP_PRIVATE, file, 0);
    if (map == MAP_FAILED)
        return cg_fail(error, errno == ENOMEM ? CG_ERR_LIMIT : CG_ERR_IO,
                       "%s: cannot be mapped: %s; the system may allow no more files to be mapped: "
                       "train on fewer pictures",
                       path, CG_ERRNO_WORDS(errno));
    out->map = map;
    out->picture = (const uint8_t *)map + sizeof(struct entry_header);
    if (key->kind == CG_CACHE_PHOTO) {
        out->colour = out->picture + 3 * area;
        out->ink = out->colour + 3 * area;
    }
    return CG_OK;
}

enum cg_status cg_cache_open(const char *dir, const struct cg_cache_key *key,
                             struct cg_cache_entry *out, struct cg_error *error)
{
    *out = (struct cg_cache_entry){0};
    char *path = entry_path(dir, key, error);
    if (path == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = CG_OK;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        if (read_valid_header(file, key, &out->width, &out->height))
            status = map_entry(file, key, path, out, error);
        if (out->map != NULL)
            cg_cache_touch(path);
        close(file);
    }
    free(path);
    return status;
}

void cg_cache_close(struct cg_cache_entry *entry)
{
    if (entry->map != NULL)
        munmap(entry->map, entry->map_nbytes);
    *entry = (struct cg_cache_entry){0};
}

/* ---- writing --------------------------------------------------------------------------------- */

enum cg_status cg_cache_write(const char *dir, const struct cg_cache_key *key,
                              const struct cg_image *planes, struct cg_error *error)
{
    struct entry_header header = make_header(key, planes[0].width, planes[0].height);
    size_t area = (size_t)planes[0].width * (size_t)planes[0].height;
    int plane_count = key->kind == CG_CACHE_PHOTO ? 3 : 1;
    char *path = entry_path(dir, key, error);
    if (path == NULL)
        return CG_ERR_MEMORY;
    struct cg_file_writer *writer = NULL;
    enum cg_status status = cg_file_writer_create(path, CG_WRITE_OVER, &writer, error);
    if (status == CG_OK)
        status = cg_file_writer_add(writer, &header, sizeof(header), error);
    for (int i = 0; status == CG_OK && i < plane_count; i++)
        status =
            cg_file_writer_add(writer, planes[i].pixels, area * (size_t)planes[i].channels, error);
    if (status == CG_OK)
        status = cg_file_writer_commit(writer, error);
    cg_file_writer_free(writer);
    free(path);
    return status;
}

/* ---- cleaning -------------------------------------------------------------------------------- */

void cg_cache_touch(const char *path)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
    utimensat(AT_FDCWD, path, times, 0);
}

/* 32 digits, and the ending of a kind. */
static bool is_entry(const char *name)
{
    static const char *const endings[] = {".photo", ".comic", ".findings"};
    if (strspn(name, "0123456789abcdef") != 32)
        return false;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (strcmp(name + 32, endings[i]) == 0)
            return true;
    return false;
}

/* Unused entries count from when they were written. */
static bool is_old(const struct stat *about, time_t before)
{
    return about->st_atime < before && about->st_mtime < before;
}

static enum cg_status clean_entry(int folder, const char *dir, const char *name, time_t before,
                                  struct cg_cache_cleaned *out, struct cg_error *error)
{
    struct stat about;
    if (!is_entry(name) || fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(about.st_mode))
        return CG_OK;
    if (!is_old(&about, before)) {
        out->kept++;
        return CG_OK;
    }
    if (unlinkat(folder, name, 0) != 0 && errno != ENOENT)
        return cg_fail(error, CG_ERR_IO, "cache %s: removing %s: %s", dir, name,
                       CG_ERRNO_WORDS(errno));
    out->removed++;
    out->removed_nbytes += (uint64_t)about.st_size;
    return CG_OK;
}

enum cg_status cg_cache_clean(const char *dir, int days, struct cg_cache_cleaned *out,
                              struct cg_error *error)
{
    time_t before = time(NULL) + 1 - (time_t)days * SECONDS_PER_DAY;
    *out = (struct cg_cache_cleaned){0};
    DIR *stream = opendir(dir);
    if (stream == NULL)
        return cg_fail(error, CG_ERR_IO, "cache %s: %s", dir, CG_ERRNO_WORDS(errno));
    enum cg_status status = CG_OK;
    for (struct dirent *entry; status == CG_OK && (entry = readdir(stream)) != NULL;)
        status = clean_entry(dirfd(stream), dir, entry->d_name, before, out, error);
    closedir(stream);
    return status;
}
