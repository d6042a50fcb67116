/*
 * One entry of the cache: see cache.h. A header of 64 bytes, then the planes without padding:
 * photo RGB, colour RGB, ink for a photo (7 bytes a pixel), RGB for a comic. Numbers are in the
 * machine's byte order: a cache is not meant to travel. The planes' bytes are not checked, only
 * that they are all there; writing is atomic, so that is what a killed run or a full disk damages.
 */
#include "train/data/cache.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "train/teacher/teacher.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT_VERSION 1u

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

/* The name is the hash of the header that a picture of no size would have. */
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

/* The size from the file's header if that is, whole, what it has to be for key. */
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
                       path, strerror(errno));
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
    enum cg_status status = cg_file_writer_create(path, &writer, error);
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
