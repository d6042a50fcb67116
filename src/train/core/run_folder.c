/* The folder of a run: see run_folder.h. */
#include "train/core/run_folder.h"

#include "base/file.h"
#include "base/memory.h"
#include "image/walk.h"
#include "train/core/checkpoints.h"
#include "train/core/run_file.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *cg_run_path(const char *out_dir, const char *name)
{
    return cg_string_format("%s/%s", out_dir, name);
}

/* ---- whether a run may begin ----------------------------------------------------------------- */

bool cg_run_has_file(const char *name)
{
    static const char *const names[] = {CG_RUN_MODEL,  CG_RUN_DATA, CG_RUN_CARD, CG_RUN_CONTACT,
                                        CG_RUN_REPORT, "log.csv",   "run.json"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

bool cg_run_has_sample(const char *name)
{
    uint64_t step;
    char ending[8];
    return sscanf(name, "step-%" SCNu64 "%7s", &step, ending) == 2 &&
           (strcmp(ending, ".jpg") == 0 || strcmp(ending, ".png") == 0);
}

/* A list of pictures by cg_dataset_write_report. */
static bool is_data_report(const char *path)
{
    static const char begin[] = "{\n \"photos\": [";
    uint8_t *bytes;
    size_t nbytes;
    if (cg_file_read_head(path, sizeof(begin) - 1, &bytes, &nbytes, NULL) != CG_OK)
        return false;
    bool is = nbytes == sizeof(begin) - 1 && memcmp(bytes, begin, nbytes) == 0;
    free(bytes);
    return is;
}

/* Whether a file is left from a run that ended before its first step: not worth keeping. */
static bool is_left_over(const char *folder, const char *name, const char *path)
{
    if (strcmp(name, CG_RUN_DATA) == 0)
        return is_data_report(path);
    bool is_style = false, is_vector = false;
    return (strcmp(name, "run.json") == 0 || strcmp(name, "log.csv") == 0) &&
           cg_run_file_is(folder, "style", &is_style, NULL) == CG_OK &&
           cg_run_file_is(folder, "vector", &is_vector, NULL) == CG_OK && (is_style || is_vector);
}

/* Hold what a run would write in a folder to the rule for outputs. */
static enum cg_status check_folder(const char *folder, bool (*is_written)(const char *name),
                                   struct cg_inputs *inputs, bool force, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return errno == ENOENT ? CG_OK : cg_fail_errno(error, "listing", folder, errno);
    for (struct dirent *entry; status == CG_OK && (entry = readdir(entries)) != NULL;) {
        if (!is_written(entry->d_name))
            continue;
        char *path = cg_run_path(folder, entry->d_name);
        if (path == NULL)
            status = cg_fail(error, CG_ERR_MEMORY, "run: out of memory");
        else
            status = cg_output_check(inputs, path,
                                     force || is_left_over(folder, entry->d_name, path), error);
        free(path);
    }
    closedir(entries);
    return status;
}

static enum cg_status check_files(const char *out_dir, struct cg_inputs *inputs, bool force,
                                  struct cg_error *error)
{
    char *samples = cg_run_path(out_dir, CG_RUN_SAMPLES);
    enum cg_status status =
        samples != NULL ? CG_OK : cg_fail(error, CG_ERR_MEMORY, "run: out of memory");
    if (status == CG_OK)
        status = check_folder(out_dir, cg_run_has_file, inputs, force, error);
    if (status == CG_OK)
        status = check_folder(samples, cg_run_has_sample, inputs, force, error);
    free(samples);
    return status;
}

enum cg_status cg_run_check_free(const char *out_dir, const char *const read[], bool force,
                                 struct cg_error *error)
{
    struct cg_inputs inputs = {0};
    bool exist = false;
    enum cg_status status = force ? CG_OK : cg_checkpoints_exist(out_dir, &exist, error);
    if (exist)
        return cg_fail(error, CG_ERR_STATE,
                       "%s: holds a run already; go on with it by --resume %s, choose another "
                       "folder, or replace it by --force",
                       out_dir, out_dir);
    for (; status == CG_OK && *read != NULL; read++)
        status = cg_walk_add_inputs(*read, &inputs, error);
    if (status == CG_OK)
        status = check_files(out_dir, &inputs, force, error);
    cg_inputs_clear(&inputs);
    if (status != CG_ERR_ARGUMENT)
        return status;
    if (error != NULL)
        error->status = CG_ERR_STATE;
    return CG_ERR_STATE;
}
