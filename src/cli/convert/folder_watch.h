/* Watching a folder for new files (inotify). */
#ifndef CG_CLI_CONVERT_FOLDER_WATCH_H
#define CG_CLI_CONVERT_FOLDER_WATCH_H

#include "image/walk.h"

struct cg_folder_watch;

/* Start watching. Needs calls that the walls (cli/confinement.h) refuse. Errors: CG_ERR_IO,
 * CG_ERR_MEMORY. */
enum cg_status cg_folder_watch_open(const char *dir, struct cg_folder_watch **out,
                                    struct cg_error *error);
void cg_folder_watch_close(struct cg_folder_watch *watch);

/*
 * Add to paths the pictures completed since the last call (closed after writing, or moved in), each
 * once; all pictures if the system lost events. wait: block until there is one, or
 * cg_interrupted(). Errors: CG_ERR_IO when the folder is gone, or cannot be listed; CG_ERR_MEMORY.
 */
enum cg_status cg_folder_watch_take(struct cg_folder_watch *watch, bool wait,
                                    struct cg_path_list *paths, struct cg_error *error);

#endif
