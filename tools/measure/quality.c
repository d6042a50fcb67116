/*
 * Turn listed photos into comics, by one style or several, and measure what changed
 * (src/eval/quality.h) and how near the comics come to those that a style learned from
 * (quality_swd.h). A table or JSON; and a contact sheet, since figures are no eyes.
 *
 * Photos longer than 960 pixels are reduced to that first: there photo and comic are compared, and
 * the style works, whatever its own default size. The order is the list's; the number of threads
 * does not change the figures.
 *
 * Exit codes are those of comicgan: 0 all done, 1 a photo failed, 2 usage, 3 no such style.
 */
#include "base/memory.h"
#include "measure/quality_run.h"
#include "measure/quality_sheet.h"
#include "startup/core_type.h"
#include "tensor/matrix.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_PX 960
#define PHOTOS_MAX 1000

static const char help[] =
    "Usage: comicgan-quality [OPTIONS] LIST FOLDER\n"
    "Convert the photos of LIST (a path in FOLDER on each line, # begins a comment) and measure\n"
    "the comics against them. Columns ending in p are of the photo, in c of the comic; - stands\n"
    "where a figure says nothing; docs/EVAL.md describes them all.\n"
    "\n"
    "  --style S          a style's name or model file; again for more than one\n"
    "                     (default: " CG_DEFAULT_STYLE ")\n"
    "  --all              all styles that can be found, and distances to all comics\n"
    "  --comics NAME=DIR  the comics that style NAME learned from, to measure its distance;\n"
    "                     again for other styles\n"
    "  --sheet OUT.png    write photos and comics side by side into one picture\n"
    "  --json             one JSON object instead of a table\n"
    "  --threads N        0: one for each processor (default)\n"
    "  --help             this text\n";

enum exit_code { EXIT_DONE, EXIT_INPUT, EXIT_USAGE, EXIT_MODEL };

struct options {
    const char *styles[QUALITY_STYLES_MAX];
    size_t style_count;
    struct quality_comics comics[QUALITY_STYLES_MAX]; /* name and dir alone; names are owned */
    size_t comics_count;
    const char *sheet, *list, *folder;
    int threads;
    bool all, json;
};

/* What main works with, besides the results. */
struct work {
    const struct options *options;
    struct quality_run run;
    struct quality_strip *strips; /* of the photos; without pictures when there is no sheet */
    struct cg_style_list *known;
    struct cg_pool *pool;
};

static void complain(const struct cg_error *error)
{
    fprintf(stderr, "comicgan-quality: %s\n", error->text);
}

/* ---- the list -------------------------------------------------------------------------------- */

static void names_free(char **names, size_t count)
{
    for (size_t i = 0; names != NULL && i < count; i++)
        free(names[i]);
    free(names);
}

static enum cg_status add_line(const char *path, char *line, char **names, size_t *count,
                               struct cg_error *error)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return CG_OK;
    if (*count == PHOTOS_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "%s: more than %d photos", path, PHOTOS_MAX);
    names[*count] = cg_string_copy(line);
    if (names[*count] == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "%s: out of memory", path);
    ++*count;
    return CG_OK;
}

/* The photos' names, into room for PHOTOS_MAX of them. */
static enum cg_status read_list(const char *path, char **names, size_t *count,
                                struct cg_error *error)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return cg_fail(error, CG_ERR_IO, "reading %s: %s", path, strerror(errno));
    enum cg_status status = CG_OK;
    char *line = NULL;
    size_t line_nbytes = 0;
    while (status == CG_OK && getline(&line, &line_nbytes, file) > 0)
        status = add_line(path, line, names, count, error);
    if (status == CG_OK && ferror(file))
        status = cg_fail(error, CG_ERR_IO, "reading %s: %s", path, strerror(errno));
    if (status == CG_OK && *count == 0)
        status = cg_fail(error, CG_ERR_FORMAT, "%s: no photos are listed", path);
    free(line);
    fclose(file);
    return status;
}

/* ---- photos ---------------------------------------------------------------------------------- */

/* The photo as RGB, its longer side at most LONG_PX. */
static enum cg_status read_photo(const char *path, struct cg_image *out, struct cg_error *error)
{
    enum cg_status status =
        cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, out, NULL, error);
    if (status != CG_OK)
        return status;
    int longer = out->width > out->height ? out->width : out->height;
    if (longer <= LONG_PX)
        return CG_OK;
    int width = (int)((double)out->width * LONG_PX / longer + 0.5);
    int height = (int)((double)out->height * LONG_PX / longer + 0.5);
    struct cg_image large = *out;
    status = cg_image_resize(&large, width > 0 ? width : 1, height > 0 ? height : 1, out, error);
    cg_image_clear(&large);
    return status;
}

static enum cg_status make_comic(const struct quality_style *style, const struct cg_image *photo,
                                 struct cg_image *out, struct cg_error *error)
{
    struct cg_render_params looks = cg_engine_render_params(style->engine);
    looks.detail_px = LONG_PX;
    enum cg_status status = cg_image_create(photo->width, photo->height, 3, out, error);
    if (status != CG_OK)
        return status;
    memcpy(out->pixels, photo->pixels, 3 * (size_t)photo->width * (size_t)photo->height);
    return cg_session_convert(style->session, out->pixels, out->width, out->height, &looks, error);
}

/* What is kept of a picture, photo (column 0) or comic: crops and its place on the sheet. */
static enum cg_status keep_picture(struct work *work, size_t index, size_t column,
                                   struct cg_swd_set *crops, const struct cg_image *picture,
                                   struct cg_error *error)
{
    struct cg_image *pictures = work->strips[index].pictures;
    enum cg_status status = CG_OK;
    if (crops != NULL)
        status = quality_crops_put(crops, index, picture, error);
    if (status == CG_OK && pictures != NULL)
        status = quality_sheet_reduce(picture, &pictures[column], error);
    return status;
}

static enum cg_status measure_style(struct work *work, size_t index, size_t style_index,
                                    const struct cg_image *photo, struct cg_error *error)
{
    struct quality_style *style = &work->run.styles[style_index];
    struct cg_image comic = {0};
    enum cg_status status = make_comic(style, photo, &comic, error);
    if (status == CG_OK)
        status = cg_quality_measure(photo, &comic, &style->qualities[index], error);
    if (status == CG_OK)
        status = keep_picture(work, index, style_index + 1, style->crops, &comic, error);
    cg_image_clear(&comic);
    return status;
}

static void strip_clear(struct quality_strip *strip, size_t columns)
{
    for (size_t i = 0; strip->pictures != NULL && i < columns; i++)
        cg_image_clear(&strip->pictures[i]);
    free(strip->pictures);
    strip->pictures = NULL;
}

/* Measure a photo under all styles into place index. */
static enum cg_status measure_photo(struct work *work, const char *name, size_t index,
                                    struct cg_error *error)
{
    struct quality_run *run = &work->run;
    struct quality_strip *strip = &work->strips[index];
    struct cg_image photo = {0};
    char *path = cg_string_format("%s/%s", work->options->folder, name);
    enum cg_status status = path != NULL ? read_photo(path, &photo, error)
                                         : cg_fail(error, CG_ERR_MEMORY, "%s: out of memory", name);
    if (status == CG_OK && work->options->sheet != NULL) {
        strip->pictures =
            cg_alloc_zero(run->style_count + 1, sizeof(*strip->pictures), "contact sheet", error);
        status = strip->pictures != NULL ? CG_OK : CG_ERR_MEMORY;
    }
    if (status == CG_OK)
        status = keep_picture(work, index, 0, run->crops, &photo, error);
    for (size_t i = 0; status == CG_OK && i < run->style_count; i++)
        status = measure_style(work, index, i, &photo, error);
    if (status != CG_OK)
        strip_clear(strip, run->style_count + 1);
    cg_image_clear(&photo);
    free(path);
    return status;
}

/* All listed photos, as far as they can be used; names of those that can stay. */
static enum cg_status measure_photos(struct work *work, size_t listed, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    for (size_t i = 0; i < listed; i++) {
        struct cg_error reason;
        char *name = run->names[i];
        if (measure_photo(work, name, run->photo_count, &reason) == CG_OK) {
            run->names[i] = run->names[run->photo_count];
            run->names[run->photo_count++] = name;
        } else {
            complain(&reason);
            run->failed++;
        }
    }
    if (run->photo_count == 0)
        return cg_fail(error, CG_ERR_FORMAT, "none of the %zu photos could be measured", listed);
    for (size_t i = 0; i < run->style_count; i++)
        cg_quality_mean(run->styles[i].qualities, run->photo_count, &run->styles[i].mean);
    return CG_OK;
}

/* ---- styles ---------------------------------------------------------------------------------- */

static enum cg_status open_style(struct work *work, const char *name, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    if (run->style_count == QUALITY_STYLES_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "more than %d styles", QUALITY_STYLES_MAX);
    struct quality_style *style = &run->styles[run->style_count++];
    enum cg_status status = cg_engine_open(name, &style->engine, error);
    if (status == CG_OK)
        status = cg_session_create(style->engine, work->options->threads, &style->session, error);
    if (status == CG_OK)
        style->name = cg_engine_style(style->engine)->name;
    return status;
}

static enum cg_status open_styles(struct work *work, struct cg_error *error)
{
    const struct options *options = work->options;
    enum cg_status status = CG_OK;
    for (size_t i = 0; status == CG_OK && i < options->style_count; i++)
        status = open_style(work, options->styles[i], error);
    if (status == CG_OK && options->all)
        status = cg_style_list_create(&work->known, error);
    for (size_t i = 0; status == CG_OK && options->all && i < cg_style_list_count(work->known); i++)
        status = open_style(work, cg_style_list_get(work->known, i)->name, error);
    if (status == CG_OK && work->run.style_count == 0)
        status = open_style(work, CG_DEFAULT_STYLE, error);
    return status;
}

/* Those of the styles at hand, or all. */
static void choose_comics(struct work *work)
{
    struct quality_run *run = &work->run;
    for (size_t i = 0; i < work->options->comics_count; i++) {
        bool wanted = work->options->all;
        for (size_t s = 0; s < run->style_count; s++)
            wanted = wanted || strcmp(run->styles[s].name, work->options->comics[i].name) == 0;
        if (wanted)
            run->comics[run->comics_count++] = work->options->comics[i];
    }
}

/* Room for what so many photos give. */
static enum cg_status make_room(struct work *work, size_t listed, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    bool crops = run->comics_count > 0;
    enum cg_status status = CG_OK;
    work->strips = cg_alloc_zero(listed, sizeof(*work->strips), "contact sheet", error);
    if (work->strips == NULL)
        return CG_ERR_MEMORY;
    if (crops)
        status = quality_crops_create(listed, &run->crops, error);
    for (size_t i = 0; status == CG_OK && i < run->style_count; i++) {
        struct quality_style *style = &run->styles[i];
        style->qualities = cg_alloc_zero(listed, sizeof(*style->qualities), "measures", error);
        if (style->qualities == NULL)
            return CG_ERR_MEMORY;
        if (crops)
            status = quality_crops_create(listed, &style->crops, error);
    }
    return status;
}

/* ---- distances ------------------------------------------------------------------------------- */

static enum cg_status measure_to(struct work *work, size_t index, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    struct quality_comics *comics = &run->comics[index];
    enum cg_status status = quality_comics_read(comics, run->photo_count, LONG_PX, error);
    if (status == CG_OK)
        status =
            quality_distance_measure(run->crops, comics, work->pool, &run->distances[index], error);
    if (status == CG_OK)
        status = quality_distance_measure(comics->others, comics, work->pool, &run->others[index],
                                          error);
    for (size_t i = 0; status == CG_OK && i < run->style_count; i++)
        status = quality_distance_measure(run->styles[i].crops, comics, work->pool,
                                          &run->styles[i].distances[index], error);
    quality_comics_clear(comics);
    return status;
}

static enum cg_status measure_distances(struct work *work, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    size_t crops = QUALITY_CROPS * run->photo_count;
    if (run->comics_count == 0)
        return CG_OK;
    enum cg_status status = cg_pool_create(work->options->threads, &work->pool, error);
    cg_swd_set_trim(run->crops, crops, run->photo_count);
    for (size_t i = 0; i < run->style_count; i++)
        cg_swd_set_trim(run->styles[i].crops, crops, run->photo_count);
    for (size_t i = 0; status == CG_OK && i < run->comics_count; i++)
        status = measure_to(work, i, error);
    return status;
}

/* ---- the program ----------------------------------------------------------------------------- */

static enum cg_status write_sheet(const struct work *work, struct cg_error *error)
{
    const struct quality_run *run = &work->run;
    const char *headings[QUALITY_STYLES_MAX + 1] = {"photo"};
    for (size_t i = 0; i < run->style_count; i++)
        headings[i + 1] = run->styles[i].name;
    return quality_sheet_write(work->options->sheet, work->strips, run->photo_count, headings,
                               run->style_count + 1, error);
}

static enum cg_status show(const struct work *work, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    if (work->options->json)
        status = quality_print_json(&work->run, error);
    else
        quality_print_table(&work->run);
    if (status == CG_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = cg_fail(error, CG_ERR_IO, "writing to stdout: %s", strerror(errno));
    if (status == CG_OK && work->options->sheet != NULL)
        status = write_sheet(work, error);
    return status;
}

static enum cg_status measure_all(struct work *work, size_t *listed, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    run->names = cg_alloc_zero(PHOTOS_MAX, sizeof(*run->names), "list of photos", error);
    if (run->names == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = read_list(work->options->list, run->names, listed, error);
    if (status == CG_OK)
        status = make_room(work, *listed, error);
    if (status == CG_OK)
        status = measure_photos(work, *listed, error);
    if (status == CG_OK)
        status = measure_distances(work, error);
    return status == CG_OK ? show(work, error) : status;
}

static void work_free(struct work *work, size_t listed)
{
    struct quality_run *run = &work->run;
    for (size_t i = 0; work->strips != NULL && i < listed; i++)
        strip_clear(&work->strips[i], run->style_count + 1);
    for (size_t i = 0; i < run->style_count; i++) {
        cg_swd_set_free(run->styles[i].crops);
        free(run->styles[i].qualities);
        cg_session_free(run->styles[i].session);
        cg_engine_free(run->styles[i].engine);
    }
    cg_swd_set_free(run->crops);
    cg_pool_free(work->pool);
    cg_style_list_free(work->known);
    names_free(run->names, listed);
    free(work->strips);
    free(work);
}

static enum exit_code run_options(const struct options *options)
{
    struct cg_error error;
    struct work *work = cg_alloc_zero(1, sizeof(*work), "results", &error);
    size_t listed = 0;
    enum exit_code code = EXIT_MODEL;
    if (work == NULL) {
        complain(&error);
        return EXIT_INPUT;
    }
    work->options = options;
    work->run.long_px = LONG_PX;
    enum cg_status status = open_styles(work, &error);
    if (status == CG_OK) {
        choose_comics(work);
        status = measure_all(work, &listed, &error);
        code = status == CG_OK && work->run.failed == 0 ? EXIT_DONE : EXIT_INPUT;
    }
    if (status != CG_OK)
        complain(&error);
    work_free(work, listed);
    return code;
}

static bool parse_threads(const char *text, int *out)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || value < 0 || value > 256) {
        fprintf(stderr, "comicgan-quality: --threads: expected 0 to 256, got %s\n", text);
        return false;
    }
    *out = (int)value;
    return true;
}

/* The place of a name's comics: the one that it has, for the last word counts, or a new one. */
static struct quality_comics *comics_of(const char *name, struct options *out)
{
    size_t i = 0;
    while (i < out->comics_count && strcmp(out->comics[i].name, name) != 0)
        i++;
    if (i == QUALITY_STYLES_MAX)
        return NULL;
    out->comics_count += i == out->comics_count;
    return &out->comics[i];
}

static bool parse_comics(const char *text, struct options *out)
{
    const char *equals = strchr(text, '=');
    char *name = equals != NULL && equals > text
                     ? cg_string_format("%.*s", (int)(equals - text), text)
                     : NULL;
    struct quality_comics *comics = name != NULL ? comics_of(name, out) : NULL;
    if (comics == NULL) {
        fprintf(stderr, "comicgan-quality: --comics: expected NAME=DIR, at most %d names, got %s\n",
                QUALITY_STYLES_MAX, text);
        free(name);
        return false;
    }
    free((void *)(uintptr_t)comics->name);
    comics->name = name;
    comics->dir = equals + 1;
    return true;
}

static bool add_style(const char *name, struct options *out)
{
    if (out->style_count == QUALITY_STYLES_MAX) {
        fprintf(stderr, "comicgan-quality: more than %d styles\n", QUALITY_STYLES_MAX);
        return false;
    }
    out->styles[out->style_count++] = name;
    return true;
}

/* False, after getopt's or the help's text, when the arguments cannot be used. */
static bool parse(int argc, char *argv[], struct options *out)
{
    static const struct option known[] = {
        {"style", required_argument, NULL, 's'},  {"all", no_argument, NULL, 'a'},
        {"comics", required_argument, NULL, 'c'}, {"sheet", required_argument, NULL, 'o'},
        {"json", no_argument, NULL, 'j'},         {"threads", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    bool good = true;
    for (int result; good && (result = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        switch (result) {
        case 's':
            good = add_style(optarg, out);
            break;
        case 'a':
            out->all = true;
            break;
        case 'c':
            good = parse_comics(optarg, out);
            break;
        case 'o':
            out->sheet = optarg;
            break;
        case 'j':
            out->json = true;
            break;
        case 't':
            good = parse_threads(optarg, &out->threads);
            break;
        case 'h':
            fputs(help, stdout);
            exit(EXIT_DONE);
        default:
            return false;
        }
    }
    if (good && argc - optind != 2)
        fputs(help, stderr);
    if (!good || argc - optind != 2)
        return false;
    out->list = argv[optind];
    out->folder = argv[optind + 1];
    return true;
}

int main(int argc, char *argv[])
{
    struct options options = {0};
    cg_blas_fix_core_type(argv);
    cg_blas_single_threaded();
    enum exit_code code = EXIT_USAGE;
    if (parse(argc, argv, &options))
        code = run_options(&options);
    for (size_t i = 0; i < options.comics_count; i++)
        free((void *)(uintptr_t)options.comics[i].name);
    return code;
}
