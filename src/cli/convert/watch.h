/* convert --watch: a folder's pictures, then new ones, until interrupted. */
#ifndef CG_CLI_CONVERT_WATCH_H
#define CG_CLI_CONVERT_WATCH_H

#include "cli/convert/batch.h"
#include "cli/convert/folder_watch.h"

struct cg_watch_request {
    const struct cg_plan_options *plan; /* FOLDER and OUT as arguments, watched set */
    const struct cg_batch_options *batch;
    struct cg_folder_watch *watch; /* of FOLDER */
};

/*
 * Convert the plan's pictures, which are in FOLDER, and then each new one once it is complete;
 * those that are done already are dropped. A picture costs a line whose comic another picture of
 * this call has become, or is there already, unless --force or --skip-existing replaces it. Ends
 * when interrupted (cg_interrupted) or when the folder is gone. Returns an exit code, after its
 * messages.
 */
int cg_watch_run(const struct cg_watch_request *request, struct cg_plan *plan);

#endif
