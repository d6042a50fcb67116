/* Finding the pictures of a data set and telling them apart by content: see source.h. */
#include "train/data/source.h"

#include "base/memory.h"
#include "image/walk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define INDEX_NAME "sources.txt"

struct identify {
    struct cg_source_list *list;
    const struct cg_content_index *known;
    atomic_bool memory_was_short;
};

enum cg_status cg_source_skip(struct cg_source *source, enum cg_source_state state,
                              const char *reason, struct cg_error *error)
{
    source->state = state;
    if (source->reason == NULL)
        source->reason = cg_string_copy(reason);
    return source->reason != NULL ? CG_OK
                                  : cg_fail(error, CG_ERR_MEMORY, "data set: out of memory");
}

int cg_scaled_side(int side, int long_side, int long_px, float grow)
{
    const int limit = (int)((float)long_side * grow + 0.5f), to = long_px < limit ? long_px : limit;
    int64_t scaled = ((int64_t)side * to + long_side / 2) / long_side;
    return scaled < 1 ? 1 : (int)scaled;
}

struct cg_content_id cg_source_content(const struct cg_source *source)
{
    if (source->face_count == 0)
        return source->record.id;
    struct cg_content_id faces =
        cg_content_hash(source->faces, source->face_count * sizeof *source->faces, 0);
    uint64_t words[] = {source->record.id.low, source->record.id.high, faces.low, faces.high};
    return cg_content_hash(words, sizeof words, 0);
}

/* ---- tasks ----------------------------------------------------------------------------------- */

struct run {
    struct cg_source_list *list;
    const struct cg_source_task *task;
    size_t total;
    pthread_mutex_t mutex; /* guards what follows, and progress */
    size_t done;
    enum cg_status status; /* of the first failure */
    struct cg_error *error;
};

static bool has_failed(struct run *run)
{
    pthread_mutex_lock(&run->mutex);
    bool failed = run->status != CG_OK;
    pthread_mutex_unlock(&run->mutex);
    return failed;
}

static void note(struct run *run, const struct cg_source *source, enum cg_status status,
                 const struct cg_error *error)
{
    const struct cg_source_task *task = run->task;
    pthread_mutex_lock(&run->mutex);
    if (status != CG_OK && run->status == CG_OK)
        run->status =
            cg_fail(run->error, status, "%s %s: %s", task->doing, source->record.path, error->text);
    run->done++;
    if (task->progress != NULL && task->progress->fn != NULL)
        task->progress->fn(task->progress->context, task->phase, run->done, run->total);
    pthread_mutex_unlock(&run->mutex);
}

static void run_item(void *context, size_t item, int worker)
{
    struct run *run = context;
    struct cg_source *source = &run->list->sources[item];
    struct cg_error error;
    (void)worker;
    if (run->task->is_wanted(run->task->context, item) && !has_failed(run))
        note(run, source, run->task->fn(run->task->context, source, &error), &error);
}

enum cg_status cg_source_list_run(struct cg_source_list *list, const struct cg_source_task *task,
                                  struct cg_pool *pool, struct cg_error *error)
{
    struct run run = {.list = list, .task = task, .error = error};
    for (size_t i = 0; i < list->count; i++)
        run.total += task->is_wanted(task->context, i);
    pthread_mutex_init(&run.mutex, NULL);
    cg_pool_run(pool, list->count, run_item, &run);
    pthread_mutex_destroy(&run.mutex);
    return run.status;
}

void cg_source_list_clear(struct cg_source_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        for (int level = 0; level < CG_SOURCE_LEVELS; level++)
            cg_cache_close(&list->sources[i].levels[level]);
        free(list->sources[i].areas);
        free(list->sources[i].faces);
        free(list->sources[i].findings);
        free(list->sources[i].reason);
        free(list->sources[i].record.path);
    }
    free(list->sources);
    *list = (struct cg_source_list){0};
}

static int compare_sources(const void *a, const void *b)
{
    const struct cg_source *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int order = cg_content_compare(&x->record.id, &y->record.id);
    return order != 0 ? order : strcmp(x->record.path, y->record.path);
}

/* Of equal contents the first path counts, as the list is sorted. */
static void mark_duplicates(struct cg_source_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        const struct cg_source *former = &list->sources[i - 1];
        struct cg_source *source = &list->sources[i];
        bool same = former->kind == source->kind && former->state != CG_SOURCE_UNREADABLE &&
                    source->state != CG_SOURCE_UNREADABLE &&
                    cg_content_compare(&former->record.id, &source->record.id) == 0;
        if (same)
            source->state = CG_SOURCE_DUPLICATE;
    }
}

/* One source for each path; the paths move from photos and comics to the list. */
static enum cg_status take_paths(struct cg_path_list *photos, struct cg_path_list *comics,
                                 struct cg_source_list *out, struct cg_error *error)
{
    out->sources = cg_alloc_zero(photos->count + comics->count, sizeof(*out->sources),
                                 "list of pictures", error);
    if (out->sources == NULL)
        return CG_ERR_MEMORY;
    struct cg_path_list *lists[] = {photos, comics};
    for (int kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < lists[kind]->count; i++) {
            struct cg_source *source = &out->sources[out->count++];
            source->kind = kind == 0 ? CG_CACHE_PHOTO : CG_CACHE_COMIC;
            source->record.path = lists[kind]->paths[i];
        }
        lists[kind]->count = 0;
    }
    return CG_OK;
}

static enum cg_status walk_folders(const struct cg_dataset_options *options,
                                   struct cg_source_list *out, struct cg_error *error)
{
    const struct cg_walk_options whole_tree = {.recursive = true, .follow_folders = true};
    struct cg_path_list photos = {0}, comics = {0};
    enum cg_status status =
        cg_walk_pictures(options->photos_dir, &whole_tree, &photos, NULL, error);
    if (status != CG_OK)
        cg_error_prefix(error, "photos");
    if (status == CG_OK && options->comics_dir != NULL) {
        status = cg_walk_pictures(options->comics_dir, &whole_tree, &comics, NULL, error);
        if (status != CG_OK)
            cg_error_prefix(error, "comics");
    }
    if (status == CG_OK)
        status = take_paths(&photos, &comics, out, error);
    cg_path_list_clear(&comics);
    cg_path_list_clear(&photos);
    return status;
}

static void identify_source(void *context, size_t item, int worker)
{
    (void)worker;
    struct identify *identify = context;
    struct cg_source *source = &identify->list->sources[item];
    struct cg_error reason;
    enum cg_status status = cg_content_identify(identify->known, &source->record, &reason);
    if (status != CG_OK && status != CG_ERR_MEMORY)
        status = cg_source_skip(source, CG_SOURCE_UNREADABLE, reason.text, NULL);
    if (status == CG_ERR_MEMORY)
        identify->memory_was_short = true;
}

/* The index only saves time: failing to write it, in a read-only cache, is no error. */
static void write_index(const char *path, const struct cg_content_index *known,
                        const struct cg_source_list *list)
{
    struct cg_content_record *records =
        cg_alloc(list->count, sizeof(*records), "index of sources", NULL);
    if (records == NULL)
        return;
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->sources[i].state != CG_SOURCE_UNREADABLE)
            records[count++] = list->sources[i].record;
    cg_content_index_write(path, known, records, count, NULL);
    free(records);
}

enum cg_status cg_source_list_find(const struct cg_dataset_options *options, struct cg_pool *pool,
                                   struct cg_source_list *out, struct cg_error *error)
{
    *out = (struct cg_source_list){0};
    struct cg_content_index *known = NULL;
    char *index_path = cg_string_format("%s/" INDEX_NAME, options->cache_dir);
    enum cg_status status = index_path != NULL
                                ? walk_folders(options, out, error)
                                : cg_fail(error, CG_ERR_MEMORY, "data set: out of memory");
    if (status == CG_OK)
        status = cg_content_index_read(index_path, &known, error);
    if (status == CG_OK) {
        struct identify identify = {out, known, false};
        cg_pool_run(pool, out->count, identify_source, &identify);
        if (identify.memory_was_short)
            status = cg_fail(error, CG_ERR_MEMORY, "data set: out of memory");
    }
    if (status == CG_OK) {
        write_index(index_path, known, out);
        if (out->count > 1)
            qsort(out->sources, out->count, sizeof(*out->sources), compare_sources);
        mark_duplicates(out);
    }
    cg_content_index_free(known);
    free(index_path);
    if (status != CG_OK)
        cg_source_list_clear(out);
    return status;
}
