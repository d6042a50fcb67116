/* UTF-8: see utf8.h (RFC 3629, 2003). */
#include "base/utf8.h"

int32_t cg_utf8_next(const char **text)
{
    static const int32_t least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)*text;
    int more = bytes[0] < 0x80 ? 0 : bytes[0] >= 0xf0 ? 3 : bytes[0] >= 0xe0 ? 2 : 1;
    if ((bytes[0] >= 0x80 && bytes[0] < 0xc0) || bytes[0] >= 0xf8)
        return -1;
    int32_t codepoint = more == 0 ? bytes[0] : bytes[0] & (0x3f >> more);
    for (int i = 1; i <= more; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return -1;
        codepoint = codepoint << 6 | (bytes[i] & 0x3f);
    }
    if (codepoint < least[more] || codepoint > 0x10ffff ||
        (codepoint >= 0xd800 && codepoint < 0xe000))
        return -1;
    *text += more + 1;
    return codepoint;
}

void cg_utf8_put(int32_t codepoint, char *bytes)
{
    int more = codepoint < 0x80 ? 0 : codepoint < 0x800 ? 1 : codepoint < 0x10000 ? 2 : 3;
    static const int lead[] = {0, 0xc0, 0xe0, 0xf0};
    bytes[0] = (char)(lead[more] | codepoint >> (6 * more));
    for (int i = 1; i <= more; i++)
        bytes[i] = (char)(0x80 | (codepoint >> (6 * (more - i)) & 0x3f));
    bytes[more + 1] = '\0';
}
