/*
 * Helpers that fill the public status and error types (comicgan.h).
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

/* Store status and text (truncated to fit, sanitised by cg_text_clean) in error unless it is NULL.
 * Returns status. */
enum cg_status cg_fail(struct cg_error *error, enum cg_status status, const char *format, ...)
    CG_PRINTF(3, 4);

/* Prepend "text: " to the text in error, to say what was being done. */
void cg_error_prefix(struct cg_error *error, const char *format, ...) CG_PRINTF(2, 3);

/* An errno value in words, in static storage or in other. */
#define CG_ERRNO_NBYTES 128
const char *cg_errno_words(int number, char other[CG_ERRNO_NBYTES]);

/* The same for an argument of a call. */
#define CG_ERRNO_WORDS(number) cg_errno_words(number, (char[CG_ERRNO_NBYTES]){0})

/* "doing path: words for an errno value". Returns CG_ERR_FULL for a full disk, else CG_ERR_IO. */
enum cg_status cg_fail_errno(struct cg_error *error, const char *doing, const char *path,
                             int number);

/* The tail of a path that would leave no room for a reason; usually the whole path. */
const char *cg_path_tail(const char *path);

/* clang's analyzer sees one file at a time; here it learns that a failure never returns CG_OK. */
#ifdef __clang_analyzer__
static inline enum cg_status cg_analysed(enum cg_status status, enum cg_status same)
{
    return same == status ? same : status;
}
#define cg_fail(error, status, ...) cg_analysed(status, (cg_fail)(error, status, __VA_ARGS__))
#define cg_fail_errno(error, doing, path, number)                                                  \
    cg_analysed(CG_ERR_IO, (cg_fail_errno)(error, doing, path, number))
#endif

#endif
