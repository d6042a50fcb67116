/* The card of a trained style: see train_common.h. */
#include "cli/train/train_common.h"

#include "base/file_writer.h"
#include "base/memory.h"
#include "comicgan/comicgan.h"
#include "model/model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the command line ------------------------------------------------------------------------ */

static bool is_plain(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./=:,+@%";
    return *word != '\0' && word[strspn(word, plain)] == '\0';
}

/* Append a word to line, quoted if needed; takes line over. */
static char *add_word(char *line, const char *word)
{
    char *longer =
        line != NULL ? cg_string_format(is_plain(word) ? "%s %s" : "%s '", line, word) : NULL;
    free(line);
    if (is_plain(word))
        return longer;
    for (const char *c = word; longer != NULL && *c != '\0'; c++) {
        char *next =
            *c == '\'' ? cg_string_format("%s'\\''", longer) : cg_string_format("%s%c", longer, *c);
        free(longer);
        longer = next;
    }
    char *closed = longer != NULL ? cg_string_format("%s'", longer) : NULL;
    free(longer);
    return closed;
}

char *cg_cli_command_line(const char *program, int argc, char *const argv[])
{
    char *line = cg_string_copy(program);
    for (int i = 1; i < argc; i++)
        line = add_word(line, argv[i]);
    return line;
}

/* ---- the card -------------------------------------------------------------------------------- */

/* The lines of text as a list; indented lines belong to the item above. */
static char *as_list(const char *text)
{
    char *list = cg_string_copy("");
    for (const char *line = text; list != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        const char *bullet = *line == ' ' ? "" : "- ";
        char *next = cg_string_format("%s%s%.*s\n", list, bullet, (int)length, line);
        free(list);
        list = next;
        line += length + (line[length] == '\n');
    }
    return list;
}

static char *facts_of_model(const struct cg_model *model)
{
    const struct cg_card *card = &model->card;
    char *looks;
    cg_memory_forget();
    if (cg_json_dump(cg_render_params_to_json(&card->looks), JSON_COMPACT, "looks", &looks, NULL) !=
        CG_OK)
        return NULL;
    char *facts =
        cg_string_format("# %s\n\n%s\n\n| | |\n|---|---|\n"
                         "| file | `model.safetensors`, %zu parameters, %.2f MB |\n"
                         "| working size | %d px, long side |\n"
                         "| looks on the card | %s |\n",
                         card->name, card->summary, model->network->parameter_count,
                         (double)model->network->parameter_count * sizeof(float) / 1e6,
                         card->looks.detail_px, strcmp(looks, "{}") != 0 ? looks : "none");
    free(looks);
    return facts;
}

static char *compose(const struct cg_model *model, const struct cg_cli_card_facts *facts)
{
    char *top = facts_of_model(model), *data = as_list(facts->data);
    char *picture =
        facts->contact != NULL
            ? cg_string_format("\n![what it learned from, and photos it never saw](%s)\n",
                               facts->contact)
            : cg_string_copy("");
    char *text = NULL;
    if (top != NULL && data != NULL && picture != NULL)
        text = cg_string_format(
            "%s%s\n## How it was made\n\n"
            "By comicgan %s, %" PRIu64
            " steps in all; the last command trained for %.0f minutes:\n\n"
            "```sh\n%s\n```\n\n"
            "All numbers are in run.json, the course of the run in report.html and log.csv.\n\n"
            "## Data and credits\n\n%s\n"
            "Picture by picture: data.json. Whose pictures these are, and under what licence, is "
            "for you to\nadd here.\n\n"
            "## Using it\n\n```sh\n%s\n```\n",
            top, picture, CG_VERSION, facts->step, facts->minutes, facts->command, data,
            facts->use);
    free(picture);
    free(data);
    free(top);
    return text;
}

enum cg_status cg_cli_card_write(const char *model_path, const char *path,
                                 const struct cg_cli_card_facts *facts, struct cg_error *error)
{
    struct cg_model *model = NULL;
    enum cg_status status = cg_model_read(model_path, &model, error);
    if (status != CG_OK)
        return status;
    char *text = compose(model, facts);
    status = text != NULL ? cg_file_write(path, text, strlen(text), error)
                          : cg_fail(error, CG_ERR_MEMORY, "%s: out of memory", path);
    free(text);
    cg_model_free(model);
    return status;
}
