/*
 * comicgan card: shows the card of a model file or the mark of a comic (cli/comic_mark.h), and
 * copies a model with a changed card. The card holds a style's default looks, so the person who
 * trains a style tries looks with convert and then writes the suitable ones here.
 */
#include "base/json.h"
#include "base/memory.h"
#include "cli/comic_mark.h"
#include "cli/render_options.h"
#include "model/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct order {
    const char *model, *out, *name, *summary;
    struct cg_cli_render_params looks;
    bool force, is_comic;
};

/* ---- the command line ------------------------------------------------------------------------ */

#define AT(member) offsetof(struct order, member)

static const struct cg_option rows[] = {
    {"out", 'o', CG_OPTION_FILE, AT(out), "FILE",
     "the copy, a .safetensors file, and not STYLE itself"},
    {"force", 'f', CG_OPTION_FLAG, AT(force), NULL, "replace FILE if it is there already"},
    {"name", 0, CG_OPTION_TEXT, AT(name), "NAME", "the style's name: letters, digits, '-' and '_'"},
    {"summary", 0, CG_OPTION_TEXT, AT(summary), "TEXT", "one line about it, for comicgan styles"},
    {.kind = CG_OPTION_GROUP, .rows = CG_CLI_RENDER_OPTIONS, .field = AT(looks)},
    CG_OPTION_END,
};

/* Whether a look was given that cards cannot have: one without a key, except the working size. */
static bool has_other_looks(const struct cg_cli_render_params *looks)
{
    bool found = looks->mask_path != NULL || looks->style != NULL;
    for (int i = 1; CG_LOOK_TABLE[i].kind != CG_OPTION_NONE; i++)
        found |= (looks->given >> i & 1) != 0 && CG_LOOK_TABLE[i].key == NULL;
    return found;
}

/* The copy must not replace its model: inputs are never overwritten. */
static int check_out(const struct order *order)
{
    struct cg_inputs inputs = {0};
    struct cg_error error;
    char *path = NULL;
    int code = CG_EXIT_DONE;
    enum cg_status status =
        cg_model_style_path(cg_cli_models_folder(), order->model, &path, &error);
    if (status == CG_OK)
        status = cg_inputs_add_named(&inputs, path, order->model, &error);
    if (status == CG_OK)
        status = cg_output_check(&inputs, order->out, order->force, &error);
    if (status == CG_OK)
        status = cg_output_check_folder(order->out, &error);
    if (status != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    cg_inputs_clear(&inputs);
    free(path);
    return code;
}

static bool is_picture(const char *path)
{
    enum cg_image_format format;
    return cg_image_format_by_ending(path, &format);
}

static int check_order(struct order *order, int argc, char *argv[])
{
    bool changes = order->name != NULL || order->summary != NULL || order->looks.paper != NULL ||
                   order->looks.given != 0;
    int code = cg_command_check_arguments(&CG_COMMAND_CARD, argc, argv, 1, 1, "STYLE or COMIC");
    if (code != CG_EXIT_DONE)
        return code;
    order->model = argv[optind];
    order->is_comic = is_picture(order->model);
    if (order->is_comic && (changes || order->out != NULL))
        return cg_command_refuse(&CG_COMMAND_CARD, "%s is a comic, which is only shown",
                                 order->model);
    if (has_other_looks(&order->looks))
        return cg_command_refuse(&CG_COMMAND_CARD, "a card has no style, mask or feather in it");
    if (changes && order->out == NULL)
        return cg_command_refuse(&CG_COMMAND_CARD, "changes need --out FILE to be written to");
    return order->out != NULL ? check_out(order) : CG_EXIT_DONE;
}

/* ---- the card -------------------------------------------------------------------------------- */

static int print_card(const struct cg_model *model)
{
    const struct cg_card *card = &model->card;
    cg_memory_forget();
    json_t *root = json_pack("{s:s, s:s, s:i, s:I, s:o}", "name", card->name, "summary",
                             card->summary, "detail_px", card->looks.detail_px, "parameters",
                             (json_int_t)model->network->parameter_count, "looks",
                             cg_render_params_to_json(&card->looks));
    return cg_cli_print_json(root, "the card", CG_EXIT_MODEL);
}

/* What made a comic. */
static int print_mark(const char *path)
{
    char mark[CG_IMAGE_MARK_NBYTES], *text;
    struct cg_error error;
    if (access(path, F_OK) != 0) {
        cg_fail_errno(&error, "reading", path, errno);
        return cg_cli_fail_with(CG_EXIT_INPUT, &error);
    }
    if (!cg_image_read_mark(path, mark))
        return cg_cli_fail(
            CG_EXIT_INPUT,
            "reading %s: expected a comic that says what made it, found no mark in it", path);
    if (cg_mark_text(mark, &text, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_INPUT, "reading %s: %s", path, error.text);
    puts(text);
    free(text);
    return CG_EXIT_DONE;
}

static int write_copy(const struct order *order, const struct cg_model *model)
{
    struct cg_error error;
    struct cg_model copy = *model;
    struct cg_render_params *looks = &copy.card.looks;
    cg_options_overlay(CG_LOOK_TABLE, order->looks.given, &order->looks.values, looks);
    if (order->looks.paper != NULL)
        cg_render_params_set_paper(looks, order->looks.paper, NULL);
    /* the writer does not change the card */
    if (order->name != NULL)
        copy.card.name = (char *)order->name;
    if (order->summary != NULL)
        copy.card.summary = (char *)order->summary;
    enum cg_status status =
        cg_model_write(order->out, cg_cli_writing(order->force), &copy, NULL, &error);
    if (status == CG_OK)
        return CG_EXIT_DONE;
    bool refused = status == CG_ERR_MODEL || status == CG_ERR_ARGUMENT;
    return cg_cli_fail(refused ? CG_EXIT_USAGE : CG_EXIT_INPUT, "%s", error.text);
}

static int run(int argc, char *argv[])
{
    int code;
    struct cg_error error;
    struct cg_model *model = NULL;
    struct order order = {0};
    if (cg_command_read(&CG_COMMAND_CARD, argc, argv, &order, &code) &&
        (code = check_order(&order, argc, argv)) == CG_EXIT_DONE) {
        if (order.is_comic)
            code = print_mark(order.model);
        else if (cg_model_open_style(cg_cli_models_folder(), order.model, &model, &error) != CG_OK)
            code = cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
        else
            code = order.out == NULL ? print_card(model) : write_copy(&order, model);
    }
    cg_model_free(model);
    cg_cli_render_params_close(&order.looks);
    return code;
}

const struct cg_command CG_COMMAND_CARD = {
    .name = "card",
    .arguments = "STYLE",
    .summary = "show how a style looks by default, or change it; what made a comic",
    .usage = "STYLE [--out FILE [OPTIONS] [LOOKS]]\nCOMIC",
    .about = "Print the card of a style (a name or a model file), or write a copy of the model "
             "with another card: comics then look as the card says wherever convert is not told "
             "otherwise. Of a comic (PNG, JPEG or WebP), print which program, style and looks made "
             "it.",
    .after = "LOOKS are those of comicgan convert, but --style, --mask and --feather; --detail is "
             "the style's working size. Looks that are not named stay as they are in the card.",
    .options = rows,
    .run = run,
};
