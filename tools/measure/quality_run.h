/* What comicgan-quality works out, and how it is shown. */
#ifndef CG_MEASURE_QUALITY_RUN_H
#define CG_MEASURE_QUALITY_RUN_H

#include "measure/boundary.h"
#include "measure/picture_quality.h"
#include "measure/quality_swd.h"

#include <stdbool.h>

#define QUALITY_STYLES_MAX 32

/* Where a row's pictures come from. */
enum quality_kind { QUALITY_STYLE, QUALITY_PHOTO, QUALITY_TEACHER, QUALITY_FOLDER };

struct quality_style {
    enum quality_kind kind;
    const char *name;
    const char *source;       /* of a style: its file; of a folder: its path; else empty */
    struct cg_engine *engine; /* of a style alone */
    struct cg_session *session;
    struct cg_quality *qualities; /* of every photo */
    struct cg_quality mean;
    struct cg_swd_set *crops;              /* of its comics; NULL without folders of comics */
    struct cg_boundary_counts *boundaries; /* of every comic; NULL for photos, and without truth */
    struct quality_distance distances[QUALITY_STYLES_MAX]; /* to each folder of comics */
};

struct quality_run {
    int long_px;
    /* photos that did not fail */
    char **names;
    size_t photo_count, failed;
    struct cg_swd_set *crops;
    struct cg_boundary_counts *boundaries; /* NULL without truth */
    struct quality_distance distances[QUALITY_STYLES_MAX];
    /* styles, in the order asked for */
    struct quality_style styles[QUALITY_STYLES_MAX];
    size_t style_count;
    /* folders of comics that are compared with */
    struct quality_comics comics[QUALITY_STYLES_MAX];
    struct quality_distance others[QUALITY_STYLES_MAX]; /* of each folder's other pages */
    size_t comics_count;
};

/* The folder of comics that a style learned from, or comics_count. */
size_t quality_own_comics(const struct quality_run *run, const struct quality_style *style);

/* A row a photo for one style, a row a style for several; then boundaries,
 * and distances to comics. */
void quality_print_table(const struct quality_run *run);

/* One JSON object. What says nothing is null; shares are shares, not per cent. Error:
 * CG_ERR_MEMORY. */
enum cg_status quality_print_json(const struct quality_run *run, struct cg_error *error);

#endif
