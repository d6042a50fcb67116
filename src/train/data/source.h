/*
 * The pictures of a data set, from files to mapped cache entries.
 */
#ifndef CG_TRAIN_DATA_SOURCE_H
#define CG_TRAIN_DATA_SOURCE_H

#include "train/data/cache.h"
#include "train/data/content_index.h"
#include "train/data/dataset.h"
#include "train/data/face_list.h"
#include "train/data/findings.h"

/* A photo is prepared at the options' size and, if large enough, at CG_SOURCE_SECOND_SCALE of it:
 * targets depend on the scale (lines are as thick on a small picture as on a large one). */
#define CG_SOURCE_LEVELS 2
#define CG_SOURCE_SECOND_SCALE 0.66

enum cg_source_state {
    CG_SOURCE_USABLE,
    CG_SOURCE_DUPLICATE, /* the same bytes as another of its kind */
    CG_SOURCE_UNREADABLE,
    CG_SOURCE_SMALL,
    CG_SOURCE_BLANK, /* nothing but paper */
    CG_SOURCE_TEXT,
    CG_SOURCE_ALIKE, /* looks like another of its kind */
    CG_SOURCE_STATE_COUNT
};

/* A part of a picture, in pixels. */
struct cg_area {
    int x, y, width, height;
};

struct cg_source {
    struct cg_content_record record; /* path is owned */
    enum cg_cache_kind kind;
    enum cg_source_state state;
    char *reason;                  /* why it is unsuitable, with its name; owned */
    struct cg_findings *findings;  /* owned; NULL while unknown */
    int long_px;                   /* its long side for training */
    float grow;                    /* the factor by which it may be enlarged for that, at least 1 */
    int width, height;             /* at that size, 0 while unknown */
    struct cg_teacher_face *faces; /* those known in a photo; owned */
    size_t face_count;
    struct cg_area *areas; /* the panels of a comic that crops fit into, at that size; owned */
    int area_count;
    struct cg_cache_entry levels[CG_SOURCE_LEVELS];
};

struct cg_source_list {
    struct cg_source *sources;
    size_t count;
    /* median width of the comics' lines over all pages: in the pages' own pixels, and as a fraction
     * of their long sides; 0: unknown */
    float line_px, line_fraction;
};

/* Receives the progress of the work; fn may be NULL. */
struct cg_source_progress {
    cg_dataset_progress_fn fn;
    void *context;
};

/* Find and identify the files of both folders. The list comes sorted by kind, then content, so that
 * names and places do not matter. Errors: CG_ERR_IO (a folder is missing, ...), CG_ERR_MEMORY. */
enum cg_status cg_source_list_find(const struct cg_dataset_options *options, struct cg_pool *pool,
                                   struct cg_source_list *out, struct cg_error *error);

/*
 * Inspect every source and decide which ones to use, and at what size; the others get a state and a
 * reason. Comics are reduced until their lines are options->comic_line_px wide. Errors: those of
 * the cache.
 */
enum cg_status cg_source_list_inspect(struct cg_source_list *list,
                                      const struct cg_dataset_options *options,
                                      struct cg_pool *pool,
                                      const struct cg_source_progress *progress,
                                      struct cg_error *error);

/* Map every usable source's entries, creating missing ones. own: those of this rank's part, or else
 * the others' (once all have made theirs). progress may be NULL. Errors: those of the cache, of
 * reading a file that has changed meanwhile, and of making targets. */
enum cg_status cg_source_list_prepare(struct cg_source_list *list, bool own,
                                      const struct cg_dataset_options *options,
                                      struct cg_pool *pool,
                                      const struct cg_source_progress *progress,
                                      struct cg_error *error);

void cg_source_list_clear(struct cg_source_list *list);

/* A side of a picture whose longer one is brought to long_px, enlarged up to grow times. */
int cg_scaled_side(int side, int long_side, int long_px, float grow);

/* A hash of the picture and of all else that its targets depend on. */
struct cg_content_id cg_source_content(const struct cg_source *source);

/* A task for each of a list's sources, done by a pool's threads. */
struct cg_source_task {
    bool (*is_wanted)(const void *context, size_t item); /* of the list */
    enum cg_status (*fn)(const void *context, struct cg_source *source, struct cg_error *error);
    const void *context;
    const char *doing; /* for messages: "preparing" */
    enum cg_dataset_phase phase;
    const struct cg_source_progress *progress; /* may be NULL */
};

/* Run the task for all wanted sources until one fails; returns its error. */
enum cg_status cg_source_list_run(struct cg_source_list *list, const struct cg_source_task *task,
                                  struct cg_pool *pool, struct cg_error *error);

/* Note why a source cannot be used; the first reason stays. Error: CG_ERR_MEMORY. */
enum cg_status cg_source_skip(struct cg_source *source, enum cg_source_state state,
                              const char *reason, struct cg_error *error);

#endif
