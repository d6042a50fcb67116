/*
 * The stb libraries: see codec.h. They are compiled in here, with
 *   - memory from calloc, so that the undecoded parts of a damaged file are black, not old memory;
 *   - PNG data inflated by libdeflate, once, into no more memory than the pixels take;
 *   - no asserts: bad input is an error and never ends the program;
 *   - PNG compression and checksums by libdeflate, at level 1: measured on a 12-megapixel photo,
 *     seven times faster than stb's own and a smaller file.
 */
#include "image/codec.h"

#include "base/memory.h"

#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PNG_COMPRESSION_LEVEL 1
#define PNG_FILTER 2 /* "up": the fastest to undo and apply, and near the smallest on photos */

/* As STBIW_ZLIB_COMPRESS requires; NULL if out of memory. */
static unsigned char *zlib_compress(unsigned char *data, int nbytes, int *out_nbytes, int quality)
{
    (void)quality;
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(PNG_COMPRESSION_LEVEL);
    if (compressor == NULL)
        return NULL;
    size_t bound = libdeflate_zlib_compress_bound(compressor, (size_t)nbytes);
    unsigned char *out = cg_on_huge_pages(malloc(bound), bound);
    if (out != NULL)
        *out_nbytes = (int)libdeflate_zlib_compress(compressor, data, (size_t)nbytes, out, bound);
    libdeflate_free_compressor(compressor);
    return out;
}

#define STB_IMAGE_IMPLEMENTATION
#define STBI_NO_ZLIB /* inflate_png stands in */
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS CG_IMAGE_SIDE_MAX_PX
#define STBI_ASSERT(x) ((void)0)
#define STBI_MALLOC(nbytes) cg_on_huge_pages(calloc(1, nbytes), nbytes)
#define STBI_REALLOC(memory, nbytes) realloc(memory, nbytes)
#define STBI_FREE(memory) free(memory)

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#define STBIW_ASSERT(x) ((void)0)
#define STBIW_MALLOC(nbytes) cg_on_huge_pages(malloc(nbytes), nbytes)
#define STBIW_REALLOC(memory, nbytes) realloc(memory, nbytes)
#define STBIW_FREE(memory) free(memory)
#define STBIW_ZLIB_COMPRESS zlib_compress
#define STBIW_CRC32(bytes, nbytes) libdeflate_crc32(0, bytes, (size_t)(nbytes))

#include <stb_image.h>
#include <stb_image_write.h>

/* Round to 8 bits, in place: stb would drop the lower byte. */
static uint8_t *reduce_to_8_bits(uint16_t *samples, size_t count)
{
    uint8_t *out = (uint8_t *)samples;
    for (size_t i = 0; i < count; i++) {
        uint16_t sample;
        memcpy(&sample, out + 2 * i, sizeof(sample));
        out[i] = (uint8_t)((sample * 255u + 32895u) >> 16);
    }
    uint8_t *smaller = count > 0 ? realloc(out, count) : NULL;
    return smaller != NULL ? smaller : out;
}

/* The inflated size of the PNG that this thread is decoding: stb cannot pass it through. */
static _Thread_local size_t inflated_nbytes;

/* Replaces stb's: exactly the pixels with nothing after them, or NULL. */
static char *stbi_zlib_decode_malloc_guesssize_headerflag(const char *data, int nbytes, int guess,
                                                          int *out_nbytes, int has_header)
{
    (void)guess;
    (void)has_header;
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    uint8_t *out = cg_on_huge_pages(malloc(inflated_nbytes), inflated_nbytes);
    size_t used = 0;
    enum libdeflate_result result = LIBDEFLATE_BAD_DATA;
    if (decompressor == NULL || out == NULL)
        stbi__err("outofmem", "");
    else
        result = libdeflate_zlib_decompress_ex(decompressor, data, (size_t)nbytes, out,
                                               inflated_nbytes, &used, NULL);
    libdeflate_free_decompressor(decompressor);
    if (result == LIBDEFLATE_SUCCESS && used == (size_t)nbytes) {
        *out_nbytes = (int)inflated_nbytes;
        return (char *)out;
    }
    free(out);
    return NULL;
}

static enum cg_status finish(struct cg_image *out, struct cg_error *error)
{
    if (out->pixels != NULL)
        return CG_OK;
    *out = (struct cg_image){0};
    const char *reason = stbi_failure_reason();
    if (reason != NULL && strcmp(reason, "outofmem") == 0)
        return cg_fail(error, CG_ERR_MEMORY, "the memory to decode it could not be allocated");
    return cg_fail(error, CG_ERR_FORMAT, "expected picture data that decodes, found it damaged");
}

enum cg_status cg_codec_decode_png(const uint8_t *bytes, size_t nbytes, int depth, size_t inflated,
                                   int channels, struct cg_image *out, struct cg_error *error)
{
    *out = (struct cg_image){.channels = channels};
    int *width = &out->width, *height = &out->height, channels_in_file;
    inflated_nbytes = inflated;
    stbi__g_failure_reason = NULL;
    if (depth == 16) {
        uint16_t *samples = stbi_load_16_from_memory(bytes, (int)nbytes, width, height,
                                                     &channels_in_file, channels);
        if (samples != NULL)
            out->pixels =
                reduce_to_8_bits(samples, (size_t)*width * (size_t)*height * (size_t)channels);
    } else {
        out->pixels =
            stbi_load_from_memory(bytes, (int)nbytes, width, height, &channels_in_file, channels);
    }
    return finish(out, error);
}

/* ---- JPEG ------------------------------------------------------------------------------------ */

/*
 * When data run out, stb silently reads zero bits. It never holds more than 32 bits, so of three
 * guard bytes after the data it reads at most the last one while data remain; if it meets the
 * marker behind them while decoding, the data were too short. The guard's bytes stand for long
 * codes, so that few of them are enough. At the end it must hold the bits that fill the last byte
 * and then the guard; else data were missing or left over.
 */
#define GUARD 0xfe
#define GUARD_NBYTES 3

static bool ended_at_guard(const stbi__jpeg *jpeg)
{
    uint32_t held = jpeg->code_buffer << jpeg->code_bits % 8;
    for (int i = jpeg->code_bits / 8; i > 0; i--, held <<= 8)
        if (held >> 24 != GUARD)
            return false;
    return !jpeg->nomore;
}

static uint8_t *copy_with_guard(const uint8_t *bytes, size_t nbytes, size_t data_end)
{
    uint8_t *copy = malloc(nbytes + GUARD_NBYTES);
    if (copy == NULL)
        return NULL;
    memcpy(copy, bytes, data_end);
    memset(copy + data_end, GUARD, GUARD_NBYTES);
    memcpy(copy + data_end + GUARD_NBYTES, bytes + data_end, nbytes - data_end);
    return copy;
}

enum cg_status cg_codec_decode_jpeg(const uint8_t *bytes, size_t nbytes, size_t data_end,
                                    int channels, struct cg_image *out, struct cg_error *error)
{
    *out = (struct cg_image){.channels = channels};
    stbi__context source;
    stbi__jpeg *jpeg = calloc(1, sizeof(*jpeg));
    uint8_t *guarded = copy_with_guard(bytes, nbytes, data_end);
    int channels_in_file;
    stbi__g_failure_reason = NULL;
    if (jpeg == NULL || guarded == NULL) {
        stbi__err("outofmem", "");
    } else {
        stbi__start_mem(&source, guarded, (int)(nbytes + GUARD_NBYTES));
        jpeg->s = &source;
        stbi__setup_jpeg(jpeg);
        out->pixels = load_jpeg_image(jpeg, &out->width, &out->height, &channels_in_file, channels);
        if (out->pixels != NULL && !ended_at_guard(jpeg)) {
            free(out->pixels);
            out->pixels = NULL;
        }
    }
    free(guarded);
    free(jpeg);
    return finish(out, error);
}

/* ---- encoding -------------------------------------------------------------------------------- */

struct output {
    const struct cg_sink *sink;
    struct cg_error *error;
    enum cg_status status;
};

static void output_add(void *context, void *data, int nbytes)
{
    struct output *output = context;
    if (output->status == CG_OK)
        output->status =
            output->sink->add(output->sink->context, data, (size_t)nbytes, output->error);
}

/* stb keeps the filter in a global, which is set once, before its first use. */
static void choose_png_filter(void)
{
    stbi_write_force_png_filter = PNG_FILTER;
}

enum cg_status cg_codec_encode_png(const struct cg_image *image, const struct cg_sink *sink,
                                   struct cg_error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, choose_png_filter);
    struct output output = {sink, error, CG_OK};
    if (!stbi_write_png_to_func(output_add, &output, image->width, image->height, image->channels,
                                image->pixels, 0))
        return cg_fail(error, CG_ERR_MEMORY, "the memory to compress it could not be allocated");
    return output.status;
}

enum cg_status cg_codec_encode_jpeg(const struct cg_image *image, int quality,
                                    const struct cg_sink *sink, struct cg_error *error)
{
    struct output output = {sink, error, CG_OK};
    stbi_write_jpg_to_func(output_add, &output, image->width, image->height, image->channels,
                           image->pixels, quality);
    return output.status;
}
