/*
 * Finding picture files in a tree of folders, by fts(3): see walk.h. Names are visited in order, so
 * that of two links to one folder always the same one counts.
 */
#define _DEFAULT_SOURCE /* fts */
#include "image/walk.h"

#include "base/memory.h"

#include <errno.h>
#include <fts.h>
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

/* Make room for one more element; returns the array, or NULL. */
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

/* Only with links to folders can one be met twice and must be remembered. */
static enum cg_status enter_folder(struct walk *walk, FTS *tree, FTSENT *entry)
{
    const struct cg_walk_options *options = walk->options;
    bool is_root = entry->fts_level == FTS_ROOTLEVEL;
    if (!is_root && (!options->recursive || is_visited(walk, entry->fts_statp))) {
        fts_set(tree, entry, FTS_SKIP);
        return CG_OK;
    }
    enum cg_status status = CG_OK;
    if (options->entered != NULL)
        status = options->entered(options->context, entry->fts_path, walk->error);
    if (status == CG_OK && (is_root || options->follow_folders))
        status = remember(walk, entry->fts_statp);
    return status;
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

/* A dangling link counts as a file. */
static enum cg_status follow_link(struct walk *walk, const char *path)
{
    struct stat target;
    if (stat(path, &target) != 0 || S_ISREG(target.st_mode))
        return add_file(walk, path);
    if (S_ISDIR(target.st_mode))
        walk->left_out.links++;
    else
        walk->left_out.others++;
    return CG_OK;
}

/* Report and skip what cannot be read if the caller wishes so, except dir itself. */
static enum cg_status pass_by(struct walk *walk, const FTSENT *entry)
{
    struct cg_error why;
    if (entry->fts_errno == ENOMEM)
        return out_of_memory(walk->error);
    enum cg_status status =
        cg_fail(&why, CG_ERR_IO, "%s: %s: %s", entry->fts_path,
                entry->fts_info == FTS_NS ? "cannot be looked at" : "cannot list the folder",
                strerror(entry->fts_errno));
    if (walk->options->unlisted == NULL || entry->fts_level == FTS_ROOTLEVEL)
        return cg_fail(walk->error, status, "%s", why.text);
    walk->options->unlisted(walk->options->context, &why);
    walk->left_out.unlisted++;
    return CG_OK;
}

static enum cg_status visit(struct walk *walk, FTS *tree, FTSENT *entry)
{
    bool is_below = entry->fts_level > FTS_ROOTLEVEL;
    if (is_below && entry->fts_name[0] == '.') {
        walk->left_out.hidden += entry->fts_info != FTS_DP;
        fts_set(tree, entry, FTS_SKIP);
        return CG_OK;
    }
    switch (entry->fts_info) {
    case FTS_D:
        return enter_folder(walk, tree, entry);
    case FTS_F:
    case FTS_SLNONE:
        return add_file(walk, entry->fts_path);
    case FTS_SL:
        return follow_link(walk, entry->fts_path);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        return pass_by(walk, entry);
    case FTS_DEFAULT:
        walk->left_out.others++;
        return CG_OK;
    default: /* the end of a folder, or a cycle */
        return CG_OK;
    }
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum cg_status walk_tree(struct walk *walk, const char *dir)
{
    char *const roots[] = {cg_string_copy(dir), NULL};
    int flags =
        FTS_NOCHDIR | (walk->options->follow_folders ? FTS_LOGICAL : FTS_PHYSICAL | FTS_COMFOLLOW);
    FTS *tree = roots[0] == NULL ? NULL : fts_open(roots, flags, compare_names);
    enum cg_status status = tree == NULL ? out_of_memory(walk->error) : CG_OK;
    FTSENT *entry = NULL;
    errno = 0;
    while (status == CG_OK && (entry = fts_read(tree)) != NULL) {
        status = visit(walk, tree, entry);
        errno = 0;
    }
    if (status == CG_OK && errno != 0)
        status = errno == ENOMEM ? out_of_memory(walk->error)
                                 : cg_fail(walk->error, CG_ERR_IO, "%s: cannot list the folder: %s",
                                           dir, strerror(errno));
    if (tree != NULL)
        fts_close(tree);
    free(roots[0]);
    return status;
}

static enum cg_status check_root(struct walk *walk, const char *dir)
{
    struct stat about;
    if (stat(dir, &about) != 0)
        return cg_fail(walk->error, CG_ERR_IO, "%s: expected a folder of pictures: %s", dir,
                       strerror(errno));
    if (!S_ISDIR(about.st_mode))
        return cg_fail(walk->error, CG_ERR_IO, "%s: expected a folder of pictures, found a file",
                       dir);
    return CG_OK;
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
        status = walk_tree(&walk, dir);
    sort_paths(list);
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
