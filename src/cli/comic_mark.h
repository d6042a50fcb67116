/*
 * The mark of a comic: a line in its file that says which program, style and looks made it, such as
 *   comicgan 0.1.0 {"style":"comic","model":"8d0e3c5f11aa9b42","looks":{"detail":960,"line":2}}
 * No paths, no names of people or machines, no time: the same call writes the same bytes.
 */
#ifndef CG_CLI_COMIC_MARK_H
#define CG_CLI_COMIC_MARK_H

#include "base/error.h"

#include <stdbool.h>

/* What a comic is made with. */
struct cg_mark_source {
    const struct cg_engine *engine;
    const struct cg_render_params *looks;
    bool beside;     /* the photo stands beside it */
    int max_side_px; /* larger comics were reduced to it; 0: no limit */
};

/*
 * The mark, to be freed. It holds the style's name, a hash of its parameters, the looks that are
 * not neutral, and the rest of source. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_mark_make(const struct cg_mark_source *source, char **out,
                            struct cg_error *error);

/* A hash of the mark without the version's last number; never 0. Comics with the same hash are
 * drawn alike. */
uint64_t cg_mark_hash(const char *mark);

/* A mark as indented JSON, with the program, to be freed. Errors: CG_ERR_MODEL if it is not a mark
 * of comicgan's, CG_ERR_MEMORY. */
enum cg_status cg_mark_text(const char *mark, char **out, struct cg_error *error);

#endif
