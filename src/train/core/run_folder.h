/* The folder of a run of any kind: the names in it, and whether a run may begin there. */
#ifndef CG_TRAIN_CORE_RUN_FOLDER_H
#define CG_TRAIN_CORE_RUN_FOLDER_H

#include "base/error.h"

#include <stdbool.h>

/* File names in a run's folder, beside log.csv, run.json and the checkpoints. */
#define CG_RUN_MODEL "model.safetensors"
#define CG_RUN_DATA "data.json"
#define CG_RUN_CARD "model.md"
#define CG_RUN_CONTACT "contact.jpg"
#define CG_RUN_REPORT "report.html"
#define CG_RUN_SAMPLES "samples"

/* Whether a run writes a file of this name, into its folder or among its samples. */
bool cg_run_has_file(const char *name);
bool cg_run_has_sample(const char *name);

/* A path in the run's folder, to be freed; NULL if out of memory. */
char *cg_run_path(const char *out_dir, const char *name);

/*
 * Whether a new run may start in out_dir, by the rule for outputs (base/output.h). read: its input
 * files and folders, NULL-terminated. Errors: CG_ERR_STATE if out_dir holds a run already
 * or other files that would be overwritten; CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_run_check_free(const char *out_dir, const char *const read[], bool force,
                                 struct cg_error *error);

#endif
