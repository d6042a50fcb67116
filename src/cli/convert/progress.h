/*
 * What a person sees of a batch: a line on the terminal that is redrawn as pictures are finished,
 * and the summary at the end. Text alone; who writes it, and when, is batch.c's.
 */
#ifndef CG_CLI_CONVERT_PROGRESS_H
#define CG_CLI_CONVERT_PROGRESS_H

#include "cli/convert/plan.h"

/* What became of a batch's pictures so far. */
struct cg_tally {
    size_t total; /* to be converted */
    size_t converted, failed;
    double seconds;  /* since the beginning */
    size_t existing; /* made by another call meanwhile */
};

/* Those of which it is known what became of them. */
size_t cg_tally_done(const struct cg_tally *tally);

/*
 * One line without newline of fewer than `columns` characters, for instance
 * "120 of 1000, 1 failed, 8.3 pictures/s, 1:46 min left"; the later parts are left out where it
 * is narrow.
 */
void cg_progress_line(const struct cg_tally *tally, int columns, char *text, size_t text_nbytes);

/* "converting: 43 %", of a picture of which a share has been converted. Writes text, returns it. */
char *cg_progress_picture(double share, char *text, size_t text_nbytes);

#define CG_SUMMARY_NBYTES 512

/*
 * "198 converted, 1 failed, 1 not done in 12.3 s (16.1 pictures/s); left out: 3 done already", with
 * "shard 2 of 4 (Slurm array): " before it where there are shards. Writes text, returns it.
 */
char *cg_summary_of_work(const struct cg_tally *tally, const struct cg_plan *plan,
                         char text[CG_SUMMARY_NBYTES]);

/* The same for what has not begun: "200 to convert; left out: 3 done already". */
char *cg_summary_of_plan(const struct cg_plan *plan, char text[CG_SUMMARY_NBYTES]);

#endif
