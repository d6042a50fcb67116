/* The programs ffmpeg and ffprobe: see ffmpeg.h. */
#include "video/ffmpeg.h"

#include "base/file.h"
#include "base/memory.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ARGUMENTS_MAX 64

/* ---- command lines --------------------------------------------------------------------------- */

struct arguments {
    char *list[ARGUMENTS_MAX + 1];
    int count;
};

/* Add a list that ends with NULL. The strings are only read by who is started. */
static void add(struct arguments *arguments, const char *const *words)
{
    for (; *words != NULL && arguments->count < ARGUMENTS_MAX; words++)
        arguments->list[arguments->count++] = (char *)(uintptr_t)*words;
    arguments->list[arguments->count] = NULL;
}

#define ADD(arguments, ...) add(arguments, (const char *const[]){__VA_ARGS__, NULL})

/* A path that is taken for nothing but a path, whatever it begins with; to be freed. */
static char *file_url(const char *path, struct cg_error *error)
{
    char *url = cg_string_format("file:%s", path);
    if (url == NULL)
        cg_fail(error, CG_ERR_MEMORY, "%s: memory could not be allocated", cg_path_tail(path));
    return url;
}

/* ---- what a file is -------------------------------------------------------------------------- */

static const char *word_of(const json_t *object, const char *key)
{
    const char *word = json_string_value(json_object_get(object, key));
    return word != NULL ? word : "";
}

/* "30000/1001", 0 when it is not a rate */
static double rate_of(const char *text)
{
    char *end;
    double num = strtod(text, &end), den = *end == '/' ? strtod(end + 1, NULL) : 1.0;
    return num > 0.0 && den > 0.0 ? num / den : 0.0;
}

static bool is_video(const json_t *stream)
{
    const json_t *disposition = json_object_get(stream, "disposition");
    return strcmp(word_of(stream, "codec_type"), "video") == 0 &&
           json_integer_value(json_object_get(disposition, "attached_pic")) == 0;
}

static void take_colours(const json_t *stream, const char *key, char *word)
{
    const char *value = word_of(stream, key);
    bool known = strcmp(value, "unknown") != 0 && strcmp(value, "reserved") != 0;
    snprintf(word, CG_FFMPEG_WORD_NBYTES, "%s", known ? value : "");
}

static void take_stream(const json_t *stream, const json_t *format, struct cg_ffmpeg_info *out)
{
    const char *order = word_of(stream, "field_order");
    double rate = rate_of(word_of(stream, "r_frame_rate"));
    double seconds = strtod(word_of(stream, "duration"), NULL);
    if (seconds <= 0.0)
        seconds = strtod(word_of(format, "duration"), NULL);
    *out = (struct cg_ffmpeg_info){
        .stream = (int)json_integer_value(json_object_get(stream, "index")),
        .width = (int)json_integer_value(json_object_get(stream, "width")),
        .height = (int)json_integer_value(json_object_get(stream, "height")),
        .interlaced = order[0] == 't' || order[0] == 'b',
        .frames = strtod(word_of(stream, "nb_frames"), NULL),
    };
    if (out->frames <= 0.0)
        out->frames = seconds * rate;
    take_colours(stream, "color_space", out->matrix);
    take_colours(stream, "color_primaries", out->primaries);
    take_colours(stream, "color_transfer", out->transfer);
}

static enum cg_status find_video(const json_t *root, struct cg_ffmpeg_info *out,
                                 struct cg_error *error)
{
    const json_t *streams = json_object_get(root, "streams");
    for (size_t i = 0; i < json_array_size(streams); i++)
        if (is_video(json_array_get(streams, i))) {
            take_stream(json_array_get(streams, i), json_object_get(root, "format"), out);
            return CG_OK;
        }
    return cg_fail(error, CG_ERR_FORMAT, "expected a video, found none among its %zu streams",
                   json_array_size(streams));
}

enum cg_status cg_ffmpeg_probe(const char *path, struct cg_ffmpeg_info *out, struct cg_error *error)
{
    struct cg_process process;
    struct arguments arguments = {0};
    char *url = file_url(path, error);
    if (url == NULL)
        return CG_ERR_MEMORY;
    ADD(&arguments, "ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", url);
    enum cg_status status = cg_process_start(arguments.list, false, true, &process, error);
    if (status == CG_OK) {
        cg_memory_forget();
        json_t *root = json_loadfd(process.out, 0, NULL);
        bool was_short = cg_memory_was_short();
        status = cg_process_finish(&process, error);
        if (status == CG_OK && was_short)
            status = cg_fail(error, CG_ERR_MEMORY, "memory could not be allocated");
        if (status == CG_OK)
            status = find_video(root, out, error);
        if (status != CG_OK)
            cg_error_prefix(error, "reading %s", cg_path_tail(path));
        json_decref(root);
    }
    free(url);
    return status;
}

/* ---- decoding -------------------------------------------------------------------------------- */

enum cg_status cg_ffmpeg_decode(const char *path, const struct cg_ffmpeg_info *info,
                                struct cg_process *out, struct cg_error *error)
{
    struct arguments arguments = {0};
    char stream[32], *url = file_url(path, error);
    if (url == NULL)
        return CG_ERR_MEMORY;
    /* 4:2:0 does not go with odd sides in most encoders */
    bool odd = info->width % 2 != 0 || info->height % 2 != 0;
    snprintf(stream, sizeof(stream), "0:%d", info->stream);
    ADD(&arguments, "ffmpeg", "-nostdin", "-v", "error", "-i", url, "-map", stream);
    if (info->interlaced)
        ADD(&arguments, "-vf", "bwdif=mode=send_frame:deint=interlaced");
    ADD(&arguments, "-pix_fmt", odd ? "yuv444p" : "yuv420p", "-f", "yuv4mpegpipe", "-");
    enum cg_status status = cg_process_start(arguments.list, false, true, out, error);
    free(url);
    return status;
}

/* ---- encoding -------------------------------------------------------------------------------- */

/* A new kind of file is a row of this table. Lists end with NULL. */
struct cg_ffmpeg_format {
    const char *ending, *part_ending;
    const char *encoder[16], *slow[8], *fast[8];
    const char *audio;        /* the encoder for sound that cannot be copied */
    const char *subtitles[2]; /* "copy", or the encoder for those that are text */
    bool attachments;         /* fonts */
};

/*
 * Fast: superfast with the macroblock tree that it leaves out. Over comics of three videos that
 * takes two thirds of veryfast's time for a tenth more bytes at the same SSIM; superfast as it is
 * makes files more than twice as large.
 */
#define H264                                                                                       \
    .part_ending = ".mp4", .encoder = {"-c:v", "libx264", "-crf", "18", "-tune", "animation"},     \
    .slow = {"-preset", "medium"},                                                                 \
    .fast = {"-preset", "superfast", "-x264-params", "mbtree=1:rc-lookahead=10"}, .audio = "aac"

static const struct cg_ffmpeg_format formats[] = {
    {.ending = ".mp4", H264, .subtitles = {"mov_text"}},
    {.ending = ".m4v", H264, .subtitles = {"mov_text"}},
    {.ending = ".mov", H264, .subtitles = {"mov_text"}},
    {.ending = ".mkv", H264, .subtitles = {"copy", "srt"}, .attachments = true},
    {.ending = ".webm",
     .part_ending = ".webm",
     .encoder = {"-c:v", "libvpx-vp9", "-crf", "30", "-b:v", "0", "-row-mt", "1"},
     .slow = {"-deadline", "good", "-cpu-used", "4"},
     .fast = {"-deadline", "realtime", "-cpu-used", "8"},
     .audio = "libopus",
     .subtitles = {"webvtt"}},
};

enum cg_status cg_ffmpeg_format_of(const char *path, const struct cg_ffmpeg_format **out,
                                   struct cg_error *error)
{
    const char *name = strrchr(path, '/');
    const char *ending = strrchr(name != NULL ? name : path, '.');
    for (size_t i = 0; ending != NULL && i < sizeof(formats) / sizeof(formats[0]); i++)
        if (strcasecmp(ending, formats[i].ending) == 0) {
            *out = &formats[i];
            return CG_OK;
        }
    return cg_fail(error, CG_ERR_UNSUPPORTED,
                   "writing %s: expected a name that ends in .mp4, .m4v, .mov, .mkv or .webm",
                   cg_path_tail(path));
}

const char *cg_ffmpeg_part_ending(const struct cg_ffmpeg_format *format)
{
    return format->part_ending;
}

enum cg_status cg_ffmpeg_encode(const struct cg_ffmpeg_format *format,
                                const struct cg_ffmpeg_info *info, bool fast, const char *path,
                                struct cg_process *out, struct cg_error *error)
{
    struct arguments arguments = {0};
    char *url = file_url(path, error);
    if (url == NULL)
        return CG_ERR_MEMORY;
    ADD(&arguments, "ffmpeg", "-nostdin", "-v", "error", "-f", "yuv4mpegpipe", "-i", "pipe:0");
    add(&arguments, format->encoder);
    add(&arguments, fast ? format->fast : format->slow);
    ADD(&arguments, "-color_range", "tv");
    if (info->matrix[0] != '\0')
        ADD(&arguments, "-colorspace", info->matrix);
    if (info->primaries[0] != '\0')
        ADD(&arguments, "-color_primaries", info->primaries);
    if (info->transfer[0] != '\0')
        ADD(&arguments, "-color_trc", info->transfer);
    ADD(&arguments, "-y", url);
    enum cg_status status = cg_process_start(arguments.list, true, false, out, error);
    free(url);
    return status;
}

/* Formats that do not count their frames are known to a frame or two by their length. */
#define FRAMES_SLACK 2.0

enum cg_status cg_ffmpeg_check(const char *path, size_t frames, struct cg_error *error)
{
    struct cg_ffmpeg_info info;
    enum cg_status status = cg_ffmpeg_probe(path, &info, error);
    if (status == CG_OK && info.frames > 0.0 && info.frames + FRAMES_SLACK < (double)frames)
        status =
            cg_fail(error, CG_ERR_FORMAT, "expected %zu frames, found %.0f", frames, info.frames);
    if (status == CG_ERR_FORMAT)
        cg_error_prefix(error, "what ffmpeg wrote is not whole; is the disk full?");
    return status;
}

/* ---- joining --------------------------------------------------------------------------------- */

/* How the rest of the file comes along. */
struct companions {
    const char *audio;     /* "copy", or an encoder */
    const char *subtitles; /* the same, or NULL to leave them out */
};

static enum cg_status try_join(const struct cg_ffmpeg_format *format, const char *list,
                               const char *in, const char *out, const struct companions *companions,
                               struct cg_error *error)
{
    struct cg_process process;
    struct arguments arguments = {0};
    ADD(&arguments, "ffmpeg", "-nostdin", "-v", "error", "-f", "concat", "-safe", "0", "-i", list,
        "-i", in, "-map", "0:v", "-map", "1:a?");
    if (companions->subtitles != NULL)
        ADD(&arguments, "-map", "1:s?", "-c:s", companions->subtitles);
    if (format->attachments)
        ADD(&arguments, "-map", "1:t?", "-c:t", "copy");
    ADD(&arguments, "-map_metadata", "1", "-map_chapters", "1", "-c:v", "copy", "-c:a",
        companions->audio, "-y", out);
    enum cg_status status = cg_process_start(arguments.list, false, false, &process, error);
    return status == CG_OK ? cg_process_finish(&process, error) : status;
}

/* The best way comes first; each is tried until one goes. */
enum cg_status cg_ffmpeg_join(const struct cg_ffmpeg_format *format, const char *list,
                              const char *in, const char *out, const char **note,
                              struct cg_error *error)
{
    const struct {
        struct companions companions;
        const char *note;
    } ways[] = {
        {{"copy", format->subtitles[0]}, NULL},
        {{"copy", format->subtitles[1]}, NULL},
        {{format->audio, format->subtitles[0]}, "the sound had to be encoded anew"},
        {{format->audio, format->subtitles[1]}, "the sound had to be encoded anew"},
        {{"copy", NULL}, "the subtitles do not go into this kind of file and were left out"},
        {{format->audio, NULL},
         "the subtitles do not go into this kind of file and were left out; the sound had to be "
         "encoded anew"},
    };
    char *in_url = file_url(in, error), *out_url = file_url(out, error);
    enum cg_status status = in_url != NULL && out_url != NULL ? CG_ERR_FORMAT : CG_ERR_MEMORY;
    const size_t count = sizeof(ways) / sizeof(ways[0]), without_subtitles = 4;
    for (size_t i = 0; status == CG_ERR_FORMAT && i < count; i++) {
        if (i < without_subtitles && ways[i].companions.subtitles == NULL)
            continue; /* the format knows one way only */
        status = try_join(format, list, in_url, out_url, &ways[i].companions, error);
        *note = ways[i].note;
    }
    free(out_url);
    free(in_url);
    return status;
}
