/* UTF-8 into code points, strictly. */
#ifndef CG_BASE_UTF8_H
#define CG_BASE_UTF8_H

#include <stdint.h>

/*
 * The code point that *text begins with, and *text moved past it. -1 for bytes that are not UTF-8:
 * cut off, longer than need be, a surrogate, above U+10FFFF. *text must not be at its end.
 */
int32_t cg_utf8_next(const char **text);

/* Write a code point's bytes and an end (at most 5). */
void cg_utf8_put(int32_t codepoint, char *bytes);

#endif
