/* Tables and JSON of comicgan-quality: see quality_run.h. */
#include "measure/quality_run.h"

#include <comicgan/comicgan.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OTHERS_LABEL "other pages"

size_t quality_own_comics(const struct quality_run *run, const struct quality_style *style)
{
    size_t own = 0;
    while (own < run->comics_count && strcmp(run->comics[own].name, style->name) != 0)
        own++;
    return own;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static int widest(const struct quality_run *run)
{
    int width = (int)strlen(OTHERS_LABEL);
    for (size_t i = 0; i < run->photo_count; i++) {
        int length = (int)strlen(run->names[i]);
        width = length > width && run->style_count == 1 ? length : width;
    }
    for (size_t i = 0; i < run->style_count; i++) {
        int length = (int)strlen(run->styles[i].name);
        width = length > width ? length : width;
    }
    return width;
}

static void print_row(const char *name, int name_width, const struct cg_quality *quality)
{
    printf("%-*s", name_width, name);
    for (int c = 0; c < CG_QUALITY_COLUMNS; c++) {
        const struct cg_quality_column *column = &cg_quality_columns[c];
        if (cg_quality_known(quality, column))
            printf(" %8.*f", column->decimals, column->scale * cg_quality_get(quality, column));
        else
            printf(" %8s", "-");
    }
    putchar('\n');
}

static void print_measures(const struct quality_run *run, int width)
{
    const struct quality_style *only = &run->styles[0];
    printf("%-*s", width, run->style_count == 1 ? "photo" : "style");
    for (int c = 0; c < CG_QUALITY_COLUMNS; c++)
        printf(" %8s", cg_quality_columns[c].heading);
    putchar('\n');
    for (size_t i = 0; run->style_count == 1 && i < run->photo_count; i++)
        print_row(run->names[i], width, &only->qualities[i]);
    for (size_t i = 0; i < run->style_count; i++)
        print_row(run->style_count == 1 ? "mean" : run->styles[i].name, width,
                  &run->styles[i].mean);
}

static void print_boundaries(const char *name, int width, const struct quality_run *run,
                             const struct cg_boundary_counts *counts)
{
    printf("%-*s", width, name);
    for (int way = 0; way < CG_BOUNDARY_WAYS; way++) {
        struct cg_boundary_score score =
            cg_boundary_score(counts, run->photo_count, (enum cg_boundary_way)way);
        printf("  %6.3f %6.3f %9.3f %6.3f", score.ods, score.ois, score.precision, score.recall);
    }
    putchar('\n');
}

static void print_all_boundaries(const struct quality_run *run, int width)
{
    if (run->boundaries == NULL)
        return;
    printf("\nedges that are boundaries to people\n%-*s", width, "");
    for (int way = 0; way < CG_BOUNDARY_WAYS; way++)
        printf("  %-30s", cg_boundary_way_names[way]);
    printf("\n%-*s", width, "");
    for (int way = 0; way < CG_BOUNDARY_WAYS; way++)
        printf("  %6s %6s %9s %6s", "ODS", "OIS", "precision", "recall");
    putchar('\n');
    print_boundaries("photos", width, run, run->boundaries);
    for (size_t i = 0; i < run->style_count; i++)
        if (run->styles[i].boundaries != NULL)
            print_boundaries(run->styles[i].name, width, run, run->styles[i].boundaries);
}

static void print_distances(const char *name, int width, const struct quality_distance *distances,
                            size_t count, size_t own)
{
    printf("%-*s", width, name);
    for (size_t i = 0; i < count; i++)
        printf(" %9.1f%c", distances[i].swd.mean.value, i == own ? '*' : ' ');
    putchar('\n');
}

/* What it is all for: is a style nearer to its own comics than the photos are? */
static void print_gain(const struct quality_run *run, const struct quality_style *style)
{
    size_t own = quality_own_comics(run, style);
    if (own == run->comics_count)
        return;
    struct cg_estimate gain = quality_distance_gain(&run->distances[own], &style->distances[own]);
    printf("%s: %.1f from its own comics, nearer than the photos by %.1f (95 %%: %.1f to %.1f)\n",
           style->name, style->distances[own].swd.mean.value, gain.value, gain.low, gain.high);
}

void quality_print_table(const struct quality_run *run)
{
    int width = widest(run);
    print_measures(run, width);
    print_all_boundaries(run, width);
    if (run->comics_count == 0)
        return;
    printf("\nsliced Wasserstein distance to the comics of (* its own)\n%-*s", width, "");
    for (size_t i = 0; i < run->comics_count; i++)
        printf(" %9.9s ", run->comics[i].name);
    putchar('\n');
    print_distances("photos", width, run->distances, run->comics_count, run->comics_count);
    for (size_t i = 0; i < run->style_count; i++)
        if (run->styles[i].kind != QUALITY_PHOTO)
            print_distances(run->styles[i].name, width, run->styles[i].distances, run->comics_count,
                            quality_own_comics(run, &run->styles[i]));
    print_distances(OTHERS_LABEL, width, run->others, run->comics_count, run->comics_count);
    putchar('\n');
    for (size_t i = 0; i < run->style_count; i++)
        print_gain(run, &run->styles[i]);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void add_measures(json_t *object, const struct cg_quality *quality)
{
    for (int c = 0; c < CG_QUALITY_COLUMNS; c++) {
        const struct cg_quality_column *column = &cg_quality_columns[c];
        json_object_set_new(object, column->name,
                            cg_quality_known(quality, column)
                                ? json_real(cg_quality_get(quality, column))
                                : json_null());
    }
}

static json_t *estimate_json(const struct cg_estimate *estimate)
{
    return json_pack("{s:f, s:[f, f]}", "value", estimate->value, "interval", estimate->low,
                     estimate->high);
}

/* Distances by the names of the comics. */
static json_t *distances_json(const struct quality_run *run,
                              const struct quality_distance *distances)
{
    json_t *object = json_object();
    for (size_t i = 0; i < run->comics_count; i++) {
        json_t *one = estimate_json(&distances[i].swd.mean), *levels = json_array();
        for (int level = 0; level < CG_SWD_LEVELS; level++)
            json_array_append_new(levels, json_real(distances[i].swd.levels[level]));
        json_object_set_new(one, "levels", levels);
        json_object_set_new(object, run->comics[i].name, one);
    }
    return object;
}

/* Scores by the ways of matching; null without what people drew. */
static json_t *boundaries_json(const struct quality_run *run,
                               const struct cg_boundary_counts *counts)
{
    if (counts == NULL)
        return json_null();
    json_t *object = json_object();
    for (int way = 0; way < CG_BOUNDARY_WAYS; way++) {
        struct cg_boundary_score score =
            cg_boundary_score(counts, run->photo_count, (enum cg_boundary_way)way);
        json_object_set_new(object, cg_boundary_way_names[way],
                            json_pack("{s:f, s:f, s:f, s:f, s:f}", "ods", score.ods, "ois",
                                      score.ois, "precision", score.precision, "recall",
                                      score.recall, "threshold", score.threshold));
    }
    return object;
}

static json_t *style_json(const struct quality_run *run, const struct quality_style *style)
{
    json_t *photos = json_array(), *mean = json_object();
    add_measures(mean, &style->mean);
    for (size_t i = 0; i < run->photo_count; i++) {
        json_t *photo = json_pack("{s:s}", "photo", run->names[i]);
        add_measures(photo, &style->qualities[i]);
        json_array_append_new(photos, photo);
    }
    json_t *object =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "style", style->name, "source", style->source,
                  "mean", mean, "boundaries", boundaries_json(run, style->boundaries), "swd",
                  distances_json(run, style->distances), "photos", photos);
    size_t own = quality_own_comics(run, style);
    if (own < run->comics_count) {
        struct cg_estimate gain =
            quality_distance_gain(&run->distances[own], &style->distances[own]);
        json_object_set_new(object, "nearer_than_photos", estimate_json(&gain));
    }
    return object;
}

enum cg_status quality_print_json(const struct quality_run *run, struct cg_error *error)
{
    json_t *styles = json_array();
    for (size_t i = 0; i < run->style_count; i++)
        json_array_append_new(styles, style_json(run, &run->styles[i]));
    json_t *all = json_pack("{s:i, s:I, s:o, s:o, s:o, s:o}", "long_px", run->long_px, "failed",
                            (json_int_t)run->failed, "photos_boundaries",
                            boundaries_json(run, run->boundaries), "photos_swd",
                            distances_json(run, run->distances), "other_pages_swd",
                            distances_json(run, run->others), "styles", styles);
    char *text = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(all);
    if (text == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "the measures could not be put into JSON");
    puts(text);
    free(text);
    return CG_OK;
}
