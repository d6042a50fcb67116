/* The walls of commands: see confinement.h. */
#include "cli/confinement.h"

#include "base/file.h"
#include "cli/cli.h"
#include "image/walk.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int cg_cli_give_up_calls(void)
{
    struct cg_error error;
    if (cg_sandbox_restrict_calls(&error) == CG_OK)
        return CG_EXIT_DONE;
    return cg_cli_fail(CG_EXIT_INPUT, "%s; --no-sandbox does without", error.text);
}

enum cg_status cg_cli_give_up_files(cg_cli_allow_fn allow, const void *context,
                                    struct cg_error *error)
{
    struct cg_sandbox *sandbox;
    struct cg_error why;
    enum cg_status status = cg_sandbox_create(&sandbox, error);
    if (status == CG_OK && allow != NULL)
        status = allow(sandbox, context, error);
    if (status == CG_OK && cg_sandbox_restrict_files(sandbox, &why) != CG_OK)
        status = cg_fail(error, why.status, "%s; --no-sandbox does without", why.text);
    cg_sandbox_free(sandbox);
    return status;
}

/* Cut path, with a slash at its end, to the folder above it; false where that is the current one.
 */
static bool cut_to_parent(char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    path[length] = '\0';
    return length > 0;
}

enum cg_status cg_cli_allow_new_output(struct cg_sandbox *sandbox, const char *out, unsigned also,
                                       struct cg_error *error)
{
    struct stat about;
    char *target = cg_output_resolve(out, error);
    if (target == NULL)
        return error->status;
    bool special = stat(target, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
    bool named = special || cut_to_parent(target);
    while (!special && named && stat(target, &about) != 0)
        named = cut_to_parent(target);
    enum cg_status status = cg_sandbox_allow(
        sandbox, named ? target : ".", CG_SANDBOX_WRITE | CG_SANDBOX_MAKE_FOLDERS | also, error);
    free(target);
    return status;
}

enum cg_status cg_cli_allow_picture(struct cg_sandbox *sandbox, const char *path,
                                    struct cg_error *error)
{
    if (path != NULL)
        cg_image_prepare(path);
    return cg_sandbox_allow(sandbox, path, CG_SANDBOX_READ, error);
}

static enum cg_status allow_folder(void *context, const char *dir, struct cg_error *error)
{
    return cg_sandbox_allow(context, dir, CG_SANDBOX_READ, error);
}

enum cg_status cg_cli_allow_tree(struct cg_sandbox *sandbox, const char *path,
                                 struct cg_error *error)
{
    const struct cg_walk_options walk = {
        .recursive = true, .follow_folders = true, .entered = allow_folder, .context = sandbox};
    struct cg_path_list found = {0};
    struct stat about;
    if (path == NULL || stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
        return cg_cli_allow_picture(sandbox, path, error);
    enum cg_status status = cg_walk_pictures(path, &walk, &found, NULL, error);
    for (size_t i = 0; status == CG_OK && i < found.count; i++) {
        cg_image_prepare(found.paths[i]);
        if (lstat(found.paths[i], &about) == 0 && S_ISLNK(about.st_mode))
            status = cg_sandbox_allow(sandbox, found.paths[i], CG_SANDBOX_READ, error);
    }
    cg_path_list_clear(&found);
    return status;
}
