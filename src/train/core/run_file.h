/* run.json of any kind of run: what was asked for, by a program of which version, and on what data;
 * "model" and "version" say which programs can resume it. */
#ifndef CG_TRAIN_CORE_RUN_FILE_H
#define CG_TRAIN_CORE_RUN_FILE_H

#include "model/json.h"
#include "train/core/limits.h"

#include <stdbool.h>

struct cg_run_kind {
    const char *model; /* "style", ... */
    int version;       /* changes when a run of this program could not be resumed by another */
};

/* For the record only; may differ when the run is resumed. */
struct cg_run_record {
    const struct cg_train_limits *limits;
    int threads;
};

/* What every kind of run has: where the pictures are and what they were, and the model's name. */
struct cg_run_source {
    const char *data, *name;
    uint64_t fingerprint;
};

/* A new run's object with the members common to all kinds; NULL if out of memory. */
json_t *cg_run_file_create(const struct cg_run_kind *kind, const struct cg_run_record *record,
                           const struct cg_run_source *source);

/* Set a member, taking ownership of value. If either is NULL or memory runs out, *root becomes
 * NULL. */
void cg_run_file_set(json_t **root, const char *key, json_t *value);

/* Write root, taking ownership; NULL counts as out of memory. Errors: CG_ERR_IO, CG_ERR_FULL,
 * CG_ERR_MEMORY. */
enum cg_status cg_run_file_write(const char *out_dir, json_t *root, struct cg_error *error);

/* A run's object, and its path for messages. */
struct cg_run_file {
    json_t *root;
    char *path;
};

/* Read and check that it is of this kind and version. To be released; empty after an error. Errors:
 * CG_ERR_IO; CG_ERR_FORMAT for a run of another kind or version, with advice; CG_ERR_MODEL for
 * anything but a run; CG_ERR_MEMORY. */
enum cg_status cg_run_file_read(const char *out_dir, const struct cg_run_kind *kind,
                                struct cg_run_file *out, struct cg_error *error);
void cg_run_file_release(struct cg_run_file *file);

/* As it was given; the file keeps the texts. Errors: CG_ERR_MODEL. */
enum cg_status cg_run_file_get_source(const struct cg_run_file *file, struct cg_run_source *out,
                                      struct cg_error *error);

/* Whether out_dir holds a run of this model, of whatever version, into *out: false as well for what
 * is no run. Errors: CG_ERR_MEMORY, CG_ERR_IO where there is a file that cannot be read. */
enum cg_status cg_run_file_is(const char *out_dir, const char *model, bool *out,
                              struct cg_error *error);

#endif
