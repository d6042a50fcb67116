/* A comic page as those who look for its panels and its printed text see it. */
#ifndef CG_TRAIN_DATA_PAGE_VIEW_H
#define CG_TRAIN_DATA_PAGE_VIEW_H

#include "image/image.h"

/* Pages are looked at no longer than this: gutters and letters can be told apart at this size. */
#define CG_PAGE_VIEW_LONG_PX 1000

struct cg_page_view {
    int width, height;
    uint8_t *luma;      /* width * height */
    uint8_t *paper;     /* 1 where the page shows its paper or the colour of its gutters, else 0 */
    uint8_t paper_luma; /* of that colour */
};

/* A part of a view, in its pixels: left and top are inside, right and bottom just outside. */
struct cg_page_box {
    int left, top, right, bottom;
};

/* page: RGB, already reduced to CG_PAGE_VIEW_LONG_PX. Error: CG_ERR_MEMORY. */
enum cg_status cg_page_view_create(const struct cg_image *page, struct cg_page_view *out,
                                   struct cg_error *error);
void cg_page_view_clear(struct cg_page_view *view);

#endif
