/* Text from outside: file names made safe to show, colours; bytes and floats as text. */
#ifndef CG_BASE_TEXT_H
#define CG_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Sanitise text for a terminal, in place: control characters (C0, C1, DEL), line and paragraph
 * separators, bidirectional formatting characters (which can disguise a name) and bytes that are
 * not UTF-8 become '?'.
 */
void cg_text_clean(char *text);

/* Read #rgb or #rrggbb, the first length characters of text; false if they are neither. */
bool cg_text_parse_colour(const char *text, size_t length, uint8_t rgb[3]);

/* bytes in base64 (RFC 4648) behind the text `before`; to be freed, NULL when memory is short. */
char *cg_text_base64(const char *before, const uint8_t *bytes, size_t nbytes);

/* The shortest decimal that reads back as the same float. */
#define CG_TEXT_FLOAT_DIGITS 9 /* enough for every float */
#define CG_TEXT_FLOAT_NBYTES 24
void cg_text_of_float(float value, char text[CG_TEXT_FLOAT_NBYTES]);

#endif
