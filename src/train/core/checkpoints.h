/*
 * The checkpoints of a run, a file each: out_dir/checkpoints/step-N.safetensors. One whose step is
 * a multiple of `every` is regular; others are saved on request, or when a run is stopped. Kept are
 *
 *   the last three regular ones;
 *   of older ones the last two whose step is `every` times a power of two, so that there is always
 *   one from the first half of the run;
 *   the newest of all, if it is not regular.
 *
 * A file is written whole or not at all, and others are removed only after that.
 */
#ifndef CG_TRAIN_CORE_CHECKPOINTS_H
#define CG_TRAIN_CORE_CHECKPOINTS_H

#include "train/core/state_dict.h"

struct cg_checkpoints {
    char *folder;
    uint64_t every;
};

/* Make the folder; remove what a writer that was killed has left. Errors: CG_ERR_IO,
 * CG_ERR_MEMORY. */
enum cg_status cg_checkpoints_open(const char *out_dir, uint64_t every, struct cg_checkpoints *out,
                                   struct cg_error *error);
void cg_checkpoints_close(struct cg_checkpoints *checkpoints);

/* Whether out_dir holds any, into *out. Errors: CG_ERR_IO where it cannot be listed, CG_ERR_MEMORY.
 */
enum cg_status cg_checkpoints_exist(const char *out_dir, bool *out, struct cg_error *error);

/* Those of another run, which this one replaces. */
void cg_checkpoints_remove_all(const struct cg_checkpoints *checkpoints);

/* Write that of step; then remove what need not be kept, and those of later steps: the run has gone
 * back from there. Errors: CG_ERR_IO, CG_ERR_FULL, CG_ERR_MEMORY; then all others are kept. */
enum cg_status cg_checkpoints_write(const struct cg_checkpoints *checkpoints, uint64_t step,
                                    const struct cg_state_dict *state, struct cg_error *error);

/* Told why a checkpoint cannot be read before the one before it is tried. */
typedef void (*cg_checkpoint_damage_fn)(void *context, const char *why);

/* Read the newest one that is whole; regular_only: of the regular ones. Errors: that of the newest
 * if none is whole, CG_ERR_STATE if there is none. */
enum cg_status cg_checkpoints_read(const struct cg_checkpoints *checkpoints, bool regular_only,
                                   const struct cg_state_dict *state, cg_checkpoint_damage_fn tell,
                                   void *context, struct cg_error *error);

#endif
