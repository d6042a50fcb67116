/* The checkpoints of a run: see checkpoints.h. */
#include "train/core/checkpoints.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "checkpoints"
#define REGULAR_KEPT 3
#define OLD_KEPT 2
#define NAME_NBYTES 48

/* ---- names ----------------------------------------------------------------------------------- */

static void name_of(uint64_t step, char name[NAME_NBYTES])
{
    snprintf(name, NAME_NBYTES, "step-%07" PRIu64 ".safetensors", step);
}

/* Whether it is a checkpoint's name; *step: its step. */
static bool parse_name(const char *name, uint64_t *step)
{
    char again[NAME_NBYTES];
    if (sscanf(name, "step-%" SCNu64, step) != 1)
        return false;
    name_of(*step, again);
    return strcmp(name, again) == 0;
}

static bool is_checkpoint(const void *context, const char *name)
{
    uint64_t step;
    (void)context;
    return parse_name(name, &step);
}

static char *path_of(const struct cg_checkpoints *checkpoints, uint64_t step)
{
    char name[NAME_NBYTES];
    name_of(step, name);
    return cg_string_format("%s/%s", checkpoints->folder, name);
}

static int newest_first(const void *a, const void *b)
{
    uint64_t of_a = *(const uint64_t *)a, of_b = *(const uint64_t *)b;
    return (of_a < of_b) - (of_a > of_b);
}

struct step_list {
    uint64_t *steps; /* to be freed */
    size_t count, capacity;
};

static enum cg_status add_step(struct step_list *list, uint64_t step, struct cg_error *error)
{
    uint64_t *steps = cg_grow(list->steps, list->count, &list->capacity, sizeof(*steps));
    if (steps == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "checkpoints: out of memory");
    list->steps = steps;
    list->steps[list->count++] = step;
    return CG_OK;
}

/* The steps of all checkpoints in a folder, newest first; none if there is no folder. */
static enum cg_status list_steps(const char *folder, struct step_list *out, struct cg_error *error)
{
    uint64_t step;
    enum cg_status status = CG_OK;
    *out = (struct step_list){0};
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return errno == ENOENT ? CG_OK : cg_fail_errno(error, "listing", folder, errno);
    for (struct dirent *entry; status == CG_OK && (entry = readdir(entries)) != NULL;)
        if (parse_name(entry->d_name, &step))
            status = add_step(out, step, error);
    closedir(entries);
    if (out->count > 0)
        qsort(out->steps, out->count, sizeof(*out->steps), newest_first);
    return status;
}

/* ---- a run's folder -------------------------------------------------------------------------- */

enum cg_status cg_checkpoints_open(const char *out_dir, uint64_t every, struct cg_checkpoints *out,
                                   struct cg_error *error)
{
    *out = (struct cg_checkpoints){cg_string_format("%s/" FOLDER, out_dir), every};
    if (out->folder == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "checkpoints: out of memory");
    enum cg_status status = cg_folder_make(out->folder, error);
    if (status == CG_OK)
        cg_folder_drop_abandoned(out->folder, is_checkpoint, NULL);
    return status;
}

void cg_checkpoints_close(struct cg_checkpoints *checkpoints)
{
    free(checkpoints->folder);
    *checkpoints = (struct cg_checkpoints){0};
}

enum cg_status cg_checkpoints_exist(const char *out_dir, bool *out, struct cg_error *error)
{
    struct step_list list = {0};
    char *folder = cg_string_format("%s/" FOLDER, out_dir);
    enum cg_status status = folder != NULL
                                ? list_steps(folder, &list, error)
                                : cg_fail(error, CG_ERR_MEMORY, "checkpoints: out of memory");
    *out = list.count > 0;
    free(list.steps);
    free(folder);
    return status;
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_regular(const struct cg_checkpoints *checkpoints, uint64_t step)
{
    return step % checkpoints->every == 0;
}

/* Whether a regular step is `every` times 1, 2, 4, 8, ... */
static bool is_doubling(const struct cg_checkpoints *checkpoints, uint64_t step)
{
    uint64_t times = step / checkpoints->every;
    return times > 0 && (times & (times - 1)) == 0;
}

/* Remove the checkpoints that are no longer kept now that `newest` exists. Failed removals are
 * retried next time. */
static void prune(const struct cg_checkpoints *checkpoints, uint64_t newest)
{
    struct step_list list;
    int regular = 0, old = 0;
    enum cg_status status = list_steps(checkpoints->folder, &list, NULL);
    for (size_t i = 0; status == CG_OK && i < list.count; i++) {
        uint64_t step = list.steps[i];
        bool kept = step == newest;
        if (step <= newest && is_regular(checkpoints, step)) {
            bool recent = regular++ < REGULAR_KEPT;
            kept |= recent || (is_doubling(checkpoints, step) && old++ < OLD_KEPT);
        }
        char *path = kept ? NULL : path_of(checkpoints, step);
        if (path != NULL)
            unlink(path);
        free(path);
    }
    free(list.steps);
}

void cg_checkpoints_remove_all(const struct cg_checkpoints *checkpoints)
{
    struct step_list list;
    (void)list_steps(checkpoints->folder, &list, NULL);
    for (size_t i = 0; i < list.count; i++) {
        char *path = path_of(checkpoints, list.steps[i]);
        if (path != NULL)
            unlink(path);
        free(path);
    }
    free(list.steps);
}

enum cg_status cg_checkpoints_write(const struct cg_checkpoints *checkpoints, uint64_t step,
                                    const struct cg_state_dict *state, struct cg_error *error)
{
    char *path = path_of(checkpoints, step);
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "checkpoints: out of memory");
    enum cg_status status = cg_state_dict_write(path, state, error);
    if (status == CG_OK)
        prune(checkpoints, step);
    free(path);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum cg_status read_one(const struct cg_checkpoints *checkpoints, uint64_t step,
                               const struct cg_state_dict *state, struct cg_error *error)
{
    char *path = path_of(checkpoints, step);
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "checkpoints: out of memory");
    enum cg_status status = cg_state_dict_read(path, state, error);
    free(path);
    return status;
}

/* An older checkpoint stands in for a damaged one alone. */
static bool is_final(enum cg_status status)
{
    return status == CG_ERR_MEMORY || status == CG_ERR_IO;
}

enum cg_status cg_checkpoints_read(const struct cg_checkpoints *checkpoints, bool regular_only,
                                   const struct cg_state_dict *state, cg_checkpoint_damage_fn tell,
                                   void *context, struct cg_error *error)
{
    size_t damaged = 0;
    struct step_list list;
    struct cg_error why = {0}, newest = {0};
    enum cg_status status = list_steps(checkpoints->folder, &list, error);
    if (status != CG_OK) {
        free(list.steps);
        return status;
    }
    status = cg_fail(&newest, CG_ERR_STATE,
                     "%s: expected a checkpoint to go on from, found none; the run "
                     "ended before it began, start it anew",
                     checkpoints->folder);
    for (size_t i = 0; i < list.count && status != CG_OK && !is_final(why.status); i++) {
        if (regular_only && !is_regular(checkpoints, list.steps[i]))
            continue;
        status = read_one(checkpoints, list.steps[i], state, &why);
        if (status != CG_OK && damaged++ == 0)
            newest = why;
    }
    free(list.steps);
    if (status == CG_OK && damaged > 0)
        tell(context, newest.text);
    if (status != CG_OK && error != NULL)
        *error = newest;
    return status == CG_OK ? CG_OK : newest.status;
}
