/*
 * A memory budget for pictures: each reserves its estimated peak and waits until that much is free,
 * strictly in ticket order, so that small pictures cannot starve a large one. Below, the estimates.
 */
#ifndef CG_CLI_CONVERT_BUDGET_H
#define CG_CLI_CONVERT_BUDGET_H

#include "base/error.h"
#include "comicgan/comicgan.h"
#include "image/image.h"
#include "model/render_params.h"

#include <stdbool.h>

struct cg_budget;

/* Errors: CG_ERR_MEMORY. */
enum cg_status cg_budget_create(size_t nbytes, struct cg_budget **out, struct cg_error *error);
void cg_budget_free(struct cg_budget *budget);

/*
 * Take nbytes, at most the whole budget: returns when it is the ticket's turn and that much is
 * free; false, with nothing taken, once the budget was closed. Every ticket from 0 on must be used,
 * in any order and from any thread.
 */
bool cg_budget_take(struct cg_budget *budget, size_t ticket, size_t nbytes);
void cg_budget_give(struct cg_budget *budget, size_t nbytes);

/* Refuse all further requests, waiting ones included. */
void cg_budget_close(struct cg_budget *budget);
bool cg_budget_is_open(struct cg_budget *budget);

/* ---- what is needed -------------------------------------------------------------------------- */

/* The peak of one picture outside the session: its file, its pixels and the codecs' memory. */
size_t cg_budget_of_picture(const struct cg_image_info *info, size_t file_nbytes,
                            enum cg_image_format out);

/*
 * The most that a session keeps between pictures: a square working copy and its layers.
 */
size_t cg_budget_of_session(const struct cg_render_params *looks, int threads);

#endif
