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

#define PHOTOS_WORDS "two to nine photos" /* CG_PAGE_PANELS_MIN to CG_PAGE_PANELS_MAX */
#define PAGE_MIN_PX 200
#define PAGE_MAX_PX 16000
#define PAGE_DPI 300
#define RADIANS_PER_DEGREE 0.017453292519943295

/* ---- the command line ------------------------------------------------------------------------ */

struct command_line {
    struct cg_page_order order;
    float slant_degrees;
    bool force;
};

static bool set_layout(void *field, const struct cg_option *row, const char *value)
{
    const char *names[8] = {NULL};
    for (size_t i = 0; i < 7 && cg_layout_name(i) != NULL; i++)
        names[i] = cg_layout_name(i);
    int index = cg_command_find_word(row->name, names, value);
    if (index >= 0)
        *(const char **)field = names[index];
    return index >= 0;
}

static bool add_caption(void *field, const struct cg_option *row, const char *value)
{
    struct cg_page_order *order = field;
    if (order->caption_count == CG_PAGE_PANELS_MAX) {
        cg_cli_fail(CG_EXIT_USAGE, "--%s: expected at most %d captions, found more", row->name,
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

static bool set_page(void *field, const struct cg_option *row, const char *value)
{
    struct cg_page_order *order = field;
    /* At this many dots per inch; the square is as wide as A4. */
    static const struct {
        const char *name;
        int width, height;
    } known[] = {{"a4", 2480, 3508}, {"letter", 2550, 3300}, {"square", 2480, 2480}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcasecmp(value, known[i].name) == 0) {
            order->width = known[i].width;
            order->height = known[i].height;
            order->dpi = PAGE_DPI;
            return true;
        }
    order->dpi = 0.0;
    if (parse_size(value, &order->width, &order->height))
        return true;
    cg_cli_fail(CG_EXIT_USAGE,
                "--%s: expected a4, letter, square or WIDTHxHEIGHT from %d to %d pixels, found "
                "\"%s\"",
                row->name, PAGE_MIN_PX, PAGE_MAX_PX, value);
    return false;
}

#define AT(member) offsetof(struct command_line, member)

static const struct cg_option rows[] = {
    {"out", 'o', CG_OPTION_FILE, AT(order.out), "OUT", "the page; all arguments then are photos"},
    {"layout", 0, CG_OPTION_CUSTOM, AT(order.layout), "L",
     "auto: rows of changing rhythm, as little cropped as can be (default); feature: the first "
     "photo large, over the whole width; grid: rows of equal panels; strip: one row; stack: one "
     "column; these two crop next to nothing and make the page as high as it has to be, unless "
     "--page is given",
     .set = set_layout},
    {"caption", 0, CG_OPTION_CUSTOM, AT(order), "TEXT",
     "a caption; the first one goes to the first photo, and so on. \"\" leaves one out",
     .set = add_caption},
    {"title", 0, CG_OPTION_TEXT, AT(order.title), "TEXT", "a title above the panels"},
    {"font", 0, CG_OPTION_FILE, AT(order.font), "FILE",
     "OpenType or TrueType font to letter with (default: Comic Neue, from the package "
     "fonts-comic-neue); letters it lacks come from others"},
    {"page", 0, CG_OPTION_CUSTOM, AT(order), "P",
     "a4 (default), letter, square, all at 300 dots per inch, or WIDTHxHEIGHT in pixels",
     .set = set_page},
    {"gutter", 0, CG_OPTION_INT, AT(order.gutter_px), "PX",
     "between panels beside each other; between rows it is half as much again (default: 1/80 of "
     "the page's short side)",
     0, 1000},
    {"frame", 0, CG_OPTION_INT, AT(order.frame_px), "PX",
     "width of the panels' frames, 0 for none (default: 1/360 of it)", 0, 200},
    {"slant", 0, CG_OPTION_FLOAT, AT(slant_degrees), "DEG",
     "how far upright gutters lean, %r degrees (default: %d)", -15, 15},
    {"background", 0, CG_OPTION_COLOUR, AT(order.background), "C",
     "#rgb, #rrggbb or a name such as black (default: white)"},
    {"rtl", 0, CG_OPTION_FLAG, AT(order.right_to_left), NULL, "read from right to left"},
    {"force", 'f', CG_OPTION_FLAG, AT(force), NULL, "replace OUT if it is there already"},
    {.kind = CG_OPTION_GROUP, .rows = CG_CLI_PICTURE_OPTIONS, .field = AT(order.looks)},
    {"How the file is made:", .kind = CG_OPTION_HEADING},
    CG_CLI_STRICT_ROW(AT(order.strict)),
    {"quality", 0, CG_OPTION_INT, AT(order.quality), "Q", "of a JPEG or WebP, %r (default: %d)", 1,
     100},
    {"no-mark", 0, CG_OPTION_FLAG, AT(order.no_mark), NULL,
     "do not write into the page what made it, which comicgan card shows"},
    {"threads", 0, CG_OPTION_INT, AT(order.threads), "N",
     "threads to work with, %r (default: all processors); the page is the same with any number", 1,
     256},
    CG_CLI_VERBOSE_ROW(AT(order.verbose), "panel"),
    CG_CLI_QUIET_ROW(AT(order.quiet)),
    CG_CLI_NO_SANDBOX_ROW(AT(order.no_sandbox)),
    CG_OPTION_END,
};

/* ---- checks before the work ------------------------------------------------------------------ */

static int check_captions(const struct cg_page_order *order)
{
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

/* Whether it is a picture as wide as the page will be, and as high if that is fixed. */
static bool is_like_the_page(const struct cg_page_order *order, const char *path)
{
    struct cg_image_info info;
    int width = cg_page_width(order);
    return cg_image_probe(path, &info, NULL) == CG_OK && info.width == width &&
           (order->height == 0 || info.height == order->height);
}

/* Judged by the files: a photo where OUT belongs, and in front something that is not a photo, or
 * a page. */
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

/* The arguments are photos, then OUT unless -o names it. */
static int take_arguments(struct command_line *line, int argc, char *argv[])
{
    struct cg_page_order *order = &line->order;
    bool named = order->out != NULL;
    int code = cg_command_check_arguments(&CG_COMMAND_PAGE, argc, argv, CG_PAGE_PANELS_MIN + !named,
                                          CG_PAGE_PANELS_MAX + !named,
                                          named ? PHOTOS_WORDS : PHOTOS_WORDS " and OUT");
    if (code != CG_EXIT_DONE)
        return code;
    order->photos = (const char *const *)argv + optind;
    order->photo_count = argc - optind - !named;
    if (!named)
        order->out = argv[argc - 1];
    if (order->width == 0 && !cg_layout_has_free_height(order->layout))
        set_page(order, NULL, "a4");
    if (order->title != NULL && order->title[0] == '\0')
        order->title = NULL;
    order->slant = tan((double)line->slant_degrees * RADIANS_PER_DEGREE);
    code = check_captions(order);
    order->writing = cg_cli_writing(line->force);
    if (code == CG_EXIT_DONE && !named && is_old_order(order))
        code = refuse_old_order(line);
    return code == CG_EXIT_DONE ? check_out(line) : code;
}

static int run(int argc, char *argv[])
{
    struct command_line line = {.order = {.looks = CG_CLI_RENDER_PARAMS_DEFAULT,
                                          .layout = cg_layout_name(0),
                                          .gutter_px = -1,
                                          .frame_px = -1,
                                          .background = {255, 255, 255},
                                          .quality = 92},
                                .slant_degrees = 3.0f};
    int code;
    if (cg_command_read(&CG_COMMAND_PAGE, argc, argv, &line, &code) &&
        (code = line.order.no_sandbox ? CG_EXIT_DONE : cg_cli_give_up_calls()) == CG_EXIT_DONE &&
        (code = take_arguments(&line, argc, argv)) == CG_EXIT_DONE)
        code = cg_page_make(&line.order);
    cg_cli_render_params_close(&line.order.looks);
    return code;
}

const struct cg_command CG_COMMAND_PAGE = {
    .name = "page",
    .arguments = "PHOTO... OUT",
    .summary = "lay two to nine photos out as a comic page",
    .usage = "[OPTIONS] PHOTO... OUT",
    .about = "Lay two to nine photos out as a comic page, in their order, and write it to OUT "
             "(PNG, JPEG or WebP, by its ending). OUT is written whole or not at all.",
    .options = rows,
    .run = run,
};
