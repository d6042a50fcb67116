/*
 * What looking at a picture tells before anything is learned from it: how large it is, what it
 * looks like from afar, and of a comic page its panels, its printed text and the width of its
 * lines.
 */
#ifndef CG_TRAIN_DATA_FINDINGS_H
#define CG_TRAIN_DATA_FINDINGS_H

#include "train/data/cache.h"
#include "train/data/panels.h"

#define CG_FINDINGS_THUMB_PX 16

/* A part of a picture in shares of its width and height. */
struct cg_findings_panel {
    float left, top, right, bottom;
};

/* Kept in the cache as it is: numbers of 4 bytes, then bytes; no padding. */
struct cg_findings {
    int32_t width, height; /* as it comes */
    float white;           /* share of pixels that are nearly white */
    float deviation;       /* of luma, 0 to 0.5; less than CG_AREA_BLANK_DEVIATION is blank */
    int32_t coloured;      /* 0: all grey */
    /* a comic's; else 0 */
    int32_t text;        /* 1: a page of text */
    float line_px;       /* width of its lines in its own pixels; 0: too few to tell */
    float paper;         /* share of paper in its panels */
    int32_t panel_count; /* 0: nothing but text or paper */
    struct cg_findings_panel panels[CG_PANELS_MAX];
    uint8_t thumb[CG_FINDINGS_THUMB_PX * CG_FINDINGS_THUMB_PX]; /* luma */
};

/* Look at a picture, RGB. Error: CG_ERR_MEMORY. */
enum cg_status cg_findings_make(const struct cg_image *picture, enum cg_cache_kind kind,
                                struct cg_findings *out, struct cg_error *error);

struct cg_findings_request {
    const char *path;
    struct cg_content_id source; /* the file's content */
    enum cg_cache_kind kind;
    bool strict;           /* a damaged picture is unreadable */
    const char *cache_dir; /* where findings are kept from then on */
};

/* The findings of a file. Errors: those of cg_image_read, *unreadable then true; CG_ERR_IO (the
 * cache), CG_ERR_MEMORY. */
enum cg_status cg_findings_of_file(const struct cg_findings_request *request,
                                   struct cg_findings *out, bool *unreadable,
                                   struct cg_error *error);

/* Whether two pictures look the same but for their size, their compression or a grain. */
bool cg_findings_alike(const struct cg_findings *a, const struct cg_findings *b);

#endif
