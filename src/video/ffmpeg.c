/* Output formats and encoding: see ffmpeg.h. */
#include "video/ffmpeg.h"

#include "base/file.h"
#include "video/ffmpeg_arguments.h"
#include "video/ffmpeg_output.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- codecs ---------------------------------------------------------------------------------- */

/* A new codec is a row of this table. Lists end with NULL. */
struct cg_ffmpeg_codec {
    const char *name, *part_ending;
    const char *encoder[12], *slow[8], *fast[8];
    int crf, crf_max;         /* its default and largest; 0 and 0 if it has none */
    bool deep;                /* supports 10 bits */
    const char *alpha;        /* the pixel format with transparency, or NULL */
    const char *any_size[12]; /* instead of all that, where its sides are odd or below 64 pixels */
};

/*
 * Fast: superfast with the macroblock tree that it lacks. On comics of three videos that takes two
 * thirds of veryfast's time for a tenth more bytes at the same SSIM; plain superfast makes files
 * more than twice as large.
 */
static const struct cg_ffmpeg_codec codecs[] = {
    {.name = "h264",
     .part_ending = ".mp4",
     .encoder = {"-c:v", "libx264", "-tune", "animation"},
     .slow = {"-preset", "veryfast"},
     .fast = {"-preset", "superfast", "-x264-params", "mbtree=1:rc-lookahead=10"},
     .crf = 18,
     .crf_max = 51,
     .deep = true},
    {.name = "hevc",
     .part_ending = ".mp4",
     .encoder = {"-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", "log-level=error"},
     .slow = {"-preset", "medium"},
     .fast = {"-preset", "superfast"},
     .crf = 20,
     .crf_max = 51,
     .deep = true},
    {.name = "vp9",
     .part_ending = ".webm",
     .encoder = {"-c:v", "libvpx-vp9", "-b:v", "0", "-row-mt", "1", "-auto-alt-ref", "0"},
     .slow = {"-deadline", "good", "-cpu-used", "4"},
     .fast = {"-deadline", "realtime", "-cpu-used", "8"},
     .crf = 30,
     .crf_max = 63,
     .deep = true,
     .alpha = "yuva420p"},
    {.name = "av1",
     .part_ending = ".mp4",
     .encoder = {"-c:v", "libsvtav1"},
     .slow = {"-preset", "8"},
     .fast = {"-preset", "12"},
     .any_size = {"-c:v", "libaom-av1", "-b:v", "0", "-cpu-used", "6", "-row-mt", "1"},
     .crf = 32,
     .crf_max = 63,
     .deep = true},
    {.name = "prores",
     .part_ending = ".mov",
     .encoder = {"-c:v", "prores_ks", "-profile:v", "4444", "-vendor", "apl0"},
     .deep = true,
     .alpha = "yuva444p10le"},
    {.name = "ffv1", .part_ending = ".mkv", .encoder = {"-c:v", "ffv1"}, .alpha = "bgra"},
    /* made from all parts at the end, which are lossless until then */
    {.name = "gif", .part_ending = ".mkv", .encoder = {"-c:v", "ffv1"}, .alpha = "bgra"},
    {.name = "webp", .part_ending = ".mkv", .encoder = {"-c:v", "ffv1"}, .alpha = "bgra"},
};

/* ---- formats --------------------------------------------------------------------------------- */

/* A new format is a row of this table. */
static const struct cg_ffmpeg_format formats[] = {
    {".mp4", "mp4", {"h264", "hevc", "av1", "vp9"}, NULL, "aac", "mov_text", .covers = true},
    {".m4v", "mp4", {"h264", "hevc", "av1", "vp9"}, NULL, "aac", "mov_text", .covers = true},
    {".mov", "mov", {"h264", "hevc", "prores"}, "prores", "aac", "mov_text", .fonts = false},
    {".mkv",
     "matroska",
     {"h264", "hevc", "vp9", "av1", "ffv1"},
     "vp9",
     "aac",
     "srt",
     .fonts = true,
     .any_subtitles = true},
    {".webm", "webm", {"vp9", "av1"}, "vp9", "libopus", "webvtt", .fonts = false},
    {".gif", "gif", {"gif"}, "gif", .alone = true},
    {".webp", "webp", {"webp"}, "webp", .alone = true},
};

static const struct cg_ffmpeg_format *find_format(const char *path)
{
    const char *name = strrchr(path, '/');
    const char *ending = strrchr(name != NULL ? name : path, '.');
    for (size_t i = 0; ending != NULL && i < sizeof(formats) / sizeof(formats[0]); i++)
        if (strcasecmp(ending, formats[i].ending) == 0)
            return &formats[i];
    return NULL;
}

static const struct cg_ffmpeg_codec *find_codec(const char *name)
{
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
        if (strcmp(codecs[i].name, name) == 0)
            return &codecs[i];
    return NULL;
}

bool cg_ffmpeg_can_write(const char *path)
{
    return find_format(path) != NULL;
}

static enum cg_status choose_codec(const char *path, const char *name,
                                   struct cg_ffmpeg_output *output, struct cg_error *error)
{
    const char *const *known = output->format->codecs;
    if (name == NULL)
        name = known[0];
    for (int i = 0; known[i] != NULL; i++)
        if (strcmp(known[i], name) == 0) {
            output->codec = find_codec(name);
            return CG_OK;
        }
    char list[128] = "";
    for (int i = 0; known[i] != NULL; i++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i > 0 ? ", " : "",
                 known[i]);
    return cg_fail(error, CG_ERR_ARGUMENT,
                   "writing %s: expected one of the codecs %s, found \"%s\"", cg_path_tail(path),
                   list, name);
}

enum cg_status cg_ffmpeg_output_of(const char *path, const char *codec, int crf, int depth,
                                   struct cg_ffmpeg_output *out, struct cg_error *error)
{
    *out = (struct cg_ffmpeg_output){.format = find_format(path), .crf = crf, .depth = depth};
    if (out->format == NULL)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "writing %s: expected a name that ends in .mp4, .m4v, .mov, .mkv, .webm, "
                       ".gif or .webp",
                       cg_path_tail(path));
    if (strpbrk(path, "\r\n") != NULL)
        return cg_fail(
            error, CG_ERR_ARGUMENT,
            "writing %s: expected a name in one line, as ffmpeg's lists of files have it",
            cg_path_tail(path));
    enum cg_status status = choose_codec(path, codec, out, error);
    if (status == CG_OK && crf > out->codec->crf_max)
        status = cg_fail(error, CG_ERR_ARGUMENT, "--crf: expected %d at most for %s, found %d",
                         out->codec->crf_max, out->codec->name, crf);
    if (status == CG_OK && depth > 8 && !out->codec->deep)
        status =
            cg_fail(error, CG_ERR_ARGUMENT, "--bits: %s has no more than 8 bits", out->codec->name);
    return status;
}

bool cg_ffmpeg_keep_alpha(struct cg_ffmpeg_output *output, bool codec_named)
{
    if (!codec_named && output->format->alpha_codec != NULL)
        output->codec = find_codec(output->format->alpha_codec);
    output->alpha = output->codec->alpha != NULL && output->format->alpha_codec != NULL;
    if (output->alpha)
        output->depth = 8;
    return output->alpha;
}

/* ffmpeg 5 does not read animated WebP, and GIF skips unchanged frames. */
bool cg_ffmpeg_counts_frames(const struct cg_ffmpeg_output *output)
{
    return !output->format->alone;
}

const char *cg_ffmpeg_part_ending(const struct cg_ffmpeg_output *output)
{
    return output->codec->part_ending;
}

/* ---- encoding -------------------------------------------------------------------------------- */

/* The filter that tags frames; all encoders take their tags from them. */
static void tag_frames(const struct cg_ffmpeg_info *info, char *text, size_t text_nbytes)
{
    const char *matrix = info->matrix, *primaries = info->primaries, *transfer = info->transfer;
    snprintf(text, text_nbytes, "setparams=range=tv%s%s%s%s%s%s",
             matrix[0] != '\0' ? ":colorspace=" : "", matrix,
             primaries[0] != '\0' ? ":color_primaries=" : "", primaries,
             transfer[0] != '\0' ? ":color_trc=" : "", transfer);
}

/* Transparent frames come as RGBA, others in planes that the encoder takes unchanged. */
static void add_filters(struct cg_arguments *arguments, const struct cg_ffmpeg_output *output,
                        const struct cg_ffmpeg_info *info, const struct cg_y4m_format *format)
{
    char tags[64 + 3 * CG_FFMPEG_WORD_NBYTES];
    tag_frames(info, tags, sizeof(tags));
    int num = format->aspect_num > 0 ? format->aspect_num : 1;
    int den = format->aspect_num > 0 ? format->aspect_den : 1;
    CG_ADD(arguments, "-vf");
    if (!output->alpha)
        cg_arguments_addf(arguments, "setsar=%d/%d,%s", num, den, tags);
    else if (strcmp(output->codec->alpha, "bgra") == 0)
        cg_arguments_addf(arguments, "format=bgra");
    else
        cg_arguments_addf(arguments, "scale=out_color_matrix=bt709:out_range=tv,format=%s,%s",
                          output->codec->alpha, tags);
}

static void add_encoder(struct cg_arguments *arguments, const struct cg_ffmpeg_output *output,
                        const struct cg_y4m_format *format)
{
    const struct cg_ffmpeg_codec *codec = output->codec;
    bool odd = format->chroma == CG_Y4M_444 || format->width < 64 || format->height < 64;
    if (odd && codec->any_size[0] != NULL) {
        cg_arguments_add(arguments, codec->any_size);
        return;
    }
    cg_arguments_add(arguments, codec->encoder);
    cg_arguments_add(arguments, output->fast ? codec->fast : codec->slow);
}

/* Frames at their times, in the video's own ticks. */
static void add_times(struct cg_arguments *arguments, const struct cg_ffmpeg_codec *codec,
                      const struct cg_ffmpeg_info *info)
{
    CG_ADD(arguments, "-fps_mode", "passthrough", "-enc_time_base");
    cg_arguments_addf(arguments, "%d/%d", info->tick_num, info->tick_den);
    if (strcmp(codec->part_ending, ".mp4") != 0 && strcmp(codec->part_ending, ".mov") != 0)
        return;
    CG_ADD(arguments, "-video_track_timescale");
    cg_arguments_addf(arguments, "%d", info->tick_den);
}

enum cg_status cg_ffmpeg_encode(const struct cg_ffmpeg_output *output,
                                const struct cg_ffmpeg_info *info,
                                const struct cg_y4m_format *format, const char *path,
                                struct cg_process *out, struct cg_error *error)
{
    const struct cg_ffmpeg_codec *codec = output->codec;
    struct cg_arguments arguments = {0};
    CG_ADD(&arguments, "ffmpeg", "-nostdin", "-v", "error", "-f", "matroska", "-i", "pipe:0");
    add_filters(&arguments, output, info, format);
    add_encoder(&arguments, output, format);
    if (codec->crf_max > 0) {
        CG_ADD(&arguments, "-crf");
        cg_arguments_addf(&arguments, "%d", output->crf >= 0 ? output->crf : codec->crf);
    }
    add_times(&arguments, codec, info);
    cg_arguments_add_output(&arguments, path);
    return cg_arguments_start(&arguments, CG_PROCESS_FEEDS, out, error);
}
