/*
 * The contents of a checkpoint: every array and counter of a run by name, one list for writing and
 * reading. The file is a safetensors file of flat tensors with the counters in its metadata, and a
 * hash of everything, to detect corruption that leaves the length intact.
 */
#ifndef CG_TRAIN_CORE_STATE_DICT_H
#define CG_TRAIN_CORE_STATE_DICT_H

#include "train/core/learner.h"

#define CG_STATE_DICT_ARRAYS_MAX 24
#define CG_STATE_DICT_COUNTERS_MAX 8
#define CG_STATE_DICT_NAME_NBYTES 48

struct cg_state_dict {
    struct {
        char name[CG_STATE_DICT_NAME_NBYTES];
        float *data;
        size_t count;
    } arrays[CG_STATE_DICT_ARRAYS_MAX];
    size_t array_count;
    struct {
        char name[CG_STATE_DICT_NAME_NBYTES];
        uint64_t *value;
    } counters[CG_STATE_DICT_COUNTERS_MAX];
    size_t counter_count;
};

/* Add data or value under the name owner.what. Start from an empty list. */
void cg_state_dict_add_array(struct cg_state_dict *list, const char *owner, const char *what,
                             float *data, size_t count);
void cg_state_dict_add_counter(struct cg_state_dict *list, const char *owner, const char *what,
                               uint64_t *value);
void cg_state_dict_add_learner(struct cg_state_dict *list, const char *owner,
                               struct cg_learner *learner);

/* Copy the first rank's values to all. Collective, with the same list on every rank. */
void cg_state_dict_tell(const struct cg_state_dict *list, struct cg_ranks *ranks);

/* Whether all arrays are finite. */
bool cg_state_dict_is_finite(const struct cg_state_dict *list);

/* Write and read path. Errors: CG_ERR_IO, CG_ERR_FULL; CG_ERR_MODEL for a damaged file or a
 * checkpoint of another run, after which the listed values may have changed. */
enum cg_status cg_state_dict_write(const char *path, const struct cg_state_dict *list,
                                   struct cg_error *error);
enum cg_status cg_state_dict_read(const char *path, const struct cg_state_dict *list,
                                  struct cg_error *error);

/*
 * Rollback of a run whose numbers became non-finite: back to the last regular checkpoint with half
 * the learning rates (loop.h). The count is part of the state, so a run that is stopped in between
 * and resumed takes the same course.
 */

#define CG_ROLLBACKS_MAX 3 /* in a row; then the run is given up */

struct cg_rollback {
    uint64_t in_a_row; /* since the last regular checkpoint */
    uint64_t halvings; /* of the learning rates, in all */
};

/* A learning rate of the recipe, after the halvings. */
float cg_rollback_rate(const struct cg_rollback *rollback, float rate);

void cg_state_dict_add_rollback(struct cg_state_dict *list, struct cg_rollback *rollback);

#endif
