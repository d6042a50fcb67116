/* A run's page as one file that needs no server: data, plots and pictures are in it. */
#ifndef CG_MONITOR_REPORT_H
#define CG_MONITOR_REPORT_H

#include "monitor/board.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Write the board to path as HTML. Of the samples, files in samples_dir, as many are included as
 * fit into some megabytes, evenly spread over the run, with the first and the last. Errors:
 * CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_report_write(const char *path, const char *samples_dir, struct cg_board *board,
                               struct cg_error *error);

/* The monitor's page in its parts, built into the program. */

struct cg_asset {
    const char *type; /* MIME */
    const char *text; /* without a terminating NUL */
    size_t nbytes;
};

/* The part with this name in page.html; false if there is none. */
bool cg_asset_find(const char *name, struct cg_asset *out);

#endif
