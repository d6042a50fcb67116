/* Strict UTF-8 decoding. */
#ifndef CG_BASE_UTF8_H
#define CG_BASE_UTF8_H

#include <stdint.h>

/*
 * Decode the code point at *text and advance *text past it. Returns -1 for invalid UTF-8:
 * truncated, overlong, a surrogate, above U+10FFFF. *text must not be at its end.
 */
int32_t cg_utf8_next(const char **text);

/* Encode a code point, with a terminating NUL (at most 5 bytes). */
void cg_utf8_put(int32_t codepoint, char *bytes);

#endif
