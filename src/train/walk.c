/*
 * Finding picture files in a tree of folders: see walk.h. Each folder's names are sorted before
 * they are visited, so that of two links to the same folder it is always the same one that counts.
 */
#include "train/walk.h"

#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct folder_id {
    dev_t device;
    ino_t inode;
};

struct walk {
    struct cg_path_list *found;
    struct folder_id *visited;
    size_t visited_count, visited_capacity;
    struct cg_error *error;
};

static enum cg_status out_of_memory(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_MEMORY, "listing pictures: out of memory");
}

/* Room for one more element in a growing array; the array, moved or not, or NULL. */
static void *grow(void *array, size_t count, size_t *capacity, size_t element_nbytes)
{
    if (count < *capacity)
        return array;
    size_t larger = *capacity * 2 + 16, nbytes;
    if (!cg_mul_size(larger, element_nbytes, &nbytes))
        return NULL;
    void *moved = realloc(array, nbytes);
    if (moved != NULL)
        *capacity = larger;
    return moved;
}

/* Takes path over, also when it fails. */
static bool append(struct cg_path_list *list, char *path)
{
    char **paths =
        path == NULL ? NULL : grow(list->paths, list->count, &list->capacity, sizeof(*list->paths));
    if (paths == NULL) {
        free(path);
        return false;
    }
    list->paths = paths;
    list->paths[list->count++] = path;
    return true;
}

enum cg_status cg_path_list_add(struct cg_path_list *list, const char *path, struct cg_error *error)
{
    return append(list, cg_string_copy(path)) ? CG_OK : out_of_memory(error);
}

void cg_path_list_clear(struct cg_path_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->paths);
    *list = (struct cg_path_list){0};
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct cg_path_list *list)
{
    if (list->count > 1)
        qsort(list->paths, list->count, sizeof(*list->paths), compare_paths);
}

static bool has_picture_ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && (strcasecmp(dot, ".png") == 0 || strcasecmp(dot, ".jpg") == 0 ||
                           strcasecmp(dot, ".jpeg") == 0);
}

/* Remember the folder; *fresh is false if it had been seen before. */
static enum cg_status visit(struct walk *walk, const struct stat *folder, bool *fresh)
{
    *fresh = false;
    for (size_t i = 0; i < walk->visited_count; i++)
        if (walk->visited[i].device == folder->st_dev && walk->visited[i].inode == folder->st_ino)
            return CG_OK;
    struct folder_id *visited =
        grow(walk->visited, walk->visited_count, &walk->visited_capacity, sizeof(*walk->visited));
    if (visited == NULL)
        return out_of_memory(walk->error);
    walk->visited = visited;
    visited[walk->visited_count++] = (struct folder_id){folder->st_dev, folder->st_ino};
    *fresh = true;
    return CG_OK;
}

/* The folder's entries as full paths, sorted, without those that begin with a dot. */
static enum cg_status list_folder(const char *dir, struct cg_path_list *entries,
                                  struct cg_error *error)
{
    DIR *stream = opendir(dir);
    if (stream == NULL)
        return cg_fail(error, CG_ERR_IO, "%s: cannot list the folder: %s", dir, strerror(errno));
    size_t length = strlen(dir);
    const char *separator = length > 0 && dir[length - 1] == '/' ? "" : "/";
    enum cg_status status = CG_OK;
    struct dirent *entry;
    errno = 0;
    while (status == CG_OK && (entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] != '.' &&
            !append(entries, cg_string_format("%s%s%s", dir, separator, entry->d_name)))
            status = out_of_memory(error);
        errno = 0;
    }
    if (status == CG_OK && errno != 0)
        status = cg_fail(error, CG_ERR_IO, "%s: cannot list the folder: %s", dir, strerror(errno));
    closedir(stream);
    sort(entries);
    return status;
}

static enum cg_status walk_folder(struct walk *walk, const char *dir)
{
    struct cg_path_list entries = {0};
    enum cg_status status = list_folder(dir, &entries, walk->error);
    for (size_t i = 0; status == CG_OK && i < entries.count; i++) {
        struct stat about;
        bool exists = stat(entries.paths[i], &about) == 0, fresh;
        if (exists && S_ISDIR(about.st_mode)) {
            status = visit(walk, &about, &fresh);
            if (status == CG_OK && fresh)
                status = walk_folder(walk, entries.paths[i]);
        } else if ((!exists || S_ISREG(about.st_mode)) && has_picture_ending(entries.paths[i])) {
            char *path = entries.paths[i];
            entries.paths[i] = NULL;
            if (!append(walk->found, path))
                status = out_of_memory(walk->error);
        }
    }
    cg_path_list_clear(&entries);
    return status;
}

enum cg_status cg_walk_pictures(const char *dir, struct cg_path_list *list, struct cg_error *error)
{
    struct walk walk = {.found = list, .error = error};
    struct stat about;
    bool fresh;
    enum cg_status status;
    if (stat(dir, &about) != 0)
        status = cg_fail(error, CG_ERR_IO, "%s: expected a folder of PNG or JPEG pictures: %s", dir,
                         strerror(errno));
    else if (!S_ISDIR(about.st_mode))
        status = cg_fail(error, CG_ERR_IO,
                         "%s: expected a folder of PNG or JPEG pictures, found a file", dir);
    else
        status = visit(&walk, &about, &fresh);
    if (status == CG_OK)
        status = walk_folder(&walk, dir);
    sort(list);
    free(walk.visited);
    return status;
}
