/*
 * Finding picture files in a tree of folders: see walk.h. Names are visited in order, so that of
 * two links to one folder always the same one counts. fts(3) is not used, as fts_open of glibc 2.36
 * does not look whether it got memory.
 */
#include "image/walk.h"

#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
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

static enum cg_status out_of_memory(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_MEMORY, "listing pictures: out of memory");
}

/* ---- the list -------------------------------------------------------------------------------- */

bool cg_path_list_add(struct cg_path_list *list, char *path)
{
    char **paths =
        path == NULL ? NULL : cg_grow(list->paths, list->count, &list->capacity, sizeof(*paths));
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

void cg_path_list_sort(struct cg_path_list *list)
{
    if (list->count > 1)
        qsort(list->paths, list->count, sizeof(*list->paths), compare_paths);
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
        cg_grow(walk->visited, walk->visited_count, &walk->visited_capacity, sizeof(*visited));
    if (visited == NULL)
        return out_of_memory(walk->error);
    walk->visited = visited;
    visited[walk->visited_count++] = (struct folder_id){folder->st_dev, folder->st_ino};
    return CG_OK;
}

static enum cg_status add_file(struct walk *walk, const char *path)
{
    enum cg_image_format format;
    if (!cg_image_format_by_ending(path, &format)) {
        walk->left_out.others++;
        return CG_OK;
    }
    if (!cg_image_is_read(format)) {
        walk->left_out.unread[format]++;
        return CG_OK;
    }
    return cg_path_list_add(walk->found, cg_string_copy(path)) ? CG_OK : out_of_memory(walk->error);
}

/* Report and skip what cannot be read if the caller wishes so, except dir itself. */
static enum cg_status pass_by(struct walk *walk, const char *path, const char *what, bool is_root)
{
    struct cg_error why;
    if (errno == ENOMEM)
        return out_of_memory(walk->error);
    enum cg_status status =
        cg_fail(&why, CG_ERR_IO, "%s: %s: %s", path, what, CG_ERRNO_WORDS(errno));
    if (walk->options->unlisted == NULL || is_root)
        return cg_fail(walk->error, status, "%s", why.text);
    walk->options->unlisted(walk->options->context, &why);
    walk->left_out.unlisted++;
    return CG_OK;
}

static enum cg_status walk_folder(struct walk *walk, const char *path, const struct stat *about,
                                  bool is_root);

static enum cg_status visit(struct walk *walk, const char *path)
{
    const struct cg_walk_options *options = walk->options;
    struct stat about;
    if (lstat(path, &about) != 0)
        return pass_by(walk, path, "cannot be looked at", false);
    bool is_link = S_ISLNK(about.st_mode);
    if (is_link && stat(path, &about) != 0) /* dangling: counts as a file */
        return add_file(walk, path);
    if (S_ISREG(about.st_mode))
        return add_file(walk, path);
    if (!S_ISDIR(about.st_mode))
        walk->left_out.others++;
    else if (is_link && !options->follow_folders)
        walk->left_out.links++;
    else if (options->recursive && !is_visited(walk, &about))
        return walk_folder(walk, path, &about, false);
    return CG_OK;
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum cg_status visit_entry(struct walk *walk, const char *folder, const char *name)
{
    bool has_slash = folder[strlen(folder) - 1] == '/';
    if (name[0] == '.') {
        walk->left_out.hidden++;
        return CG_OK;
    }
    char *path = cg_string_format("%s%s%s", folder, has_slash ? "" : "/", name);
    enum cg_status status = path != NULL ? visit(walk, path) : out_of_memory(walk->error);
    free(path);
    return status;
}

/* Only with links to folders can one be met twice and must be remembered. */
static enum cg_status walk_folder(struct walk *walk, const char *path, const struct stat *about,
                                  bool is_root)
{
    const struct cg_walk_options *options = walk->options;
    enum cg_status status = CG_OK;
    struct dirent **entries;
    if (options->entered != NULL)
        status = options->entered(options->context, path, walk->error);
    if (status == CG_OK && (is_root || options->follow_folders))
        status = remember(walk, about);
    if (status != CG_OK)
        return status;
    int count = scandir(path, &entries, is_entry, compare_names);
    if (count < 0)
        return pass_by(walk, path, "cannot list the folder", is_root);
    for (int i = 0; i < count; i++) {
        if (status == CG_OK)
            status = visit_entry(walk, path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static enum cg_status look_at_root(const char *dir, struct stat *about, struct cg_error *error)
{
    if (stat(dir, about) != 0)
        return cg_fail_errno(error, "reading", dir, errno);
    if (S_ISDIR(about->st_mode))
        return CG_OK;
    return cg_fail(error, CG_ERR_IO, "reading %s: expected a folder of pictures, found a file",
                   cg_path_tail(dir));
}

enum cg_status cg_walk_check_folder(const char *dir, struct cg_error *error)
{
    return look_at_root(dir, &(struct stat){0}, error);
}

static enum cg_status walk_root(struct walk *walk, const char *dir)
{
    struct stat about;
    enum cg_status status = look_at_root(dir, &about, walk->error);
    return status == CG_OK ? walk_folder(walk, dir, &about, true) : status;
}

enum cg_status cg_walk_pictures(const char *dir, const struct cg_walk_options *options,
                                struct cg_path_list *list, struct cg_walk_left_out *left_out,
                                struct cg_error *error)
{
    struct walk walk = {.options = options, .found = list, .error = error};
    struct stat skip;
    enum cg_status status = CG_OK;
    if (options->skip != NULL && stat(options->skip, &skip) == 0)
        status = remember(&walk, &skip);
    if (status == CG_OK)
        status = walk_root(&walk, dir);
    cg_path_list_sort(list);
    if (left_out != NULL) {
        left_out->hidden += walk.left_out.hidden;
        left_out->links += walk.left_out.links;
        left_out->others += walk.left_out.others;
        left_out->unlisted += walk.left_out.unlisted;
        for (int i = 0; i < CG_IMAGE_FORMAT_COUNT; i++)
            left_out->unread[i] += walk.left_out.unread[i];
    }
    free(walk.visited);
    return status;
}

char *cg_walk_unread_text(const size_t unread[CG_IMAGE_FORMAT_COUNT],
                          char text[CG_WALK_UNREAD_NBYTES])
{
    text[0] = '\0';
    for (int i = 0; i < CG_IMAGE_FORMAT_COUNT; i++) {
        size_t length = strlen(text);
        if (unread[i] > 0)
            snprintf(text + length, CG_WALK_UNREAD_NBYTES - length, "%s%zu %s",
                     length > 0 ? ", " : "", unread[i],
                     cg_image_format_name((enum cg_image_format)i));
    }
    return text;
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
