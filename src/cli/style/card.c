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

struct order {
    const char *model, *out, *name, *summary;
    struct cg_cli_render_params looks;
    bool force;
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

/* Whether a look was given that a card cannot have: one without a key, but for the working size. */
static bool has_other_looks(const struct cg_cli_render_params *looks)
{
    bool found = looks->mask_path != NULL || looks->style != NULL;
    for (int i = 1; CG_LOOK_TABLE[i].kind != CG_OPTION_NONE; i++)
        found |= (looks->given >> i & 1) != 0 && CG_LOOK_TABLE[i].key == NULL;
    return found;
}

/* The copy must not take its model's place: what is read is never written over. */
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

static int check_order(struct order *order, int argc, char *argv[])
{
    bool changes = order->name != NULL || order->summary != NULL || order->looks.paper != NULL ||
                   order->looks.given != 0;
    if (optind == argc)
        return cg_command_refuse(&CG_COMMAND_CARD, "expected a STYLE, found none");
    if (argc - optind > 1)
        return cg_command_refuse(&CG_COMMAND_CARD, "unexpected argument %s", argv[optind + 1]);
    if (has_other_looks(&order->looks))
        return cg_command_refuse(&CG_COMMAND_CARD, "a card has no style, mask or feather in it");
    if (changes && order->out == NULL)
        return cg_command_refuse(&CG_COMMAND_CARD, "changes need --out FILE to be written to");
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
    for (int i = 0; CG_LOOK_TABLE[i].kind != CG_OPTION_NONE; i++) {
        const struct cg_option *row = &CG_LOOK_TABLE[i];
        double value = cg_option_get(row, &order->looks.values);
        if ((order->looks.given >> i & 1) != 0 && row->key != NULL)
            json_object_set_new(looks, row->key,
                                row->kind == CG_OPTION_INT ? json_integer((json_int_t)value)
                                                           : json_real(value));
    }
    if (order->looks.paper != NULL)
        json_object_set_new(looks, "paper", json_string(order->looks.paper));
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
    if ((order->looks.given & 1) != 0)
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

static int run(int argc, char *argv[])
{
    int code;
    struct cg_error error;
    struct cg_model *model = NULL;
    struct order order = {0};
    if (cg_command_read(&CG_COMMAND_CARD, argc, argv, &order, &code) &&
        (code = check_order(&order, argc, argv)) == CG_EXIT_DONE) {
        if (cg_model_open_style(cg_cli_models_folder(), order.model, &model, &error) != CG_OK)
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
    .summary = "show how a style looks by default, or change it",
    .usage = "STYLE [--out FILE [OPTIONS] [LOOKS]]",
    .about = "Print the card of a style (a name or a model file), or write a copy of the model "
             "with another card: comics then look as the card says wherever convert is not told "
             "otherwise.",
    .after = "LOOKS are those of comicgan convert, but --style, --mask and --feather; --detail is "
             "the style's working size. Looks that are not named stay as they are in the card.",
    .options = rows,
    .run = run,
};
