/* The checkpoints of a run: see checkpoints.h. */
#include "train/core/checkpoints.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"

#include <dirent.h>
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

/* The steps of all checkpoints in a folder, the newest first; to be freed, NULL if there is none.
 * What cannot be listed for want of memory is not there. */
static uint64_t *list_steps(const char *folder, size_t *count)
{
    uint64_t *steps = NULL, step;
    size_t capacity = 0;
    DIR *entries = opendir(folder);
    *count = 0;
    if (entries == NULL)
        return NULL;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (!parse_name(entry->d_name, &step))
            continue;
        if (*count == capacity) {
            capacity = 2 * capacity + 8;
            uint64_t *larger = realloc(steps, capacity * sizeof(*steps));
            if (larger == NULL)
                break;
            steps = larger;
        }
        steps[(*count)++] = step;
    }
    closedir(entries);
    if (*count > 0)
        qsort(steps, *count, sizeof(*steps), newest_first);
    return steps;
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

bool cg_checkpoints_exist(const char *out_dir)
{
    size_t count = 0;
    char *folder = cg_string_format("%s/" FOLDER, out_dir);
    if (folder != NULL)
        free(list_steps(folder, &count));
    free(folder);
    return count > 0;
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

/* Remove what need not be kept now that there is one of step `newest`. A file that cannot be
 * removed is tried again next time. */
static void prune(const struct cg_checkpoints *checkpoints, uint64_t newest)
{
    size_t count;
    int regular = 0, old = 0;
    uint64_t *steps = list_steps(checkpoints->folder, &count);
    for (size_t i = 0; i < count; i++) {
        bool kept = steps[i] == newest;
        if (steps[i] <= newest && is_regular(checkpoints, steps[i])) {
            bool recent = regular++ < REGULAR_KEPT;
            kept |= recent || (is_doubling(checkpoints, steps[i]) && old++ < OLD_KEPT);
        }
        char *path = kept ? NULL : path_of(checkpoints, steps[i]);
        if (path != NULL)
            unlink(path);
        free(path);
    }
    free(steps);
}

void cg_checkpoints_remove_all(const struct cg_checkpoints *checkpoints)
{
    size_t count;
    uint64_t *steps = list_steps(checkpoints->folder, &count);
    for (size_t i = 0; i < count; i++) {
        char *path = path_of(checkpoints, steps[i]);
        if (path != NULL)
            unlink(path);
        free(path);
    }
    free(steps);
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

enum cg_status cg_checkpoints_read(const struct cg_checkpoints *checkpoints, bool regular_only,
                                   const struct cg_state_dict *state, cg_checkpoint_damage_fn tell,
                                   void *context, struct cg_error *error)
{
    size_t count, damaged = 0;
    struct cg_error why = {0}, newest = {0};
    uint64_t *steps = list_steps(checkpoints->folder, &count);
    enum cg_status status = cg_fail(&newest, CG_ERR_STATE,
                                    "%s: expected a checkpoint to go on from, found none; the run "
                                    "ended before it began, start it anew",
                                    checkpoints->folder);
    for (size_t i = 0; i < count && status != CG_OK && why.status != CG_ERR_MEMORY; i++) {
        if (regular_only && !is_regular(checkpoints, steps[i]))
            continue;
        status = read_one(checkpoints, steps[i], state, &why);
        if (status != CG_OK && damaged++ == 0)
            newest = why;
    }
    free(steps);
    if (status == CG_OK && damaged > 0)
        tell(context, newest.text);
    if (status != CG_OK && error != NULL)
        *error = newest;
    return status == CG_OK ? CG_OK : newest.status;
}
