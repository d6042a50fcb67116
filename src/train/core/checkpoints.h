/*
 * The checkpoints of a run, one file each: out_dir/checkpoints/step-N.safetensors. Those whose step
 * is a multiple of `every` are regular; others are saved on request or when a run is stopped. Kept:
 *
 *   the last three regular ones;
 *   of older ones the last two whose step is `every` times a power of two, so that there is always
 *   one from the first half of the run;
 *   the newest of all, if it is not regular.
 *
 * Files are written atomically, and old ones removed only afterwards.
 */
#ifndef CG_TRAIN_CORE_CHECKPOINTS_H
#define CG_TRAIN_CORE_CHECKPOINTS_H

#include "train/core/state_dict.h"

struct cg_checkpoints {
    char *folder;
    uint64_t every;
};

/* Create the folder; remove temporary files of killed writers. Errors: CG_ERR_IO,
 * CG_ERR_MEMORY. */
enum cg_status cg_checkpoints_open(const char *out_dir, uint64_t every, struct cg_checkpoints *out,
                                   struct cg_error *error);
void cg_checkpoints_close(struct cg_checkpoints *checkpoints);

/* Whether out_dir holds any, into *out. Errors: CG_ERR_IO where it cannot be listed, CG_ERR_MEMORY.
 */
enum cg_status cg_checkpoints_exist(const char *out_dir, bool *out, struct cg_error *error);

/* Remove the checkpoints of a run that this one replaces. */
void cg_checkpoints_remove_all(const struct cg_checkpoints *checkpoints);

/* Write the checkpoint of a step, then remove those no longer kept and those of later steps (after
 * a rollback). Errors: CG_ERR_IO, CG_ERR_FULL, CG_ERR_MEMORY; on failure all others are kept. */
enum cg_status cg_checkpoints_write(const struct cg_checkpoints *checkpoints, uint64_t step,
                                    const struct cg_state_dict *state, struct cg_error *error);

/* Called with the reason when a checkpoint is unreadable, before an older one is tried. */
typedef void (*cg_checkpoint_damage_fn)(void *context, const char *why);

/* Read the newest intact checkpoint; regular_only: among the regular ones. Errors: the newest one's
 * if none is intact, CG_ERR_STATE if there is none; CG_ERR_IO and CG_ERR_MEMORY at once. */
enum cg_status cg_checkpoints_read(const struct cg_checkpoints *checkpoints, bool regular_only,
                                   const struct cg_state_dict *state, cg_checkpoint_damage_fn tell,
                                   void *context, struct cg_error *error);

#endif
