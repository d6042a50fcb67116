/* Training runs on small painted pictures. What fails here fails the test. */
#ifndef CG_TESTS_UNIT_FIXTURE_RUN_H
#define CG_TESTS_UNIT_FIXTURE_RUN_H

#include "train/style/style.h"

#define FIXTURE_MODEL "model.safetensors"
#define FIXTURE_CHECKPOINT "checkpoints/" /* stands for the newest one */

/* Options with their strings in one place. */
struct fixture_run {
    struct cg_train_options options;
    char *out, *data, *cache, *from;
};

/*
 * A run in folder/name on the pictures in folder: crops of 48 pixels, 2 a step, 4 steps before the
 * critics join and one in which they are alone. Starts from a small model, to be quick.
 */
struct fixture_run fixture_run_new(const char *folder, const char *name);
void fixture_run_clear(struct fixture_run *run);

/* The same after painting three photos and two comics. */
struct fixture_run fixture_run_on_pictures(const char *folder, const char *name);

/* Train until `steps` are done. */
enum cg_status fixture_try_start(const struct fixture_run *run, uint64_t steps,
                                 struct cg_error *error);
enum cg_status fixture_try_resume(const struct fixture_run *run, uint64_t steps,
                                  struct cg_error *error);
void fixture_must_start(const struct fixture_run *run, uint64_t steps);
void fixture_must_resume(const struct fixture_run *run, uint64_t steps);

/* A file in the run's folder; free() its data. */
struct fixture_file {
    uint8_t *data;
    size_t nbytes;
};
struct fixture_file fixture_read_file(const struct fixture_run *run, const char *name);
void fixture_write_file(const struct fixture_run *run, const char *name, struct fixture_file file);
bool fixture_same_bytes(struct fixture_file a, struct fixture_file b);

/* Whether two runs have the same file of that name. */
bool fixture_same_file(const struct fixture_run *a, const struct fixture_run *b, const char *name);

/* The same as text, ended with a zero; free() it. */
char *fixture_read_text(const struct fixture_run *run, const char *name);

#endif
