/*
 * comicgan page: photos in, a comic page out. This file is the command line: options, their checks,
 * and the checks of OUT and the photos' number; page_make.c does the work.
 */
#include "base/memory.h"
#include "cli/confinement.h"
#include "cli/page/page_make.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char help[] =
    "Usage: comicgan page [OPTIONS] PHOTO... OUT\n"
    "Lay two to nine photos out as a comic page, in their order, and write it to OUT (PNG or\n"
    "JPEG, by its ending). OUT is written whole or not at all.\n"
    "\n"
    "  -o, --out OUT   the page; all arguments then are photos\n"
    "  --layout L      auto: rows of changing rhythm, as little cropped as can be (default);\n"
    "                  feature: the first photo large, over the whole width;\n"
    "                  grid: rows of equal panels;\n"
    "                  strip: one row; stack: one column; these two crop next to nothing and\n"
    "                  make the page as high as it has to be, unless --page is given\n"
    "  --caption TEXT  a caption; the first one goes to the first photo, and so on. \"\" leaves\n"
    "                  one out\n"
    "  --title TEXT    a title above the panels\n"
    "  --font FILE     OpenType or TrueType font to letter with (default: Comic Neue, from the\n"
    "                  package fonts-comic-neue); letters it lacks come from others\n"
    "  --page P        a4 (default), letter, square, or WIDTHxHEIGHT in pixels\n"
    "  --gutter PX     between panels beside each other; between rows it is half as much again\n"
    "                  (default: 1/80 of the page's short side)\n"
    "  --frame PX      width of the panels' frames, 0 for none (default: 1/360 of it)\n"
    "  --slant DEG     how far upright gutters lean, -15 to 15 degrees (default: 3)\n"
    "  --background C  white (default), black, or #RRGGBB\n"
    "  --rtl           read from right to left\n"
    "  --force         replace OUT if it is there already\n" CG_CLI_RENDER_PARAMS_HELP
    "  --quality Q     JPEG quality, 1 to 100 (default: 92)\n"
    "  --threads N     threads to work with, 1 to 256 (default: all processors);\n"
    "                  the page is the same with any number\n" CG_CLI_NO_SANDBOX_HELP
    "  --help          this text\n";

#define THREADS_MAX 256
#define QUALITY_DEFAULT 92
#define PAGE_MIN_PX 200
#define PAGE_MAX_PX 16000
#define GUTTER_MAX_PX 1000
#define FRAME_MAX_PX 200
#define SLANT_MAX_DEGREES 15.0f
#define SLANT_DEFAULT_DEGREES 3.0
#define RADIANS_PER_DEGREE 0.017453292519943295

/* ---- the command line ------------------------------------------------------------------------ */

enum {
    OPTION_LAYOUT = CG_CLI_LONG_OPTION,
    OPTION_CAPTION,
    OPTION_TITLE,
    OPTION_FONT,
    OPTION_PAGE,
    OPTION_GUTTER,
    OPTION_FRAME,
    OPTION_SLANT,
    OPTION_BACKGROUND,
    OPTION_RTL,
    OPTION_FORCE,
    OPTION_QUALITY,
    OPTION_THREADS,
    OPTION_NO_SANDBOX
};

static const struct option long_options[] = {
    {"out", required_argument, NULL, 'o'},
    {"layout", required_argument, NULL, OPTION_LAYOUT},
    {"caption", required_argument, NULL, OPTION_CAPTION},
    {"title", required_argument, NULL, OPTION_TITLE},
    {"font", required_argument, NULL, OPTION_FONT},
    {"page", required_argument, NULL, OPTION_PAGE},
    {"gutter", required_argument, NULL, OPTION_GUTTER},
    {"frame", required_argument, NULL, OPTION_FRAME},
    {"slant", required_argument, NULL, OPTION_SLANT},
    {"background", required_argument, NULL, OPTION_BACKGROUND},
    {"rtl", no_argument, NULL, OPTION_RTL},
    {"force", no_argument, NULL, OPTION_FORCE},
    CG_CLI_RENDER_PARAMS_LONG_OPTIONS,
    {"quality", required_argument, NULL, OPTION_QUALITY},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct command_line {
    struct cg_page_order order;
    bool force;
};

static bool set_layout(struct cg_page_order *order, const char *value)
{
    char names[64] = "";
    for (size_t i = 0; cg_layout_name(i) != NULL; i++) {
        size_t length = strlen(names);
        snprintf(names + length, sizeof(names) - length, "%s%s", i > 0 ? ", " : "",
                 cg_layout_name(i));
        if (strcmp(value, cg_layout_name(i)) == 0) {
            order->layout = cg_layout_name(i);
            return true;
        }
    }
    cg_cli_fail(CG_EXIT_USAGE, "--layout: expected one of %s, found \"%s\"", names, value);
    return false;
}

static bool add_caption(struct cg_page_order *order, const char *value)
{
    if (order->caption_count == CG_PAGE_PANELS_MAX) {
        cg_cli_fail(CG_EXIT_USAGE, "--caption: expected at most %d captions, found more",
                    CG_PAGE_PANELS_MAX);
        return false;
    }
    order->captions[order->caption_count++] = value;
    return true;
}

/* "WIDTHxHEIGHT", digits alone. */
static bool parse_size(const char *text, int *width, int *height)
{
    char rest;
    if (strspn(text, "0123456789x") != strlen(text) || strlen(text) > 12 ||
        sscanf(text, "%dx%d%c", width, height, &rest) != 2)
        return false;
    return *width >= PAGE_MIN_PX && *width <= PAGE_MAX_PX && *height >= PAGE_MIN_PX &&
           *height <= PAGE_MAX_PX;
}

static bool set_page(struct cg_page_order *order, const char *value)
{
    /* At 300 dots per inch; the square is as wide as A4. */
    static const struct {
        const char *name;
        int width, height;
    } known[] = {{"a4", 2480, 3508}, {"letter", 2550, 3300}, {"square", 2480, 2480}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcasecmp(value, known[i].name) == 0) {
            order->width = known[i].width;
            order->height = known[i].height;
            return true;
        }
    if (parse_size(value, &order->width, &order->height))
        return true;
    cg_cli_fail(CG_EXIT_USAGE,
                "--page: expected a4, letter, square or WIDTHxHEIGHT from %d to %d pixels, found "
                "\"%s\"",
                PAGE_MIN_PX, PAGE_MAX_PX, value);
    return false;
}

static bool set_background(struct cg_page_order *order, const char *value)
{
    const char *digits = strcasecmp(value, "white") == 0   ? "#ffffff"
                         : strcasecmp(value, "black") == 0 ? "#000000"
                                                           : value;
    if (digits[0] == '#' && strlen(digits) == 7 &&
        strspn(digits + 1, "0123456789abcdefABCDEF") == 6) {
        unsigned long colour = strtoul(digits + 1, NULL, 16);
        for (int c = 0; c < 3; c++)
            order->background[c] = (uint8_t)(colour >> (16 - 8 * c));
        return true;
    }
    cg_cli_fail(CG_EXIT_USAGE, "--background: expected white, black or #RRGGBB, found \"%s\"",
                value);
    return false;
}

static bool set_slant(struct cg_page_order *order, const char *value)
{
    float degrees;
    if (!cg_cli_parse_float("slant", value, -SLANT_MAX_DEGREES, SLANT_MAX_DEGREES, &degrees))
        return false;
    order->slant = tan((double)degrees * RADIANS_PER_DEGREE);
    return true;
}

/* One option; false after a message. */
static bool set_option(void *context, int option, const char *value)
{
    struct command_line *line = context;
    struct cg_page_order *order = &line->order;
    if (cg_cli_is_look(option))
        return cg_cli_render_params_set(&order->looks, option, value);
    switch (option) {
    case 'o':
        order->out = value;
        return true;
    case OPTION_LAYOUT:
        return set_layout(order, value);
    case OPTION_CAPTION:
        return add_caption(order, value);
    case OPTION_TITLE:
        order->title = value[0] != '\0' ? value : NULL;
        return true;
    case OPTION_FONT:
        order->font = value;
        return true;
    case OPTION_PAGE:
        return set_page(order, value);
    case OPTION_GUTTER:
        return cg_cli_parse_int("gutter", value, 0, GUTTER_MAX_PX, &order->gutter_px);
    case OPTION_FRAME:
        return cg_cli_parse_int("frame", value, 0, FRAME_MAX_PX, &order->frame_px);
    case OPTION_SLANT:
        return set_slant(order, value);
    case OPTION_BACKGROUND:
        return set_background(order, value);
    case OPTION_RTL:
        return order->right_to_left = true;
    case OPTION_FORCE:
        return line->force = true;
    case OPTION_NO_SANDBOX:
        return order->no_sandbox = true;
    case OPTION_QUALITY:
        return cg_cli_parse_int("quality", value, 1, 100, &order->quality);
    default:
        return cg_cli_parse_int("threads", value, 1, THREADS_MAX, &order->threads);
    }
}

/* ---- checks before the work ------------------------------------------------------------------ */

static int check_counts(const struct cg_page_order *order)
{
    if (order->photo_count < CG_PAGE_PANELS_MIN || order->photo_count > CG_PAGE_PANELS_MAX)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "page: expected %d to %d photos and OUT, found %d photo%s",
                           CG_PAGE_PANELS_MIN, CG_PAGE_PANELS_MAX, order->photo_count,
                           order->photo_count == 1 ? "" : "s");
    if (order->caption_count > order->photo_count)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "--caption: expected at most one for each of %d photos, found %d",
                           order->photo_count, order->caption_count);
    return CG_EXIT_DONE;
}

static enum cg_status add_inputs(const struct cg_page_order *order, struct cg_inputs *inputs,
                                 struct cg_error *error)
{
    enum cg_status status = cg_cli_render_params_add_inputs(&order->looks, inputs, error);
    if (status == CG_OK)
        status = cg_inputs_add(inputs, order->font, error);
    for (int i = 0; status == CG_OK && i < order->photo_count; i++)
        status = cg_inputs_add(inputs, order->photos[i], error);
    return status;
}

static int check_out(struct command_line *line)
{
    struct cg_page_order *order = &line->order;
    struct cg_error error;
    struct cg_inputs inputs = {0};
    int code = CG_EXIT_DONE;
    if (cg_image_format_of(order->out, &order->format, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_USAGE, "%s", error.text);
    enum cg_status status = add_inputs(order, &inputs, &error);
    if (status == CG_OK)
        status = cg_output_check(&inputs, order->out, line->force, &error);
    if (status == CG_OK)
        status = cg_output_check_folder(order->out, &error);
    if (status != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    cg_inputs_clear(&inputs);
    return code;
}

/* ---- OUT, which came first in old versions --------------------------------------------------- */

/* Whether it is a picture as wide, and as high where that is settled, as the page will be. */
static bool is_like_the_page(const struct cg_page_order *order, const char *path)
{
    struct cg_image_info info;
    int width = cg_page_width(order);
    return cg_image_probe(path, &info, NULL) == CG_OK && info.width == width &&
           (order->height == 0 || info.height == order->height);
}

/* By what is there: a photo where OUT belongs, and at the front what is none, or a page. */
static bool is_old_order(const struct cg_page_order *order)
{
    const char *first = order->photos[0], *last = order->out;
    return access(last, F_OK) == 0 && !is_like_the_page(order, last) &&
           (access(first, F_OK) != 0 || is_like_the_page(order, first));
}

static int refuse_old_order(const struct command_line *line)
{
    const struct cg_page_order *order = &line->order;
    char *photos = cg_string_copy("");
    for (int i = 1; photos != NULL && i < order->photo_count; i++) {
        char *longer = cg_string_format("%s %s", photos, order->photos[i]);
        free(photos);
        photos = longer;
    }
    int code = cg_cli_fail(
        CG_EXIT_USAGE, "page: OUT comes last, the photos before it: comicgan page ...%s%s %s %s",
        line->force ? " --force" : "", photos != NULL ? photos : "", order->out, order->photos[0]);
    free(photos);
    return code;
}

/* The arguments are photos, and OUT behind them unless -o names it. */
static int take_arguments(struct command_line *line, int argc, char *argv[])
{
    struct cg_page_order *order = &line->order;
    bool named = order->out != NULL;
    if (argc == optind)
        return cg_cli_fail(CG_EXIT_USAGE, "page: expected photos and OUT, found neither; see "
                                          "comicgan page --help");
    order->photos = (const char *const *)argv + optind;
    order->photo_count = argc - optind - !named;
    if (!named)
        order->out = argv[argc - 1];
    if (order->width == 0 && !cg_layout_has_free_height(order->layout))
        set_page(order, "a4");
    int code = check_counts(order);
    if (code == CG_EXIT_DONE && !named && is_old_order(order))
        code = refuse_old_order(line);
    return code == CG_EXIT_DONE ? check_out(line) : code;
}

static const struct cg_cli_syntax syntax = {":ho:", long_options, (const char *const[]){help, NULL},
                                            set_option};

/* Options into line, then the arguments and the page. */
static int run_command_line(int argc, char *argv[], struct command_line *line)
{
    int code;
    if (!cg_cli_read_options(&syntax, argc, argv, line, &code))
        return code;
    code = line->order.no_sandbox ? CG_EXIT_DONE : cg_cli_give_up_calls();
    if (code == CG_EXIT_DONE)
        code = take_arguments(line, argc, argv);
    return code == CG_EXIT_DONE ? cg_page_make(&line->order) : code;
}

int cg_command_page(int argc, char *argv[])
{
    struct command_line line = {.order = {.looks = CG_CLI_RENDER_PARAMS_DEFAULT,
                                          .layout = cg_layout_name(0),
                                          .gutter_px = -1,
                                          .frame_px = -1,
                                          .slant = tan(SLANT_DEFAULT_DEGREES * RADIANS_PER_DEGREE),
                                          .background = {255, 255, 255},
                                          .quality = QUALITY_DEFAULT}};
    int code = run_command_line(argc, argv, &line);
    cg_cli_render_params_close(&line.order.looks);
    return code;
}
