/*
 * The pictures of a data set, from files to mapped cache entries. Part of dataset.h's inside.
 */
#ifndef CG_TRAIN_SOURCE_H
#define CG_TRAIN_SOURCE_H

#include "train/cache.h"
#include "train/content_index.h"
#include "train/dataset.h"

/* A photo is prepared at the options' size and, if large enough, at CG_SOURCE_SECOND_SCALE of it:
 * targets depend on the scale (lines are as thick on a small picture as on a large one). */
#define CG_SOURCE_LEVELS 2
#define CG_SOURCE_SECOND_SCALE 0.66

enum cg_source_state {
    CG_SOURCE_USABLE,
    CG_SOURCE_DUPLICATE, /* the same bytes as another of its kind */
    CG_SOURCE_UNREADABLE,
    CG_SOURCE_SMALL,
    CG_SOURCE_BLANK
};

struct cg_source {
    struct cg_content_record record; /* path is owned */
    enum cg_cache_kind kind;
    enum cg_source_state state;
    char *reason;      /* why it is unreadable, small or blank, with its name; owned */
    int width, height; /* at training scale, 0 while unknown */
    struct cg_cache_entry levels[CG_SOURCE_LEVELS];
};

struct cg_source_list {
    struct cg_source *sources;
    size_t count;
};

/* Find and identify the files of both folders. The list comes sorted by kind, then content, so that
 * names and places do not matter. Errors: CG_ERR_IO (a folder is missing, ...), CG_ERR_MEMORY. */
enum cg_status cg_source_list_find(const struct cg_dataset_options *options, struct cg_pool *pool,
                                   struct cg_source_list *out, struct cg_error *error);

/*
 * Map every usable source's entries, made first where they are missing; what turns out not to be
 * usable gets its state and reason. own: those of this rank's share, or else the others' (when all
 * have made theirs). Errors: those of the cache and of making targets.
 */
enum cg_status cg_source_list_prepare(struct cg_source_list *list, bool own,
                                      const struct cg_dataset_options *options,
                                      struct cg_pool *pool, cg_dataset_progress_fn progress,
                                      void *progress_context, struct cg_error *error);

void cg_source_list_clear(struct cg_source_list *list);

/* Note why a source cannot be used; the first reason stays. Error: CG_ERR_MEMORY. */
enum cg_status cg_source_skip(struct cg_source *source, enum cg_source_state state,
                              const char *reason, struct cg_error *error);

#endif
