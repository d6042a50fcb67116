/*
 * One photo in every style: it is decoded once and reduced, and several comics are drawn at a time.
 */
#ifndef CG_CLI_PREVIEW_PREVIEW_PICTURES_H
#define CG_CLI_PREVIEW_PREVIEW_PICTURES_H

#include "comic/engine.h"
#include "image/image.h"

#include <stdbool.h>

#define CG_PREVIEW_OPTIONS_NBYTES 128

/* One comic of the photo, and the options of convert that make it. */
struct cg_preview_picture {
    const struct cg_engine *engine;
    struct cg_render_params looks;
    const char *look; /* its name, for people */
    char options[CG_PREVIEW_OPTIONS_NBYTES];
    struct cg_image image;
};

/* A style's pictures stand together, its own look first. */
struct cg_preview {
    struct cg_engine **engines;
    size_t engine_count;
    struct cg_image photo;
    struct cg_preview_picture *pictures;
    size_t count;
    bool quiet;      /* no warnings, no progress */
    bool verbose;    /* a line for each comic */
    bool incomplete; /* a style failed to load, after a message */
};

/* Load all styles, with a line for each that fails. Returns an exit code, after its message. */
int cg_preview_load_styles(struct cg_preview *preview);

/*
 * Read the photo, reduced to at most area_px, and side_px for its longer side. Errors: those of
 * cg_image_read.
 */
enum cg_status cg_preview_read_photo(struct cg_preview *preview, const char *path, int side_px,
                                     size_t area_px, bool strict, struct cg_error *error);

/*
 * Draw it in every style, with further looks of each where with_looks is set; threads: 1 to 256,
 * or 0 for all processors. The pictures do not depend on their number. Errors: those of
 * cg_session_convert.
 */
enum cg_status cg_preview_draw(struct cg_preview *preview, bool with_looks, int threads,
                               struct cg_error *error);

void cg_preview_clear(struct cg_preview *preview);

#endif
