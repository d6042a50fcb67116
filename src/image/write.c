/* Writing a picture: see image.h. */
#include "base/file_writer.h"
#include "image/alpha.h"
#include "image/codec.h"
#include "image/embed.h"

#include <stdlib.h>
#include <string.h>

/* stb counts bytes in int; a byte for each row's filter is added in a PNG. */
#define ENCODED_MAX_NBYTES ((size_t)1 << 30)
#define MEMORY_FIRST_NBYTES ((size_t)64 << 10)

static enum cg_status check_image(const struct cg_image *image,
                                  const struct cg_image_write_options *options,
                                  struct cg_error *error)
{
    if (image->pixels == NULL || image->width < 1 || image->height < 1 ||
        image->width > CG_IMAGE_SIDE_MAX_PX || image->height > CG_IMAGE_SIDE_MAX_PX ||
        (image->channels != 1 && image->channels != 3 && image->channels != 4))
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "expected a picture of 1, 3 or 4 channels, got %d x %d x %d", image->width,
                       image->height, image->channels);
    if (!cg_image_is_written(options->format))
        return cg_fail(error, CG_ERR_UNSUPPORTED, "expected a format that is written, got %s",
                       cg_image_format_name(options->format));
    if (options->format != CG_IMAGE_PNG && (options->quality < 1 || options->quality > 100))
        return cg_fail(error, CG_ERR_ARGUMENT, "expected a %s quality of 1 to 100, got %d",
                       cg_image_format_name(options->format), options->quality);
    size_t row_nbytes = (size_t)image->width * (size_t)image->channels;
    if (row_nbytes * (size_t)image->height > ENCODED_MAX_NBYTES)
        return cg_fail(error, CG_ERR_LIMIT,
                       "expected at most %zu bytes of pixels to encode, got %d x %d x %d",
                       ENCODED_MAX_NBYTES, image->width, image->height, image->channels);
    return CG_OK;
}

/* JPEG has no transparency: it is blended first. */
static enum cg_status encode_jpeg(const struct cg_image *image,
                                  const struct cg_image_write_options *options,
                                  const struct cg_sink *sink, struct cg_error *error)
{
    if (image->channels != 4)
        return cg_codec_encode_jpeg(image, options->quality, sink, error);
    struct cg_image opaque;
    enum cg_status status = cg_image_create(image->width, image->height, 3, &opaque, error);
    if (status != CG_OK)
        return status;
    cg_image_blend_into(image, options->background, &opaque);
    status = cg_codec_encode_jpeg(&opaque, options->quality, sink, error);
    cg_image_clear(&opaque);
    return status;
}

static enum cg_status encode(const struct cg_image *image,
                             const struct cg_image_write_options *options,
                             const struct cg_sink *sink, struct cg_error *error)
{
    struct cg_embed embed;
    struct cg_sink through;
#ifdef CG_WITH_WEBP
    if (options->format == CG_IMAGE_WEBP)
        return cg_webp_encode(image, options, sink, error);
#endif
    if (options->extras != NULL || options->mark != NULL) {
        through = cg_embed_sink(&embed, sink, options);
        sink = &through;
    }
    return options->format == CG_IMAGE_JPEG ? encode_jpeg(image, options, sink, error)
                                            : cg_codec_encode_png(image, sink, error);
}

/* ---- into a file ----------------------------------------------------------------------------- */

static enum cg_status add_to_file(void *context, const void *bytes, size_t nbytes,
                                  struct cg_error *error)
{
    return cg_file_writer_add(context, bytes, nbytes, error);
}

enum cg_status cg_image_write(const char *path, const struct cg_image *image,
                              const struct cg_image_write_options *options, struct cg_error *error)
{
    enum cg_status status = check_image(image, options, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "writing %s", cg_path_tail(path));
        return status;
    }
    struct cg_file_writer *writer;
    status = cg_file_writer_create(path, options->writing, &writer, error);
    if (status != CG_OK)
        return status;
    status = encode(image, options, &(struct cg_sink){add_to_file, writer}, error);
    if (status == CG_OK)
        status = cg_file_writer_commit(writer, error);
    else if (status != CG_ERR_IO && status != CG_ERR_FULL) /* their texts have the path */
        cg_error_prefix(error, "writing %s", cg_path_tail(path));
    cg_file_writer_free(writer);
    return status;
}

/* ---- into memory ----------------------------------------------------------------------------- */

struct memory {
    uint8_t *bytes;
    size_t nbytes, capacity;
};

static enum cg_status add_to_memory(void *context, const void *bytes, size_t nbytes,
                                    struct cg_error *error)
{
    struct memory *memory = context;
    if (nbytes > memory->capacity - memory->nbytes) {
        size_t capacity = 2 * memory->capacity + nbytes + MEMORY_FIRST_NBYTES;
        uint8_t *larger = realloc(memory->bytes, capacity);
        if (larger == NULL)
            return cg_fail(error, CG_ERR_MEMORY, "the memory to encode it could not be allocated");
        memory->bytes = larger;
        memory->capacity = capacity;
    }
    memcpy(memory->bytes + memory->nbytes, bytes, nbytes);
    memory->nbytes += nbytes;
    return CG_OK;
}

enum cg_status cg_image_encode(const struct cg_image *image,
                               const struct cg_image_write_options *options, uint8_t **bytes,
                               size_t *nbytes, struct cg_error *error)
{
    struct memory memory = {0};
    *bytes = NULL;
    *nbytes = 0;
    enum cg_status status = check_image(image, options, error);
    if (status == CG_OK)
        status = encode(image, options, &(struct cg_sink){add_to_memory, &memory}, error);
    if (status != CG_OK) {
        free(memory.bytes);
        return status;
    }
    *bytes = memory.bytes;
    *nbytes = memory.nbytes;
    return CG_OK;
}
