/* Films in YUV4MPEG2: read frame by frame from a file, turned into pixels and back. */
#include "fuzz/fuzz.h"

#include "base/memory.h"
#include "video/yuv.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define SIDE_MAX_PX 256
#define FRAMES_MAX 4

static void turn_frames(struct cg_y4m_reader *reader, const struct cg_y4m_format *format)
{
    struct cg_yuv *yuv;
    bool end = false;
    uint8_t *planes = cg_alloc(cg_y4m_frame_nbytes(format), 1, "planes", NULL);
    uint8_t *pixels = cg_alloc((size_t)format->width * (size_t)format->height, 3, "pixels", NULL);
    fuzz_expect(planes != NULL && pixels != NULL && cg_yuv_create(format, &yuv, NULL) == CG_OK,
                "memory");
    for (int i = 0; i < FRAMES_MAX; i++) {
        struct cg_error error;
        if (cg_y4m_read_frame(reader, planes, &end, &error) != CG_OK || end)
            break;
        cg_yuv_to_rgb(yuv, planes, pixels);
        cg_yuv_from_rgb(yuv, pixels, planes);
    }
    cg_yuv_free(yuv);
    free(pixels);
    free(planes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    struct cg_error error;
    struct cg_y4m_reader *reader;
    struct cg_y4m_format format;
    int fd = open(fuzz_file("film.y4m", bytes, nbytes), O_RDONLY);
    fuzz_expect(fd >= 0, "a file is opened");
    fuzz_expect(cg_y4m_reader_create(fd, "film.y4m", &reader, NULL) == CG_OK, "a reader is made");
    if (cg_y4m_read_header(reader, &format, &error) == CG_OK && format.width <= SIDE_MAX_PX &&
        format.height <= SIDE_MAX_PX)
        turn_frames(reader, &format);
    cg_y4m_reader_free(reader);
    close(fd);
    return 0;
}
