/* Threads that each hold passes of a network and go through pictures until one fails. Shared by
 * picture_set.c and picture_pairs.c. */
#ifndef CG_EVAL_PICTURE_WORK_H
#define CG_EVAL_PICTURE_WORK_H

#include "base/pool.h"
#include "eval/convnet.h"

/* passes: of the worker, as many as asked for; NULL without a network. */
typedef enum cg_status (*cg_picture_fn)(void *context, size_t item, struct cg_conv_pass **passes,
                                        struct cg_error *error);

/* Call fn for every item; of several failures the one of the lowest item is given back. net may be
 * NULL. */
enum cg_status cg_picture_work(struct cg_pool *pool, size_t items, const struct cg_convnet *net,
                               int passes, cg_picture_fn fn, void *context, struct cg_error *error);

#endif
