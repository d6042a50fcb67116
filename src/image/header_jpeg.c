/*
 * A JPEG file, walked marker by marker from SOI to EOI (ITU-T T.81, 1992, annex B). It must be
 * valid up to the first scan. A file with oddities there, or damage later, is not plain and left to
 * libjpeg, so that stb does not see it.
 */
#include "image/header.h"

#include "base/bytes.h"
#include "image/orientation.h"
#include "image/xmp.h"

#include <string.h>

#define BLOCK_PX 64 /* a block of 8 x 8 takes at least one bit */

enum marker {
    TEM = 0x01,
    SOF0 = 0xc0,
    SOF2 = 0xc2,
    DHT = 0xc4,
    JPG = 0xc8,
    SOF10 = 0xca,
    DAC = 0xcc,
    SOF15 = 0xcf,
    RST0 = 0xd0,
    RST7 = 0xd7,
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    DQT = 0xdb,
    DRI = 0xdd,
    APP0 = 0xe0,
    APP1 = 0xe1,
    APP2 = 0xe2,
    APP13 = 0xed,
    APP14 = 0xee
};

struct jpeg {
    const uint8_t *bytes;
    size_t nbytes, offset;
    bool cut_off;
    uint32_t width, height;
    int components; /* 0 until the frame header */
    bool is_progressive;
    uint8_t names[4], quant[4]; /* of the components: what scans call them, their table */
    int adobe_transform;        /* -1: no Adobe marker */
    bool has_jfif, is_plain;
    unsigned quant_tables, huffman_tables, scanned; /* a bit each: table defined (DC from 0, AC from
                                                       4), component in a scan */
    struct cg_span exif, xmp, iptc;
    double dpi[2];
    int scans;
    size_t first_scan, data_end; /* data_end: of the last scan */
    struct cg_colour_tags *colours;
    struct cg_xmp_extension *xmp_extension;
};

static enum cg_status fail_cut_off(struct jpeg *jpeg, struct cg_error *error)
{
    jpeg->cut_off = true;
    return cg_fail(error, CG_ERR_FORMAT,
                   "expected a JPEG that runs to its end marker, found it cut off after %zu bytes",
                   jpeg->nbytes);
}

/* Skip to behind the next marker; bytes before it are ignored, as by decoders. */
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

/* The name of a coding other than baseline, extended and progressive, which are read. */
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
        return NULL;
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
                       "expected a baseline or progressive JPEG, found %s", coding);
    if (jpeg->components != 0 || nbytes < 6 || nbytes != 6 + 3 * (size_t)data[5])
        return cg_fail(error, CG_ERR_FORMAT, "expected one good JPEG frame header, found %s",
                       jpeg->components != 0 ? "a second" : "a wrong length");
    if (data[0] != 8)
        return cg_fail(error, CG_ERR_UNSUPPORTED, "expected a JPEG of 8 bits, found %d", data[0]);
    jpeg->height = cg_big16(data + 1);
    jpeg->width = cg_big16(data + 3);
    jpeg->components = data[5];
    jpeg->is_progressive = marker == SOF2 || marker == SOF10;
    jpeg->is_plain = jpeg->is_plain && marker <= SOF2;
    if (jpeg->height == 0)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected a JPEG with its height in the header, found it left open");
    if (jpeg->components != 1 && jpeg->components != 3 && jpeg->components != 4)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected a JPEG of 1, 3 or 4 colour components, found %d",
                       jpeg->components);
    for (int i = 0; i < jpeg->components; i++) {
        jpeg->names[i] = data[6 + 3 * i];
        jpeg->quant[i] = data[8 + 3 * i];
    }
    enum cg_status status = check_sampling(data + 6, jpeg->components, error);
    return status == CG_OK ? cg_image_check_size(jpeg->width, jpeg->height,
                                                 jpeg->components == 4 ? 4 : 3, error)
                           : status;
}

/* stb does not check the counts of a Huffman table and would write past its own. */
static void read_huffman_tables(struct jpeg *jpeg, const uint8_t *data, size_t nbytes)
{
    while (nbytes >= 17) {
        size_t count = 0, room = 1; /* room: codes left of this length */
        bool fits = data[0] < 0x20 && (data[0] & 15) < 4;
        for (int length = 1; length <= 16; length++) {
            room = 2 * room;
            fits = fits && data[length] <= room;
            room -= fits ? data[length] : 0;
            count += data[length];
        }
        if (!fits || count > 256 || count > nbytes - 17)
            break;
        jpeg->huffman_tables |= 1u << ((data[0] >> 4) * 4 + (data[0] & 15));
        data += 17 + count;
        nbytes -= 17 + count;
    }
    jpeg->is_plain = jpeg->is_plain && nbytes == 0;
}

static void read_quantization_tables(struct jpeg *jpeg, const uint8_t *data, size_t nbytes)
{
    while (nbytes > 0) {
        size_t length = data[0] >> 4 != 0 ? 129 : 65;
        if (length > nbytes || (data[0] & 15) > 3)
            break;
        jpeg->quant_tables |= 1u << (data[0] & 15);
        data += length;
        nbytes -= length;
    }
    jpeg->is_plain = jpeg->is_plain && nbytes == 0;
}

/* stb takes a missing table for zeros, and the first component of a name for all. */
static bool scan_is_plain(struct jpeg *jpeg, const uint8_t *data, size_t nbytes)
{
    int count = nbytes > 0 ? data[0] : 0;
    if (count < 1 || count > 4 || nbytes != 4 + 2 * (size_t)count)
        return false;
    const uint8_t *spectrum = data + 1 + 2 * count;
    bool has_dc = !jpeg->is_progressive || (spectrum[0] == 0 && spectrum[2] >> 4 == 0);
    bool has_ac = !jpeg->is_progressive || spectrum[0] > 0;
    bool plain = true;
    for (int i = 0; i < count; i++) {
        const uint8_t *component = data + 1 + 2 * i;
        unsigned wanted =
            (has_dc ? 1u << (component[1] >> 4 & 3) : 0) | (has_ac ? 16u << (component[1] & 3) : 0);
        int found = 0;
        for (int k = 0; k < jpeg->components; k++)
            if (jpeg->names[k] == component[0]) {
                plain = plain && (jpeg->quant_tables >> (jpeg->quant[k] & 3) & 1) != 0;
                jpeg->scanned |= 1u << k;
                found++;
            }
        plain = plain && found == 1 && (jpeg->huffman_tables & wanted) == wanted;
    }
    return plain;
}

static enum cg_status read_scan(struct jpeg *jpeg, const uint8_t *data, size_t nbytes,
                                struct cg_error *error)
{
    if (jpeg->components == 0)
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected a JPEG frame header before the pixels, found none");
    if (++jpeg->scans > CG_JPEG_SCANS_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "expected a JPEG of at most %d scans, found more",
                       CG_JPEG_SCANS_MAX);
    if (jpeg->scans == 1)
        jpeg->first_scan = jpeg->offset;
    jpeg->is_plain = scan_is_plain(jpeg, data, nbytes) && jpeg->is_plain;
    return CG_OK;
}

/* A part of an ICC profile, after its number and the count of parts (ICC.1:2010, annex B.4). */
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

/* Version, unit (inches, centimetres; none: an aspect ratio), across, down. */
static void read_jfif(struct jpeg *jpeg, const uint8_t *data)
{
    double per_inch = data[7] == 1 ? 1.0 : data[7] == 2 ? CG_CM_PER_INCH : 0.0;
    jpeg->has_jfif = true;
    jpeg->dpi[0] = cg_big16(data + 8) * per_inch;
    jpeg->dpi[1] = cg_big16(data + 10) * per_inch;
}

static void read_application_data(struct jpeg *jpeg, int marker, const uint8_t *data, size_t nbytes)
{
    static const char xmp[] = CG_XMP_HEAD, part[] = CG_XMP_PART_HEAD, photoshop[] = CG_IPTC_HEAD;
    if (marker == APP0 && nbytes >= 14 && memcmp(data, "JFIF", 5) == 0)
        read_jfif(jpeg, data);
    if (marker == APP1 && jpeg->exif.bytes == NULL && nbytes > 6 && memcmp(data, "Exif\0", 6) == 0)
        jpeg->exif = (struct cg_span){data + 6, nbytes - 6};
    if (marker == APP1 && jpeg->xmp.bytes == NULL && nbytes > sizeof(xmp) &&
        memcmp(data, xmp, sizeof(xmp)) == 0)
        jpeg->xmp = (struct cg_span){data + sizeof(xmp), nbytes - sizeof(xmp)};
    if (marker == APP1 && nbytes > sizeof(part) && memcmp(data, part, sizeof(part)) == 0)
        cg_xmp_add_part(jpeg->xmp_extension, data + sizeof(part), nbytes - sizeof(part));
    if (marker == APP2 && nbytes > 14 && memcmp(data, "ICC_PROFILE", 12) == 0)
        read_profile_part(jpeg->colours, data + 12, nbytes - 12);
    if (marker == APP13 && jpeg->iptc.bytes == NULL && nbytes > sizeof(photoshop) &&
        memcmp(data, photoshop, sizeof(photoshop)) == 0)
        jpeg->iptc =
            cg_iptc_find(&(struct cg_span){data + sizeof(photoshop), nbytes - sizeof(photoshop)});
    if (marker == APP14 && nbytes >= 12 && memcmp(data, "Adobe", 5) == 0)
        jpeg->adobe_transform = data[11];
}

static enum cg_status read_data(struct jpeg *jpeg, int marker, const uint8_t *data, size_t nbytes,
                                struct cg_error *error)
{
    if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC)
        return read_frame(jpeg, marker, data, nbytes, error);
    if (marker == SOS)
        return read_scan(jpeg, data, nbytes, error);
    if (marker == DHT)
        read_huffman_tables(jpeg, data, nbytes);
    else if (marker == DQT)
        read_quantization_tables(jpeg, data, nbytes);
    else if (marker == DRI) /* stb does not notice a lost restart marker */
        jpeg->is_plain = jpeg->is_plain && nbytes == 2 && cg_big16(data) == 0;
    else
        read_application_data(jpeg, marker, data, nbytes);
    return CG_OK;
}

/* One marker segment at offset, its length field first. A length too small for itself is accepted,
 * as by libjpeg. */
static enum cg_status read_segment(struct jpeg *jpeg, int marker, struct cg_error *error)
{
    size_t left = jpeg->nbytes - jpeg->offset;
    size_t length = left >= 2 ? cg_big16(jpeg->bytes + jpeg->offset) : 2;
    if (left < 2 || length > left)
        return fail_cut_off(jpeg, error);
    if (length < 2) {
        jpeg->is_plain = false;
        length = 2;
    }
    const uint8_t *data = jpeg->bytes + jpeg->offset + 2;
    jpeg->offset += length;
    return read_data(jpeg, marker, data, length - 2, error);
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool stands_alone(int marker)
{
    return marker == TEM || marker == SOI || (marker >= RST0 && marker <= RST7);
}

/* Walk up to the marker last: EOI or SOS. */
static enum cg_status walk(struct jpeg *jpeg, int last, struct cg_error *error)
{
    int marker = SOI, before;
    enum cg_status status = CG_OK;
    while (status == CG_OK && marker != EOI && marker != last) {
        before = marker;
        status = next_marker(jpeg, &marker, error);
        if (status == CG_OK && before == SOS)
            jpeg->data_end = jpeg->offset - 2;
        if (status == CG_OK && marker != EOI && !stands_alone(marker))
            status = read_segment(jpeg, marker, error);
    }
    return status;
}

/* stb and libjpeg tell RGB from YCbCr in different ways; everyone follows libjpeg. */
static bool stb_sees_the_colours(const struct jpeg *jpeg)
{
    bool named_rgb = memcmp(jpeg->names, "RGB", 3) == 0;
    bool in_stb = named_rgb || (jpeg->adobe_transform == 0 && !jpeg->has_jfif);
    bool in_libjpeg =
        !jpeg->has_jfif && (jpeg->adobe_transform == 0 || (jpeg->adobe_transform < 0 && named_rgb));
    return jpeg->components != 3 || in_stb == in_libjpeg;
}

/* Whether there is an end marker; data between markers never look like one. */
static bool find_end(const struct jpeg *jpeg)
{
    const uint8_t *at = jpeg->bytes + jpeg->first_scan, *end = jpeg->bytes + jpeg->nbytes;
    while (at < end && (at = memchr(at, 0xff, (size_t)(end - at))) != NULL && at + 1 < end) {
        if (at[1] == EOI)
            return true;
        at++;
    }
    return false;
}

/* From the first scan on, damage is tolerated. */
static enum cg_status walk_file(struct jpeg *jpeg, bool *has_end, struct cg_error *error)
{
    enum cg_status status = walk(jpeg, EOI, error);
    *has_end = status == CG_OK;
    if (status == CG_OK || status == CG_ERR_LIMIT || jpeg->scans == 0)
        return status;
    jpeg->is_plain = jpeg->cut_off = false;
    *has_end = find_end(jpeg);
    return CG_OK;
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
                        .is_plain = true,
                        .colours = &out->colours,
                        .xmp_extension = &out->xmp_extension};
    enum cg_status status =
        scope == CG_HEADER_WHOLE ? walk_file(&jpeg, &out->has_end, error) : walk(&jpeg, SOS, error);
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
    out->is_cmyk = jpeg.components == 4;
    out->is_progressive = jpeg.is_progressive;
    out->lacks_scans = jpeg.scanned != (1u << jpeg.components) - 1;
    out->is_plain = jpeg.is_plain && !out->lacks_scans && stb_sees_the_colours(&jpeg);
    out->data_begin = jpeg.first_scan;
    out->data_end = jpeg.data_end;
    out->inks_inverted = jpeg.adobe_transform >= 0;
    out->exif = jpeg.exif;
    out->xmp = jpeg.xmp;
    out->iptc = jpeg.iptc;
    memcpy(out->dpi, jpeg.dpi, sizeof(out->dpi));
    out->orientation = cg_exif_orientation(jpeg.exif.bytes, jpeg.exif.nbytes);
    if (out->orientation == 0)
        out->orientation = cg_xmp_orientation(&jpeg.xmp);
    return CG_OK;
}
