/*
 * The folder of a run of any kind: the names in it, whether a run may begin there, and run.json
 * with the run's options, the program's version and the data's fingerprint; "model" and "version"
 * say which programs can resume it.
 */
#ifndef CG_TRAIN_CORE_RUN_FILE_H
#define CG_TRAIN_CORE_RUN_FILE_H

#include "base/error.h"
#include "base/json.h"
#include "base/option.h"
#include "train/core/loop.h"

#include <stdbool.h>

struct cg_run_kind {
    const char *model; /* "style", ... */
    int version;       /* changes when runs of other versions cannot be resumed */
    /* The rows with a key are members of the object: texts (null or missing if or_zero), numbers,
     * and groups, which are objects. */
    const struct cg_option *rows;
};

/* For the record, except for the fingerprint: limits and threads may differ on resuming. */
struct cg_run_record {
    const struct cg_train_limits *limits;
    int threads;
    uint64_t fingerprint; /* of the data, to refuse other data */
};

/* Write options, the structure of kind->rows. more: other members, owned; NULL: none. Errors:
 * CG_ERR_IO, CG_ERR_FULL, CG_ERR_MEMORY, CG_ERR_FORMAT for paths that are not UTF-8. */
enum cg_status cg_run_file_write(const struct cg_run_kind *kind, const char *out_dir,
                                 const void *options, const struct cg_run_record *record,
                                 json_t *more, struct cg_error *error);

/* A run's object, which holds the texts read from it, and its path for messages. */
struct cg_run_file {
    json_t *root;
    char *path;
    uint64_t fingerprint;
};

/* Read into options, which is all zero before. Release *out; it is empty after an error. Errors:
 * CG_ERR_IO; CG_ERR_FORMAT for a run of another kind or version, with advice, or for a missing
 * number; CG_ERR_MODEL if it is no run; CG_ERR_MEMORY. */
enum cg_status cg_run_file_read(const struct cg_run_kind *kind, const char *out_dir, void *options,
                                struct cg_run_file *out, struct cg_error *error);
void cg_run_file_release(struct cg_run_file *file);

/* Set *out to whether out_dir holds a run of this model, of any version. Errors: CG_ERR_MEMORY;
 * CG_ERR_IO if there is a file that cannot be read. */
enum cg_status cg_run_file_is(const char *out_dir, const char *model, bool *out,
                              struct cg_error *error);

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

/* Whether the samples that a run in out_dir draws stay out of a folder of pictures to learn from
 * (NULL: none). Errors: CG_ERR_STATE if out_dir is that folder or lies in it. */
enum cg_status cg_run_check_apart(const char *out_dir, const char *pictures,
                                  struct cg_error *error);

#endif
