/*
 * A data set in words and as JSON: see dataset.h. Names are shown relative to the given folder; one
 * line with a few names covers many pictures of the same state, while the JSON has them all.
 */
#include "train/data/dataset_private.h"

#include "base/file_writer.h"
#include "base/json.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_NBYTES 4096
#define NAMES_SHOWN 3

static const char *const state_words[CG_SOURCE_STATE_COUNT] = {
    [CG_SOURCE_USABLE] = "used",
    [CG_SOURCE_DUPLICATE] = "the same file as another",
    [CG_SOURCE_UNREADABLE] = "cannot be read",
    [CG_SOURCE_SMALL] = "too small",
    [CG_SOURCE_BLANK] = "almost all white or blank",
    [CG_SOURCE_TEXT] = "page of text",
    [CG_SOURCE_ALIKE] = "looks the same as another",
};

struct text {
    char *bytes;
    size_t used;
};

static void CG_PRINTF(2, 3) add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t room = TEXT_NBYTES - text->used;
    int length = vsnprintf(text->bytes + text->used, room, format, arguments);
    va_end(arguments);
    if (length > 0)
        text->used += (size_t)length < room ? (size_t)length : room - 1;
}

/* The path below the folder that was searched. */
static const char *name_in(const char *dir, const char *path)
{
    size_t length = strlen(dir);
    if (strncmp(path, dir, length) != 0)
        return cg_path_tail(path);
    path += length;
    return cg_path_tail(*path == '/' ? path + 1 : path);
}

/* ---- in words -------------------------------------------------------------------------------- */

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

/* Smallest, median and largest long side of the readable pictures, and how many are grey. */
struct sizes {
    size_t count, grey;
    int least, middle, largest;
};

static struct sizes measure_sizes(const struct cg_dataset *dataset, enum cg_cache_kind kind)
{
    struct sizes sizes = {0};
    int *sides = cg_alloc(dataset->list.count, sizeof(*sides), "sizes", NULL);
    if (sides == NULL)
        cg_memory_tell_short();
    for (size_t i = 0; sides != NULL && i < dataset->list.count; i++) {
        const struct cg_source *source = &dataset->list.sources[i];
        const struct cg_findings *findings = source->findings;
        if (source->kind != kind || findings == NULL || source->state == CG_SOURCE_UNREADABLE)
            continue;
        sides[sizes.count++] =
            findings->width > findings->height ? findings->width : findings->height;
        sizes.grey += !findings->coloured;
    }
    if (sizes.count > 0) {
        qsort(sides, sizes.count, sizeof(*sides), compare_ints);
        sizes.least = sides[0];
        sizes.middle = sides[sizes.count / 2];
        sizes.largest = sides[sizes.count - 1];
    }
    free(sides);
    return sizes;
}

static void describe_sizes(struct text *text, const struct cg_dataset *dataset,
                           enum cg_cache_kind kind)
{
    struct sizes sizes = measure_sizes(dataset, kind);
    if (sizes.count == 0)
        return;
    add(text, "  long side: %d to %d px, %d in the middle", sizes.least, sizes.largest,
        sizes.middle);
    if (sizes.grey > 0)
        add(text, "; %zu without colour", sizes.grey);
    add(text, "\n");
}

static void describe_skipped(struct text *text, const struct cg_dataset *dataset,
                             enum cg_cache_kind kind, const char *dir,
                             const struct cg_dataset_tally *tally)
{
    for (int state = CG_SOURCE_USABLE + 1; state < CG_SOURCE_STATE_COUNT; state++) {
        size_t shown = 0;
        if (tally->states[state] == 0)
            continue;
        add(text, "  skipped, %s: %zu (", state_words[state], tally->states[state]);
        for (size_t i = 0; i < dataset->list.count && shown < NAMES_SHOWN; i++) {
            const struct cg_source *source = &dataset->list.sources[i];
            if (source->kind == kind && (int)source->state == state)
                add(text, "%s%s", shown++ > 0 ? ", " : "", name_in(dir, source->record.path));
        }
        add(text, "%s)\n", tally->states[state] > shown ? ", ..." : "");
    }
}

static void describe_photos(struct text *text, const struct cg_dataset *dataset)
{
    const struct cg_dataset_tally tally = cg_dataset_tally(dataset, CG_CACHE_PHOTO);
    const size_t usable = tally.states[CG_SOURCE_USABLE];
    const size_t held_out = cg_dataset_validation_count(usable);
    add(text, "photos: %zu files in %s, %zu to learn from", tally.files,
        dataset->options.photos_dir, usable - held_out);
    if (held_out > 0)
        add(text, " and %zu held out to show the style on", held_out);
    add(text, "\n");
    describe_sizes(text, dataset, CG_CACHE_PHOTO);
    describe_skipped(text, dataset, CG_CACHE_PHOTO, dataset->options.photos_dir, &tally);
}

/* The median of the comics' working scales. */
static double middle_scale(const struct cg_dataset *dataset)
{
    size_t count = 0;
    int *scales = cg_alloc(dataset->list.count, sizeof(*scales), "scales", NULL);
    if (scales == NULL)
        cg_memory_tell_short();
    for (size_t i = 0; scales != NULL && i < dataset->list.count; i++) {
        const struct cg_source *source = &dataset->list.sources[i];
        if (source->kind == CG_CACHE_COMIC && source->state == CG_SOURCE_USABLE)
            scales[count++] = (int)(1000.0 * source->width / source->findings->width + 0.5);
    }
    if (count > 1)
        qsort(scales, count, sizeof(*scales), compare_ints);
    double scale = count > 0 ? scales[count / 2] / 1000.0 : 1.0;
    free(scales);
    return scale;
}

static void describe_lines(struct text *text, const struct cg_dataset *dataset)
{
    double scale = middle_scale(dataset), line_px = (double)dataset->list.line_px;
    if (line_px <= 0.0)
        add(text, "  lines: too few to measure; pages are worked on at %.0f %% of their size\n",
            100.0 * scale);
    else if (scale < 0.995)
        add(text,
            "  lines: %.1f px wide; pages are worked on at %.0f %% of their size, where they "
            "are %.1f\n",
            line_px, 100.0 * scale, scale * line_px);
    else
        add(text, "  lines: %.1f px wide; pages are worked on as they are\n", line_px);
}

static void describe_comics(struct text *text, const struct cg_dataset *dataset)
{
    const struct cg_dataset_tally tally = cg_dataset_tally(dataset, CG_CACHE_COMIC);
    add(text, "comics: %zu files in %s, %zu pages to learn from, with %zu panels\n", tally.files,
        dataset->options.comics_dir, tally.states[CG_SOURCE_USABLE], tally.panels);
    describe_sizes(text, dataset, CG_CACHE_COMIC);
    if (tally.states[CG_SOURCE_USABLE] > 0)
        describe_lines(text, dataset);
    describe_skipped(text, dataset, CG_CACHE_COMIC, dataset->options.comics_dir, &tally);
}

char *cg_dataset_describe(const struct cg_dataset *dataset)
{
    struct text text = {.bytes = cg_alloc_zero(TEXT_NBYTES, 1, "report", NULL)};
    if (text.bytes == NULL)
        return NULL;
    cg_memory_forget();
    describe_photos(&text, dataset);
    if (dataset->options.comics_dir != NULL)
        describe_comics(&text, dataset);
    else
        add(&text, "comics: none; the built-in teacher's pictures take their place\n");
    if (cg_memory_was_short()) {
        free(text.bytes);
        return NULL;
    }
    return text.bytes;
}

/* ---- as JSON --------------------------------------------------------------------------------- */

static json_t *panels_to_json(const struct cg_source *source)
{
    json_t *panels = json_array();
    for (int i = 0; i < source->area_count; i++) {
        const struct cg_area *area = &source->areas[i];
        json_array_append_new(
            panels, json_pack("[i, i, i, i]", area->x, area->y, area->width, area->height));
    }
    return panels;
}

static json_t *source_to_json(const struct cg_source *source)
{
    json_t *entry = json_object();
    const struct cg_findings *findings = source->findings;
    json_object_set_new(entry, "path", json_string(source->record.path));
    json_object_set_new(entry, "found", json_string(state_words[source->state]));
    if (source->reason != NULL)
        json_object_set_new(entry, "reason", json_string(source->reason));
    if (findings == NULL || source->state == CG_SOURCE_UNREADABLE)
        return entry;
    json_object_set_new(entry, "size", json_pack("[i, i]", findings->width, findings->height));
    json_object_set_new(entry, "white", json_real((double)findings->white));
    json_object_set_new(entry, "coloured", json_boolean(findings->coloured));
    json_object_set_new(entry, "working_size", json_pack("[i, i]", source->width, source->height));
    if (source->kind == CG_CACHE_COMIC) {
        json_object_set_new(entry, "line_px", json_real((double)findings->line_px));
        json_object_set_new(entry, "panels", panels_to_json(source));
    }
    return entry;
}

static json_t *kind_to_json(const struct cg_dataset *dataset, enum cg_cache_kind kind)
{
    json_t *files = json_array();
    for (size_t i = 0; i < dataset->list.count; i++)
        if (dataset->list.sources[i].kind == kind)
            json_array_append_new(files, source_to_json(&dataset->list.sources[i]));
    return files;
}

enum cg_status cg_dataset_write_report(const struct cg_dataset *dataset, const char *path,
                                       struct cg_error *error)
{
    char *text;
    cg_memory_forget();
    json_t *root = json_object();
    json_object_set_new(root, "photos", kind_to_json(dataset, CG_CACHE_PHOTO));
    json_object_set_new(root, "comics", kind_to_json(dataset, CG_CACHE_COMIC));
    enum cg_status status = cg_json_dump(root, JSON_INDENT(1), path, &text, error);
    if (status == CG_OK)
        status = cg_file_write(path, text, strlen(text), error);
    free(text);
    return status;
}
