/*
 * Where styles are found. The places, in this order; the first one with a name wins:
 *   1. the style built into the program (base/builtin.S),
 *   2. the folder that the caller names (in the programs: $COMICGAN_MODELS),
 *   3. models/ of the source tree, when the program (or libcomicgan.so) lies in its build/PRESET,
 *   4. share/comicgan/models of the prefix that the program (or libcomicgan.so) is installed in,
 *   5. the folder given at build time (CG_DATA_DIR).
 * A new place is a line in list_places.
 */
#define _GNU_SOURCE /* dladdr1 */
#include "base/file.h"
#include "base/memory.h"
#include "model/model.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".safetensors"
#define PLACES_MAX 4

extern const unsigned char cg_builtin_model[];
extern const uint64_t cg_builtin_model_nbytes;

struct cg_style_list {
    size_t count, capacity;
    struct cg_style_info *styles; /* their strings are owned */
    size_t left_out_count;
    char **left_out; /* why, owned */
};

static bool has_suffix(const char *text, const char *suffix)
{
    size_t length = strlen(text), suffix_length = strlen(suffix);
    return length > suffix_length && strcmp(text + length - suffix_length, suffix) == 0;
}

/* Call only if there is one: cg_builtin_model_nbytes is not 0. */
static enum cg_status open_builtin(struct cg_model **out, struct cg_error *error)
{
    return cg_model_parse(cg_builtin_model, (size_t)cg_builtin_model_nbytes, "built in", out,
                          error);
}

/* ---- places ---------------------------------------------------------------------------------- */

/* Cut the last part off a path; false when there is none. */
static bool cut_last_part(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return true;
}

/* The file that holds this code, the shared library or the program; returns the path from its
 * folder to the data folder, or NULL. */
static const char *find_own_file(char path[PATH_MAX])
{
    Dl_info info;
    void *map = NULL;
    if (dladdr1(cg_builtin_model, &info, &map, RTLD_DL_LINKMAP) != 0 &&
        ((const struct link_map *)map)->l_name[0] != '\0') /* empty for the program */
        return realpath(((const struct link_map *)map)->l_name, path) != NULL ? CG_LIBRARY_TO_DATA
                                                                              : NULL;
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    path[length > 0 ? length : 0] = '\0';
    return length > 0 ? CG_PROGRAM_TO_DATA : NULL;
}

/* Up to two folders relative to this code's file. Returns how many. */
static size_t list_places_beside_code(char *places[2])
{
    char file[PATH_MAX];
    size_t count = 0;
    const char *to_data = find_own_file(file);
    if (to_data == NULL || !cut_last_part(file))
        return 0;
    char *beside = cg_string_format("%s/%s/comicgan/models", file, to_data);
    if (cut_last_part(file) && has_suffix(file, "/build"))
        places[count++] =
            cg_string_format("%.*s/models", (int)(strlen(file) - strlen("/build")), file);
    places[count++] = beside;
    return count;
}

/* All folders, to be freed one by one; NULL marks one that memory ran out for. */
static size_t list_places(const char *folder, char *places[PLACES_MAX])
{
    size_t count = 0;
    if (folder != NULL && folder[0] != '\0')
        places[count++] = cg_string_copy(folder);
    count += list_places_beside_code(places + count);
    places[count++] = cg_string_copy(CG_DATA_DIR "/models");
    return count;
}

/* ---- list ------------------------------------------------------------------------------------ */

static const struct cg_style_info *find(const struct cg_style_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->styles[i].name, name) == 0)
            return &list->styles[i];
    return NULL;
}

/* Move the model's card into the list, unless its name is there already. The model is freed. */
static enum cg_status add(struct cg_style_list *list, struct cg_model *model,
                          struct cg_error *error)
{
    enum cg_status status = CG_OK;
    bool is_new = find(list, model->card.name) == NULL;
    struct cg_style_info *styles =
        is_new ? cg_grow(list->styles, list->count, &list->capacity, sizeof(*styles)) : NULL;
    if (is_new && styles == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "list of styles: memory could not be allocated");
    if (styles != NULL) {
        list->styles = styles;
        list->styles[list->count++] =
            (struct cg_style_info){.name = model->card.name,
                                   .summary = model->card.summary,
                                   .source = model->source,
                                   .detail_px = model->card.looks.detail_px,
                                   .parameter_count = model->network->parameter_count};
        model->card.name = model->card.summary = model->source = NULL;
    }
    cg_model_free(model);
    return status;
}

/* Memory that is short leaves nothing out: it is the error. */
static enum cg_status leave_out(struct cg_style_list *list, const struct cg_error *reason,
                                struct cg_error *error)
{
    size_t count = list->left_out_count + 1;
    char **texts = realloc(list->left_out, count * sizeof(*texts));
    if (texts != NULL)
        list->left_out = texts;
    if (texts == NULL || (texts[count - 1] = cg_string_copy(reason->text)) == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "list of styles: memory could not be allocated");
    list->left_out_count = count;
    return CG_OK;
}

static enum cg_status add_file(struct cg_style_list *list, const char *folder, const char *name,
                               struct cg_error *error)
{
    struct cg_error reason = {.status = CG_OK};
    struct cg_model *model;
    char *path = cg_string_format("%s/%s", folder, name);
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "list of styles: memory could not be allocated");
    enum cg_status status = cg_model_read(path, &model, &reason);
    free(path);
    if (status == CG_OK)
        return add(list, model, error);
    if (status == CG_ERR_MEMORY)
        return cg_fail(error, status, "%s", reason.text);
    return leave_out(list, &reason, error);
}

static int is_model_name(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && has_suffix(entry->d_name, SUFFIX) &&
           strcmp(entry->d_name, CG_MODEL_FACES SUFFIX) != 0; /* no style */
}

/* By bytes, so that the order does not depend on the user's language. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum cg_status add_folder(struct cg_style_list *list, const char *folder,
                                 struct cg_error *error)
{
    struct dirent **names;
    struct cg_error reason;
    int count = scandir(folder, &names, is_model_name, compare_names);
    if (count < 0 && (errno == ENOENT || errno == ENOTDIR))
        return CG_OK;
    if (count < 0 && errno == ENOMEM)
        return cg_fail(error, CG_ERR_MEMORY, "%s: memory could not be allocated", folder);
    if (count < 0) {
        cg_fail(&reason, CG_ERR_IO, "reading %s: %s", cg_path_tail(folder), CG_ERRNO_WORDS(errno));
        return leave_out(list, &reason, error);
    }
    enum cg_status status = CG_OK;
    for (int i = 0; i < count; i++) {
        if (status == CG_OK)
            status = add_file(list, folder, names[i]->d_name, error);
        free(names[i]);
    }
    free(names);
    return status;
}

static enum cg_status add_everything(struct cg_style_list *list, const char *folder,
                                     struct cg_error *error)
{
    enum cg_status status = CG_OK;
    struct cg_model *model;
    if (cg_builtin_model_nbytes != 0) {
        status = open_builtin(&model, error);
        if (status == CG_OK)
            status = add(list, model, error);
    }
    char *places[PLACES_MAX];
    size_t place_count = list_places(folder, places);
    for (size_t i = 0; i < place_count; i++) {
        if (status == CG_OK)
            status = places[i] != NULL ? add_folder(list, places[i], error)
                                       : cg_fail(error, CG_ERR_MEMORY,
                                                 "list of styles: memory could not be allocated");
        free(places[i]);
    }
    return status;
}

enum cg_status cg_style_list_create(const char *folder, struct cg_style_list **out,
                                    struct cg_error *error)
{
    *out = NULL;
    struct cg_style_list *list = calloc(1, sizeof(*list));
    if (list == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "list of styles: memory could not be allocated");
    enum cg_status status = add_everything(list, folder, error);
    if (status != CG_OK) {
        cg_style_list_free(list);
        return status;
    }
    *out = list;
    return CG_OK;
}

size_t cg_style_list_count(const struct cg_style_list *list)
{
    return list->count;
}

const struct cg_style_info *cg_style_list_get(const struct cg_style_list *list, size_t index)
{
    return index < list->count ? &list->styles[index] : NULL;
}

const char *cg_style_list_left_out(const struct cg_style_list *list, size_t index)
{
    return index < list->left_out_count ? list->left_out[index] : NULL;
}

void cg_style_list_free(struct cg_style_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++) {
        free((char *)list->styles[i].source);
        free((char *)list->styles[i].summary);
        free((char *)list->styles[i].name);
    }
    for (size_t i = 0; i < list->left_out_count; i++)
        free(list->left_out[i]);
    free(list->left_out);
    free(list->styles);
    free(list);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* No style of that name: say which ones there are, and what was left out. */
static enum cg_status refuse_unknown(const struct cg_style_list *list, const char *style,
                                     struct cg_error *error)
{
    char known[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < list->count && used < sizeof(known); i++)
        used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s", i > 0 ? ", " : "",
                                 list->styles[i].name);
    const char *left_out = cg_style_list_left_out(list, 0);
    return cg_fail(error, CG_ERR_MODEL, "no style is called \"%.64s\"; there are: %s%s%s%s%s",
                   style, list->count > 0 ? known : "none",
                   cg_builtin_model_nbytes == 0 ? " (this program was built without a style)" : "",
                   left_out != NULL ? " (left out: " : "", left_out != NULL ? left_out : "",
                   left_out != NULL ? ")" : "");
}

static enum cg_status open_listed(const char *folder, const char *style, struct cg_model **out,
                                  struct cg_error *error)
{
    struct cg_style_list *list;
    enum cg_status status = cg_style_list_create(folder, &list, error);
    if (status != CG_OK)
        return status;
    const struct cg_style_info *info = find(list, style);
    status =
        info != NULL ? cg_model_read(info->source, out, error) : refuse_unknown(list, style, error);
    cg_style_list_free(list);
    return status;
}

static bool is_path(const char *style)
{
    return strchr(style, '/') != NULL || has_suffix(style, SUFFIX);
}

/* The folder, and each model in it, which may be a link to another one. */
static enum cg_status visit_folder(const char *folder, cg_model_visit_fn visit, void *context,
                                   struct cg_error *error)
{
    struct dirent **names;
    enum cg_status status = visit(context, folder, error);
    int count = status == CG_OK ? scandir(folder, &names, is_model_name, compare_names) : -1;
    for (int i = 0; i < count; i++) {
        char *path = cg_string_format("%s/%s", folder, names[i]->d_name);
        if (path == NULL)
            status = cg_fail(error, CG_ERR_MEMORY, "style: out of memory");
        else if (status == CG_OK)
            status = visit(context, path, error);
        free(path);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    return status;
}

enum cg_status cg_model_visit_style(const char *folder, const char *style, cg_model_visit_fn visit,
                                    void *context, struct cg_error *error)
{
    if (is_path(style))
        return visit(context, style, error);
    char *places[PLACES_MAX];
    size_t count = list_places(folder, places);
    enum cg_status status = CG_OK;
    for (size_t i = 0; i < count; i++) {
        if (places[i] == NULL)
            status = cg_fail(error, CG_ERR_MEMORY, "style: out of memory");
        else if (status == CG_OK)
            status = visit_folder(places[i], visit, context, error);
        free(places[i]);
    }
    return status;
}

enum cg_status cg_model_style_path(const char *folder, const char *style, char **out,
                                   struct cg_error *error)
{
    struct cg_style_list *list = NULL;
    *out = NULL;
    enum cg_status status = is_path(style) ? CG_OK : cg_style_list_create(folder, &list, error);
    if (status != CG_OK)
        return status;
    const struct cg_style_info *info = list != NULL ? find(list, style) : NULL;
    const char *path = list == NULL ? style : info != NULL ? info->source : NULL;
    if (path != NULL && (*out = cg_string_copy(path)) == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "style: out of memory");
    cg_style_list_free(list);
    return status;
}

enum cg_status cg_model_open_style(const char *folder, const char *style, struct cg_model **out,
                                   struct cg_error *error)
{
    *out = NULL;
    if (is_path(style))
        return cg_model_read(style, out, error);
    if (cg_builtin_model_nbytes == 0)
        return open_listed(folder, style, out, error);
    struct cg_model *model;
    enum cg_status status = open_builtin(&model, error);
    if (status != CG_OK)
        return status;
    if (strcmp(model->card.name, style) == 0) {
        *out = model;
        return CG_OK;
    }
    cg_model_free(model);
    return open_listed(folder, style, out, error);
}
