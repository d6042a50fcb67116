/* Failing with a reason: see error.h. */
#include "base/error.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef cg_fail /* defined for analyzers */
#undef cg_fail_errno

enum cg_status cg_fail(struct cg_error *error, enum cg_status status, const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        vsnprintf(error->text, sizeof(error->text), format, arguments);
        va_end(arguments);
        cg_text_clean(error->text);
    }
    return status;
}

void cg_error_prefix(struct cg_error *error, const char *format, ...)
{
    if (error == NULL)
        return;
    char former[CG_ERROR_TEXT_NBYTES];
    memcpy(former, error->text, sizeof(former));
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length < sizeof(error->text)) {
        size_t room = sizeof(error->text) - (size_t)length;
        snprintf(error->text + length, room, ": %.*s", (int)room, former);
    }
    cg_text_clean(error->text);
}

const char *cg_status_name(enum cg_status status)
{
    static const char *const names[] = {"ok",      "argument", "memory",      "io",
                                        "full",    "format",   "unsupported", "limit",
                                        "numeric", "model",    "state",       "cancelled"};
    size_t index = (size_t)status;
    return index < sizeof(names) / sizeof(names[0]) ? names[index] : "unknown";
}

/* ---- failed calls ---- */

#define PATH_SHOWN_NBYTES 400

const char *cg_path_tail(const char *path)
{
    size_t length = strlen(path);
    return length <= PATH_SHOWN_NBYTES ? path : path + length - PATH_SHOWN_NBYTES;
}

const char *cg_errno_words(int number, char other[CG_ERRNO_NBYTES])
{
    static const struct {
        int number;
        const char *words;
    } known[] = {
        {ENOENT, "no such file or folder"},
        {ENOTDIR, "a part of the path is a file, not a folder"},
        {EISDIR, "expected a file, found a folder"},
        {EACCES, "permission denied"},
        {EPERM, "permission denied"},
        {EROFS, "the file system is read-only"},
        {ENOSPC, "the disk is full"},
        {EDQUOT, "the disk quota is used up"},
        {EFBIG, "larger than the allowed size of a file"},
        {ENAMETOOLONG, "the name is too long for the file system"},
        {ELOOP, "the links go round in a circle"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].number == number)
            return known[i].words;
    return strerror_r(number, other, CG_ERRNO_NBYTES) == 0 ? other : "failed";
}

enum cg_status cg_fail_errno(struct cg_error *error, const char *doing, const char *path,
                             int number)
{
    return cg_fail(error, number == ENOSPC || number == EDQUOT ? CG_ERR_FULL : CG_ERR_IO,
                   "%s %s: %s", doing, cg_path_tail(path), CG_ERRNO_WORDS(number));
}
