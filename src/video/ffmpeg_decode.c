/*
 * A video's frames by ffmpeg: see ffmpeg.h. Colours are settled here: whatever comes in, the output
 * has limited range and a matrix that yuv.c knows. A filter prints each frame's time on a line,
 * just before the frame; frames are then restamped evenly, so that ffmpeg neither drops nor
 * duplicates any.
 */
#include "base/file.h"
#include "base/memory.h"
#include "video/ffmpeg.h"
#include "video/ffmpeg_arguments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHAIN_NBYTES 1024

/* ---- colours --------------------------------------------------------------------------------- */

/* Matrices by their luma weights: ITU-R BT.709-6, BT.601-7, BT.2020-2, SMPTE 240M, FCC 73.682. */
static const struct {
    const char *name;
    float kr, kb;
} matrices[] = {
    {"bt709", 0.2126f, 0.0722f},    {"bt470bg", 0.299f, 0.114f},   {"smpte170m", 0.299f, 0.114f},
    {"bt2020nc", 0.2627f, 0.0593f}, {"smpte240m", 0.212f, 0.087f}, {"fcc", 0.30f, 0.11f},
};

static int find_matrix(const char *name)
{
    for (int i = 0; i < (int)(sizeof(matrices) / sizeof(matrices[0])); i++)
        if (strcmp(name, matrices[i].name) == 0)
            return i;
    return -1;
}

void cg_ffmpeg_take_matrix(const struct cg_ffmpeg_info *info, struct cg_y4m_format *format)
{
    int matrix = find_matrix(info->matrix);
    if (matrix >= 0) {
        format->kr = matrices[matrix].kr;
        format->kb = matrices[matrix].kb;
    }
}

static void set_word(char *word, const char *value)
{
    snprintf(word, CG_FFMPEG_WORD_NBYTES, "%s", value);
}

static void set_bt709(struct cg_ffmpeg_info *info)
{
    set_word(info->matrix, "bt709");
    set_word(info->primaries, "bt709");
    set_word(info->transfer, "bt709");
}

/* Also names such as 0rgb, x2rgb10le. */
static bool is_rgb(const struct cg_ffmpeg_info *info)
{
    const char *name = info->pixels;
    return strncmp(name, "gbr", 3) == 0 || strstr(name, "rgb") != NULL ||
           strstr(name, "bgr") != NULL || strncmp(name, "argb", 4) == 0 ||
           strcmp(name, "pal8") == 0 || strcmp(info->matrix, "gbr") == 0;
}

/*
 * Reference white (203 cd/m2, ITU-R BT.2408) becomes 1; values above 0.3, up to five times
 * reference white, are compressed.
 */
static const char *tone_map(struct cg_ffmpeg_info *info)
{
    const char *chain =
        strcmp(info->hdr, "PQ") == 0
            ? "zscale=tin=smpte2084:pin=bt2020:min=bt2020nc:t=linear:npl=203,format=gbrpf32le,"
              "zscale=p=bt709,tonemap=mobius:desat=0:peak=5,zscale=t=bt709:m=bt709:r=tv,"
            : "zscale=tin=arib-std-b67:pin=bt2020:min=bt2020nc:t=linear:npl=203,format=gbrpf32le,"
              "zscale=p=bt709,tonemap=mobius:desat=0:peak=5,zscale=t=bt709:m=bt709:r=tv,";
    set_bt709(info);
    return chain;
}

/* The filters that convert colours to limited range and a known matrix; updates *info. */
static const char *colour_filters(struct cg_ffmpeg_info *info)
{
    bool hd = info->width >= 1280 || info->height >= 720;
    if (info->hdr != NULL)
        return tone_map(info);
    if (info->transparent) {
        bool named = find_matrix(info->matrix) >= 0 || is_rgb(info);
        set_bt709(info);
        return named ? "" : hd ? "scale=in_color_matrix=bt709," : "scale=in_color_matrix=bt601,";
    }
    if (is_rgb(info)) {
        set_bt709(info);
        return "scale=out_color_matrix=bt709:out_range=tv,";
    }
    if (info->matrix[0] == '\0' || find_matrix(info->matrix) >= 0)
        return "scale=out_range=tv,";
    set_word(info->matrix, "bt709");
    return "zscale=m=bt709:r=tv,";
}

/* ---- decoding -------------------------------------------------------------------------------- */

static const char *pixels_of(const struct cg_ffmpeg_info *info, int depth)
{
    /* 4:2:0 does not go with odd sides in most encoders */
    bool odd = info->width % 2 != 0 || info->height % 2 != 0;
    if (info->transparent)
        return "rgba";
    if (depth > 8)
        return odd ? "yuv444p10le" : "yuv420p10le";
    return odd ? "yuv444p" : "yuv420p";
}

static bool make_chain(struct cg_ffmpeg_info *info, const struct cg_ffmpeg_clip *clip, int depth,
                       char *chain)
{
    char rate[64] = "";
    if (clip->rate_num > 0) {
        snprintf(rate, sizeof(rate), "fps=%d/%d,", clip->rate_num, clip->rate_den);
        info->tick_num = clip->rate_den;
        info->tick_den = clip->rate_num;
        info->rate = (double)clip->rate_num / clip->rate_den;
    }
    const char *colours = colour_filters(info);
    int length = snprintf(chain, CHAIN_NBYTES,
                          "%s%ssettb=%d/%d,metadata=add:key=comicgan:value=1,"
                          "metadata=print:file=pipe\\\\:3:direct=1,settb=1/25,setpts=N,%sformat=%s",
                          info->interlaced ? "bwdif=mode=send_frame:deint=interlaced," : "", rate,
                          info->tick_num, info->tick_den, colours, pixels_of(info, depth));
    return length > 0 && length < CHAIN_NBYTES;
}

static void add_film(struct cg_arguments *arguments, const char *path,
                     const struct cg_ffmpeg_info *info)
{
    if (info->vpx && info->transparent)
        CG_ADD(arguments, "-c:v", strcmp(info->codec, "vp8") == 0 ? "libvpx" : "libvpx-vp9");
    cg_arguments_add_input(arguments, path);
    CG_ADD(arguments, "-map");
    cg_arguments_addf(arguments, "0:%d", info->stream);
}

enum cg_status cg_ffmpeg_find_alpha(const char *path, const struct cg_ffmpeg_clip *clip,
                                    struct cg_ffmpeg_info *info, struct cg_error *error)
{
    struct cg_arguments arguments = {0};
    struct cg_process process;
    uint8_t bytes[4096];
    size_t count;
    bool found = false;
    CG_ADD(&arguments, "ffmpeg", "-nostdin", "-v", "error");
    cg_ffmpeg_add_clip(&arguments, clip);
    add_film(&arguments, path, info);
    CG_ADD(&arguments, "-fps_mode", "passthrough", "-pix_fmt", "rgba", "-f", "rawvideo", "pipe:1");
    enum cg_status status = cg_arguments_start(&arguments, CG_PROCESS_READS, &process, error);
    if (status != CG_OK)
        return status;
    FILE *file = fdopen(process.out, "rb");
    process.out = file != NULL ? -1 : process.out;
    while (file != NULL && !found && (count = fread(bytes, 1, sizeof(bytes), file)) > 0)
        for (size_t i = 3; i < count; i += 4)
            found |= bytes[i] < 255;
    info->transparent = found;
    if (file != NULL)
        fclose(file);
    if (found)
        cg_process_stop(&process);
    else if ((status = cg_process_finish(&process, error)) != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(path));
    return status;
}

/* Refuse it beforehand, not by a missing filter. */
static enum cg_status check_tone_mapping(const struct cg_ffmpeg_info *info, struct cg_error *error)
{
    struct cg_arguments arguments = {0};
    struct cg_error ignored;
    if (info->hdr == NULL)
        return CG_OK;
    CG_ADD(&arguments, "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i",
           "color=s=64x64,zscale,tonemap", "-frames:v", "0", "-f", "null", "-");
    if (cg_arguments_run(&arguments, &ignored) == CG_OK)
        return CG_OK;
    return cg_fail(error, CG_ERR_UNSUPPORTED,
                   "the video is HDR (%s), for which ffmpeg has to have its filter zscale",
                   info->hdr);
}

enum cg_status cg_ffmpeg_decode(const char *path, struct cg_ffmpeg_info *info,
                                const struct cg_ffmpeg_clip *clip, int depth,
                                struct cg_y4m_format *bare, struct cg_process *out,
                                struct cg_error *error)
{
    struct cg_arguments arguments = {0};
    char chain[CHAIN_NBYTES];
    enum cg_status status = check_tone_mapping(info, error);
    if (status != CG_OK)
        return status;
    *bare = (struct cg_y4m_format){.width = info->width,
                                   .height = info->height,
                                   .rate_den = 1,
                                   .depth = 8,
                                   .chroma = CG_Y4M_RGBA};
    CG_ADD(&arguments, "ffmpeg", "-nostdin", "-v", "error");
    cg_ffmpeg_add_clip(&arguments, clip);
    add_film(&arguments, path, info);
    arguments.failed |= !make_chain(info, clip, depth, chain);
    CG_ADD(&arguments, "-vf", chain, "-fps_mode", "passthrough", "-flush_packets", "1", "-strict",
           "-1", "-f", info->transparent ? "rawvideo" : "yuv4mpegpipe", "pipe:1");
    cg_ffmpeg_add_all_streams(&arguments, 0);
    return cg_arguments_start(&arguments, CG_PROCESS_READS | CG_PROCESS_NOTES, out, error);
}

/* ---- times ----------------------------------------------------------------------------------- */

struct cg_ffmpeg_times {
    int notes;
    int64_t last; /* INT64_MIN before the first frame */
    size_t begin, end;
    char buffer[4096];
};

enum cg_status cg_ffmpeg_times_create(int notes, struct cg_ffmpeg_times **out,
                                      struct cg_error *error)
{
    struct cg_ffmpeg_times *times = cg_alloc_zero(1, sizeof(*times), "frames' times", error);
    *out = times;
    if (times == NULL)
        return CG_ERR_MEMORY;
    times->notes = notes;
    times->last = INT64_MIN;
    return CG_OK;
}

void cg_ffmpeg_times_free(struct cg_ffmpeg_times *times)
{
    free(times);
}

/* The next line, truncated; false at the end, with errno 0, or where it cannot be read. */
static bool read_line(struct cg_ffmpeg_times *times, char *line, size_t line_nbytes)
{
    for (size_t length = 0;;) {
        if (times->begin == times->end) {
            ssize_t count;
            do
                count = read(times->notes, times->buffer, sizeof(times->buffer));
            while (count < 0 && errno == EINTR);
            if (count == 0)
                errno = 0;
            if (count <= 0)
                return false;
            times->begin = 0;
            times->end = (size_t)count;
        }
        char byte = times->buffer[times->begin++];
        if (byte == '\n') {
            line[length] = '\0';
            return true;
        }
        if (length + 1 < line_nbytes)
            line[length++] = byte;
    }
}

/* Lines look like "frame:12   pts:480     pts_time:0.48"; pts:NOPTS where there is none. */
enum cg_status cg_ffmpeg_times_next(struct cg_ffmpeg_times *times, int64_t *ticks,
                                    struct cg_error *error)
{
    char line[256], *at, *end;
    do
        if (!read_line(times, line, sizeof(line)))
            return cg_fail(error, errno != 0 ? CG_ERR_IO : CG_ERR_FORMAT,
                           "reading the frames' times: %s",
                           errno != 0 ? strerror(errno) : "they end before the video");
    while (strncmp(line, "frame:", 6) != 0 || (at = strstr(line, " pts:")) == NULL);
    long long value = strtoll(at + 5, &end, 10);
    bool grows = end != at + 5 && (times->last == INT64_MIN || value > times->last);
    times->last = grows ? value : times->last == INT64_MIN ? 0 : times->last + 1;
    *ticks = times->last;
    return CG_OK;
}
