/* comicgan styles: lists the names for --style. */
#include "base/json.h"
#include "base/memory.h"
#include "cli/command.h"

#include <string.h>

struct settings {
    bool json;
};

static const struct cg_option rows[] = {
    {"json", 0, CG_OPTION_FLAG, offsetof(struct settings, json), NULL,
     "an array of objects: name, summary, source, detail_px, parameters, default"},
    CG_OPTION_END,
};

static bool is_default(const struct cg_style_info *style)
{
    return strcmp(style->name, CG_DEFAULT_STYLE) == 0;
}

static void print_table(const struct cg_style_list *list)
{
    int width = 0;
    for (size_t i = 0; i < cg_style_list_count(list); i++) {
        int length = (int)strlen(cg_style_list_get(list, i)->name);
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < cg_style_list_count(list); i++) {
        const struct cg_style_info *style = cg_style_list_get(list, i);
        cg_cli_print("%-*s  %s%s", width, style->name, style->summary,
                     is_default(style) ? " (default)" : "");
    }
}

static int print_json(const struct cg_style_list *list)
{
    cg_memory_forget();
    json_t *array = json_array();
    for (size_t i = 0; i < cg_style_list_count(list); i++) {
        const struct cg_style_info *style = cg_style_list_get(list, i);
        json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:i, s:I, s:b}", "name",
                                               style->name, "summary", style->summary, "source",
                                               style->source, "detail_px", style->detail_px,
                                               "parameters", (json_int_t)style->parameter_count,
                                               "default", (int)is_default(style)));
    }
    return cg_cli_print_json(array, "the list of styles", CG_EXIT_MODEL);
}

static int list_styles(bool as_json)
{
    struct cg_error error;
    struct cg_style_list *list;
    if (cg_style_list_create(cg_cli_models_folder(), &list, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    int code = CG_EXIT_DONE;
    if (as_json)
        code = print_json(list);
    else
        print_table(list);
    if (code == CG_EXIT_DONE && cg_style_list_count(list) == 0)
        code = cg_cli_fail(CG_EXIT_MODEL, "no style was found: this program was built without one, "
                                          "and COMICGAN_MODELS names no folder with model files");
    if (cg_cli_tell_left_out(list) != CG_EXIT_DONE)
        code = CG_EXIT_MODEL;
    cg_style_list_free(list);
    return code;
}

static int run(int argc, char *argv[])
{
    struct settings settings = {0};
    int code;
    if (!cg_command_read(&CG_COMMAND_STYLES, argc, argv, &settings, &code))
        return code;
    code = cg_command_check_arguments(&CG_COMMAND_STYLES, argc, argv, 0, 0, "options alone");
    return code == CG_EXIT_DONE ? list_styles(settings.json) : code;
}

const struct cg_command CG_COMMAND_STYLES = {
    .name = "styles",
    .summary = "list the styles that convert can use",
    .usage = "[--json]",
    .about = "List the styles that can be given to convert --style, with what they look like. They "
             "come with the program, or are model files (*.safetensors) in $COMICGAN_MODELS.",
    .options = rows,
    .run = run,
};
