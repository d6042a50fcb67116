/*
 * The mark of a comic: a line in its file that says which program, style and looks made it, such as
 *   comicgan 0.1.0 {"style":"comic","model":"8d0e3c5f11aa9b42","looks":{"detail":960,"line":2}}
 * No paths, no names of people or machines, no time: the same call writes the same bytes.
 */
#ifndef CG_CLI_COMIC_MARK_H
#define CG_CLI_COMIC_MARK_H

#include "base/error.h"

#include <stdbool.h>

/* What a comic is made by. */
struct cg_mark_source {
    const struct cg_engine *engine;
    const struct cg_render_params *looks;
    bool beside;     /* the photo stands beside it */
    int max_side_px; /* it was made smaller where it was larger; 0: not */
};

/*
 * The mark, to be freed. In it are the style's name, a hash of its parameters, the looks that do
 * something, and what else there is in the source. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_mark_make(const struct cg_mark_source *source, char **out,
                            struct cg_error *error);

/* A number of what the mark stands for, which is all in it but the version's last number; not 0. What
 * has the same is drawn alike. */
uint64_t cg_mark_hash(const char *mark);

/* A mark as JSON in lines, with the program in it, to be freed. Errors: CG_ERR_MODEL for what is no
 * mark of ours, CG_ERR_MEMORY. */
enum cg_status cg_mark_text(const char *mark, char **out, struct cg_error *error);

#endif
