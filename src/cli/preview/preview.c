/*
 * comicgan preview: one photo in all styles, on a sheet or as a page for a browser. run has the
 * order of the work: options, checks of OUT, styles, photo, comics, file.
 */
#include "base/memory.h"
#include "cli/command.h"
#include "cli/confinement.h"
#include "cli/preview/preview_html.h"
#include "cli/preview/preview_sheet.h"
#include "cli/render_options.h"
#include "page/font.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Areas that pictures are reduced to: a sheet's together, each of a page's. */
#define SHEET_AREA_PX ((size_t)24 << 20)
#define CELL_AREA_PX 360000
#define CELL_SIDE_PX 1200
#define HTML_AREA_PX 480000
#define HTML_SIDE_PX 1280

struct order {
    const char *photo, *out;
    char *default_out;
    bool html, force, strict, verbose, quiet, no_sandbox;
    enum cg_image_format format; /* of a sheet */
    int quality, threads;
};

#define AT(member) offsetof(struct order, member)

static const struct cg_option rows[] = {
    {"out", 'o', CG_OPTION_FILE, AT(out), "OUT", "the same as OUT behind the photo"},
    {"html", 0, CG_OPTION_FLAG, AT(html), NULL,
     "a page for a browser, in one file: a slider between photo and comic, the styles to choose "
     "from, and for each a few looks to try"},
    {"force", 'f', CG_OPTION_FLAG, AT(force), NULL, "replace OUT if it is there already"},
    {"quality", 0, CG_OPTION_INT, AT(quality), "Q",
     "of a sheet that is a JPEG or WebP, %r (default: %d)", 1, 100},
    {"threads", 0, CG_OPTION_INT, AT(threads), "N",
     "threads to work with, %r (default: all processors)", 1, 256},
    CG_CLI_STRICT_ROW(AT(strict)),
    CG_CLI_VERBOSE_ROW(AT(verbose), "comic"),
    CG_CLI_QUIET_ROW(AT(quiet)),
    CG_CLI_NO_SANDBOX_ROW(AT(no_sandbox)),
    CG_OPTION_END,
};

/* ---- what is to be made ---------------------------------------------------------------------- */

static bool is_html(const char *path)
{
    const char *ending = strrchr(path, '.');
    return ending != NULL && (strcasecmp(ending, ".html") == 0 || strcasecmp(ending, ".htm") == 0);
}

/* In the current folder: the photo's name without its ending, "-styles", and an ending. */
static char *name_out(const char *photo, bool html)
{
    const char *slash = strrchr(photo, '/'), *name = slash != NULL ? slash + 1 : photo;
    const char *dot = strrchr(name, '.');
    size_t length = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    return cg_string_format("%.*s-styles.%s", (int)length, name, html ? "html" : "jpg");
}

static int check_out(struct order *order)
{
    struct cg_error error;
    struct cg_inputs inputs = {0};
    bool named_html = is_html(order->out);
    if (order->html && !named_html)
        return cg_cli_fail(CG_EXIT_USAGE, "--html: expected a name that ends in .html, found %s",
                           order->out);
    order->html = named_html;
    if (!named_html && cg_image_format_of(order->out, &order->format, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_USAGE, "%s; a page ends in .html", error.text);
    enum cg_status status = cg_inputs_add(&inputs, order->photo, &error);
    if (status == CG_OK)
        status = cg_output_check(&inputs, order->out, order->force, &error);
    if (status == CG_OK)
        status = cg_output_check_folder(order->out, &error);
    cg_inputs_clear(&inputs);
    return status == CG_OK ? CG_EXIT_DONE : cg_cli_fail_with(CG_EXIT_INPUT, &error);
}

static int take_arguments(struct order *order, int argc, char *argv[])
{
    cg_command_put_out(order->out, argc, argv);
    int code =
        cg_command_check_arguments(&CG_COMMAND_PREVIEW, argc, argv, 1, 2, "PHOTO and perhaps OUT");
    if (code != CG_EXIT_DONE)
        return code;
    order->photo = argv[optind];
    order->default_out = name_out(order->photo, order->html);
    if (order->default_out == NULL)
        return cg_cli_fail(CG_EXIT_INPUT, "memory could not be allocated");
    order->out = argc - optind == 2 ? argv[optind + 1] : order->default_out;
    return check_out(order);
}

/* ---- the work -------------------------------------------------------------------------------- */

static enum cg_status allow_files(struct cg_sandbox *sandbox, const void *context,
                                  struct cg_error *error)
{
    const struct order *order = context;
    enum cg_status status = cg_cli_allow_style(sandbox, "", error);
    if (status == CG_OK)
        status = cg_fonts_allow(sandbox, error);
    if (status == CG_OK)
        status = cg_cli_allow_picture(sandbox, order->photo, error);
    return status == CG_OK ? cg_sandbox_allow_output(sandbox, order->out, error) : status;
}

static enum cg_status write_sheet(const struct order *order, const struct cg_preview *preview,
                                  struct cg_error *error)
{
    const struct cg_image_write_options options = {.format = order->format,
                                                   .quality = order->quality,
                                                   .writing = cg_cli_writing(order->force)};
    struct cg_image sheet;
    enum cg_status status = cg_preview_sheet_draw(preview, &sheet, error);
    if (status == CG_OK)
        status = cg_image_write(order->out, &sheet, &options, error);
    cg_image_clear(&sheet);
    return status;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static enum cg_status make(const struct order *order, struct cg_preview *preview,
                           struct cg_error *error)
{
    size_t pictures = preview->engine_count + 1;
    enum cg_status status = cg_preview_read_photo(
        preview, order->photo, order->html ? HTML_SIDE_PX : CELL_SIDE_PX,
        order->html ? HTML_AREA_PX : smaller(CELL_AREA_PX, SHEET_AREA_PX / pictures), order->strict,
        error);
    if (status == CG_OK)
        status = cg_preview_draw(preview, order->html, order->threads, error);
    if (status == CG_OK)
        status = order->html ? cg_preview_html_write(order->out, cg_cli_writing(order->force),
                                                     order->photo, preview, error)
                             : write_sheet(order, preview, error);
    return status;
}

static int make_preview(const struct order *order)
{
    struct cg_error error;
    struct cg_preview preview = {.quiet = order->quiet, .verbose = order->verbose};
    if (!order->no_sandbox && cg_cli_give_up_files(allow_files, order, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    int code = cg_preview_load_styles(&preview);
    if (code == CG_EXIT_DONE && make(order, &preview, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    if (code == CG_EXIT_DONE && preview.incomplete)
        code = CG_EXIT_MODEL;
    if (code == CG_EXIT_DONE && order->out == order->default_out && !order->quiet)
        cg_cli_say("%s", order->out);
    cg_preview_clear(&preview);
    return code;
}

static int run(int argc, char *argv[])
{
    struct order order = {.quality = 90};
    int code;
    if (cg_command_read(&CG_COMMAND_PREVIEW, argc, argv, &order, &code) &&
        (code = order.no_sandbox ? CG_EXIT_DONE : cg_cli_give_up_calls()) == CG_EXIT_DONE &&
        (code = take_arguments(&order, argc, argv)) == CG_EXIT_DONE)
        code = make_preview(&order);
    free(order.default_out);
    return code;
}

const struct cg_command CG_COMMAND_PREVIEW = {
    .name = "preview",
    .arguments = "PHOTO [OUT]",
    .summary = "show a photo in all styles, to choose one",
    .usage = "[OPTIONS] PHOTO [OUT]",
    .about =
        "Show a photo in all styles on one sheet, each with the option that makes it. OUT is a "
        "PNG, a JPEG or, ending in .html, a page for a browser; without it the sheet of "
        "photo.jpg is photo-styles.jpg in the current folder.",
    .options = rows,
    .run = run,
};
