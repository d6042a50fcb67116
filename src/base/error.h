/*
 * Failing with a reason. The status and error types are public (comicgan.h); these are the helpers
 * with which the library fills them.
 */
#ifndef CG_BASE_ERROR_H
#define CG_BASE_ERROR_H

#include <comicgan/comicgan.h>

#if defined(__GNUC__)
#define CG_PRINTF(format_index, first_argument)                                                    \
    __attribute__((format(printf, format_index, first_argument)))
#else
#define CG_PRINTF(format_index, first_argument)
#endif

/* Write status and text (cut to fit, made clean as text.h says) to error, if not NULL.
 * Returns status. */
enum cg_status cg_fail(struct cg_error *error, enum cg_status status, const char *format, ...)
    CG_PRINTF(3, 4);

/* Put "text: " before the text already in error: what was being done when it failed. */
void cg_error_prefix(struct cg_error *error, const char *format, ...) CG_PRINTF(2, 3);

/* "doing path: words for an errno value". Returns CG_ERR_FULL for a full disk, else CG_ERR_IO. */
enum cg_status cg_fail_errno(struct cg_error *error, const char *doing, const char *path,
                             int number);

/* The end of a path that is too long to be shown with a reason after it; most often all of it. */
const char *cg_path_tail(const char *path);

#endif
