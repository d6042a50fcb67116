/* Text that may hold anything: see text.h. */
#include "base/text.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_safe(int32_t c)
{
    bool is_control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    bool is_separator = c == 0x2028 || c == 0x2029;
    bool is_direction = c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
                        (c >= 0x2066 && c <= 0x2069);
    return !is_control && !is_separator && !is_direction;
}

void cg_text_clean(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0';) {
        const char *next = from;
        int32_t codepoint = cg_utf8_next(&next);
        size_t length = codepoint < 0 ? 1 : (size_t)(next - from);
        if (is_safe(codepoint)) {
            memmove(to, from, length);
            to += length;
        } else {
            *to++ = '?';
        }
        from += length;
    }
    *to = '\0';
}

bool cg_text_parse_colour(const char *text, size_t length, uint8_t rgb[3])
{
    if ((length != 4 && length != 7) || text[0] != '#' ||
        strspn(text + 1, "0123456789abcdefABCDEF") < length - 1)
        return false;
    unsigned long value = strtoul(text + 1, NULL, 16);
    for (int c = 2; c >= 0; c--) {
        rgb[c] = (uint8_t)(length == 7 ? value & 0xff : (value & 0xf) * 0x11);
        value >>= length == 7 ? 8 : 4;
    }
    return true;
}

char *cg_text_base64(const char *before, const uint8_t *bytes, size_t nbytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t before_nbytes = strlen(before);
    char *text = malloc(before_nbytes + (nbytes + 2) / 3 * 4 + 1);
    if (text == NULL)
        return NULL;
    memcpy(text, before, before_nbytes);
    char *out = text + before_nbytes;
    for (size_t i = 0; i < nbytes; i += 3) {
        size_t there = nbytes - i < 3 ? nbytes - i : 3;
        uint32_t bits = (uint32_t)bytes[i] << 16;
        bits |= there > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        bits |= there > 2 ? bytes[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            *out++ = k <= there ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    *out = '\0';
    return text;
}

void cg_text_of_float(float value, char text[CG_TEXT_FLOAT_NBYTES])
{
    int digits = 0;
    do
        snprintf(text, CG_TEXT_FLOAT_NBYTES, "%.*g", ++digits, (double)value);
    while (digits < CG_TEXT_FLOAT_DIGITS && strtof(text, NULL) != value);
}
