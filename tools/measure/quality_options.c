/* The command line of comicgan-quality: see quality_options.h. */
#include "measure/quality_options.h"

#include "base/memory.h"

#include <comicgan/comicgan.h>

#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: comicgan-quality [OPTIONS] --photos PATH\n"
    "Convert photos and measure the comics against them. Columns ending in p are of the photo, in\n"
    "c of the comic; - stands where a figure says nothing; docs/EVAL.md describes them all.\n"
    "\n"
    "  --photos PATH        a folder of photos, or a list: a path on each line, # begins a "
    "comment\n"
    "  --root DIR           what a list's paths are below (default: here)\n"
    "  --style S            a style's name or model file; again for more than one\n"
    "                       (default: " CG_DEFAULT_STYLE ")\n"
    "  --all                photos, all styles that can be found, and distances to all comics\n"
    "  --teacher            the comics that a style's training begins with (seconds a photo)\n"
    "  --pictures NAME=DIR  pictures that another program made of the photos, as STEM.png or .jpg\n"
    "  --detail N           working size in pixels, 64 to 8192 (default: each style's own)\n"
    "  --comics NAME=DIR    the comics that style NAME learned from, to measure its distance;\n"
    "                       again for other styles\n"
    "  --boundaries DIR     what people drew, as NAME.mat of BSDS500: how well edges show it\n"
    "  --sheet OUT.png      write photos and comics side by side into one picture\n"
    "  --json               one JSON object instead of a table\n"
    "  --threads N          0: one for each processor (default)\n"
    "  --help               this text\n";

static bool parse_number(const char *option, const char *text, int least, int most, int *out)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || value < least || value > most) {
        fprintf(stderr, "comicgan-quality: %s: expected %d to %d, got %s\n", option, least, most,
                text);
        return false;
    }
    *out = (int)value;
    return true;
}

/* The place of a name's folder: the one that it has, for the last word counts, or a new one. */
static struct quality_comics *place_of(const char *name, struct quality_folders *folders)
{
    size_t i = 0;
    while (i < folders->count && strcmp(folders->each[i].name, name) != 0)
        i++;
    if (i == QUALITY_STYLES_MAX)
        return NULL;
    folders->count += i == folders->count;
    return &folders->each[i];
}

static bool parse_folder(const char *option, const char *text, struct quality_folders *folders)
{
    const char *equals = strchr(text, '=');
    char *name = equals != NULL && equals > text
                     ? cg_string_format("%.*s", (int)(equals - text), text)
                     : NULL;
    struct quality_comics *place = name != NULL ? place_of(name, folders) : NULL;
    if (place == NULL) {
        fprintf(stderr, "comicgan-quality: %s: expected NAME=DIR, at most %d names, got %s\n",
                option, QUALITY_STYLES_MAX, text);
        free(name);
        return false;
    }
    free((void *)(uintptr_t)place->name);
    place->name = name;
    place->dir = equals + 1;
    return true;
}

static bool add_style(const char *name, struct quality_options *out)
{
    if (out->style_count == QUALITY_STYLES_MAX) {
        fprintf(stderr, "comicgan-quality: more than %d styles\n", QUALITY_STYLES_MAX);
        return false;
    }
    out->styles[out->style_count++] = name;
    return true;
}

static bool take_boundaries(const char *dir, struct quality_options *out)
{
    out->boundaries = dir;
    if (!cg_boundary_truth_is_read())
        fputs("comicgan-quality: --boundaries: built without libmatio; install it (tools/setup "
              "libmatio-dev), configure anew\n",
              stderr);
    return cg_boundary_truth_is_read();
}

enum {
    PHOTOS = 1,
    ROOT,
    STYLE,
    ALL,
    TEACHER,
    PICTURES,
    DETAIL,
    COMICS,
    BOUNDARIES,
    SHEET,
    JSON,
    THREADS
};

static const struct option known[] = {{"photos", required_argument, NULL, PHOTOS},
                                      {"root", required_argument, NULL, ROOT},
                                      {"style", required_argument, NULL, STYLE},
                                      {"all", no_argument, NULL, ALL},
                                      {"teacher", no_argument, NULL, TEACHER},
                                      {"pictures", required_argument, NULL, PICTURES},
                                      {"detail", required_argument, NULL, DETAIL},
                                      {"comics", required_argument, NULL, COMICS},
                                      {"boundaries", required_argument, NULL, BOUNDARIES},
                                      {"sheet", required_argument, NULL, SHEET},
                                      {"json", no_argument, NULL, JSON},
                                      {"threads", required_argument, NULL, THREADS},
                                      {"help", no_argument, NULL, 'h'},
                                      {NULL, 0, NULL, 0}};

static bool take_option(int which, struct quality_options *out)
{
    switch (which) {
    case PHOTOS:
        out->photos = optarg;
        return true;
    case ROOT:
        out->root = optarg;
        return true;
    case STYLE:
        return add_style(optarg, out);
    case ALL:
        out->all = true;
        return true;
    case TEACHER:
        out->teacher = true;
        return true;
    case PICTURES:
        return parse_folder("--pictures", optarg, &out->pictures);
    case DETAIL:
        return parse_number("--detail", optarg, 64, 8192, &out->detail_px);
    case COMICS:
        return parse_folder("--comics", optarg, &out->comics);
    case BOUNDARIES:
        return take_boundaries(optarg, out);
    case SHEET:
        out->sheet = optarg;
        return true;
    case JSON:
        out->json = true;
        return true;
    case THREADS:
        return parse_number("--threads", optarg, 0, 256, &out->threads);
    case 'h':
        fputs(help, stdout);
        exit(QUALITY_DONE);
    default:
        return false;
    }
}

bool quality_options_parse(int argc, char *argv[], struct quality_options *out)
{
    out->root = ".";
    bool good = true;
    for (int result; good && (result = getopt_long(argc, argv, "h", known, NULL)) != -1;)
        good = take_option(result, out);
    bool complete = optind == argc && out->photos != NULL;
    if (good && !complete)
        fputs(help, stderr);
    return good && complete;
}

void quality_options_clear(struct quality_options *options)
{
    struct quality_folders *const both[] = {&options->comics, &options->pictures};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < both[k]->count; i++)
            free((void *)(uintptr_t)both[k]->each[i].name);
}
