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
    if (dot == NULL || dot == name || !cg_image_format_by_ending(path, &format))
        return path + strlen(path);
    return dot;
}

/* The length of inside without its last part. */
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

bool cg_plan_format_for(const char *name, enum cg_plan_format wanted, enum cg_image_format *format)
{
    switch (wanted) {
    case CG_PLAN_FORMAT_JPEG:
        *format = CG_IMAGE_JPEG;
        return true;
    case CG_PLAN_FORMAT_WEBP:
        *format = CG_IMAGE_WEBP;
        return true;
    case CG_PLAN_FORMAT_SAME:
        if (*cg_plan_ending(name) == '\0' || !cg_image_format_by_ending(name, format))
            return false;
        if (!cg_image_is_written(*format))
            *format =
                *format == CG_IMAGE_TIFF || *format == CG_IMAGE_GIF ? CG_IMAGE_PNG : CG_IMAGE_JPEG;
        return true;
    default:
        *format = CG_IMAGE_PNG;
        return true;
    }
}

const char *cg_plan_new_ending(const char *old_ending, enum cg_plan_format wanted,
                               enum cg_image_format format)
{
    enum cg_image_format old;
    if (wanted == CG_PLAN_FORMAT_SAME && cg_image_format_by_ending(old_ending, &old) &&
        old == format)
        return old_ending;
    return format == CG_IMAGE_JPEG ? ".jpg" : format == CG_IMAGE_WEBP ? ".webp" : ".png";
}

char *cg_plan_comic_name(const char *out_dir, const char *relative, const char *suffix,
                         enum cg_plan_format wanted, enum cg_image_format *format)
{
    const char *old_ending = cg_plan_ending(relative);
    if (!cg_plan_format_for(relative, wanted, format))
        return NULL;
    size_t length = strlen(out_dir);
    const char *separator = length > 0 && out_dir[length - 1] == '/' ? "" : "/";
    return cg_string_format("%s%s%.*s%s%s", out_dir, separator, (int)(old_ending - relative),
                            relative, suffix == NULL ? "" : suffix,
                            cg_plan_new_ending(old_ending, wanted, *format));
}
