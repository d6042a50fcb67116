/* Reading a command line by its command's table: see command.h. */
#include "cli/command.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_NBYTES 40

/* ---- the rows -------------------------------------------------------------------------------- */

static void add_entry(const struct cg_option *row, char *structure, const void *other,
                      struct cg_command_entries *out)
{
    struct cg_command_entry *entry = &out->list[out->count++];
    bool number = row->kind >= CG_OPTION_INT && row->kind <= CG_OPTION_CHOICE;
    bool text = row->kind >= CG_OPTION_TEXT && row->kind <= CG_OPTION_FOLDER;
    *entry = (struct cg_command_entry){.row = row, .structure = structure};
    entry->initial = number ? cg_option_get(row, structure) : NAN;
    entry->other = number && other != NULL ? cg_option_get(row, other) : entry->initial;
    if (text)
        entry->initial_text = *(const char *const *)(const void *)(structure + row->field);
}

static void add_rows(const struct cg_option *rows, char *structure, uint64_t *given,
                     const void *other, struct cg_command_entries *out)
{
    for (int i = 0; rows[i].kind != CG_OPTION_NONE; i++) {
        const struct cg_option *row = &rows[i];
        void *marks = row->given != 0 ? structure + row->given : NULL;
        if (row->kind == CG_OPTION_GROUP) {
            add_rows(row->rows, structure + row->field, marks, row->other, out);
        } else if (row->name != NULL && out->count < CG_COMMAND_ENTRIES_MAX) {
            add_entry(row, structure, other, out);
            out->list[out->count - 1].given = given;
            out->list[out->count - 1].bit = UINT64_C(1) << i;
        }
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

const char *cg_command_words(const char *const *words, char text[CG_COMMAND_WORDS_NBYTES])
{
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; words[i] != NULL; i++) {
        const char *before = length == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        if (words[i][0] != '\0' && length < CG_COMMAND_WORDS_NBYTES)
            length += (size_t)snprintf(text + length, CG_COMMAND_WORDS_NBYTES - length, "%s%.*s",
                                       before, (int)strcspn(words[i], "|"), words[i]);
    }
    return text;
}

static bool is_word(const char *word, const char *text)
{
    size_t length = strcspn(word, "|");
    return (strlen(text) == length && length > 0 && strncasecmp(word, text, length) == 0) ||
           (word[length] == '|' && strcasecmp(word + length + 1, text) == 0);
}

int cg_command_find_word(const char *option, const char *const *words, const char *text)
{
    char known[CG_COMMAND_WORDS_NBYTES];
    for (int i = 0; words[i] != NULL; i++)
        if (is_word(words[i], text))
            return i;
    cg_cli_fail(CG_EXIT_USAGE, "--%s: expected %s, found \"%s\"", option,
                cg_command_words(words, known), text);
    return -1;
}

/* Only digits, sign, point and exponent, not what else strtod accepts (spaces, hexadecimal,
 * inf). */
static bool read_number(const char *text, const char *allowed, double *out)
{
    char *end = NULL;
    size_t length = strspn(text, allowed);
    *out = length > 0 ? strtod(text, &end) : 0.0;
    if (end == NULL || end != text + length)
        return false;
    if (*end == '%' && strchr(allowed, '.') != NULL)
        *out /= 100.0;
    return *end == '\0' || (*end == '%' && end[1] == '\0' && strchr(allowed, '.') != NULL);
}

bool cg_command_parse_number(const struct cg_option *row, const char *text, double *out)
{
    bool whole = row->kind == CG_OPTION_INT || row->kind == CG_OPTION_STEPS;
    const char *comma = strchr(text, ',');
    if (read_number(text, whole ? "+-0123456789" : "+-.0123456789eE", out) &&
        cg_option_in_range(row, *out))
        return true;
    cg_cli_fail(CG_EXIT_USAGE, "--%s: expected a %snumber from %.10g to %.10g%s, found \"%s\"%s",
                row->name, whole ? "whole " : "", row->low, row->high, row->or_zero ? " or 0" : "",
                text, !whole && comma != NULL ? "; decimals follow a point" : "");
    return false;
}

static bool parse_size(const char *option, const char *text, size_t *out)
{
    static const char units[] = "KMGT";
    char *end = NULL;
    errno = 0;
    unsigned long long value = isdigit((unsigned char)text[0]) ? strtoull(text, &end, 10) : 0;
    const char *rest = end != NULL ? end : text;
    const char *unit = *rest == '\0' ? NULL : strchr(units, toupper((unsigned char)*rest));
    unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
    rest += unit != NULL;
    bool whole = end != NULL && (*rest == '\0' || strcasecmp(rest, "B") == 0 ||
                                 (unit != NULL && strcasecmp(rest, "iB") == 0));
    if (!whole || errno != 0 || value == 0 || value > SIZE_MAX >> shift) {
        cg_cli_fail(CG_EXIT_USAGE, "--%s: expected a size such as 800M or 2G, found \"%s\"", option,
                    text);
        return false;
    }
    *out = (size_t)value << shift;
    return true;
}

static bool parse_colour(const char *option, const char *text, uint8_t rgb[3])
{
    static const struct {
        const char *name;
        uint8_t rgb[3];
    } known[] = {
        {"white", {255, 255, 255}}, {"black", {0, 0, 0}},      {"grey", {128, 128, 128}},
        {"gray", {128, 128, 128}},  {"red", {255, 0, 0}},      {"green", {0, 128, 0}},
        {"blue", {0, 0, 255}},      {"yellow", {255, 255, 0}},
    };
    if (cg_text_parse_colour(text, strlen(text), rgb))
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

/* The words between commas, as bits; -1 after a message. */
static int find_words(const struct cg_option *row, const char *text)
{
    int bits = 0;
    for (const char *end; text != NULL; text = *end == ',' ? end + 1 : NULL) {
        char word[NAME_NBYTES];
        end = text + strcspn(text, ",");
        snprintf(word, sizeof(word), "%.*s", (int)(end - text), text);
        int place = cg_command_find_word(row->name, row->words, word);
        if (place < 0)
            return -1;
        bits |= 1 << place;
    }
    return bits;
}

/* False after a message. */
static bool set_value(const struct cg_command_entry *entry, const char *text)
{
    const struct cg_option *row = entry->row;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no table of rows is empty. */
    void *field = entry->structure + row->field;
    double number;
    switch (row->kind) {
    case CG_OPTION_SIZE:
        return parse_size(row->name, text, field);
    case CG_OPTION_COLOUR:
        return parse_colour(row->name, text, field);
    case CG_OPTION_TEXT:
    case CG_OPTION_FILE:
    case CG_OPTION_FOLDER:
        *(const char **)field = text;
        return true;
    case CG_OPTION_CUSTOM:
        return row->set(field, row, text);
    case CG_OPTION_CHOICE:
    case CG_OPTION_SET:
        number = row->kind == CG_OPTION_CHOICE ? cg_command_find_word(row->name, row->words, text)
                                               : find_words(row, text);
        if (number < 0.0)
            return false;
        break;
    case CG_OPTION_FLAG:
    case CG_OPTION_UNSET:
        number = row->kind == CG_OPTION_FLAG;
        break;
    default:
        if (!cg_command_parse_number(row, text, &number))
            return false;
        number *= row->unit != 0.0 ? row->unit : 1.0;
    }
    cg_option_set(row, entry->structure, number);
    return true;
}

/* ---- wrong options --------------------------------------------------------------------------- */

int cg_command_refuse(const struct cg_command *command, const char *format, ...)
{
    char text[CG_ERROR_TEXT_NBYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (command->name[0] == '\0')
        return cg_cli_fail(CG_EXIT_USAGE, "%s; see comicgan --help", text);
    return cg_cli_fail(CG_EXIT_USAGE, "%s: %s; see comicgan %s --help", command->name, text,
                       command->name);
}

int cg_command_check_arguments(const struct cg_command *command, int argc, char *argv[], int least,
                               int most, const char *what)
{
    int found = argc - optind;
    if (found > most)
        return cg_command_refuse(command, "unexpected argument %s; expected %s",
                                 argv[optind + most], what);
    if (found >= least)
        return CG_EXIT_DONE;
    if (found < 2)
        return cg_command_refuse(command, "expected %s, found %s%s", what,
                                 found > 0 ? "only " : "nothing", found > 0 ? argv[optind] : "");
    return cg_command_refuse(command, "expected %s, found only %d arguments", what, found);
}

/* Options of other programs, and their equivalents, or advice,
 * for commands that have the option. */
static const struct habit {
    const char *word, *option, *advice;
} habits[] = {
    {"output", "out", NULL},
    {"overwrite", "force", NULL},
    {"model", "style", NULL},
    {"silent", "quiet", NULL},
    {"list", NULL, "comicgan styles lists the styles"},
    {"resize", "max-size", "a comic has its photo's size; --max-size makes it smaller"},
    {"size", "max-size", "a comic has its photo's size; --max-size makes it smaller"},
    {"width", "max-size", "a comic has its photo's size; --line is the width of its lines"},
};

static bool has(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* The candidate that word probably means; or NULL, with advice if there is any. */
static const char *guess(const char *word, const char *const *names, const char **advice)
{
    *advice = NULL;
    for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
        const struct habit *habit = &habits[i];
        if (strcmp(word, habit->word) != 0 || (habit->option != NULL && !has(names, habit->option)))
            continue;
        *advice = habit->advice;
        return habit->advice == NULL ? habit->option : NULL;
    }
    return cg_cli_nearest(word, names);
}

/* The options that begin with word; how many there are. */
static size_t list_matches(const char *word, const char *const *names,
                           char text[CG_COMMAND_WORDS_NBYTES])
{
    char options[CG_COMMAND_ENTRIES_MAX][NAME_NBYTES];
    const char *matches[CG_COMMAND_ENTRIES_MAX + 1];
    size_t count = 0;
    for (; *names != NULL; names++)
        if (strncmp(*names, word, strlen(word)) == 0) {
            snprintf(options[count], NAME_NBYTES, "--%s", *names);
            matches[count] = options[count];
            count++;
        }
    matches[count] = NULL;
    cg_command_words(matches, text);
    return count;
}

static int refuse_long(const char *argument, const char *const *names)
{
    char word[NAME_NBYTES], matches[CG_COMMAND_WORDS_NBYTES];
    const char *advice;
    snprintf(word, sizeof(word), "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
    size_t count = list_matches(word, names, matches);
    if (has(names, word) || count == 1)
        return cg_cli_fail(CG_EXIT_USAGE, "option --%s takes no value, found %s", word, argument);
    if (count > 1)
        return cg_cli_fail(CG_EXIT_USAGE, "option %s is ambiguous: %s", argument, matches);
    const char *meant = guess(word, names, &advice);
    if (meant != NULL)
        return cg_cli_fail(CG_EXIT_USAGE, "unknown option %s; did you mean --%s?", argument, meant);
    return cg_cli_fail(CG_EXIT_USAGE, "unknown option %s; %s", argument,
                       advice != NULL ? advice : "--help lists the options");
}

/* The message for what getopt_long returned as '?' or ':'. */
static int refuse_option(int result, char *const argv[], const struct cg_command_entries *entries)
{
    const char *names[CG_COMMAND_ENTRIES_MAX + 1], *argument = argv[optind - 1];
    size_t count = 0;
    if (result == ':')
        return cg_cli_fail(CG_EXIT_USAGE, "option %s needs a value", argument);
    if (optopt > 0 && optopt <= UCHAR_MAX && strncmp(argument, "--", 2) != 0)
        return cg_cli_fail(CG_EXIT_USAGE, "unknown option -%c; --help lists the options", optopt);
    for (size_t i = 0; i < entries->count; i++)
        if (entries->list[i].row->kind > CG_OPTION_WORD && entries->list[i].row->help != NULL)
            names[count++] = entries->list[i].row->name;
    names[count] = NULL;
    return refuse_long(argument, names);
}

/* ---- the command line ------------------------------------------------------------------------ */

/* What getopt_long returns for the first entry. */
#define FIRST_ENTRY (UCHAR_MAX + 1)

struct syntax {
    struct option options[CG_COMMAND_ENTRIES_MAX + 1];
    char letters[2 * CG_COMMAND_ENTRIES_MAX + 2];
};

static void make_syntax(const struct cg_command_entries *entries, struct syntax *out)
{
    size_t options = 0, letters = 0;
    out->letters[letters++] = ':';
    for (size_t i = 0; i < entries->count; i++) {
        const struct cg_option *row = entries->list[i].row;
        bool value = row->kind != CG_OPTION_FLAG && row->kind != CG_OPTION_UNSET;
        if (row->kind <= CG_OPTION_WORD)
            continue;
        out->options[options++] = (struct option){
            row->name, value ? required_argument : no_argument, NULL, FIRST_ENTRY + (int)i};
        if (row->letter != 0) {
            out->letters[letters++] = row->letter;
            if (value)
                out->letters[letters++] = ':';
        }
    }
    out->letters[letters] = '\0';
    out->options[options] = (struct option){0};
}

static const struct cg_command_entry *find_entry(const struct cg_command_entries *entries,
                                                 int option)
{
    if (option >= FIRST_ENTRY)
        return &entries->list[option - FIRST_ENTRY];
    const struct cg_command_entry *entry = entries->list;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): as above. */
    while (entry->row->letter != option)
        entry++;
    return entry;
}

/* Options of every command. */
struct papers {
    bool help, man, options;
};
static const struct cg_option paper_rows[] = {
    {"help", 'h', CG_OPTION_FLAG, offsetof(struct papers, help), NULL, "this text"},
    {"print-man", 0, CG_OPTION_FLAG, offsetof(struct papers, man)},
    {"print-options", 0, CG_OPTION_FLAG, offsetof(struct papers, options)},
    CG_OPTION_END,
};

static bool is_on(const struct cg_command_entries *entries, const char *flag)
{
    for (size_t i = 0; i < entries->count; i++)
        if (strcmp(entries->list[i].row->name, flag) == 0)
            return cg_option_get(entries->list[i].row, entries->list[i].structure) > 0.0;
    return false;
}

bool cg_command_read(const struct cg_command *command, int argc, char *argv[], void *settings,
                     int *code)
{
    struct papers papers = {0};
    struct cg_command_entries entries = {.count = 0};
    struct syntax syntax;
    int option;
    add_rows(command->options, settings, NULL, NULL, &entries);
    add_rows(paper_rows, (char *)&papers, NULL, NULL, &entries);
    make_syntax(&entries, &syntax);
    *code = CG_EXIT_DONE;
    optind = 0; /* start over */
    opterr = 0;
    while ((option = getopt_long(argc, argv, syntax.letters, syntax.options, NULL)) != -1) {
        if (option == '?' || option == ':') {
            *code = refuse_option(option, argv, &entries);
            return false;
        }
        const struct cg_command_entry *entry = find_entry(&entries, option);
        if (!set_value(entry, optarg)) {
            *code = CG_EXIT_USAGE;
            return false;
        }
        if (entry->given != NULL)
            *entry->given |= entry->bit;
        if (papers.help || papers.man || papers.options) {
            (papers.help  ? cg_command_print_help
             : papers.man ? cg_command_print_man
                          : cg_command_print_options)(command, &entries);
            return false;
        }
    }
    if (!is_on(&entries, "verbose") || !is_on(&entries, "quiet"))
        return true;
    *code = cg_cli_fail(CG_EXIT_USAGE, "--verbose and --quiet: expected one of the two");
    return false;
}

void cg_command_put_out(const char *out, int argc, char *argv[])
{
    if (out == NULL)
        return;
    optind--; /* -o and OUT, or both in one, stand before the arguments */
    memmove(argv + optind, argv + optind + 1, (size_t)(argc - 1 - optind) * sizeof(*argv));
    argv[argc - 1] = (char *)out;
}
