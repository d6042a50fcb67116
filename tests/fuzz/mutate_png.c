/*
 * libFuzzer's custom mutator for pictures: changes to a PNG that get past its checksums and its
 * compression, beyond either of which libFuzzer alone would hardly come.
 */
#include <stddef.h>
#include <stdint.h>

#include <libdeflate.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer's names. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t nbytes, size_t capacity);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t nbytes, size_t capacity, unsigned seed);

#define SIGNATURE_NBYTES 8
#define OVERHEAD_NBYTES 12
#define RAW_MAX_NBYTES ((size_t)1 << 18)

static size_t get32(const uint8_t *bytes)
{
    return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static void put32(uint8_t *bytes, size_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* The length of the chunk at offset, none if it does not fit into the file. */
static bool chunk_at(const uint8_t *bytes, size_t nbytes, size_t offset, size_t *length)
{
    if (nbytes - offset < OVERHEAD_NBYTES)
        return false;
    *length = get32(bytes + offset);
    return *length <= nbytes - offset - OVERHEAD_NBYTES;
}

static void mend_checksums(uint8_t *bytes, size_t nbytes)
{
    size_t length = 0;
    for (size_t at = SIGNATURE_NBYTES; chunk_at(bytes, nbytes, at, &length);
         at += length + OVERHEAD_NBYTES)
        put32(bytes + at + 8 + length, libdeflate_crc32(0, bytes + at + 4, length + 4));
}

static bool find_chunk(const uint8_t *bytes, size_t nbytes, const char *type, size_t *at,
                       size_t *length)
{
    for (*at = SIGNATURE_NBYTES; chunk_at(bytes, nbytes, *at, length);
         *at += *length + OVERHEAD_NBYTES)
        if (memcmp(bytes + *at + 4, type, 4) == 0)
            return true;
    return false;
}

/* Put data in place of length bytes at `at`, if there is room. Returns the new size. */
static size_t replace(uint8_t *bytes, size_t nbytes, size_t capacity, size_t at, size_t length,
                      const uint8_t *data, size_t data_nbytes)
{
    if (data_nbytes > length && data_nbytes - length > capacity - nbytes)
        return nbytes;
    memmove(bytes + at + data_nbytes, bytes + at + length, nbytes - at - length);
    memcpy(bytes + at, data, data_nbytes);
    return nbytes - length + data_nbytes;
}

/* Change what a chunk holds in compressed form, skip bytes from its start on. */
static size_t mutate_compressed(uint8_t *bytes, size_t nbytes, size_t capacity, const char *type,
                                size_t skip)
{
    size_t at, length, raw_nbytes = 0;
    if (!find_chunk(bytes, nbytes, type, &at, &length) || length < skip)
        return LLVMFuzzerMutate(bytes, nbytes, capacity);
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
    uint8_t *raw = malloc(RAW_MAX_NBYTES);
    size_t bound = libdeflate_zlib_compress_bound(compressor, RAW_MAX_NBYTES);
    uint8_t *packed = malloc(bound);
    if (libdeflate_zlib_decompress(decompressor, bytes + at + 8 + skip, length - skip, raw,
                                   RAW_MAX_NBYTES, &raw_nbytes) == LIBDEFLATE_SUCCESS) {
        size_t before = raw_nbytes;
        raw_nbytes = LLVMFuzzerMutate(raw, raw_nbytes, RAW_MAX_NBYTES);
        if (strcmp(type, "IDAT") == 0) { /* as many bytes as the size needs */
            if (raw_nbytes < before)
                memset(raw + raw_nbytes, 0, before - raw_nbytes);
            raw_nbytes = before;
        }
        size_t packed_nbytes = libdeflate_zlib_compress(compressor, raw, raw_nbytes, packed, bound);
        size_t whole = nbytes;
        nbytes =
            replace(bytes, nbytes, capacity, at + 8 + skip, length - skip, packed, packed_nbytes);
        if (nbytes != whole || length - skip == packed_nbytes)
            put32(bytes + at, skip + packed_nbytes);
    }
    free(packed);
    free(raw);
    libdeflate_free_compressor(compressor);
    libdeflate_free_decompressor(decompressor);
    return nbytes;
}

static size_t profile_skip(const uint8_t *bytes, size_t nbytes)
{
    size_t at, length;
    if (!find_chunk(bytes, nbytes, "iCCP", &at, &length))
        return 0;
    const uint8_t *end = memchr(bytes + at + 8, 0, length);
    return end != NULL ? (size_t)(end - (bytes + at + 8)) + 2 : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t nbytes, size_t capacity, unsigned seed)
{
    if (nbytes < SIGNATURE_NBYTES || memcmp(bytes, "\x89PNG", 4) != 0)
        return LLVMFuzzerMutate(bytes, nbytes, capacity);
    if (seed % 8 < 3)
        nbytes = mutate_compressed(bytes, nbytes, capacity, "IDAT", 0);
    else if (seed % 8 == 3)
        nbytes = mutate_compressed(bytes, nbytes, capacity, "iCCP", profile_skip(bytes, nbytes));
    else
        nbytes = LLVMFuzzerMutate(bytes, nbytes, capacity);
    if (seed % 64 != 63 && nbytes >= SIGNATURE_NBYTES)
        mend_checksums(bytes, nbytes);
    return nbytes;
}
