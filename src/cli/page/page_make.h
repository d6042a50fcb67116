/* Making a comic page: the order, from the command line, and the work. */
#ifndef CG_CLI_PAGE_PAGE_MAKE_H
#define CG_CLI_PAGE_PAGE_MAKE_H

#include "cli/render_options.h"
#include "image/image.h"
#include "page/layout.h"

/* What was ordered. Texts and paths belong to the caller. */
struct cg_page_order {
    struct cg_cli_render_params looks;
    const char *layout;
    int width, height;       /* of the page in pixels; 0: the layout's own */
    int gutter_px, frame_px; /* -1: by page size */
    double slant;            /* as in struct cg_page_geometry */
    uint8_t background[3];
    bool right_to_left;
    const char *font, *title; /* NULL: none given */
    const char *captions[CG_PAGE_PANELS_MAX];
    int caption_count;
    const char *const *photos;
    int photo_count;
    const char *out;
    enum cg_image_format format;
    int quality, threads;
    double dpi;   /* dots per inch written into the file; 0: unknown */
    bool no_mark; /* do not write a mark into the page */
    enum cg_writing writing;
    bool quiet;      /* no warnings, no progress */
    bool verbose;    /* a line for each panel */
    bool strict;     /* refuse damaged photos */
    bool no_sandbox; /* keep access to files that the page does not need */
};

/* The page's width in pixels, the layout's own if none was given. */
int cg_page_width(const struct cg_page_order *order);

/* Make the page and write it. Returns an exit code, after a message unless it is CG_EXIT_DONE. */
int cg_page_make(struct cg_page_order *order);

#endif
