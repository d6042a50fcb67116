/* The names of comics by --template: see plan_parts.h. */
#include "base/file.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/convert/plan_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define END ".{ext}"

static const char *const fields[] = {"dir", "name", "style", "ext", NULL};

/* The index of the field that text begins with, and its length; -1 if there is none. */
static int field_at(const char *text, size_t *length)
{
    *length = strcspn(text, "}") + 1;
    for (int i = 0; fields[i] != NULL; i++)
        if (text[0] == '{' && strlen(fields[i]) + 2 == *length &&
            strncmp(text + 1, fields[i], *length - 2) == 0 && text[*length - 1] == '}')
            return i;
    return -1;
}

/* Whether the path has a part ".." or is absolute. */
static bool gets_out(const char *path)
{
    bool out = path[0] == '/';
    for (const char *part = path; part != NULL; part = strchr(part, '/')) {
        part += part[0] == '/';
        out |= strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0');
    }
    return out;
}

int cg_plan_check_template(const char *template)
{
    size_t length = strlen(template), end = strlen(END), field;
    for (const char *at = template; *(at += strcspn(at, "{}")) != '\0'; at += field)
        if (field_at(at, &field) < 0)
            return cg_cli_fail(CG_EXIT_USAGE,
                               "--template: expected {dir}, {name}, {style} or {ext}, found \"%s\"",
                               at);
    if (length < end || strcmp(template + length - end, END) != 0)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "--template: expected a name that ends in " END ", found \"%s\"",
                           template);
    if (gets_out(template))
        return cg_cli_fail(CG_EXIT_USAGE,
                           "--template: expected a path inside OUT, without \"..\", found \"%s\"",
                           template);
    return CG_EXIT_DONE;
}

/* The template with values in place of its fields, to be freed; NULL if out of memory. */
static char *expand(const char *template, char *const values[])
{
    char *path = NULL;
    size_t nbytes, length;
    FILE *stream = open_memstream(&path, &nbytes);
    if (stream == NULL)
        return NULL;
    for (const char *at = template; *at != '\0'; at += length) {
        int field = field_at(at, &length);
        length = field < 0 ? 1 : length;
        fprintf(stream, "%.*s", field < 0 ? 1 : -1, field < 0 ? at : values[field]);
    }
    if (fclose(stream) == 0)
        return path;
    free(path);
    return NULL;
}

/* The name of a style, or of its file without folder and ending. */
static char *style_name(const char *style)
{
    static const char ending[] = ".safetensors";
    char *name = cg_path_base_name(style);
    size_t length = name != NULL ? strlen(name) : 0, end = strlen(ending);
    if (length > end && strcmp(name + length - end, ending) == 0)
        name[length - end] = '\0';
    return name;
}

char *cg_plan_name_by_template(const char *template, const char *style, const char *relative,
                               const char *ending)
{
    const char *slash = strrchr(relative, '/'), *name = slash != NULL ? slash + 1 : relative;
    char *values[] = {cg_string_format("%.*s", (int)(name - relative), relative),
                      cg_string_format("%.*s", (int)(cg_plan_ending(relative) - name), name),
                      style_name(style), cg_string_copy(ending + 1)};
    bool all = values[0] != NULL && values[1] != NULL && values[2] != NULL && values[3] != NULL;
    char *path = all ? expand(template, values) : NULL;
    char *inside = path != NULL ? cg_plan_inside(path) : NULL;
    free(path);
    for (int i = 0; i < 4; i++)
        free(values[i]);
    return inside;
}
