/* The panels of a comic page. */
#ifndef CG_TRAIN_DATA_PANELS_H
#define CG_TRAIN_DATA_PANELS_H

#include "train/data/printed_text.h"

#define CG_PANELS_MAX 24

struct cg_panels {
    int count;
    struct cg_page_box boxes[CG_PANELS_MAX]; /* in reading order; what lies in them is picture */
    int texts;                               /* parts left out because they hold text */
};

/*
 * Cut the page along its gutters and take its margins off. A page without gutters is one panel; one
 * of nothing but text or paper has none.
 */
void cg_panels_find(const struct cg_page_view *view, const struct cg_printed_text *printed_text,
                    struct cg_panels *out);

#endif
