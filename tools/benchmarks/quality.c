/*
 * Turn listed photos into comics and measure what changed (src/eval/quality.h says what each figure
 * is). A row a photo and their means, or JSON; and a contact sheet, since figures are no eyes.
 *
 * Photos longer than 960 pixels are reduced to that first: there photo and comic are compared, and
 * the style works, whatever its own default size. The order is the list's; the number of threads
 * does not change the figures.
 *
 * Exit codes are those of comicgan: 0 all done, 1 a photo failed, 2 usage, 3 no such style.
 */
#include "eval/quality.h"
#include "base/memory.h"
#include "quality_sheet.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_PX 960
#define PHOTOS_MAX 1000

static const char help[] =
    "Usage: comicgan-quality [--style S] [--sheet OUT.png] [--json] [--threads N] LIST FOLDER\n"
    "Convert the photos of LIST (a path in FOLDER on each line, # begins a comment) and measure\n"
    "the comics against them. Columns ending in p are of the photo, in c of the comic; - stands\n"
    "where a figure says nothing; src/eval/quality.h defines them all.\n"
    "\n"
    "  --style S        a style's name or model file (default: " CG_DEFAULT_STYLE ")\n"
    "  --sheet OUT.png  write the pairs photo, comic side by side into one picture\n"
    "  --json           one JSON object instead of a table\n"
    "  --threads N      0: one for each processor (default)\n"
    "  --help           this text\n";

enum exit_code { EXIT_DONE, EXIT_INPUT, EXIT_USAGE, EXIT_MODEL };

struct options {
    const char *style, *sheet, *list, *folder;
    int threads;
    bool json;
};

struct run {
    const struct options *options;
    struct cg_engine *engine;
    struct cg_session *session;
    /* Of the photos that did not fail; pairs are empty without a sheet. */
    char *names[PHOTOS_MAX];
    struct cg_quality qualities[PHOTOS_MAX];
    struct quality_pair pairs[PHOTOS_MAX];
    size_t count;
    size_t failed;
};

static void complain(const struct cg_error *error)
{
    fprintf(stderr, "comicgan-quality: %s\n", error->text);
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

static enum cg_status make_comic(struct run *run, const struct cg_image *photo,
                                 struct cg_image *out, struct cg_error *error)
{
    struct cg_looks looks = cg_engine_looks(run->engine);
    looks.detail_px = LONG_PX;
    enum cg_status status = cg_image_create(photo->width, photo->height, 3, out, error);
    if (status != CG_OK)
        return status;
    memcpy(out->pixels, photo->pixels, 3 * (size_t)photo->width * (size_t)photo->height);
    return cg_session_convert(run->session, out->pixels, out->width, out->height, &looks, error);
}

/* Measure the pair into the next place of the results. */
static enum cg_status add_result(struct run *run, const char *name, const struct cg_image *photo,
                                 const struct cg_image *comic, struct cg_error *error)
{
    struct quality_pair pair = {0};
    enum cg_status status = cg_quality_measure(photo, comic, &run->qualities[run->count], error);
    if (status == CG_OK && run->options->sheet != NULL) {
        status = quality_sheet_reduce(photo, &pair.photo, error);
        if (status == CG_OK)
            status = quality_sheet_reduce(comic, &pair.comic, error);
    }
    char *copy = cg_string_copy(name);
    if (status == CG_OK && copy == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "%s: out of memory", name);
    if (status != CG_OK) {
        free(copy);
        cg_image_clear(&pair.comic);
        cg_image_clear(&pair.photo);
        return status;
    }
    run->pairs[run->count] = pair;
    run->names[run->count++] = copy;
    return CG_OK;
}

static void add_photo(struct run *run, const char *name)
{
    struct cg_error error;
    struct cg_image photo = {0}, comic = {0};
    char *path = cg_string_format("%s/%s", run->options->folder, name);
    enum cg_status status = path != NULL
                                ? read_photo(path, &photo, &error)
                                : cg_fail(&error, CG_ERR_MEMORY, "%s: out of memory", name);
    if (status == CG_OK)
        status = make_comic(run, &photo, &comic, &error);
    if (status == CG_OK)
        status = add_result(run, name, &photo, &comic, &error);
    if (status != CG_OK) {
        complain(&error);
        run->failed++;
    }
    cg_image_clear(&comic);
    cg_image_clear(&photo);
    free(path);
}

/* All photos of the list, as far as they can be used. */
static enum cg_status add_listed(struct run *run, struct cg_error *error)
{
    const char *path = run->options->list;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return cg_fail(error, CG_ERR_IO, "reading %s: %s", path, strerror(errno));
    enum cg_status status = CG_OK;
    char *line = NULL;
    size_t line_nbytes = 0;
    while (status == CG_OK && getline(&line, &line_nbytes, file) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (run->count == PHOTOS_MAX)
            status = cg_fail(error, CG_ERR_LIMIT, "%s: more than %d photos", path, PHOTOS_MAX);
        else
            add_photo(run, line);
    }
    if (status == CG_OK && ferror(file))
        status = cg_fail(error, CG_ERR_IO, "reading %s: %s", path, strerror(errno));
    if (status == CG_OK && run->count + run->failed == 0)
        status = cg_fail(error, CG_ERR_FORMAT, "%s: no photos are listed", path);
    free(line);
    fclose(file);
    return status;
}

/* ---- results --------------------------------------------------------------------------------- */

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

static void print_table(const struct run *run, const struct cg_quality *mean)
{
    int name_width = (int)strlen("photo");
    for (size_t i = 0; i < run->count; i++) {
        int length = (int)strlen(run->names[i]);
        name_width = length > name_width ? length : name_width;
    }
    printf("%-*s", name_width, "photo");
    for (int c = 0; c < CG_QUALITY_COLUMNS; c++)
        printf(" %8s", cg_quality_columns[c].heading);
    putchar('\n');
    for (size_t i = 0; i < run->count; i++)
        print_row(run->names[i], name_width, &run->qualities[i]);
    print_row("mean", name_width, mean);
}

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

/* What says nothing is null; shares are shares, not per cent. */
static enum cg_status print_json(const struct run *run, const struct cg_quality *mean,
                                 struct cg_error *error)
{
    const struct cg_style_info *style = cg_engine_style(run->engine);
    json_t *photos = json_array(), *means = json_object();
    add_measures(means, mean);
    for (size_t i = 0; i < run->count; i++) {
        json_t *photo = json_pack("{s:s}", "photo", run->names[i]);
        add_measures(photo, &run->qualities[i]);
        json_array_append_new(photos, photo);
    }
    json_t *all = json_pack("{s:s, s:s, s:i, s:I, s:o, s:o}", "style", style->name, "source",
                            style->source, "long_px", LONG_PX, "failed", (json_int_t)run->failed,
                            "mean", means, "photos", photos);
    char *text = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(all);
    if (text == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "the measures could not be put into JSON");
    puts(text);
    free(text);
    return CG_OK;
}

static enum cg_status show(const struct run *run, struct cg_error *error)
{
    struct cg_quality mean;
    enum cg_status status = CG_OK;
    if (run->count == 0)
        return cg_fail(error, CG_ERR_FORMAT, "none of the %zu photos could be measured",
                       run->failed);
    cg_quality_mean(run->qualities, run->count, &mean);
    if (run->options->json)
        status = print_json(run, &mean, error);
    else
        print_table(run, &mean);
    if (status == CG_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = cg_fail(error, CG_ERR_IO, "writing to stdout: %s", strerror(errno));
    if (status == CG_OK && run->options->sheet != NULL)
        status = quality_sheet_write(run->options->sheet, run->pairs, run->count, error);
    return status;
}

/* ---- the program ----------------------------------------------------------------------------- */

static enum exit_code measure_all(struct run *run)
{
    struct cg_error error;
    if (cg_engine_open(run->options->style, &run->engine, &error) != CG_OK ||
        cg_session_create(run->engine, run->options->threads, &run->session, &error) != CG_OK) {
        complain(&error);
        return EXIT_MODEL;
    }
    enum cg_status status = add_listed(run, &error);
    if (status == CG_OK)
        status = show(run, &error);
    if (status != CG_OK)
        complain(&error);
    return status == CG_OK && run->failed == 0 ? EXIT_DONE : EXIT_INPUT;
}

static void run_free(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        cg_image_clear(&run->pairs[i].comic);
        cg_image_clear(&run->pairs[i].photo);
        free(run->names[i]);
    }
    cg_session_free(run->session);
    cg_engine_free(run->engine);
    free(run);
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

/* False, after getopt's or the help's text, when the arguments cannot be used. */
static bool parse(int argc, char *argv[], struct options *out)
{
    static const struct option known[] = {
        {"style", required_argument, NULL, 's'}, {"sheet", required_argument, NULL, 'o'},
        {"json", no_argument, NULL, 'j'},        {"threads", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};
    for (int result; (result = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        switch (result) {
        case 's':
            out->style = optarg;
            break;
        case 'o':
            out->sheet = optarg;
            break;
        case 'j':
            out->json = true;
            break;
        case 't':
            if (!parse_threads(optarg, &out->threads))
                return false;
            break;
        case 'h':
            fputs(help, stdout);
            exit(EXIT_DONE);
        default:
            return false;
        }
    }
    if (argc - optind != 2) {
        fputs(help, stderr);
        return false;
    }
    out->list = argv[optind];
    out->folder = argv[optind + 1];
    return true;
}

int main(int argc, char *argv[])
{
    struct options options = {.style = CG_DEFAULT_STYLE};
    cg_blas_fix_core_type(argv);
    if (!parse(argc, argv, &options))
        return EXIT_USAGE;
    struct cg_error error;
    struct run *run = cg_alloc_zero(1, sizeof(*run), "results", &error);
    if (run == NULL) {
        complain(&error);
        return EXIT_INPUT;
    }
    run->options = &options;
    enum exit_code code = measure_all(run);
    run_free(run);
    return code;
}
