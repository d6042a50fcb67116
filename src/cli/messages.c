/* Messages, and guessing misspelled words: see cli.h. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX_CHARS 32
#define LINE_NBYTES ((size_t)16 << 10) /* two of the longest paths, and more */
#define SLIPS_MAX 2

static void print_line(const char *prefix, const char *format, va_list arguments)
{
    char text[CG_ERROR_TEXT_NBYTES];
    struct cg_error clean;
    vsnprintf(text, sizeof(text), format, arguments);
    cg_fail(&clean, CG_ERR_STATE, "%s", text);
    fprintf(stderr, "%s%s\n", prefix, clean.text);
}

int cg_cli_fail(enum cg_cli_exit code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line("comicgan: ", format, arguments);
    va_end(arguments);
    return (int)code;
}

int cg_cli_fail_with(enum cg_cli_exit code, const struct cg_error *error)
{
    return cg_cli_fail(error->status == CG_ERR_ARGUMENT ? CG_EXIT_USAGE : code, "%s", error->text);
}

enum cg_writing cg_cli_writing(bool force)
{
    return force ? CG_WRITE_OVER : CG_WRITE_NEW;
}

int cg_cli_check_output(struct cg_inputs *inputs, const char *path, bool force)
{
    struct cg_error error;
    if (cg_output_check(inputs, path, force, &error) == CG_OK)
        return CG_EXIT_DONE;
    return cg_cli_fail_with(CG_EXIT_INPUT, &error);
}

void cg_cli_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line("", format, arguments);
    va_end(arguments);
}

void cg_cli_print(const char *format, ...)
{
    char line[LINE_NBYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    cg_text_clean(line);
    puts(line);
}

int cg_cli_print_json(struct json_t *value, const char *what, enum cg_cli_exit code)
{
    struct cg_error error;
    char *text;
    if (cg_json_dump(value, JSON_INDENT(2), what, &text, &error) != CG_OK)
        return cg_cli_fail(code, "%s", error.text);
    puts(text);
    free(text);
    return CG_EXIT_DONE;
}

/* ---- misspellings ---------------------------------------------------------------------------- */

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Letters to insert, delete, replace or swap with their neighbour (Damerau 1964, Levenshtein 1966)
 * between two words of at most WORD_MAX_CHARS. */
static int edit_distance(const char *a, const char *b)
{
    int rows[3][WORD_MAX_CHARS + 1];
    int *before = rows[0], *last = rows[1], *current = rows[2];
    int a_length = (int)strlen(a), b_length = (int)strlen(b);
    for (int j = 0; j <= b_length; j++)
        before[j] = last[j] = j;
    for (int i = 1; i <= a_length; i++) {
        current[0] = i;
        for (int j = 1; j <= b_length; j++) {
            int replaced = last[j - 1] + (a[i - 1] != b[j - 1]);
            current[j] = smaller(replaced, smaller(last[j], current[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                current[j] = smaller(current[j], before[j - 2] + 1);
        }
        int *free_row = before;
        before = last;
        last = current;
        current = free_row;
    }
    return last[b_length];
}

const char *cg_cli_nearest(const char *word, const char *const *candidates)
{
    const char *nearest = NULL;
    int least = SLIPS_MAX + 1;
    size_t length = strlen(word);
    if (length < 2 || length > WORD_MAX_CHARS)
        return NULL;
    for (; *candidates != NULL; candidates++) {
        int distance = edit_distance(word, *candidates);
        if (distance < least && 3 * (size_t)distance <= length) {
            least = distance;
            nearest = *candidates;
        }
    }
    return nearest;
}

/* ---- places ---------------------------------------------------------------------------------- */

const char *cg_cli_models_folder(void)
{
    return getenv("COMICGAN_MODELS");
}

int cg_cli_tell_left_out(const struct cg_style_list *list)
{
    const char *why;
    for (size_t i = 0; (why = cg_style_list_left_out(list, i)) != NULL; i++)
        cg_cli_fail(CG_EXIT_MODEL, "%s; it is left out", why);
    return cg_style_list_left_out(list, 0) != NULL ? CG_EXIT_MODEL : CG_EXIT_DONE;
}

char *cg_cli_default_cache(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache != NULL && cache[0] == '/')
        return cg_string_format("%s/comicgan", cache);
    if (home != NULL && home[0] != '\0')
        return cg_string_format("%s/.cache/comicgan", home);
    return cg_string_copy(".comicgan-cache");
}
