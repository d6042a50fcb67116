/* Frames with their times: see matroska.h. */
#include "video/matroska.h"

#include "video/process.h"

#include <string.h>

#define HEADER_NBYTES 512
#define NUMBER_NBYTES 8

enum {
    ID_EBML = 0x1A45DFA3,
    ID_DOC_TYPE = 0x4282,
    ID_SEGMENT = 0x18538067,
    ID_INFO = 0x1549A966,
    ID_TIMESTAMP_SCALE = 0x2AD7B1,
    ID_TRACKS = 0x1654AE6B,
    ID_TRACK_ENTRY = 0xAE,
    ID_TRACK_NUMBER = 0xD7,
    ID_TRACK_UID = 0x73C5,
    ID_TRACK_TYPE = 0x83,
    ID_DEFAULT_DURATION = 0x23E383,
    ID_CODEC = 0x86,
    ID_VIDEO = 0xE0,
    ID_WIDTH = 0xB0,
    ID_HEIGHT = 0xBA,
    ID_COLOUR_SPACE = 0x2EB524,
    ID_CLUSTER = 0x1F43B675,
    ID_TIMESTAMP = 0xE7,
    ID_SIMPLE_BLOCK = 0xA3
};

struct bytes {
    uint8_t at[HEADER_NBYTES];
    size_t count;
};

static void add_number(struct bytes *bytes, uint64_t value, int nbytes)
{
    for (int i = nbytes - 1; i >= 0; i--)
        bytes->at[bytes->count++] = (uint8_t)(value >> 8 * i);
}

/* An element's ID and the length of its data, always in eight bytes. */
static void add_element(struct bytes *bytes, uint32_t id, uint64_t nbytes)
{
    int id_nbytes = id > 0xFFFFFF ? 4 : id > 0xFFFF ? 3 : id > 0xFF ? 2 : 1;
    add_number(bytes, id, id_nbytes);
    add_number(bytes, (uint64_t)1 << 56 | nbytes, 8);
}

static void add_unsigned(struct bytes *bytes, uint32_t id, uint64_t value)
{
    add_element(bytes, id, NUMBER_NBYTES);
    add_number(bytes, value, NUMBER_NBYTES);
}

static void add_text(struct bytes *bytes, uint32_t id, const char *text, size_t nbytes)
{
    add_element(bytes, id, nbytes);
    memcpy(bytes->at + bytes->count, text, nbytes);
    bytes->count += nbytes;
}

static void add_nested(struct bytes *bytes, uint32_t id, const struct bytes *inner)
{
    add_text(bytes, id, (const char *)inner->at, inner->count);
}

/* ffmpeg's four-letter code for a plane layout; only four kinds of frames are sent to encoders. */
static const char *layout_of(const struct cg_y4m_format *format)
{
    switch (format->chroma) {
    case CG_Y4M_RGBA:
        return "RGBA";
    case CG_Y4M_444:
        return format->depth > 8 ? "Y3\0\x0a" : "444P";
    default:
        return format->depth > 8 ? "Y3\x0b\x0a" : "I420";
    }
}

enum cg_status cg_matroska_write_header(int fd, const char *name,
                                        const struct cg_y4m_format *format, uint64_t frame_ns,
                                        struct cg_error *error)
{
    static const char codec[] = "V_UNCOMPRESSED", kind[] = "matroska";
    struct bytes video = {.count = 0}, entry = video, tracks = video, info = video, all = video;
    add_unsigned(&video, ID_WIDTH, (uint64_t)format->width);
    add_unsigned(&video, ID_HEIGHT, (uint64_t)format->height);
    add_text(&video, ID_COLOUR_SPACE, layout_of(format), 4);
    add_unsigned(&entry, ID_TRACK_NUMBER, 1);
    add_unsigned(&entry, ID_TRACK_UID, 1);
    add_unsigned(&entry, ID_TRACK_TYPE, 1);
    add_unsigned(&entry, ID_DEFAULT_DURATION, frame_ns);
    add_text(&entry, ID_CODEC, codec, strlen(codec));
    add_nested(&entry, ID_VIDEO, &video);
    add_nested(&tracks, ID_TRACK_ENTRY, &entry);
    add_unsigned(&info, ID_TIMESTAMP_SCALE, 1);

    struct bytes type = {.count = 0};
    add_text(&type, ID_DOC_TYPE, kind, strlen(kind));
    add_nested(&all, ID_EBML, &type);
    add_element(&all, ID_SEGMENT, ((uint64_t)1 << 56) - 1); /* all ones: unknown length */
    add_nested(&all, ID_INFO, &info);
    add_nested(&all, ID_TRACKS, &tracks);
    return cg_process_write(fd, name, all.at, all.count, error);
}

enum cg_status cg_matroska_write_frame(int fd, const char *name, const struct cg_y4m_format *format,
                                       uint64_t time_ns, const uint8_t *planes,
                                       struct cg_error *error)
{
    const uint64_t block_head_nbytes = 4, element_nbytes = 9;
    size_t nbytes = cg_y4m_frame_nbytes(format);
    struct bytes bytes = {.count = 0};
    add_element(&bytes, ID_CLUSTER,
                2 * element_nbytes + NUMBER_NBYTES + block_head_nbytes + nbytes);
    add_unsigned(&bytes, ID_TIMESTAMP, time_ns);
    add_element(&bytes, ID_SIMPLE_BLOCK, block_head_nbytes + nbytes);
    add_number(&bytes, 0x81, 1); /* track 1, */
    add_number(&bytes, 0, 2);    /* at the cluster's time, */
    add_number(&bytes, 0x80, 1); /* a key frame */
    enum cg_status status = cg_process_write(fd, name, bytes.at, bytes.count, error);
    return status == CG_OK ? cg_process_write(fd, name, planes, nbytes, error) : status;
}
