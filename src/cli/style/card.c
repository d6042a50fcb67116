/*
 * comicgan card: what a model file says of itself, and a copy of it that says something else. How a
 * style's comics look by default (comicgan convert's looks) is part of its card, so the person who
 * trains a style tries looks with convert and then writes the ones that suit it here.
 */
#include "base/memory.h"
#include "cli/render_options.h"
#include "model/json.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: comicgan card STYLE [--out FILE [OPTIONS] [LOOKS]]\n"
    "Print the card of a style (a name or a model file), or write a copy of the model with\n"
    "another card: comics then look as the card says wherever convert is not told otherwise.\n"
    "\n"
    "  --out FILE      the copy, a .safetensors file, and not STYLE itself\n"
    "  --force         replace FILE if it is there already\n"
    "  --name NAME     the style's name: letters, digits, '-' and '_'\n"
    "  --summary TEXT  one line about it, for comicgan styles\n"
    "  --help          this text\n"
    "\n"
    "LOOKS are those of comicgan convert (--line, --colors, --paper, --hatch ...); --detail is\n"
    "the style's working size. Looks that are not named stay as they are in the card.\n";

enum { OPTION_OUT = CG_CLI_LONG_OPTION, OPTION_FORCE, OPTION_NAME, OPTION_SUMMARY };

static const struct option long_options[] = {
    CG_CLI_RENDER_PARAMS_LONG_OPTIONS,
    {"out", required_argument, NULL, OPTION_OUT},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"name", required_argument, NULL, OPTION_NAME},
    {"summary", required_argument, NULL, OPTION_SUMMARY},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct order {
    const char *model, *out, *name, *summary, *paper;
    struct cg_cli_render_params looks;
    bool changes, force;
};

/* ---- the command line ------------------------------------------------------------------------ */

static bool take_look(struct order *order, int option, const char *value)
{
    if (option == CG_CLI_LOOK_STYLE || option == CG_CLI_LOOK_MASK ||
        (option < CG_CLI_LOOK_STYLE && option != CG_CLI_RENDER_PARAMS_OPTION + CG_LOOK_DETAIL &&
         !CG_LOOK_TABLE[option - CG_CLI_RENDER_PARAMS_OPTION].in_card)) {
        cg_cli_fail(CG_EXIT_USAGE, "card: a card has no style, mask, feather or strength in it");
        return false;
    }
    if (option == CG_CLI_LOOK_PAPER)
        order->paper = value;
    order->changes = true;
    return cg_cli_render_params_set(&order->looks, option, value);
}

static bool set_option(void *context, int option, const char *value)
{
    struct order *order = context;
    if (cg_cli_is_look(option))
        return take_look(order, option, value);
    order->changes |= option != OPTION_OUT && option != OPTION_FORCE;
    switch (option) {
    case OPTION_OUT:
        order->out = value;
        return true;
    case OPTION_FORCE:
        return order->force = true;
    case OPTION_NAME:
        order->name = value;
        return true;
    default:
        order->summary = value;
        return true;
    }
}

/* The copy must not take its model's place: what is read is never written over. */
static int check_out(const struct order *order)
{
    struct cg_inputs inputs = {0};
    struct cg_error error;
    char *path = NULL;
    int code = CG_EXIT_DONE;
    enum cg_status status = cg_model_style_path(order->model, &path, &error);
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

static int check_order(struct order *order, int argc, char *argv[])
{
    if (optind == argc)
        return cg_cli_fail(CG_EXIT_USAGE, "card: expected a STYLE; see comicgan card --help");
    if (argc - optind > 1)
        return cg_cli_fail(CG_EXIT_USAGE, "card: unexpected argument %s", argv[optind + 1]);
    if (order->changes && order->out == NULL)
        return cg_cli_fail(CG_EXIT_USAGE, "card: changes need --out FILE to be written to");
    order->model = argv[optind];
    return order->out != NULL ? check_out(order) : CG_EXIT_DONE;
}

/* ---- the card -------------------------------------------------------------------------------- */

static json_t *looks_of(const struct cg_card *card)
{
    json_t *looks = card->looks != NULL ? json_loads(card->looks, 0, NULL) : NULL;
    return looks != NULL ? looks : json_object();
}

static int print_card(const struct cg_model *model)
{
    const struct cg_card *card = &model->card;
    struct cg_error error;
    char *text;
    cg_memory_forget();
    json_t *root = json_pack("{s:s, s:s, s:i, s:I, s:o}", "name", card->name, "summary",
                             card->summary, "detail_px", card->detail_px, "parameters",
                             (json_int_t)model->network->parameter_count, "looks", looks_of(card));
    if (cg_json_dump(root, JSON_INDENT(2) | JSON_REAL_PRECISION(6), "the card", &text, &error) !=
        CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    puts(text);
    free(text);
    return CG_EXIT_DONE;
}

/* The card's looks with those that were asked for, as JSON text to be freed; NULL for none. */
static enum cg_status change_looks(const struct order *order, const struct cg_card *card,
                                   char **out, struct cg_error *error)
{
    *out = NULL;
    cg_memory_forget();
    json_t *looks = looks_of(card);
    for (int i = 0; i < CG_LOOK_COUNT; i++) {
        const struct cg_look_row *row = &CG_LOOK_TABLE[i];
        double value = (double)cg_look_get(&order->looks.values, (enum cg_look)i);
        if ((order->looks.given >> i & 1) != 0 && row->in_card)
            json_object_set_new(looks, row->name,
                                row->whole ? json_integer((json_int_t)value) : json_real(value));
    }
    if (order->paper != NULL)
        json_object_set_new(looks, "paper", json_string(order->paper));
    if (json_object_size(looks) == 0 && !cg_memory_was_short()) {
        json_decref(looks);
        return CG_OK;
    }
    return cg_json_dump(looks, JSON_COMPACT | JSON_REAL_PRECISION(6), "the card's looks", out,
                        error);
}

static int write_copy(const struct order *order, const struct cg_model *model)
{
    struct cg_error error;
    struct cg_model copy = *model;
    char *looks;
    if (change_looks(order, &model->card, &looks, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_INPUT, "writing %s: %s", order->out, error.text);
    /* the writer reads the card and changes nothing in it */
    copy.card.name = order->name != NULL ? (char *)order->name : model->card.name;
    copy.card.summary = order->summary != NULL ? (char *)order->summary : model->card.summary;
    copy.card.looks = looks;
    if ((order->looks.given >> CG_LOOK_DETAIL & 1) != 0)
        copy.card.detail_px = order->looks.values.detail_px;
    int code = CG_EXIT_DONE;
    enum cg_status status = cg_model_write(order->out, &copy, NULL, &error);
    if (status != CG_OK)
        code = cg_cli_fail(status == CG_ERR_MODEL || status == CG_ERR_ARGUMENT ? CG_EXIT_USAGE
                                                                               : CG_EXIT_INPUT,
                           "%s", error.text);
    free(looks);
    return code;
}

static const struct cg_cli_syntax syntax = {":h", long_options, (const char *const[]){help, NULL},
                                            set_option};

int cg_command_card(int argc, char *argv[])
{
    int code;
    struct cg_error error;
    struct cg_model *model = NULL;
    struct order order = {.looks = CG_CLI_RENDER_PARAMS_DEFAULT};
    if (!cg_cli_read_options(&syntax, argc, argv, &order, &code))
        return code;
    code = check_order(&order, argc, argv);
    if (code != CG_EXIT_DONE)
        return code;
    if (cg_model_open_style(order.model, &model, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    code = order.out == NULL ? print_card(model) : write_copy(&order, model);
    cg_model_free(model);
    return code;
}
