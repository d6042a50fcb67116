/* What the parts of the plan share: see plan.h. Inside the plan only. */
#ifndef CG_CLI_CONVERT_PLAN_PARTS_H
#define CG_CLI_CONVERT_PLAN_PARTS_H

#include "cli/convert/plan.h"

/* ---- plan_name.c ----------------------------------------------------------------------------- */

/* Where path's ending begins if it is that of a picture (".jpg"); else path's end. */
const char *cg_plan_ending(const char *path);

/*
 * path as a path inside a folder, whatever it says: without a slash in front, "." and "..", each of
 * which takes the part before it away. To be freed; "" when nothing is left.
 */
char *cg_plan_inside(const char *path);

/*
 * What --format asks for a picture of this name: wanted itself, PNG where it says nothing. For
 * CG_PLAN_FORMAT_SAME that of the ending, or for kinds that are not written JPEG (photos: HEIC and
 * the like) or PNG (TIFF, GIF); false if it is no picture's.
 */
bool cg_plan_format_for(const char *name, enum cg_plan_format wanted, enum cg_image_format *format);

/* ".png": the ending of a comic of this format; of a picture that keeps its kind, its own. */
const char *cg_plan_new_ending(const char *old_ending, enum cg_plan_format wanted,
                               enum cg_image_format format);

/*
 * The comic of the picture relative (a path in its folder) in the folder out_dir, and its format.
 * Its name is the picture's with another ending, never with two: photo.jpg gives photo.png; an
 * ending that is no picture's is part of the name. Returns NULL when memory is short, or for
 * CG_PLAN_FORMAT_SAME and no picture's ending.
 */
char *cg_plan_comic_name(const char *out_dir, const char *relative, const char *suffix,
                         enum cg_plan_format wanted, enum cg_image_format *format);

/* ---- plan_template.c ------------------------------------------------------------------------- */

/* Whether --template is one: of known fields, in a folder, with an ending. Returns an exit code. */
int cg_plan_check_template(const char *template);

/* The path in OUT of the comic of the picture relative, to be freed; NULL when memory is short. style:
 * as given to --style; ending: of the comic. */
char *cg_plan_name_by_template(const char *template, const char *style, const char *relative,
                               const char *ending);

/* ---- plan_list.c ----------------------------------------------------------------------------- */

struct cg_job_list {
    struct cg_job *jobs;
    size_t count, capacity;
};

/* Takes in and out over, also when it fails: one is NULL, or memory is short. */
bool cg_job_list_add(struct cg_job_list *list, char *in, char *out, enum cg_image_format format);
void cg_job_list_clear(struct cg_job_list *list);

void cg_job_clear(struct cg_job *job);

/*
 * Order by out, without regard to case, and take out what is named twice. Two pictures with the
 * same comic are refused, also if the names differ in case alone: not every file system tells such
 * names apart. Returns an exit code.
 */
int cg_job_list_order(struct cg_job_list *list);

/* Whether one of the plan's jobs, which are ordered, writes to this path. */
bool cg_plan_has_output(const struct cg_plan *plan, const char *path);

/* Called for each path of a list; returns an exit code, and the first that is not 0 ends it. */
typedef int (*cg_plan_take)(void *context, const char *path);

/* Read a --files-from list, "-" for the standard input. Returns an exit code. */
int cg_plan_read_list(const char *list_path, bool nul_separated, cg_plan_take take, void *context);

/* ---- plan_existing.c ------------------------------------------------------------------------- */

/*
 * Look at what is at the jobs' outputs and at the report now: find the jobs that --skip-existing may
 * leave out, and hold the others to the rule for outputs (base/output.h). Returns an exit code.
 */
int cg_plan_check_existing(const struct cg_plan_options *options, struct cg_plan *plan);

/* "memory could not be allocated", as an exit code. */
int cg_plan_no_memory(void);

#endif
