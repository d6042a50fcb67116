/*
 * Before the work: create the comics' folders, and remove temporary files of the plan's comics that
 * killed calls left there. See plan.h.
 */
#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/convert/plan_parts.h"
#include "image/walk.h"

#include <stdlib.h>
#include <string.h>

/* ---- the folders ----------------------------------------------------------------------------- */

/* The length of path's folder, up to the last slash; 0 if there is none. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* Each once, with its final slash; "" is left out. */
static bool list_folders(const struct cg_plan *plan, struct cg_path_list *folders)
{
    for (size_t i = 0; i < plan->count; i++) {
        const char *out = plan->jobs[i].out, *last = i > 0 ? plan->jobs[i - 1].out : "";
        size_t length = folder_length(out);
        if (length == 0 || (length == folder_length(last) && strncmp(out, last, length) == 0))
            continue;
        if (!cg_path_list_add(folders, cg_string_format("%.*s", (int)length, out)))
            return false;
    }
    cg_path_list_sort(folders);
    return true;
}

/* ---- leftovers of killed calls --------------------------------------------------------------- */

struct place {
    const struct cg_plan *plan;
    const char *folder; /* with the slash at its end */
};

static bool is_comic_of_plan(const void *context, const char *name)
{
    const struct place *place = context;
    char *out = cg_string_format("%s%s", place->folder, name);
    bool found = out != NULL && cg_plan_has_output(place->plan, out);
    free(out);
    return found;
}

/* ---- both ------------------------------------------------------------------------------------ */

int cg_plan_prepare(const struct cg_plan *plan)
{
    struct cg_path_list folders = {0};
    struct cg_error error;
    int code = list_folders(plan, &folders) ? CG_EXIT_DONE : cg_plan_no_memory();
    for (size_t i = 0; code == CG_EXIT_DONE && i < folders.count; i++) {
        const char *folder = folders.paths[i];
        if (i > 0 && strcmp(folder, folders.paths[i - 1]) == 0)
            continue;
        if (cg_folder_make(folder, &error) != CG_OK)
            code = cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
        else
            cg_folder_drop_abandoned(folder, is_comic_of_plan, &(struct place){plan, folder});
    }
    cg_path_list_clear(&folders);
    return code;
}
