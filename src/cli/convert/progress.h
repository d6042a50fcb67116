/*
 * The texts of a batch's progress line, which is redrawn as pictures finish, and of its final
 * summary. batch.c prints them.
 */
#ifndef CG_CLI_CONVERT_PROGRESS_H
#define CG_CLI_CONVERT_PROGRESS_H

#include "cli/convert/plan.h"

/* The outcomes of a batch's pictures so far. */
struct cg_tally {
    size_t total; /* to be converted */
    size_t converted, failed;
    double seconds;  /* since the start */
    size_t existing; /* made by another call meanwhile */
};

/* Those of which it is known what became of them. */
size_t cg_tally_done(const struct cg_tally *tally);

/*
 * One line without newline of fewer than `columns` characters, for instance "120 of 1000, 1 failed,
 * 8.3 pictures/s, 1:46 min left"; later parts are dropped if it is narrow.
 */
void cg_progress_line(const struct cg_tally *tally, int columns, char *text, size_t text_nbytes);

/* "converting: 43 %" for a fraction of a picture. Writes text, returns it. */
char *cg_progress_picture(double share, char *text, size_t text_nbytes);

#define CG_SUMMARY_NBYTES 512

/*
 * "198 converted, 1 failed, 1 not done in 12.3 s (16.1 pictures/s); left out: 3 done already",
 * preceded by "shard 2 of 4 (Slurm array): " if there are shards. Writes text, returns it.
 */
char *cg_summary_of_work(const struct cg_tally *tally, const struct cg_plan *plan,
                         char text[CG_SUMMARY_NBYTES]);

/* The same for a plan: "200 to convert; left out: 3 done already". */
char *cg_summary_of_plan(const struct cg_plan *plan, char text[CG_SUMMARY_NBYTES]);

#endif
