/* convert --watch: a folder's pictures, and then those that come into it, until asked to stop. */
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
 * Convert the pictures of the plan, those that are in FOLDER, and then each that becomes whole in
 * it, once. One whose comic is there already, of another picture, costs a line unless --force or
 * --skip-existing replace it. Ends in good order when asked to stop (cg_interrupted) and when the
 * folder is gone. Returns an exit code, after its messages.
 */
int cg_watch_run(const struct cg_watch_request *request, const struct cg_plan *plan);

#endif
