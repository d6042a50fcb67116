/*
 * Frames with their times for an encoder: Matroska (RFC 9559) with one uncompressed track, times in
 * nanoseconds, and a cluster for each frame. YUV4MPEG2 has no times and so no variable frame rate.
 */
#ifndef CG_VIDEO_MATROSKA_H
#define CG_VIDEO_MATROSKA_H

#include "video/y4m.h"

/* frame_ns: how long a frame is shown when no other follows. Errors: those of cg_process_write. */
enum cg_status cg_matroska_write_header(int fd, const char *name,
                                        const struct cg_y4m_format *format, uint64_t frame_ns,
                                        struct cg_error *error);
enum cg_status cg_matroska_write_frame(int fd, const char *name, const struct cg_y4m_format *format,
                                       uint64_t time_ns, const uint8_t *planes,
                                       struct cg_error *error);

#endif
