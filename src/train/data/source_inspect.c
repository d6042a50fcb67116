/*
 * From findings (findings.h) to which pictures are used, and at what size: see source.h. Nothing
 * here depends on threads or on the order of files.
 */
#include "train/data/area_stats.h"
#include "train/data/source.h"

#include "base/file.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Line widths within this factor of each other are taken for one width. */
#define SAME_WIDTH 1.6f
#define WHITE_PAGE 0.97f

struct inspect {
    const struct cg_source_list *list;
    const struct cg_dataset_options *options;
};

/* ---- looking at files ------------------------------------------------------------------------ */

static bool is_wanted(const void *context, size_t item)
{
    const struct inspect *inspect = context;
    return inspect->list->sources[item].state == CG_SOURCE_USABLE;
}

static enum cg_status look(const void *context, struct cg_source *source, struct cg_error *error)
{
    const struct inspect *inspect = context;
    bool unreadable;
    source->findings = cg_alloc_zero(1, sizeof(*source->findings), "findings", error);
    if (source->findings == NULL)
        return CG_ERR_MEMORY;
    const struct cg_findings_request request = {.path = source->record.path,
                                                .source = source->record.id,
                                                .kind = source->kind,
                                                .strict = inspect->options->strict,
                                                .cache_dir = inspect->options->cache_dir};
    enum cg_status status = cg_findings_of_file(&request, source->findings, &unreadable, error);
    if (unreadable)
        status = cg_source_skip(source, CG_SOURCE_UNREADABLE, error->text, error);
    return status;
}

static enum cg_status look_at_all(struct cg_source_list *list,
                                  const struct cg_dataset_options *options, struct cg_pool *pool,
                                  const struct cg_source_progress *progress, struct cg_error *error)
{
    const struct inspect inspect = {list, options};
    const struct cg_source_task task = {.is_wanted = is_wanted,
                                        .fn = look,
                                        .context = &inspect,
                                        .doing = "looking at",
                                        .phase = CG_DATASET_INSPECTING,
                                        .progress = progress};
    return cg_source_list_run(list, &task, pool, error);
}

/* ---- the working size ------------------------------------------------------------------------ */

static int longer_side(const struct cg_findings *findings)
{
    return findings->width > findings->height ? findings->width : findings->height;
}

static float relative_line(const struct cg_findings *findings)
{
    return findings->line_px / (float)longer_side(findings);
}

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float median(float *values, size_t count)
{
    if (count == 0)
        return 0.0f;
    qsort(values, count, sizeof(*values), compare_floats);
    return values[count / 2];
}

static bool has_lines(const struct cg_source *source)
{
    return source->state == CG_SOURCE_USABLE && source->kind == CG_CACHE_COMIC &&
           source->findings->line_px > 0.0f;
}

static enum cg_status find_medians(struct cg_source_list *list, struct cg_error *error)
{
    float *lines = cg_alloc(list->count, 2 * sizeof(*lines), "widths of lines", error);
    if (lines == NULL)
        return CG_ERR_MEMORY;
    float *shares = lines + list->count;
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!has_lines(&list->sources[i]))
            continue;
        lines[count] = list->sources[i].findings->line_px;
        shares[count++] = relative_line(list->sources[i].findings);
    }
    list->line_px = median(lines, count);
    list->line_fraction = median(shares, count);
    free(lines);
    return CG_OK;
}

static bool same_width(float a, float b)
{
    return a <= SAME_WIDTH * b && b <= SAME_WIDTH * a;
}

/* The width of a page's lines, as far as the others confirm it: its own if it differs from theirs
 * only because the page is larger or smaller, a scan of another resolution; else theirs. */
static float trusted_line(const struct cg_source *source, const struct cg_source_list *list)
{
    const struct cg_findings *findings = source->findings;
    bool other_resolution = findings->line_px > 0.0f &&
                            !same_width(findings->line_px, list->line_px) &&
                            same_width(relative_line(findings), list->line_fraction);
    return other_resolution ? findings->line_px : list->line_px;
}

/* Choose the working size of each picture, once all are inspected. */
static enum cg_status choose_sizes(struct cg_source_list *list,
                                   const struct cg_dataset_options *options, struct cg_error *error)
{
    enum cg_status status = find_medians(list, error);
    for (size_t i = 0; status == CG_OK && i < list->count; i++) {
        struct cg_source *source = &list->sources[i];
        if (source->state != CG_SOURCE_USABLE)
            continue;
        const int long_side = longer_side(source->findings);
        const bool comic = source->kind == CG_CACHE_COMIC;
        source->long_px = comic ? options->comic_long_px : options->photo_long_px;
        if (comic && options->comic_line_px > 0.0f && list->line_px > 0.0f) {
            float line = trusted_line(source, list);
            int wanted = (int)lroundf((float)long_side * options->comic_line_px / line);
            if (wanted < long_side && wanted < source->long_px)
                source->long_px = wanted;
        }
        source->grow = comic || options->photo_grow < 1.0f ? 1.0f : options->photo_grow;
        source->width =
            cg_scaled_side(source->findings->width, long_side, source->long_px, source->grow);
        source->height =
            cg_scaled_side(source->findings->height, long_side, source->long_px, source->grow);
    }
    return status;
}

/* ---- faces ----------------------------------------------------------------------------------- */

static enum cg_status take_faces(struct cg_source *source, const struct cg_face_list *list,
                                 struct cg_error *error)
{
    struct cg_teacher_face faces[CG_FACES_MAX];
    source->face_count = cg_face_list_find(list, source->record.path, source->findings->width,
                                           source->findings->height, CG_FACE_SCORE_MIN, faces);
    source->faces = cg_alloc(source->face_count, sizeof *source->faces, "faces", error);
    if (source->faces == NULL)
        return CG_ERR_MEMORY;
    memcpy(source->faces, faces, source->face_count * sizeof *source->faces);
    return CG_OK;
}

static enum cg_status find_faces(struct cg_source_list *list, const char *path,
                                 struct cg_error *error)
{
    struct cg_face_list *faces = NULL;
    enum cg_status status = path != NULL ? cg_face_list_read(path, &faces, error) : CG_OK;
    for (size_t i = 0; status == CG_OK && faces != NULL && i < list->count; i++)
        if (list->sources[i].state == CG_SOURCE_USABLE && list->sources[i].kind == CG_CACHE_PHOTO)
            status = take_faces(&list->sources[i], faces, error);
    cg_face_list_free(faces);
    return status;
}

/* ---- which serve ----------------------------------------------------------------------------- */

/* The panel in working pixels. One that is smaller than a crop only because of its inset gets that
 * back. */
static struct cg_area area_of(const struct cg_source *source, const struct cg_findings_panel *panel,
                              int crop_px)
{
    const int sides[2] = {source->width, source->height};
    const float starts[2] = {panel->left, panel->top}, ends[2] = {panel->right, panel->bottom};
    int first[2], length[2];
    for (int d = 0; d < 2; d++) {
        first[d] = (int)ceilf(starts[d] * (float)sides[d] - 0.5f);
        length[d] = (int)floorf(ends[d] * (float)sides[d] + 0.5f) - first[d];
        if (length[d] < crop_px && length[d] >= crop_px * 9 / 10 && sides[d] >= crop_px) {
            first[d] -= (crop_px - length[d]) / 2;
            first[d] = first[d] < 0 ? 0 : first[d];
            first[d] = first[d] > sides[d] - crop_px ? sides[d] - crop_px : first[d];
            length[d] = crop_px;
        }
    }
    return (struct cg_area){first[0], first[1], length[0], length[1]};
}

/* A whole picture except a margin, for pages that are used whatever is on them. */
static const struct cg_findings_panel whole = {0.04f, 0.04f, 0.96f, 0.96f};

static enum cg_status take_areas(struct cg_source *source, const struct cg_dataset_options *options,
                                 struct cg_error *error)
{
    const struct cg_findings *findings = source->findings;
    const int count = findings->panel_count > 0 ? findings->panel_count : 1;
    source->areas = cg_alloc((size_t)count, sizeof(*source->areas), "panels", error);
    if (source->areas == NULL)
        return CG_ERR_MEMORY;
    for (int i = 0; i < count; i++) {
        struct cg_area area = area_of(
            source, findings->panel_count > 0 ? &findings->panels[i] : &whole, options->crop_px);
        if (area.width >= options->crop_px && area.height >= options->crop_px)
            source->areas[source->area_count++] = area;
    }
    return CG_OK;
}

static enum cg_status judge_page(struct cg_source *source, const struct cg_dataset_options *options,
                                 struct cg_error *error)
{
    const struct cg_findings *findings = source->findings;
    const char *path = source->record.path;
    struct cg_error reason;
    if (findings->deviation < CG_AREA_BLANK_DEVIATION) {
        cg_fail(&reason, CG_ERR_FORMAT, "%s: nothing to see: the page is blank", path);
        return cg_source_skip(source, CG_SOURCE_BLANK, reason.text, error);
    }
    if (!options->keep_all && findings->text) {
        cg_fail(&reason, CG_ERR_FORMAT, "%s: a page of text", path);
        return cg_source_skip(source, CG_SOURCE_TEXT, reason.text, error);
    }
    if (!options->keep_all && (findings->white > WHITE_PAGE || findings->panel_count == 0)) {
        cg_fail(&reason, CG_ERR_FORMAT, "%s: %.0f %% of the page is white, and no picture on it",
                path, 100.0 * (double)findings->white);
        return cg_source_skip(source, CG_SOURCE_BLANK, reason.text, error);
    }
    enum cg_status status = take_areas(source, options, error);
    if (status == CG_OK && source->area_count == 0) {
        cg_fail(&reason, CG_ERR_LIMIT,
                "%s: no panel on it is as large as a crop: %d x %d pixels at training scale, "
                "crops are %d",
                path, source->width, source->height, options->crop_px);
        status = cg_source_skip(source, CG_SOURCE_SMALL, reason.text, error);
    }
    return status;
}

static enum cg_status judge(struct cg_source *source, const struct cg_dataset_options *options,
                            struct cg_error *error)
{
    struct cg_error reason;
    if (source->width < options->crop_px || source->height < options->crop_px) {
        cg_fail(&reason, CG_ERR_LIMIT, "%s: %d x %d pixels at training scale, crops are %d",
                source->record.path, source->width, source->height, options->crop_px);
        return cg_source_skip(source, CG_SOURCE_SMALL, reason.text, error);
    }
    return source->kind == CG_CACHE_COMIC ? judge_page(source, options, error) : CG_OK;
}

static int64_t area_px(const struct cg_source *source)
{
    return (int64_t)source->findings->width * source->findings->height;
}

/* Of pictures that look alike the largest is kept, of equally large ones the first. */
static enum cg_status drop_alike(struct cg_source_list *list, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    for (size_t i = 0; i < list->count; i++) {
        for (size_t j = i + 1; status == CG_OK && j < list->count; j++) {
            struct cg_source *a = &list->sources[i], *b = &list->sources[j];
            if (a->state != CG_SOURCE_USABLE || a->kind != b->kind)
                break;
            if (b->state != CG_SOURCE_USABLE || !cg_findings_alike(a->findings, b->findings))
                continue;
            struct cg_source *other = area_px(b) > area_px(a) ? b : a,
                             *dropped = other == a ? b : a;
            struct cg_error reason;
            cg_fail(&reason, CG_ERR_FORMAT, "%s: looks the same as %s", dropped->record.path,
                    cg_path_tail(other->record.path));
            status = cg_source_skip(dropped, CG_SOURCE_ALIKE, reason.text, error);
        }
    }
    return status;
}

enum cg_status cg_source_list_inspect(struct cg_source_list *list,
                                      const struct cg_dataset_options *options,
                                      struct cg_pool *pool,
                                      const struct cg_source_progress *progress,
                                      struct cg_error *error)
{
    enum cg_status status = look_at_all(list, options, pool, progress, error);
    if (status == CG_OK)
        status = choose_sizes(list, options, error);
    if (status == CG_OK)
        status = find_faces(list, options->faces_file, error);
    for (size_t i = 0; status == CG_OK && i < list->count; i++)
        if (list->sources[i].state == CG_SOURCE_USABLE)
            status = judge(&list->sources[i], options, error);
    if (status == CG_OK && !options->keep_all)
        status = drop_alike(list, error);
    return status;
}
