/* A command's help, manual page and shell completions: see command.h. */
#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 80
#define TEXT_COLUMN 22
#define TEXT_NBYTES 1024

CG_PRINTF(2, 3) static void append(char text[TEXT_NBYTES], const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, TEXT_NBYTES - length, format, arguments);
    va_end(arguments);
}

static void append_default(const struct cg_command_entry *entry, char text[TEXT_NBYTES])
{
    const struct cg_option *row = entry->row;
    double unit = row->unit != 0.0 ? row->unit : 1.0;
    if (row->kind >= CG_OPTION_TEXT)
        append(text, "%s", entry->initial_text != NULL ? entry->initial_text : "none");
    else if (row->kind == CG_OPTION_CHOICE)
        append(text, "%s", row->words[(int)entry->initial]);
    else
        append(text, "%.6g", entry->initial / unit);
    if (entry->other < entry->initial || entry->other > entry->initial)
        append(text, " [%.6g]", entry->other / unit);
}

/* The row's help with its range and default in place. */
static const char *expand(const struct cg_command_entry *entry, char text[TEXT_NBYTES])
{
    text[0] = '\0';
    for (const char *c = entry->row->help; *c != '\0'; c++) {
        bool placed = c[0] == '%' && (c[1] == 'r' || c[1] == 'd');
        if (!placed)
            append(text, "%c", *c);
        else if (*++c == 'd')
            append_default(entry, text);
        else
            append(text, "%.10g to %.10g", entry->row->low, entry->row->high);
    }
    return text;
}

/* "-r, --recursive", "--ink X" */
static const char *label(const struct cg_option *row, char text[TEXT_NBYTES])
{
    text[0] = '\0';
    if (row->letter != 0)
        append(text, "-%c, ", row->letter);
    append(text, "%s%s%s%s", row->kind == CG_OPTION_WORD ? "" : "--", row->name,
           row->value != NULL ? " " : "", row->value != NULL ? row->value : "");
    return text;
}

/* ---- help ------------------------------------------------------------------------------------ */

/* Fill words into lines up to WIDTH; column: where the first one begins. */
static void fill(const char *text, size_t length, int column, int indent)
{
    const char *end = text + length;
    for (bool first = true; text < end; first = false) {
        int word = (int)strcspn(text, " \n");
        if (!first && column + 1 + word > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (!first) {
            putchar(' ');
            column++;
        }
        printf("%.*s", word, text);
        column += word;
        text += word + 1;
    }
    putchar('\n');
}

static void print_text(const char *text)
{
    for (const char *end; text != NULL && *text != '\0'; text = *end == '\0' ? end : end + 1) {
        end = text + strcspn(text, "\n");
        if (*text == ' ')
            printf("%.*s\n", (int)(end - text), text);
        else
            fill(text, (size_t)(end - text), 0, 0);
    }
}

/* A line for each form, the first after `first`. */
static void print_usage(const struct cg_command *command, const char *first, const char *others)
{
    const char *way = command->usage, *before = first;
    for (size_t length; *way != '\0'; way += length + (way[length] != '\0')) {
        length = strcspn(way, "\n");
        printf("%scomicgan %s%s%.*s\n", before, command->name, *command->name != '\0' ? " " : "",
               (int)length, way);
        before = others;
    }
}

void cg_command_print_help(const struct cg_command *command,
                           const struct cg_command_entries *entries)
{
    char text[TEXT_NBYTES];
    print_usage(command, "Usage: ", "       ");
    print_text(command->about);
    putchar('\n');
    for (size_t i = 0; i < entries->count; i++) {
        const struct cg_option *row = entries->list[i].row;
        if (row->kind == CG_OPTION_HEADING) {
            if (i > 0)
                putchar('\n');
            print_text(row->name);
        } else if (row->help != NULL) {
            printf("  %-*s", TEXT_COLUMN - 2, label(row, text));
            if (strlen(text) > TEXT_COLUMN - 3)
                printf("\n%*s", TEXT_COLUMN, "");
            expand(&entries->list[i], text);
            fill(text, strlen(text), TEXT_COLUMN, TEXT_COLUMN);
        }
    }
    if (command->after != NULL)
        putchar('\n');
    print_text(command->after);
}

/* ---- a manual page --------------------------------------------------------------------------- */

static void print_escaped(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (i == 0 && (text[i] == '.' || text[i] == '\''))
            fputs("\\&", stdout);
        if (text[i] == '-' || text[i] == '\\')
            fputs(text[i] == '-' ? "\\" : "\\e", stdout);
        if (text[i] != '\\')
            putchar(text[i]);
    }
}

static void print_man_text(const char *text)
{
    bool as_it_is = false;
    for (const char *end; text != NULL && *text != '\0'; text = *end == '\0' ? end : end + 1) {
        end = text + strcspn(text, "\n");
        if ((*text == ' ') != as_it_is)
            puts(as_it_is ? ".fi" : ".nf");
        as_it_is = *text == ' ';
        if (text == end)
            fputs(".PP", stdout);
        print_escaped(text, (size_t)(end - text));
        putchar('\n');
    }
    if (as_it_is)
        puts(".fi");
}

void cg_command_print_man(const struct cg_command *command,
                          const struct cg_command_entries *entries)
{
    char text[TEXT_NBYTES], name[TEXT_NBYTES] = "";
    for (const char *c = command->name; *c != '\0'; c++) /* "train --model vector" */
        if (*c != '-' && (*c != ' ' || c[1] != '-'))
            append(name, "%c", *c == ' ' ? '-' : *c);
    const char *dash = name[0] != '\0' ? "\\-" : "";
    printf(".TH COMICGAN%s%s 1 \"\" \"comicgan " CG_VERSION "\"\n.SH NAME\ncomicgan%s%s \\- ", dash,
           name, dash, name);
    print_man_text(command->summary);
    puts(".SH SYNOPSIS\n.nf");
    print_usage(command, "", "");
    puts(".fi\n.SH DESCRIPTION");
    print_man_text(command->about);
    puts(".SH OPTIONS");
    for (size_t i = 0; i < entries->count; i++) {
        const struct cg_option *row = entries->list[i].row;
        if (row->kind == CG_OPTION_HEADING) {
            fputs(".SS ", stdout);
            print_man_text(row->name);
        } else if (row->help != NULL) {
            puts(".TP");
            print_man_text(label(row, text));
            print_man_text(expand(&entries->list[i], text));
        }
    }
    if (command->after != NULL)
        puts(".SH NOTES");
    print_man_text(command->after);
    if (name[0] != '\0')
        puts(".SH SEE ALSO\n.BR comicgan (1)");
}

/* ---- for shells ------------------------------------------------------------------------------ */

/* A line for each option: name, letter, kind of value, words of a choice, help. */
void cg_command_print_options(const struct cg_command *command,
                              const struct cg_command_entries *entries)
{
    char text[TEXT_NBYTES], words[CG_COMMAND_WORDS_NBYTES];
    (void)command;
    for (size_t i = 0; i < entries->count; i++) {
        const struct cg_option *row = entries->list[i].row;
        if (row->kind == CG_OPTION_HEADING || row->help == NULL)
            continue;
        const char *kind = row->kind == CG_OPTION_WORD     ? "command"
                           : row->value == NULL            ? "flag"
                           : row->kind == CG_OPTION_FILE   ? "file"
                           : row->kind == CG_OPTION_FOLDER ? "folder"
                           : row->words != NULL            ? "word"
                                                           : "value";
        words[0] = '\0';
        for (int k = 0; row->words != NULL && row->words[k] != NULL; k++)
            snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%.*s",
                     words[0] != '\0' ? " " : "", (int)strcspn(row->words[k], "|"), row->words[k]);
        printf("%s\t%c\t%s\t%s\t%s\n", row->name, row->letter != 0 ? row->letter : '-', kind,
               words[0] != '\0' ? words : "-", expand(&entries->list[i], text));
    }
}
