/* The names of comics: see plan_parts.h. */
#include "base/memory.h"
#include "cli/convert/plan_parts.h"

#include <stdlib.h>
#include <string.h>

const char *cg_plan_ending(const char *path)
{
    enum cg_image_format format;
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    if (dot == NULL || dot == name || cg_image_format_of(path, &format, NULL) != CG_OK)
        return path + strlen(path);
    return dot;
}

/* The end of inside, which is length long, one part earlier. */
static size_t without_last_part(const char *inside, size_t length)
{
    while (length > 0 && inside[length - 1] != '/')
        length--;
    return length > 0 ? length - 1 : 0;
}

char *cg_plan_inside(const char *path)
{
    char *inside = malloc(strlen(path) + 1);
    size_t length = 0;
    if (inside == NULL)
        return NULL;
    while (*path != '\0') {
        size_t part = strcspn(path, "/");
        if (part == 2 && strncmp(path, "..", 2) == 0) {
            length = without_last_part(inside, length);
        } else if (part > 0 && !(part == 1 && path[0] == '.')) {
            if (length > 0)
                inside[length++] = '/';
            memcpy(inside + length, path, part);
            length += part;
        }
        path += part + (path[part] == '/');
    }
    inside[length] = '\0';
    return inside;
}

char *cg_plan_comic_name(const char *out_dir, const char *relative, const char *suffix,
                         enum cg_plan_format wanted, enum cg_image_format *format)
{
    const char *old_ending = cg_plan_ending(relative);
    const char *new_ending = wanted == CG_PLAN_FORMAT_JPEG ? ".jpg" : ".png";
    *format = wanted == CG_PLAN_FORMAT_JPEG ? CG_IMAGE_JPEG : CG_IMAGE_PNG;
    if (wanted == CG_PLAN_FORMAT_SAME) {
        if (cg_image_format_of(relative, format, NULL) != CG_OK)
            return NULL;
        new_ending = old_ending;
    }
    size_t length = strlen(out_dir);
    const char *separator = length > 0 && out_dir[length - 1] == '/' ? "" : "/";
    return cg_string_format("%s%s%.*s%s%s", out_dir, separator, (int)(old_ending - relative),
                            relative, suffix == NULL ? "" : suffix, new_ending);
}
