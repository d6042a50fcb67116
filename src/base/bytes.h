/* Big-endian numbers in files. */
#ifndef CG_BASE_BYTES_H
#define CG_BASE_BYTES_H

#include <stdint.h>

static inline uint32_t cg_big16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static inline uint32_t cg_big32(const uint8_t *bytes)
{
    return cg_big16(bytes) << 16 | cg_big16(bytes + 2);
}

#endif
