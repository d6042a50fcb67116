/*
 * Finding picture files in a tree of folders: see walk.h. Each folder's names are sorted before
 * they are visited, so that of two links to the same folder it is always the same one that counts.
 * What an entry is stands in its folder on most file systems; only where it does not, and for
 * links, the entry itself is looked at, so that a million files cost no more than their names.
 */
#define _DEFAULT_SOURCE /* d_type */
#include "image/walk.h"

#include "base/memory.h"
#include "image/image.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct folder_id {
    dev_t device;
    ino_t inode;
};

struct walk {
    const struct cg_walk_options *options;
    struct cg_path_list *found;
    struct cg_walk_left_out left_out;
    struct folder_id *visited;
    size_t visited_count, visited_capacity;
    struct cg_error *error;
};

enum kind { KIND_FILE, KIND_FOLDER, KIND_FOLDER_LINK, KIND_OTHER };

struct entry {
    char *path;
    enum kind kind;
};

struct entries {
    struct entry *all;
    size_t count, capacity;
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

/* ---- the list -------------------------------------------------------------------------------- */

bool cg_path_list_add(struct cg_path_list *list, char *path)
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

static void sort_paths(struct cg_path_list *list)
{
    if (list->count > 1)
        qsort(list->paths, list->count, sizeof(*list->paths), compare_paths);
}

/* ---- one folder ------------------------------------------------------------------------------ */

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

static void clear_entries(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        free(entries->all[i].path);
    free(entries->all);
}

/* A link to nothing counts as a file. */
static enum kind kind_of(const char *path, unsigned char type)
{
    struct stat about, target;
    if (type == DT_REG)
        return KIND_FILE;
    if (type == DT_DIR)
        return KIND_FOLDER;
    if ((type != DT_LNK && type != DT_UNKNOWN) || lstat(path, &about) != 0)
        return KIND_OTHER;
    if (S_ISDIR(about.st_mode))
        return KIND_FOLDER;
    if (!S_ISLNK(about.st_mode))
        return S_ISREG(about.st_mode) ? KIND_FILE : KIND_OTHER;
    if (stat(path, &target) != 0 || S_ISREG(target.st_mode))
        return KIND_FILE;
    return S_ISDIR(target.st_mode) ? KIND_FOLDER_LINK : KIND_OTHER;
}

static bool add_entry(struct entries *entries, const char *dir, const struct dirent *found)
{
    struct entry *all = grow(entries->all, entries->count, &entries->capacity, sizeof(*all));
    if (all == NULL)
        return false;
    entries->all = all;
    size_t length = strlen(dir);
    const char *separator = length > 0 && dir[length - 1] == '/' ? "" : "/";
    char *path = cg_string_format("%s%s%s", dir, separator, found->d_name);
    if (path == NULL)
        return false;
    all[entries->count++] = (struct entry){path, kind_of(path, found->d_type)};
    return true;
}

static enum cg_status fail_listing(const char *dir, struct cg_error *error)
{
    return cg_fail(error, CG_ERR_IO, "%s: cannot list the folder: %s", dir, strerror(errno));
}

/* The folder's entries with full paths, sorted, without the hidden ones, which are counted. */
static enum cg_status list_folder(struct walk *walk, const char *dir, struct entries *entries)
{
    DIR *stream = opendir(dir);
    if (stream == NULL)
        return fail_listing(dir, walk->error);
    enum cg_status status = CG_OK;
    struct dirent *entry;
    errno = 0;
    while (status == CG_OK && (entry = readdir(stream)) != NULL) {
        const char *name = entry->d_name;
        if (name[0] == '.')
            walk->left_out.hidden += strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
        else if (!add_entry(entries, dir, entry))
            status = out_of_memory(walk->error);
        errno = 0;
    }
    if (status == CG_OK && errno != 0)
        status = fail_listing(dir, walk->error);
    closedir(stream);
    if (entries->count > 1)
        qsort(entries->all, entries->count, sizeof(*entries->all), compare_entries);
    return status;
}

/* ---- the tree -------------------------------------------------------------------------------- */

static bool is_visited(const struct walk *walk, const struct stat *folder)
{
    for (size_t i = 0; i < walk->visited_count; i++)
        if (walk->visited[i].device == folder->st_dev && walk->visited[i].inode == folder->st_ino)
            return true;
    return false;
}

static enum cg_status remember(struct walk *walk, const struct stat *folder)
{
    struct folder_id *visited =
        grow(walk->visited, walk->visited_count, &walk->visited_capacity, sizeof(*walk->visited));
    if (visited == NULL)
        return out_of_memory(walk->error);
    walk->visited = visited;
    visited[walk->visited_count++] = (struct folder_id){folder->st_dev, folder->st_ino};
    return CG_OK;
}

static enum cg_status walk_folder(struct walk *walk, const char *dir);

/* Without links to folders no folder is met twice, and none needs to be remembered. */
static enum cg_status enter_folder(struct walk *walk, const char *path)
{
    struct stat about;
    enum cg_status status = CG_OK;
    if (stat(path, &about) != 0)
        return fail_listing(path, walk->error);
    if (is_visited(walk, &about))
        return CG_OK;
    if (walk->options->follow_folders)
        status = remember(walk, &about);
    return status == CG_OK ? walk_folder(walk, path) : status;
}

/* Takes the path over if it is a picture's. */
static enum cg_status walk_file(struct walk *walk, struct entry *entry)
{
    enum cg_image_format format;
    if (cg_image_format_of(entry->path, &format, NULL) != CG_OK) {
        walk->left_out.others++;
        return CG_OK;
    }
    char *path = entry->path;
    entry->path = NULL;
    return cg_path_list_add(walk->found, path) ? CG_OK : out_of_memory(walk->error);
}

static enum cg_status walk_entry(struct walk *walk, struct entry *entry)
{
    bool enter = walk->options->recursive;
    switch (entry->kind) {
    case KIND_FILE:
        return walk_file(walk, entry);
    case KIND_FOLDER_LINK:
        enter = enter && walk->options->follow_folders;
        walk->left_out.links += !enter;
        break;
    case KIND_FOLDER:
        break;
    case KIND_OTHER:
        walk->left_out.others++;
        return CG_OK;
    }
    return enter ? enter_folder(walk, entry->path) : CG_OK;
}

static enum cg_status walk_folder(struct walk *walk, const char *dir)
{
    struct entries entries = {0};
    enum cg_status status = list_folder(walk, dir, &entries);
    for (size_t i = 0; status == CG_OK && i < entries.count; i++)
        status = walk_entry(walk, &entries.all[i]);
    clear_entries(&entries);
    return status;
}

static enum cg_status check_root(struct walk *walk, const char *dir)
{
    struct stat about;
    if (stat(dir, &about) != 0)
        return cg_fail(walk->error, CG_ERR_IO, "%s: expected a folder of PNG or JPEG pictures: %s",
                       dir, strerror(errno));
    if (!S_ISDIR(about.st_mode))
        return cg_fail(walk->error, CG_ERR_IO,
                       "%s: expected a folder of PNG or JPEG pictures, found a file", dir);
    return remember(walk, &about);
}

enum cg_status cg_walk_pictures(const char *dir, const struct cg_walk_options *options,
                                struct cg_path_list *list, struct cg_walk_left_out *left_out,
                                struct cg_error *error)
{
    struct walk walk = {.options = options, .found = list, .error = error};
    struct stat skip;
    enum cg_status status = check_root(&walk, dir);
    if (status == CG_OK && options->skip != NULL && stat(options->skip, &skip) == 0)
        status = remember(&walk, &skip);
    if (status == CG_OK)
        status = walk_folder(&walk, dir);
    sort_paths(list);
    if (left_out != NULL) {
        left_out->hidden += walk.left_out.hidden;
        left_out->links += walk.left_out.links;
        left_out->others += walk.left_out.others;
    }
    free(walk.visited);
    return status;
}

enum cg_status cg_walk_add_inputs(const char *path, struct cg_inputs *inputs,
                                  struct cg_error *error)
{
    static const struct cg_walk_options all = {.recursive = true, .follow_folders = true};
    struct cg_path_list list = {0};
    struct stat about;
    if (path == NULL || stat(path, &about) != 0)
        return CG_OK;
    if (!S_ISDIR(about.st_mode))
        return cg_inputs_add(inputs, path, error);
    enum cg_status status = cg_walk_pictures(path, &all, &list, NULL, error);
    for (size_t i = 0; status == CG_OK && i < list.count; i++)
        status = cg_inputs_add_named(inputs, list.paths[i], path, error);
    cg_path_list_clear(&list);
    return status;
}
