/*
 * Reading a picture: see image.h. cg_image_decode has the order of the work: header and
 * completeness, profile, pixels, colours, channels, orientation, size, metadata.
 */
#include "base/file.h"
#include "base/memory.h"
#include "image/alpha.h"
#include "image/codec.h"
#include "image/colour.h"
#include "image/extras.h"
#include "image/header.h"
#include "image/orientation.h"
#include "image/profile.h"
#include "image/reader.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_UNUSABLE "its colour profile could not be used, taken for sRGB"
#define NOTE_NOT_KEPT "its colour profile is not one for RGB and was not kept, converted to sRGB"
#define NOTE_DAMAGED "part of its picture data is missing or damaged"
#define NOTE_NO_END "its end marker is missing, all pixels are there"
#define NOTE_ODD "its data break the format's rules, all pixels were read"
#define NOTE_CICP "its colours as said by cICP are not read"
#define NOTE_INKS "it has no usable profile for its inks, colours are approximate"

/* One picture being read. */
struct reading {
    const uint8_t *bytes;
    size_t nbytes;
    const struct cg_image_read_options *options;
    struct cg_image_header header;
    uint8_t *icc; /* the file's profile, owned; NULL: none */
    size_t icc_nbytes;
    uint8_t *exif, *xmp; /* owned, if the header lacks them; NULL: none */
    bool converted;      /* the colours, to sRGB */
    struct cg_image_extras *extras;
    const char *damage; /* the first note about damage; NULL: none */
};

static void note(const struct reading *reading, const char *text)
{
    cg_extras_note(reading->extras, text);
}

/* The same for damage. */
static void note_damage(struct reading *reading, const char *text)
{
    note(reading, text);
    if (reading->damage == NULL)
        reading->damage = text;
}

static struct cg_colour_space space_of(const struct reading *reading)
{
    return (struct cg_colour_space){reading->icc, reading->icc_nbytes, &reading->header.colours};
}

/* ---- pixels ---------------------------------------------------------------------------------- */

/* Not if stb would misread it; nor, if damage must be refused, for a JPEG: stb reports damage only
 * in the last scan, and surplus data not always. */
static bool is_for_stb(const struct reading *reading)
{
    const struct cg_image_header *header = &reading->header;
    return header->is_plain && !(reading->options->strict && header->format == CG_IMAGE_JPEG);
}

/* If the palette must be completed first, a copy of the file is decoded. */
static enum cg_status decode_png_by_stb(const struct reading *reading, int channels,
                                        struct cg_image *out, struct cg_error *error)
{
    const struct cg_image_header *header = &reading->header;
    uint8_t *copy = NULL;
    size_t nbytes = reading->nbytes;
    enum cg_status status =
        cg_png_complete_palette(reading->bytes, reading->nbytes, &copy, &nbytes, error);
    if (status == CG_OK)
        status = cg_codec_decode_png(copy != NULL ? copy : reading->bytes, nbytes, header->depth,
                                     header->inflated_nbytes, channels, out, error);
    free(copy);
    return status;
}

static enum cg_status decode_png(struct reading *reading, int channels, struct cg_image *out,
                                 struct cg_error *error)
{
    enum cg_status status = CG_ERR_FORMAT;
    bool odd = false;
    if (is_for_stb(reading))
        status = decode_png_by_stb(reading, channels, out, error);
    if (status == CG_ERR_FORMAT)
        status = cg_libpng_decode(reading->bytes, reading->nbytes, &reading->header, channels, out,
                                  &odd, error);
    if (status == CG_OK && reading->header.oddity != NULL)
        note_damage(reading, reading->header.oddity);
    else if (status == CG_OK && odd)
        note_damage(reading, NOTE_ODD);
    return status;
}

static enum cg_status decode_by_libjpeg(struct reading *reading, struct cg_image *out,
                                        struct cg_error *error)
{
    const struct cg_image_header *header = &reading->header;
    struct cg_libjpeg_findings findings;
    enum cg_status status =
        cg_libjpeg_decode(reading->bytes, reading->nbytes, header, out, &findings, error);
    if (status != CG_OK)
        return status;
    if (!header->has_end && (findings.incomplete || header->lacks_scans))
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected a JPEG that runs to its end marker, found it cut off after %zu "
                       "bytes",
                       reading->nbytes);
    if (findings.damaged)
        note_damage(reading, NOTE_DAMAGED);
    else if (!header->has_end)
        note_damage(reading, NOTE_NO_END);
    else if (findings.odd)
        note_damage(reading, NOTE_ODD);
    return CG_OK;
}

static enum cg_status decode_jpeg(struct reading *reading, int channels, struct cg_image *out,
                                  struct cg_error *error)
{
    const struct cg_image_header *header = &reading->header;
    enum cg_status status = CG_ERR_FORMAT;
    if (is_for_stb(reading))
        status = cg_codec_decode_jpeg(reading->bytes, reading->nbytes, header->data_end, channels,
                                      out, error);
    if (status != CG_ERR_FORMAT)
        return status;
    status = cg_image_create(header->width, header->height, channels, out, error);
    return status == CG_OK ? decode_by_libjpeg(reading, out, error) : status;
}

static enum cg_status decode_by_reader(struct reading *reading, const struct cg_reader *reader,
                                       int channels, struct cg_image *out, struct cg_error *error)
{
    struct cg_image_header *header = &reading->header;
    struct cg_reader_extras extras = {0};
    enum cg_status status = cg_image_create(header->width, header->height, channels, out, error);
    if (status == CG_OK)
        status = reader->decode(reading->bytes, reading->nbytes, header, out, &extras, error);
    reading->icc = extras.icc;
    reading->icc_nbytes = extras.icc_nbytes;
    reading->exif = extras.exif;
    reading->xmp = extras.xmp;
    if (extras.exif != NULL)
        header->exif = (struct cg_span){extras.exif, extras.exif_nbytes};
    if (extras.xmp != NULL)
        header->xmp = (struct cg_span){extras.xmp, extras.xmp_nbytes};
    if (status == CG_OK && extras.note != NULL)
        note(reading, extras.note);
    if (status == CG_OK && extras.odd)
        note_damage(reading, NOTE_ODD);
    return status;
}

static enum cg_status decode_colours(struct reading *reading, struct cg_image *out,
                                     struct cg_error *error)
{
    const struct cg_image_header *header = &reading->header;
    bool spread_grey = header->channels == 1 && reading->options->channels == 3;
    int channels = spread_grey ? 3 : header->channels;
    if (header->colours.cicp_unread)
        note(reading, NOTE_CICP);
    const struct cg_reader *reader = cg_reader_of(header->format);
    if (reader != NULL)
        return decode_by_reader(reading, reader, channels, out, error);
    return header->format == CG_IMAGE_PNG ? decode_png(reading, channels, out, error)
                                          : decode_jpeg(reading, channels, out, error);
}

/* Inks become sRGB at once: the later steps do not handle them. */
static void mix_inks(struct reading *reading, const uint8_t *inks, struct cg_image *out)
{
    struct cg_colour_space space = space_of(reading);
    bool inverted = reading->header.inks_inverted;
    reading->converted = true;
    if (!cg_colour_from_cmyk(&space, inks, inverted, out)) {
        cg_colour_mix_inks(inks, inverted, out);
        note(reading, NOTE_INKS);
    } else if (reading->options->keep_profile) {
        note(reading, NOTE_NOT_KEPT);
    }
}

static enum cg_status fail_colours(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_MEMORY, "the memory for its colours could not be allocated");
}

static enum cg_status decode_inks(struct reading *reading, struct cg_image *out,
                                  struct cg_error *error)
{
    const struct cg_image_header *header = &reading->header;
    struct cg_image inks;
    enum cg_status status = cg_image_create(header->width, header->height, 4, &inks, error);
    if (status != CG_OK)
        return status;
    status = decode_by_libjpeg(reading, &inks, error);
    if (status == CG_OK)
        status = cg_image_create(header->width, header->height, 3, out, error);
    if (status == CG_OK) {
        cg_memory_forget();
        mix_inks(reading, inks.pixels, out);
        status = cg_memory_was_short() ? fail_colours(error) : CG_OK;
    }
    cg_image_clear(&inks);
    return status;
}

/* ---- colours --------------------------------------------------------------------------------- */

/* A profile is kept if it suits the picture that is returned. */
static bool keeps_profile(const struct reading *reading)
{
    struct cg_colour_space space = space_of(reading);
    return reading->options->keep_profile && reading->options->channels != 1 &&
           !reading->header.is_grey && cg_colour_is_rgb(&space);
}

static void bring_to_srgb(struct reading *reading, struct cg_image *image)
{
    struct cg_colour_space space = space_of(reading);
    if (keeps_profile(reading)) {
        reading->extras->icc = reading->icc;
        reading->extras->icc_nbytes = reading->icc_nbytes;
        reading->icc = NULL;
        return;
    }
    if (reading->icc == NULL && reading->header.colours.icc_count > 0) {
        note_damage(reading, NOTE_UNUSABLE);
        return;
    }
    enum cg_colour_result result = cg_colour_to_srgb(&space, reading->header.is_grey, image);
    reading->converted = result == CG_COLOUR_CONVERTED;
    if (result == CG_COLOUR_UNUSABLE)
        note_damage(reading, NOTE_UNUSABLE);
    else if (result == CG_COLOUR_CONVERTED && reading->options->keep_profile &&
             reading->icc != NULL)
        note(reading, NOTE_NOT_KEPT);
}

static enum cg_status settle_colours(struct reading *reading, struct cg_image *image,
                                     struct cg_error *error)
{
    cg_memory_forget();
    bring_to_srgb(reading, image);
    return cg_memory_was_short() ? fail_colours(error) : CG_OK;
}

/* Transparency is blended only after colours are converted: white is white in sRGB. */
static void settle_channels(const struct cg_image_read_options *options, struct cg_image *image)
{
    static const uint8_t white[] = {255, 255, 255};
    if (options->channels != 0 && image->channels == 4)
        cg_image_blend(image, white);
    if (options->channels == 1 && image->channels == 3)
        cg_image_to_grey(image);
}

/* ---- size ------------------------------------------------------------------------------------ */

static enum cg_status resize(struct cg_image *image, int width, int height, struct cg_error *error)
{
    struct cg_image smaller;
    enum cg_status status = cg_image_resize(image, width, height, &smaller, error);
    if (status != CG_OK)
        return status;
    cg_image_clear(image);
    *image = smaller;
    return CG_OK;
}

/* Reduce colours and transparency separately, so that clear pixels do not mix in. */
static enum cg_status reduce(struct cg_image *image, int max_side_px, struct cg_error *error)
{
    struct cg_image alpha = {0};
    int width = image->width, height = image->height;
    cg_image_fit(max_side_px, &width, &height);
    if (width == image->width && height == image->height)
        return CG_OK;
    enum cg_status status =
        image->channels == 4 ? cg_image_split_alpha(image, &alpha, error) : CG_OK;
    if (status == CG_OK)
        status = resize(image, width, height, error);
    if (status == CG_OK && alpha.pixels != NULL)
        status = resize(&alpha, width, height, error);
    if (status == CG_OK && alpha.pixels != NULL)
        status = cg_image_join_alpha(image, &alpha, error);
    cg_image_clear(&alpha);
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum cg_status check_request(size_t nbytes, const struct cg_image_read_options *options,
                                    struct cg_error *error)
{
    if (options->channels != 0 && options->channels != 1 && options->channels != 3)
        return cg_fail(error, CG_ERR_ARGUMENT, "expected to read 0, 1 or 3 channels, got %d",
                       options->channels);
    if (nbytes > CG_IMAGE_FILE_MAX_NBYTES)
        return cg_fail(error, CG_ERR_LIMIT, "expected at most %zu bytes, found %zu",
                       CG_IMAGE_FILE_MAX_NBYTES, nbytes);
    return CG_OK;
}

static enum cg_status carry(struct reading *reading, const struct cg_image *image,
                            struct cg_error *error)
{
    const struct cg_exif_options about = {image->width, image->height, reading->options->keep_gps,
                                          reading->converted};
    const char *damage = NULL;
    enum cg_status status =
        cg_extras_carry(&reading->header, reading->options->keep_exif ? &about : NULL,
                        reading->extras, &damage, error);
    if (reading->damage == NULL)
        reading->damage = damage;
    return status;
}

static enum cg_status decode(struct reading *reading, struct cg_image *out, struct cg_error *error)
{
    struct cg_image_header *header = &reading->header;
    enum cg_status status =
        cg_image_header_read(reading->bytes, reading->nbytes, CG_HEADER_WHOLE, header, error);
    if (status == CG_OK)
        status = cg_profile_read(header, &reading->icc, &reading->icc_nbytes, error);
    if (status == CG_OK)
        status = header->is_cmyk ? decode_inks(reading, out, error)
                                 : decode_colours(reading, out, error);
    if (status != CG_OK)
        return status;
    if (!header->is_cmyk)
        status = settle_colours(reading, out, error);
    if (status != CG_OK)
        return status;
    settle_channels(reading->options, out);
    status = cg_image_turn_upright(out, header->orientation, error);
    if (status == CG_OK)
        status = reduce(out, reading->options->max_side_px, error);
    if (status == CG_OK)
        status = carry(reading, out, error);
    if (status == CG_OK && reading->options->strict && reading->damage != NULL)
        return cg_fail(error, CG_ERR_FORMAT, "expected a picture without damage, found that %s",
                       reading->damage);
    return status;
}

enum cg_status cg_image_decode(const uint8_t *bytes, size_t nbytes,
                               const struct cg_image_read_options *options, struct cg_image *out,
                               struct cg_image_extras *extras, struct cg_error *error)
{
    struct cg_image_extras unwanted;
    struct reading reading = {.bytes = bytes,
                              .nbytes = nbytes,
                              .options = options,
                              .extras = extras != NULL ? extras : &unwanted};
    *out = (struct cg_image){0};
    *reading.extras = (struct cg_image_extras){0};
    enum cg_status status = check_request(nbytes, options, error);
    if (status == CG_OK)
        status = decode(&reading, out, error);
    if (status != CG_OK)
        cg_image_clear(out);
    if (status != CG_OK || extras == NULL)
        cg_image_extras_clear(reading.extras);
    free(reading.xmp);
    free(reading.exif);
    free(reading.icc);
    return status;
}

enum cg_status cg_image_read(const char *path, const struct cg_image_read_options *options,
                             struct cg_image *out, struct cg_image_extras *extras,
                             struct cg_error *error)
{
    *out = (struct cg_image){0};
    if (extras != NULL)
        *extras = (struct cg_image_extras){0};
    uint8_t *bytes;
    size_t nbytes;
    enum cg_status status = cg_file_read(path, CG_IMAGE_FILE_MAX_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = cg_image_decode(bytes, nbytes, options, out, extras, error);
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(path));
    free(bytes);
    return status;
}
