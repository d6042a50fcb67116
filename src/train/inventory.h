/*
 * What a checkpoint holds: every array and counter of a run by name, one list for writing and for
 * reading. The file is a safetensors file of flat tensors, the counters in its metadata, and with
 * them a hash of it all, as a disk may spoil what has the right length.
 */
#ifndef CG_TRAIN_INVENTORY_H
#define CG_TRAIN_INVENTORY_H

#include "train/learner.h"

#define CG_INVENTORY_ARRAYS_MAX 24
#define CG_INVENTORY_COUNTERS_MAX 8
#define CG_INVENTORY_NAME_NBYTES 48

struct cg_inventory {
    struct {
        char name[CG_INVENTORY_NAME_NBYTES];
        float *data;
        size_t count;
    } arrays[CG_INVENTORY_ARRAYS_MAX];
    size_t array_count;
    struct {
        char name[CG_INVENTORY_NAME_NBYTES];
        uint64_t *value;
    } counters[CG_INVENTORY_COUNTERS_MAX];
    size_t counter_count;
};

/* List what lies at data or value under the name owner.what. Start from an empty list. */
void cg_inventory_add_array(struct cg_inventory *list, const char *owner, const char *what,
                            float *data, size_t count);
void cg_inventory_add_counter(struct cg_inventory *list, const char *owner, const char *what,
                              uint64_t *value);
void cg_inventory_add_learner(struct cg_inventory *list, const char *owner,
                              struct cg_learner *learner);

/* Every rank's get what the first one has. By all ranks, with the same list. */
void cg_inventory_tell(const struct cg_inventory *list, struct cg_ranks *ranks);

/* Whether all its numbers are. */
bool cg_inventory_is_finite(const struct cg_inventory *list);

/* Write and read path. Errors: CG_ERR_IO, CG_ERR_FULL; CG_ERR_MODEL for a file that is damaged, or
 * a checkpoint of another run: what is listed may have been changed then. */
enum cg_status cg_inventory_write(const char *path, const struct cg_inventory *list,
                                  struct cg_error *error);
enum cg_status cg_inventory_read(const char *path, const struct cg_inventory *list,
                                 struct cg_error *error);

#endif
