/*
 * What is found out about a picture before training: its size, a thumbnail and, for a comic page,
 * its panels, printed text and width of lines.
 */
#ifndef CG_TRAIN_DATA_FINDINGS_H
#define CG_TRAIN_DATA_FINDINGS_H

#include "image/image.h"
#include "train/data/cache.h"

/* Printed text on a page: small dark shapes of one height in rows. */

/*
 * Telling paper from picture.
 *
 * Paper has one colour, within a tolerance for grain, JPEG and the shade of a book's fold. It is
 * the colour of the page's rim if the rim is even: white on most pages, cream on old scans, black
 * on some. If pictures run to the rim, it is the most common light colour without much hue, else
 * white.
 */

/* Pages are reduced to this length: enough to tell gutters and letters. */
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

struct cg_printed_text;

/* How much of the ink in a part of a page is printed text. */
struct cg_printed_text_share {
    size_t letters; /* shapes that stand in rows with others */
    float ink;      /* their fraction of the ink there */
};

/* A part of a page with this much text is not a picture. */
#define CG_PRINTED_TEXT_TEXT_LETTERS 24
#define CG_PRINTED_TEXT_TEXT_INK 0.5f

/* Error: CG_ERR_MEMORY. */
enum cg_status cg_printed_text_create(const struct cg_page_view *view, struct cg_printed_text **out,
                                      struct cg_error *error);
void cg_printed_text_free(struct cg_printed_text *printed_text);

/* A shape belongs to the part that its middle lies in. */
struct cg_printed_text_share cg_printed_text_in(const struct cg_printed_text *printed_text,
                                                const struct cg_page_box *box);
bool cg_printed_text_is_text(const struct cg_printed_text *printed_text,
                             const struct cg_page_box *box);

/* The panels of a comic page. */

#define CG_PANELS_MAX 24

struct cg_panels {
    int count;
    struct cg_page_box boxes[CG_PANELS_MAX]; /* in reading order; what lies in them is picture */
    int texts;                               /* parts left out because they are text */
};

/*
 * Cut the page along its gutters and trim its margins. A page without gutters is one panel; one
 * with only text or paper has none.
 */
void cg_panels_find(const struct cg_page_view *view, const struct cg_printed_text *printed_text,
                    struct cg_panels *out);

#define CG_FINDINGS_THUMB_PX 16

/* A part of a picture, relative to its width and height. */
struct cg_findings_panel {
    float left, top, right, bottom;
};

/* Kept in the cache as it is: numbers of 4 bytes, then bytes; no padding. */
struct cg_findings {
    int32_t width, height; /* original size */
    float white;           /* fraction of pixels that are nearly white */
    float deviation;       /* of luma, 0 to 0.5; less than CG_AREA_BLANK_DEVIATION is blank */
    int32_t coloured;      /* 0: all grey */
    /* a comic's; else 0 */
    int32_t text;        /* 1: a page of text */
    float line_px;       /* width of its lines in its own pixels; 0: too few to tell */
    float paper;         /* fraction of paper in its panels */
    int32_t panel_count; /* 0: nothing but text or paper */
    struct cg_findings_panel panels[CG_PANELS_MAX];
    uint8_t thumb[CG_FINDINGS_THUMB_PX * CG_FINDINGS_THUMB_PX]; /* luma */
};

/* Inspect an RGB picture. Error: CG_ERR_MEMORY. */
enum cg_status cg_findings_make(const struct cg_image *picture, enum cg_cache_kind kind,
                                struct cg_findings *out, struct cg_error *error);

struct cg_findings_request {
    const char *path;
    struct cg_content_id source; /* the file's content */
    enum cg_cache_kind kind;
    bool strict;           /* a damaged picture is unreadable */
    const char *cache_dir; /* where findings are kept */
};

/* The findings of a file. Errors: those of cg_image_read, *unreadable then true; CG_ERR_IO (the
 * cache), CG_ERR_MEMORY. */
enum cg_status cg_findings_of_file(const struct cg_findings_request *request,
                                   struct cg_findings *out, bool *unreadable,
                                   struct cg_error *error);

/* Whether two pictures look the same, apart from size, compression or grain. */
bool cg_findings_alike(const struct cg_findings *a, const struct cg_findings *b);

/* The width of a drawing's lines. */

/*
 * The median width of the dark lines in image, RGB, in its pixels: weighted by the lines' length.
 * *out is 0 if there are too few lines to tell. Error: CG_ERR_MEMORY.
 */
enum cg_status cg_strokes_width(const struct cg_image *image, float *out, struct cg_error *error);

#endif
