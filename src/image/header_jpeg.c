/*
 * A JPEG file, walked marker by marker from SOI to EOI (ITU-T T.81, 1992, annex B). A file that
 * ends before EOI was cut off: the decoder would fill the missing part with grey and say nothing.
 */
#include "image/header.h"
#include "image/orientation.h"

#include <string.h>

#define SCANS_MAX 200 /* a small file of many scans can keep a decoder busy for hours */
#define BLOCK_PX 64   /* a block of 8 x 8 takes at least one bit */

enum marker {
    TEM = 0x01,
    SOF0 = 0xc0,
    SOF2 = 0xc2,
    DHT = 0xc4,
    JPG = 0xc8,
    DAC = 0xcc,
    SOF15 = 0xcf,
    RST0 = 0xd0,
    RST7 = 0xd7,
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    APP1 = 0xe1,
    APP2 = 0xe2,
    APP14 = 0xee
};

struct jpeg {
    const uint8_t *bytes;
    size_t nbytes, offset;
    bool cut_off;
    uint32_t width, height;
    int components; /* 0 until the frame header */
    bool is_progressive;
    int adobe_transform; /* -1: no Adobe marker */
    struct cg_span exif;
    bool progressive;
    int scans;
    struct cg_colour_tags *colours;
};

static uint32_t get16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static enum cg_status fail_cut_off(struct jpeg *jpeg, struct cg_error *error)
{
    jpeg->cut_off = true;
    return cg_fail(error, CG_ERR_FORMAT,
                   "expected a JPEG that runs to its end marker, found it cut off after %zu bytes",
                   jpeg->nbytes);
}

/* Past the next marker; bytes before it are let pass, as decoders do. */
static enum cg_status next_marker(struct jpeg *jpeg, int *marker, struct cg_error *error)
{
    const uint8_t *bytes = jpeg->bytes;
    for (size_t i = jpeg->offset; i + 1 < jpeg->nbytes; i++) {
        if (bytes[i] != 0xff || bytes[i + 1] == 0xff || bytes[i + 1] == 0)
            continue;
        *marker = bytes[i + 1];
        jpeg->offset = i + 2;
        return CG_OK;
    }
    return fail_cut_off(jpeg, error);
}

/* ---- segments -------------------------------------------------------------------------------- */

/* The decoder takes baseline, extended and progressive Huffman coding; the others by name. */
static const char *unsupported_coding(int marker)
{
    switch (marker) {
    case 0xc3:
        return "lossless coding";
    case 0xc5:
    case 0xc6:
    case 0xc7:
        return "hierarchical coding";
    case 0xcb:
        return "lossless arithmetic coding";
    case 0xcd:
    case 0xce:
    case 0xcf:
        return "hierarchical arithmetic coding";
    default:
        return marker > SOF2 ? "arithmetic coding" : NULL;
    }
}

static enum cg_status check_sampling(const uint8_t *component, int count, struct cg_error *error)
{
    int most[2] = {1, 1};
    for (int i = 0; i < 2 * count; i++) {
        int factor = component[3 * (i / 2) + 1] >> (i % 2 == 0 ? 4 : 0) & 15;
        if (factor < 1 || factor > 4)
            return cg_fail(error, CG_ERR_FORMAT,
                           "expected JPEG sampling factors of 1 to 4, found %d", factor);
        most[i % 2] = factor > most[i % 2] ? factor : most[i % 2];
    }
    for (int i = 0; i < 2 * count; i++) {
        int factor = component[3 * (i / 2) + 1] >> (i % 2 == 0 ? 4 : 0) & 15;
        if (most[i % 2] % factor != 0)
            return cg_fail(error, CG_ERR_UNSUPPORTED,
                           "expected JPEG sampling factors that divide, found %d and %d",
                           most[i % 2], factor);
    }
    return CG_OK;
}

static enum cg_status read_frame(struct jpeg *jpeg, int marker, const uint8_t *data, size_t nbytes,
                                 struct cg_error *error)
{
    const char *coding = unsupported_coding(marker);
    if (coding != NULL)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected a baseline or progressive JPEG with Huffman coding, found %s",
                       coding);
    if (jpeg->components != 0 || nbytes < 6 || nbytes != 6 + 3 * (size_t)data[5])
        return cg_fail(error, CG_ERR_FORMAT, "expected one good JPEG frame header, found %s",
                       jpeg->components != 0 ? "a second" : "a wrong length");
    if (data[0] != 8)
        return cg_fail(error, CG_ERR_UNSUPPORTED, "expected a JPEG of 8 bits, found %d", data[0]);
    jpeg->progressive = marker == SOF2;
    jpeg->height = get16(data + 1);
    jpeg->width = get16(data + 3);
    jpeg->components = data[5];
    jpeg->is_progressive = marker == SOF2;
    if (jpeg->height == 0)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected a JPEG with its height in the header, found it left open");
    if (jpeg->components != 1 && jpeg->components != 3 && jpeg->components != 4)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected a JPEG of 1, 3 or 4 colour components, found %d",
                       jpeg->components);
    enum cg_status status = check_sampling(data + 6, jpeg->components, error);
    return status == CG_OK ? cg_image_check_size(jpeg->width, jpeg->height,
                                                 jpeg->components == 4 ? 4 : 3, error)
                           : status;
}

/* The decoder takes the counts of a Huffman table as they come and would write past its own. */
static enum cg_status check_huffman_tables(const uint8_t *data, size_t nbytes,
                                           struct cg_error *error)
{
    while (nbytes >= 17) {
        size_t count = 0, room = 1; /* room: codes left of this length */
        bool fits = true;
        for (int length = 1; length <= 16; length++) {
            room = 2 * room;
            fits = fits && data[length] <= room;
            room -= fits ? data[length] : 0;
            count += data[length];
        }
        if (!fits || count > 256 || count > nbytes - 17)
            break;
        data += 17 + count;
        nbytes -= 17 + count;
    }
    if (nbytes > 0)
        return cg_fail(error, CG_ERR_FORMAT, "expected good JPEG Huffman tables, found a bad one");
    return CG_OK;
}

/* A part of an ICC profile: which one and of how many comes before it (ICC.1:2010, annex B.4). */
static void read_profile_part(struct cg_colour_tags *colours, const uint8_t *data, size_t nbytes)
{
    int number = data[0], count = data[1];
    if (colours->icc_count == 0)
        colours->icc_count = count == 0 ? 1 : count;
    if (number < 1 || number > count || count != colours->icc_count ||
        colours->icc[number - 1].bytes != NULL)
        colours->icc_broken = true;
    else
        colours->icc[number - 1] = (struct cg_span){data + 2, nbytes - 2};
}

static void read_application_data(struct jpeg *jpeg, int marker, const uint8_t *data, size_t nbytes)
{
    if (marker == APP1 && jpeg->exif.bytes == NULL && nbytes > 6 && memcmp(data, "Exif\0", 6) == 0)
        jpeg->exif = (struct cg_span){data + 6, nbytes - 6};
    if (marker == APP2 && nbytes > 14 && memcmp(data, "ICC_PROFILE", 12) == 0)
        read_profile_part(jpeg->colours, data + 12, nbytes - 12);
    if (marker == APP14 && nbytes >= 12 && memcmp(data, "Adobe", 5) == 0)
        jpeg->adobe_transform = data[11];
}

/* One marker segment at offset, its length field first. */
static enum cg_status read_segment(struct jpeg *jpeg, int marker, struct cg_error *error)
{
    size_t left = jpeg->nbytes - jpeg->offset;
    size_t length = left >= 2 ? get16(jpeg->bytes + jpeg->offset) : 2;
    if (left < 2 || length > left)
        return fail_cut_off(jpeg, error);
    if (length < 2)
        return cg_fail(error, CG_ERR_FORMAT, "expected a good JPEG segment %02X, found length %zu",
                       (unsigned)marker, length);
    const uint8_t *data = jpeg->bytes + jpeg->offset + 2;
    jpeg->offset += length;
    if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC)
        return read_frame(jpeg, marker, data, length - 2, error);
    if (marker == DHT)
        return check_huffman_tables(data, length - 2, error);
    if (marker == SOS && jpeg->components == 0)
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected a JPEG frame header before the pixels, found none");
    if (marker == SOS && ++jpeg->scans > SCANS_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "expected a JPEG of at most %d scans, found more",
                       SCANS_MAX);
    read_application_data(jpeg, marker, data, length - 2);
    return CG_OK;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool stands_alone(int marker)
{
    return marker == TEM || marker == SOI || (marker >= RST0 && marker <= RST7);
}

/* To the marker last: EOI or SOS. */
static enum cg_status walk(struct jpeg *jpeg, int last, struct cg_error *error)
{
    int marker = SOI;
    enum cg_status status = CG_OK;
    while (status == CG_OK && marker != EOI && marker != last) {
        status = next_marker(jpeg, &marker, error);
        if (status == CG_OK && marker != EOI && !stands_alone(marker))
            status = read_segment(jpeg, marker, error);
    }
    return status;
}

static enum cg_status check_frame(const struct jpeg *jpeg, struct cg_error *error)
{
    if (jpeg->scans == 0)
        return cg_fail(error, CG_ERR_FORMAT, "expected a JPEG with pixels, found no scan");
    if (jpeg->components == 4 && jpeg->adobe_transform > 0 && jpeg->adobe_transform != 2)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected Adobe's marker in a JPEG of four inks to say CMYK or YCCK, found "
                       "transform %d",
                       jpeg->adobe_transform);
    return CG_OK;
}

static enum cg_status check_data(const struct jpeg *jpeg, struct cg_error *error)
{
    if ((size_t)jpeg->width * jpeg->height / BLOCK_PX / 8 > jpeg->nbytes)
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected data for the %u x %u pixels of the JPEG, found only %zu bytes",
                       jpeg->width, jpeg->height, jpeg->nbytes);
    return CG_OK;
}

enum cg_status cg_jpeg_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                   struct cg_image_header *out, struct cg_error *error)
{
    struct jpeg jpeg = {.bytes = bytes,
                        .nbytes = nbytes,
                        .offset = 2,
                        .adobe_transform = -1,
                        .colours = &out->colours};
    enum cg_status status = walk(&jpeg, scope == CG_HEADER_WHOLE ? EOI : SOS, error);
    out->cut_off = jpeg.cut_off;
    if (status == CG_OK)
        status = check_frame(&jpeg, error);
    if (status == CG_OK && scope == CG_HEADER_WHOLE)
        status = check_data(&jpeg, error);
    if (status != CG_OK)
        return status;
    out->format = CG_IMAGE_JPEG;
    out->width = (int)jpeg.width;
    out->height = (int)jpeg.height;
    out->channels = jpeg.components == 1 ? 1 : 3;
    out->depth = 8;
    out->is_grey = jpeg.components == 1;
    out->is_sequential = !jpeg.progressive;
    out->is_cmyk = jpeg.components == 4;
    out->is_progressive = jpeg.is_progressive;
    out->inks_inverted = jpeg.adobe_transform >= 0;
    out->exif = jpeg.exif;
    out->orientation = cg_exif_orientation(jpeg.exif.bytes, jpeg.exif.nbytes);
    return CG_OK;
}
