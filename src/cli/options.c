/* Messages and options of the subcommands: see cli.h. */
#include "base/memory.h"
#include "base/text.h"
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX_CHARS 32
#define LINE_NBYTES ((size_t)16 << 10) /* two of the longest paths, and words */
#define CANDIDATES_MAX 64
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

/* ---- slips of the pen ------------------------------------------------------------------------ */

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
        if (distance < least && (size_t)distance < length) {
            least = distance;
            nearest = *candidates;
        }
    }
    return nearest;
}

/* ---- options --------------------------------------------------------------------------------- */

static int refuse_unknown_long(const char *argument, const struct option *options)
{
    char word[WORD_MAX_CHARS + 2];
    snprintf(word, sizeof(word), "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
    const char *names[CANDIDATES_MAX + 1];
    size_t count = 0;
    for (; count < CANDIDATES_MAX && options[count].name != NULL; count++)
        names[count] = options[count].name;
    names[count] = NULL;
    const char *nearest = cg_cli_nearest(word, names);
    if (nearest == NULL)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "unknown or ambiguous option %s; --help lists the options", argument);
    if (strcmp(nearest, word) == 0)
        return cg_cli_fail(CG_EXIT_USAGE, "option --%s takes no value, found %s", word, argument);
    return cg_cli_fail(CG_EXIT_USAGE, "unknown option %s; did you mean --%s?", argument, nearest);
}

/* The message for what getopt_long returned as '?' or ':'. */
static int refuse_option(int result, char *const argv[], const struct option *options)
{
    const char *argument = argv[optind - 1];
    if (result == ':')
        return cg_cli_fail(CG_EXIT_USAGE, "option %s needs a value", argument);
    if (optopt != 0 && optopt < CG_CLI_LONG_OPTION && strncmp(argument, "--", 2) != 0)
        return cg_cli_fail(CG_EXIT_USAGE, "unknown option -%c; --help lists the options", optopt);
    return refuse_unknown_long(argument, options);
}

static int print_help(const char *const *parts)
{
    for (; *parts != NULL; parts++)
        if (fputs(*parts, stdout) < 0)
            return CG_EXIT_INPUT;
    return CG_EXIT_DONE;
}

bool cg_cli_read_options(const struct cg_cli_syntax *syntax, int argc, char *argv[], void *settings,
                         int *code)
{
    int option;
    *code = CG_EXIT_DONE;
    opterr = 0;
    while ((option = getopt_long(argc, argv, syntax->letters, syntax->options, NULL)) != -1) {
        if (option == 'h')
            *code = print_help(syntax->help);
        else if (option == '?' || option == ':')
            *code = refuse_option(option, argv, syntax->options);
        else if (syntax->set(settings, option, optarg))
            continue;
        else
            *code = CG_EXIT_USAGE;
        return false;
    }
    return true;
}

/* Digits, sign, point and exponent alone: not what else strtod takes (spaces, hexadecimal, inf). */
static bool looks_like_a_number(const char *text, const char *allowed)
{
    return text[0] != '\0' && strspn(text, allowed) == strlen(text);
}

bool cg_cli_parse_int(const char *option, const char *text, int low, int high, int *out)
{
    char *end = NULL;
    errno = 0;
    long value = looks_like_a_number(text, "+-0123456789") ? strtol(text, &end, 10) : 0;
    if (end == NULL || end == text || *end != '\0' || errno != 0 || value < low || value > high) {
        cg_cli_fail(CG_EXIT_USAGE, "--%s: expected a whole number from %d to %d, found \"%s\"",
                    option, low, high, text);
        return false;
    }
    *out = (int)value;
    return true;
}

bool cg_cli_parse_float(const char *option, const char *text, float low, float high, float *out)
{
    char *end = NULL;
    float value = looks_like_a_number(text, "+-.0123456789eE") ? strtof(text, &end) : 0.0f;
    if (end == NULL || end == text || *end != '\0' || !(value >= low && value <= high)) {
        cg_cli_fail(CG_EXIT_USAGE, "--%s: expected a number from %g to %g, found \"%s\"", option,
                    (double)low, (double)high, text);
        return false;
    }
    *out = value;
    return true;
}

bool cg_cli_parse_size(const char *option, const char *text, size_t *out)
{
    static const char units[] = "KMGT";
    char *end = NULL;
    errno = 0;
    unsigned long long value = isdigit((unsigned char)text[0]) ? strtoull(text, &end, 10) : 0;
    const char *unit =
        end == NULL || *end == '\0' ? NULL : strchr(units, toupper((unsigned char)*end));
    unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
    bool whole = end != NULL && end[unit != NULL] == '\0';
    if (!whole || errno != 0 || value == 0 || value > SIZE_MAX >> shift) {
        cg_cli_fail(CG_EXIT_USAGE, "--%s: expected a size such as 800M or 2G, found \"%s\"", option,
                    text);
        return false;
    }
    *out = (size_t)value << shift;
    return true;
}

/* "#rgb" or "#rrggbb" */
static bool parse_hexadecimal(const char *text, uint8_t rgb[3])
{
    size_t digits = strspn(text + 1, "0123456789abcdefABCDEF");
    if (text[0] != '#' || text[1 + digits] != '\0' || (digits != 3 && digits != 6))
        return false;
    unsigned long value = strtoul(text + 1, NULL, 16);
    for (int c = 2; c >= 0; c--) {
        rgb[c] = (uint8_t)(digits == 6 ? value & 0xff : (value & 0xf) * 0x11);
        value >>= digits == 6 ? 8 : 4;
    }
    return true;
}

bool cg_cli_parse_colour(const char *option, const char *text, uint8_t rgb[3])
{
    static const struct {
        const char *name;
        uint8_t rgb[3];
    } known[] = {
        {"white", {255, 255, 255}}, {"black", {0, 0, 0}},      {"grey", {128, 128, 128}},
        {"gray", {128, 128, 128}},  {"red", {255, 0, 0}},      {"green", {0, 128, 0}},
        {"blue", {0, 0, 255}},      {"yellow", {255, 255, 0}},
    };
    if (parse_hexadecimal(text, rgb))
        return true;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcasecmp(text, known[i].name) == 0) {
            memcpy(rgb, known[i].rgb, sizeof(known[i].rgb));
            return true;
        }
    }
    cg_cli_fail(CG_EXIT_USAGE,
                "--%s: expected #rgb, #rrggbb, white, black, grey, red, green, blue or yellow, "
                "found \"%s\"",
                option, text);
    return false;
}

/* ---- places ---------------------------------------------------------------------------------- */

char *cg_cli_default_cache(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache != NULL && cache[0] == '/')
        return cg_string_format("%s/comicgan", cache);
    if (home != NULL && home[0] != '\0')
        return cg_string_format("%s/.cache/comicgan", home);
    return cg_string_copy(".comicgan-cache");
}
