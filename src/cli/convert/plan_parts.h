/* What the parts of the plan share: see plan.h. Inside the plan only. */
#ifndef CG_CLI_CONVERT_PLAN_PARTS_H
#define CG_CLI_CONVERT_PLAN_PARTS_H

#include "cli/convert/plan.h"

/* ---- plan_name.c ----------------------------------------------------------------------------- */

/* The start of path's ending if it is a picture's (".jpg"); else the end of path. */
const char *cg_plan_ending(const char *path);

/*
 * path confined to a folder: without a leading slash, ".", and ".." (which removes the part before
 * it). To be freed; "" if nothing is left.
 */
char *cg_plan_inside(const char *path);

/*
 * The output format for a picture of this name: wanted itself, or PNG if not given. For
 * CG_PLAN_FORMAT_SAME that of the ending or, if it cannot be written, JPEG (for photos: HEIC and
 * the like) or PNG (TIFF, GIF); false if the ending is not a picture's.
 */
bool cg_plan_format_for(const char *name, enum cg_plan_format wanted, enum cg_image_format *format);

/* ".png": the ending of a comic in this format; the picture's own if it keeps its format. */
const char *cg_plan_new_ending(const char *old_ending, enum cg_plan_format wanted,
                               enum cg_image_format format);

/*
 * The comic of the picture relative (a path in its folder) in the folder out_dir, and its format.
 * Its name is the picture's with the ending replaced: photo.jpg gives photo.png; an ending that is
 * not a picture's is part of the name. Returns NULL if out of memory, or for CG_PLAN_FORMAT_SAME
 * without a picture's ending.
 */
char *cg_plan_comic_name(const char *out_dir, const char *relative, const char *suffix,
                         enum cg_plan_format wanted, enum cg_image_format *format);

/* ---- plan_template.c ------------------------------------------------------------------------- */

/* Check --template: known fields, inside the folder, with an ending. Returns an exit code. */
int cg_plan_check_template(const char *template);

/* The path in OUT of the comic of the picture relative, to be freed; NULL if out of memory. style:
 * as given to --style; ending: of the comic. */
char *cg_plan_name_by_template(const char *template, const char *style, const char *relative,
                               const char *ending);

/* ---- plan_list.c ----------------------------------------------------------------------------- */

struct cg_job_list {
    struct cg_job *jobs;
    size_t count, capacity;
};

/* Takes in and out over, even on failure: one is NULL, or out of memory. */
bool cg_job_list_add(struct cg_job_list *list, char *in, char *out, enum cg_image_format format);
void cg_job_list_clear(struct cg_job_list *list);

void cg_job_clear(struct cg_job *job);

/*
 * Sort by out, ignoring case, and remove duplicates. Two pictures with the same comic are refused,
 * even if the names differ in case: not every file system distinguishes such names. Returns an exit
 * code.
 */
int cg_job_list_order(struct cg_job_list *list);

/* Whether one of the plan's jobs, which are ordered, writes to this path. */
bool cg_plan_has_output(const struct cg_plan *plan, const char *path);

/* Called for each path of a list; returns an exit code, which ends the reading if it is not 0. */
typedef int (*cg_plan_take)(void *context, const char *path);

/* Read a --files-from list, "-" for the standard input. Returns an exit code. */
int cg_plan_read_list(const char *list_path, bool nul_separated, cg_plan_take take, void *context);

/* ---- plan_existing.c ------------------------------------------------------------------------- */

/*
 * Examine existing outputs and the report: find the jobs that --skip-existing may skip, and apply
 * the rule for outputs (base/output.h) to the others. Returns an exit code.
 */
int cg_plan_check_existing(const struct cg_plan_options *options, struct cg_plan *plan);

/* "memory could not be allocated", as an exit code. */
int cg_plan_no_memory(void);

#endif
