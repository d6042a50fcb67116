/*
 * YUV4MPEG2, the simplest video format: a header line, then the frames' planes. Supported: 8 to 16
 * bits, grey, 4:2:0, 4:2:2 or 4:4:4, progressive, any size and frame rate. Samples of more than 8
 * bits take two bytes, the lower one first. The format is described in the manual page yuv4mpeg(5)
 * of mjpegtools; ffmpeg adds XCOLORRANGE.
 */
#ifndef CG_VIDEO_Y4M_H
#define CG_VIDEO_Y4M_H

#include "base/error.h"

#include <stdbool.h>

#define CG_Y4M_HEADER_NBYTES 1024

/* CG_Y4M_RGBA is not y4m: bare frames of four bytes a pixel, for transparent video. */
enum cg_y4m_chroma { CG_Y4M_420, CG_Y4M_422, CG_Y4M_444, CG_Y4M_MONO, CG_Y4M_RGBA };

struct cg_y4m_format {
    int width, height;
    int rate_num, rate_den;     /* frames a second; 0 and 1 if unknown */
    int aspect_num, aspect_den; /* of a pixel; 0 and 0 if unknown */
    enum cg_y4m_chroma chroma;
    int depth;           /* bits of a sample */
    float kr, kb;        /* luma's weights of red and blue, which y4m lacks; 0: see yuv.h */
    bool chroma_centred; /* 4:2:0 between two columns (JPEG, MPEG-1), else on the left one */
    bool full_range;     /* luma 0 to 255, else 16 to 235 */
    char header[CG_Y4M_HEADER_NBYTES]; /* the line itself, without its end */
};

/* Sides of a chroma plane. */
int cg_y4m_chroma_width(const struct cg_y4m_format *format);
int cg_y4m_chroma_height(const struct cg_y4m_format *format);
/* Bytes of a frame's planes, which follow each other without gaps. */
size_t cg_y4m_frame_nbytes(const struct cg_y4m_format *format);

/* Parse the first line, without its end. Errors: CG_ERR_FORMAT; CG_ERR_UNSUPPORTED for interlaced
 * video and other kinds of chroma; CG_ERR_LIMIT. */
enum cg_status cg_y4m_parse(const char *line, struct cg_y4m_format *out, struct cg_error *error);

/* ---- a stream, by its file descriptor, which stays the caller's ------------------------------ */

/* name is for messages and must outlive the reader. */
struct cg_y4m_reader;
enum cg_status cg_y4m_reader_create(int fd, const char *name, struct cg_y4m_reader **out,
                                    struct cg_error *error);
/* The same for bare frames of that format, without a header. */
enum cg_status cg_y4m_reader_create_bare(int fd, const char *name,
                                         const struct cg_y4m_format *format,
                                         struct cg_y4m_reader **out, struct cg_error *error);
void cg_y4m_reader_free(struct cg_y4m_reader *reader);
/* May be called from another thread: reading fails from now on, also while waiting for bytes. */
void cg_y4m_reader_stop(struct cg_y4m_reader *reader);

/* Read the header, once, before any frame. Errors as for cg_y4m_parse, and CG_ERR_IO. */
enum cg_status cg_y4m_read_header(struct cg_y4m_reader *reader, struct cg_y4m_format *out,
                                  struct cg_error *error);

/* Read the next frame's planes, or set *end. Errors: CG_ERR_IO; CG_ERR_FORMAT for a truncated frame
 * or a second header, which would change the size. */
enum cg_status cg_y4m_read_frame(struct cg_y4m_reader *reader, uint8_t *planes, bool *end,
                                 struct cg_error *error);

/* Errors: CG_ERR_IO, also if the reader has gone away, provided SIGPIPE is ignored. */
enum cg_status cg_y4m_write_header(int fd, const char *name, const struct cg_y4m_format *format,
                                   struct cg_error *error);
enum cg_status cg_y4m_write_frame(int fd, const char *name, const struct cg_y4m_format *format,
                                  const uint8_t *planes, struct cg_error *error);

#endif
