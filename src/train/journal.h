/* What a run leaves for people to read: log.csv, and pictures of the validation photos. */
#ifndef CG_TRAIN_JOURNAL_H
#define CG_TRAIN_JOURNAL_H

#include "train/state.h"

struct cg_journal;

/*
 * Open out_dir/log.csv. Rows of steps after `step` (from before an interruption) are dropped, the
 * others are kept. Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_journal_open(const char *out_dir, uint64_t step, struct cg_journal **out,
                               struct cg_error *error);
void cg_journal_close(struct cg_journal *journal);

/* One row, at once on its way to the disk. Errors: CG_ERR_IO. */
enum cg_status cg_journal_log(struct cg_journal *journal, const struct cg_train_report *report,
                              struct cg_error *error);

/*
 * Run the averaged generator on the held-out photos: *loss is the mean L1 distance of its comics
 * to the targets' comics, and out_dir/samples/step-N.png shows the first few beside their photos.
 * Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_journal_validate(struct cg_journal *journal, const struct cg_dataset *dataset,
                                   const struct cg_train_state *state, struct cg_pool *pool,
                                   double *loss, struct cg_error *error);

#endif
