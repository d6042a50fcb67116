/* YUV4MPEG2: see y4m.h. */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "video/y4m.h"

#include "base/memory.h"
#include "image/image.h"
#include "video/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "YUV4MPEG2"
#define FRAME "FRAME"
#define FRAME_LINE_NBYTES 256 /* the part of a line that is read; it may be longer */
#define BUFFER_NBYTES ((size_t)64 << 10)
#define WORD_NBYTES 64
#define PIPE_NBYTES (1 << 20) /* the most without privileges */

int cg_y4m_chroma_width(const struct cg_y4m_format *format)
{
    switch (format->chroma) {
    case CG_Y4M_444:
        return format->width;
    case CG_Y4M_420:
    case CG_Y4M_422:
        return (format->width + 1) / 2;
    default:
        return 0;
    }
}

int cg_y4m_chroma_height(const struct cg_y4m_format *format)
{
    return format->chroma == CG_Y4M_420 ? (format->height + 1) / 2 : format->height;
}

size_t cg_y4m_frame_nbytes(const struct cg_y4m_format *format)
{
    size_t luma = (size_t)format->width * (size_t)format->height;
    size_t chroma = (size_t)cg_y4m_chroma_width(format) * (size_t)cg_y4m_chroma_height(format);
    if (format->chroma == CG_Y4M_RGBA)
        return 4 * luma;
    return (luma + 2 * chroma) * (format->depth > 8 ? 2 : 1);
}

/* ---- the header ------------------------------------------------------------------------------ */

/* Digits alone, at most high; -1 for anything else. */
static long parse_number(const char *text, const char *end, long high)
{
    long value = 0;
    if (text == end)
        return -1;
    for (; text < end; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        value = value * 10 + (*text - '0');
        if (value > high)
            return -1;
    }
    return value;
}

static enum cg_status parse_side(const char *word, int *out, struct cg_error *error)
{
    long side = parse_number(word + 1, word + strlen(word), CG_IMAGE_SIDE_MAX_PX);
    if (side < 1)
        return cg_fail(error, CG_ERR_FORMAT, "header: expected %s of 1 to %d pixels, found \"%s\"",
                       word[0] == 'W' ? "a width" : "a height", CG_IMAGE_SIDE_MAX_PX, word + 1);
    *out = (int)side;
    return CG_OK;
}

static enum cg_status parse_rate(const char *word, struct cg_y4m_format *out,
                                 struct cg_error *error)
{
    const char *colon = strchr(word, ':');
    const long high = 1000000000;
    long num = colon != NULL ? parse_number(word + 1, colon, high) : -1;
    long den = colon != NULL ? parse_number(colon + 1, word + strlen(word), high) : -1;
    if (num < 0 || den < 0 || (num > 0 && den == 0))
        return cg_fail(error, CG_ERR_FORMAT,
                       "header: expected a frame rate like 30000:1001, found \"%s\"", word + 1);
    out->rate_num = (int)num;
    out->rate_den = den > 0 ? (int)den : 1;
    return CG_OK;
}

/* The pixel aspect is optional; an invalid one is ignored. */
static void parse_aspect(const char *word, struct cg_y4m_format *out)
{
    const char *colon = strchr(word, ':');
    const long high = 1000000;
    long num = colon != NULL ? parse_number(word + 1, colon, high) : -1;
    long den = colon != NULL ? parse_number(colon + 1, word + strlen(word), high) : -1;
    if (num > 0 && den > 0) {
        out->aspect_num = (int)num;
        out->aspect_den = (int)den;
    }
}

/* The depth in a chroma name: "p10" of 420p10, "16" of mono16; 0 if there is none. */
static int parse_depth(const char *text, bool mono)
{
    if (text[0] == '\0')
        return 8;
    if (!mono && *text++ != 'p')
        return 0;
    long depth = parse_number(text, text + strlen(text), 16);
    return depth > 8 ? (int)depth : 0;
}

static enum cg_status parse_chroma(const char *word, struct cg_y4m_format *out,
                                   struct cg_error *error)
{
    static const struct {
        const char *name;
        enum cg_y4m_chroma chroma;
        bool centred;
    } known[] = {
        {"420", CG_Y4M_420, true},       {"420jpeg", CG_Y4M_420, true},
        {"420mpeg2", CG_Y4M_420, false}, {"420paldv", CG_Y4M_420, false},
        {"422", CG_Y4M_422, false},      {"444", CG_Y4M_444, false},
        {"mono", CG_Y4M_MONO, false},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        size_t length = strlen(known[i].name);
        if (strncmp(word + 1, known[i].name, length) != 0)
            continue;
        out->depth = parse_depth(word + 1 + length, known[i].chroma == CG_Y4M_MONO);
        out->chroma = known[i].chroma;
        /* deep 4:2:0 does not say; ffmpeg writes it for left-sited chroma */
        out->chroma_centred = known[i].centred && out->depth == 8;
        if (out->depth > 0)
            return CG_OK;
    }
    return cg_fail(error, CG_ERR_UNSUPPORTED,
                   "expected chroma mono, 420, 422 or 444 of 8 to 16 bits, found \"%s\"; "
                   "ffmpeg makes it with -pix_fmt yuv420p",
                   word + 1);
}

static enum cg_status parse_word(const char *word, struct cg_y4m_format *out,
                                 struct cg_error *error)
{
    switch (word[0]) {
    case 'W':
        return parse_side(word, &out->width, error);
    case 'H':
        return parse_side(word, &out->height, error);
    case 'F':
        return parse_rate(word, out, error);
    case 'A':
        parse_aspect(word, out);
        return CG_OK;
    case 'C':
        return parse_chroma(word, out, error);
    case 'I':
        if (strcmp(word, "Ip") != 0 && strcmp(word, "I?") != 0)
            return cg_fail(error, CG_ERR_UNSUPPORTED,
                           "expected progressive video, found interlaced (%s); "
                           "ffmpeg makes it progressive with -vf bwdif",
                           word);
        return CG_OK;
    case 'X':
        if (strcmp(word, "XCOLORRANGE=FULL") == 0)
            out->full_range = true;
        return CG_OK;
    default: /* other programs' words: passed on with the line */
        return CG_OK;
    }
}

enum cg_status cg_y4m_parse(const char *line, struct cg_y4m_format *out, struct cg_error *error)
{
    size_t magic_length = strlen(MAGIC);
    *out = (struct cg_y4m_format){.rate_den = 1, .depth = 8, .chroma_centred = true};
    if (strncmp(line, MAGIC, magic_length) != 0 ||
        (line[magic_length] != ' ' && line[magic_length] != '\0'))
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected a YUV4MPEG2 header, found \"%.20s\"; "
                       "ffmpeg makes one with -f yuv4mpegpipe",
                       line);
    if (strlen(line) >= sizeof(out->header))
        return cg_fail(error, CG_ERR_LIMIT, "header: expected at most %zu bytes, found more",
                       sizeof(out->header) - 1);
    memcpy(out->header, line, strlen(line) + 1);
    enum cg_status status = CG_OK;
    for (const char *at = line + magic_length; status == CG_OK && *at != '\0';) {
        char word[WORD_NBYTES];
        at += strspn(at, " ");
        size_t length = strcspn(at, " ");
        snprintf(word, sizeof(word), "%.*s", (int)length, at);
        status = parse_word(word, out, error);
        at += length;
    }
    if (status == CG_OK && (out->width == 0 || out->height == 0))
        status = cg_fail(error, CG_ERR_FORMAT,
                         "header: expected a width and a height, found \"%s\"", line);
    if (status == CG_OK && (size_t)out->width * (size_t)out->height > CG_IMAGE_AREA_MAX_PX)
        status = cg_fail(error, CG_ERR_LIMIT, "expected at most %zu pixels, found %d x %d",
                         CG_IMAGE_AREA_MAX_PX, out->width, out->height);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct cg_y4m_reader {
    int fd;
    const char *name;
    int stop[2]; /* a pipe that ends all waiting */
    struct cg_y4m_format format;
    bool bare;         /* frames alone, without any line */
    size_t frames;     /* read so far */
    size_t begin, end; /* of the bytes left in the buffer */
    uint8_t buffer[BUFFER_NBYTES];
};

/* A frame is much larger than a default pipe, and each filling of it wakes a program. Does nothing
 * if fd is no pipe, or cannot grow. */
static void widen_pipe(int fd)
{
#ifdef F_SETPIPE_SZ
    (void)fcntl(fd, F_SETPIPE_SZ, PIPE_NBYTES);
#else
    (void)fd;
#endif
}

enum cg_status cg_y4m_reader_create(int fd, const char *name, struct cg_y4m_reader **out,
                                    struct cg_error *error)
{
    struct cg_y4m_reader *reader = cg_alloc(1, sizeof(*reader), "video reader", error);
    *out = NULL;
    if (reader == NULL)
        return CG_ERR_MEMORY;
    reader->fd = fd;
    reader->name = name;
    reader->bare = false;
    reader->frames = reader->begin = reader->end = 0;
    if (pipe(reader->stop) != 0) {
        free(reader);
        return cg_fail(error, CG_ERR_IO, "reading %s: %s", name, CG_ERRNO_WORDS(errno));
    }
    for (int i = 0; i < 2; i++)
        fcntl(reader->stop[i], F_SETFD, FD_CLOEXEC);
    widen_pipe(fd);
    *out = reader;
    return CG_OK;
}

enum cg_status cg_y4m_reader_create_bare(int fd, const char *name,
                                         const struct cg_y4m_format *format,
                                         struct cg_y4m_reader **out, struct cg_error *error)
{
    enum cg_status status = cg_y4m_reader_create(fd, name, out, error);
    if (status == CG_OK) {
        (*out)->format = *format;
        (*out)->bare = true;
    }
    return status;
}

void cg_y4m_reader_free(struct cg_y4m_reader *reader)
{
    if (reader == NULL)
        return;
    close(reader->stop[0]);
    close(reader->stop[1]);
    free(reader);
}

void cg_y4m_reader_stop(struct cg_y4m_reader *reader)
{
    (void)!write(reader->stop[1], "", 1);
}

/* Read up to nbytes, waiting for some; *count is 0 at the end. */
static enum cg_status read_some(struct cg_y4m_reader *reader, uint8_t *bytes, size_t nbytes,
                                size_t *count, struct cg_error *error)
{
    struct pollfd wait[2] = {{.fd = reader->fd, .events = POLLIN},
                             {.fd = reader->stop[0], .events = POLLIN}};
    ssize_t result;
    do {
        result = poll(wait, 2, -1);
        if (result > 0 && wait[1].revents != 0)
            return cg_fail(error, CG_ERR_STATE, "reading %s: stopped", reader->name);
        if (result > 0)
            result = read(reader->fd, bytes, nbytes);
    } while (result < 0 && errno == EINTR);
    if (result < 0)
        return cg_fail(error, CG_ERR_IO, "reading %s: %s", reader->name, CG_ERRNO_WORDS(errno));
    *count = (size_t)result;
    return CG_OK;
}

static enum cg_status next_byte(struct cg_y4m_reader *reader, int *out, struct cg_error *error)
{
    if (reader->begin == reader->end) {
        reader->begin = reader->end = 0;
        enum cg_status status =
            read_some(reader, reader->buffer, BUFFER_NBYTES, &reader->end, error);
        if (status != CG_OK)
            return status;
    }
    *out = reader->begin < reader->end ? reader->buffer[reader->begin++] : EOF;
    return CG_OK;
}

/* A line without its end, truncated; *last is what ended it: '\n', EOF, or another byte if it was
 * truncated. */
static enum cg_status read_line(struct cg_y4m_reader *reader, char *line, size_t line_nbytes,
                                int *last, struct cg_error *error)
{
    size_t length = 0;
    enum cg_status status;
    *last = 0;
    while ((status = next_byte(reader, last, error)) == CG_OK && *last != EOF && *last != '\n' &&
           length + 1 < line_nbytes)
        line[length++] = (char)(*last != 0 ? *last : '?');
    line[length] = '\0';
    return status;
}

enum cg_status cg_y4m_read_header(struct cg_y4m_reader *reader, struct cg_y4m_format *out,
                                  struct cg_error *error)
{
    char line[CG_Y4M_HEADER_NBYTES + 1] = "";
    int last;
    enum cg_status status = read_line(reader, line, sizeof(line), &last, error);
    if (status != CG_OK)
        return status;
    if (last == EOF && line[0] == '\0')
        return cg_fail(error, CG_ERR_FORMAT, "reading %s: expected video, found nothing",
                       reader->name);
    status = cg_y4m_parse(line, &reader->format, error);
    if (status == CG_OK && last == EOF)
        status = cg_fail(error, CG_ERR_FORMAT, "expected a whole header, found it cut off");
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", reader->name);
    *out = reader->format;
    return status;
}

/* Fail because of what is where a frame should begin. */
static enum cg_status refuse_line(const struct cg_y4m_reader *reader, const char *line,
                                  struct cg_error *error)
{
    if (strncmp(line, MAGIC, strlen(MAGIC)) == 0)
        return cg_fail(error, CG_ERR_FORMAT,
                       "reading %s: after frame %zu: expected frames of one size, found a second "
                       "header: \"%.60s\" after \"%.60s\"",
                       reader->name, reader->frames, line, reader->format.header);
    return cg_fail(error, CG_ERR_FORMAT,
                   "reading %s: after frame %zu: expected the next frame, found \"%.20s\"",
                   reader->name, reader->frames, line);
}

static enum cg_status read_planes(struct cg_y4m_reader *reader, uint8_t *planes,
                                  struct cg_error *error)
{
    size_t nbytes = cg_y4m_frame_nbytes(&reader->format), have = reader->end - reader->begin;
    have = have < nbytes ? have : nbytes;
    memcpy(planes, reader->buffer + reader->begin, have);
    reader->begin += have;
    while (have < nbytes) {
        size_t count = 0;
        enum cg_status status = read_some(reader, planes + have, nbytes - have, &count, error);
        if (status != CG_OK)
            return status;
        if (count == 0)
            return cg_fail(error, CG_ERR_FORMAT,
                           "reading %s: frame %zu is cut off: expected %zu bytes, found %zu",
                           reader->name, reader->frames + 1, nbytes, have);
        have += count;
    }
    return CG_OK;
}

/* The line before a frame, of any length; or sets *end. */
static enum cg_status read_frame_line(struct cg_y4m_reader *reader, bool *end,
                                      struct cg_error *error)
{
    char line[FRAME_LINE_NBYTES] = "";
    size_t length = strlen(FRAME);
    int last;
    enum cg_status status = read_line(reader, line, sizeof(line), &last, error);
    *end = status == CG_OK && last == EOF && line[0] == '\0';
    if (status != CG_OK || *end)
        return status;
    if (strncmp(line, FRAME, length) != 0 || (line[length] != '\0' && line[length] != ' '))
        return refuse_line(reader, line, error);
    while (status == CG_OK && last != EOF && last != '\n')
        status = next_byte(reader, &last, error);
    return status;
}

/* Whether anything follows. */
static enum cg_status find_end(struct cg_y4m_reader *reader, bool *end, struct cg_error *error)
{
    int byte = 0;
    enum cg_status status = next_byte(reader, &byte, error);
    *end = status == CG_OK && byte == EOF;
    reader->begin -= status == CG_OK && !*end;
    return status;
}

enum cg_status cg_y4m_read_frame(struct cg_y4m_reader *reader, uint8_t *planes, bool *end,
                                 struct cg_error *error)
{
    enum cg_status status =
        reader->bare ? find_end(reader, end, error) : read_frame_line(reader, end, error);
    if (status == CG_OK && !*end)
        status = read_planes(reader, planes, error);
    reader->frames += status == CG_OK && !*end;
    return status;
}

/* ---- writing --------------------------------------------------------------------------------- */

enum cg_status cg_y4m_write_header(int fd, const char *name, const struct cg_y4m_format *format,
                                   struct cg_error *error)
{
    char line[CG_Y4M_HEADER_NBYTES + 1];
    int length = snprintf(line, sizeof(line), "%s\n", format->header);
    widen_pipe(fd);
    return cg_process_write(fd, name, line, (size_t)length, error);
}

enum cg_status cg_y4m_write_frame(int fd, const char *name, const struct cg_y4m_format *format,
                                  const uint8_t *planes, struct cg_error *error)
{
    enum cg_status status = cg_process_write(fd, name, FRAME "\n", strlen(FRAME "\n"), error);
    if (status == CG_OK)
        status = cg_process_write(fd, name, planes, cg_y4m_frame_nbytes(format), error);
    return status;
}
