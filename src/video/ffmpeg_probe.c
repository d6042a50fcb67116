/* Examining a video with ffprobe: see ffmpeg.h. */
#include "base/file.h"
#include "base/memory.h"
#include "video/ffmpeg.h"
#include "video/ffmpeg_arguments.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define RATE_DEFAULT 25.0

/* Finer ticks are useless and overflow in some formats. */
#define TICK_DEN_MAX 1000000

/* Frames examined if a file does not say whether it is interlaced. */
#define FIELD_FRAMES "%+#3"

static const char *word_of(const json_t *object, const char *key)
{
    const char *word = json_string_value(json_object_get(object, key));
    return word != NULL ? word : "";
}

static bool has_word(const json_t *object, const char *key, const char *word)
{
    return strcmp(word_of(object, key), word) == 0;
}

static json_int_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* "30000/1001"; 0 if it is not a rate */
static double rate_of(const char *text)
{
    char *end;
    double num = strtod(text, &end), den = *end == '/' ? strtod(end + 1, NULL) : 1.0;
    return num > 0.0 && den > 0.0 ? num / den : 0.0;
}

struct answer {
    int fd, failure;
};

static size_t read_answer(void *bytes, size_t nbytes, void *context)
{
    struct answer *answer = context;
    ssize_t count;
    do
        count = read(answer->fd, bytes, nbytes);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        answer->failure = errno;
    return (size_t)count;
}

/* If the answer was not read whole, neither it nor the program's exit status means anything. */
static enum cg_status take_answer(struct cg_process *process, json_t **root, struct cg_error *error)
{
    struct answer answer = {.fd = process->out};
    cg_memory_forget();
    *root = json_load_callback(read_answer, &answer, 0, NULL);
    if (answer.failure == 0 && !cg_memory_was_short())
        return cg_process_finish(process, error);
    cg_process_stop(process);
    if (answer.failure == 0)
        return cg_fail(error, CG_ERR_MEMORY, "memory could not be allocated");
    return cg_fail(error, CG_ERR_IO, "what ffprobe says of it: %s", CG_ERRNO_WORDS(answer.failure));
}

/* One call of ffprobe; release *root. */
static enum cg_status ask(const char *path, const char *const *questions, json_t **root,
                          struct cg_error *error)
{
    struct cg_process process;
    struct cg_arguments arguments = {0};
    CG_ADD(&arguments, "ffprobe", "-v", "error", "-of", "json");
    cg_arguments_add(&arguments, questions);
    cg_arguments_add_input(&arguments, path);
    *root = NULL;
    enum cg_status status = cg_arguments_start(&arguments, CG_PROCESS_READS, &process, error);
    if (status != CG_OK)
        return status;
    status = take_answer(&process, root, error);
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(path));
    return status;
}

/* ---- the video --------------------------------------------------------------------------------
 */

static void take_word(const json_t *stream, const char *key, char *word)
{
    const char *value = word_of(stream, key);
    bool known = strcmp(value, "unknown") != 0 && strcmp(value, "reserved") != 0;
    snprintf(word, CG_FFMPEG_WORD_NBYTES, "%s", known ? value : "");
}

static void take_colours(const json_t *stream, struct cg_ffmpeg_info *out)
{
    take_word(stream, "color_space", out->matrix);
    take_word(stream, "color_primaries", out->primaries);
    take_word(stream, "color_transfer", out->transfer);
    take_word(stream, "pix_fmt", out->pixels);
    take_word(stream, "codec_name", out->codec);
    if (strcmp(out->transfer, "smpte2084") == 0)
        out->hdr = "PQ";
    else if (strcmp(out->transfer, "arib-std-b67") == 0)
        out->hdr = "HLG";
}

static void take_alpha(const json_t *stream, struct cg_ffmpeg_info *out)
{
    static const char *const kinds[] = {"yuva", "gbrap", "rgba", "argb", "bgra",
                                        "abgr", "ya8",   "ya16", "pal8", "ayuv"};
    out->vpx = has_word(json_object_get(stream, "tags"), "alpha_mode", "1") ||
               has_word(json_object_get(stream, "tags"), "ALPHA_MODE", "1");
    out->transparent = out->vpx;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        out->transparent |= strncmp(out->pixels, kinds[i], strlen(kinds[i])) == 0;
}

/* The reported size is as stored; frames come out upright. */
static void take_size(const json_t *stream, struct cg_ffmpeg_info *out)
{
    const json_t *entry;
    size_t i;
    out->width = (int)number_of(stream, "width");
    out->height = (int)number_of(stream, "height");
    json_array_foreach(json_object_get(stream, "side_data_list"), i,
                       entry) if (number_of(entry, "rotation") % 180 != 0)
    {
        int width = out->width;
        out->width = out->height;
        out->height = width;
        return;
    }
}

static void take_time(const json_t *stream, const json_t *format, struct cg_ffmpeg_info *out)
{
    double rate = rate_of(word_of(stream, "avg_frame_rate"));
    long num = 1, den = 0;
    if (rate <= 0.0)
        rate = rate_of(word_of(stream, "r_frame_rate"));
    out->rate = rate > 0.0 ? rate : RATE_DEFAULT;
    out->steady = has_word(stream, "r_frame_rate", word_of(stream, "avg_frame_rate"));
    sscanf(word_of(stream, "time_base"), "%ld/%ld", &num, &den);
    bool fits = num > 0 && num <= TICK_DEN_MAX && den > 0 && den <= TICK_DEN_MAX;
    out->tick_num = fits ? (int)num : 1;
    out->tick_den = fits ? (int)den : TICK_DEN_MAX;
    out->start =
        strtod(word_of(stream, "start_time"), NULL) - strtod(word_of(format, "start_time"), NULL);
    out->seconds = strtod(word_of(stream, "duration"), NULL);
    if (out->seconds <= 0.0)
        out->seconds = fmax(strtod(word_of(format, "duration"), NULL) - out->start, 0.0);
    out->frames = strtod(word_of(stream, "nb_frames"), NULL);
    if (out->frames <= 0.0)
        out->frames = out->seconds * rate;
}

static void take_disposition(const json_t *stream, char *text, size_t text_nbytes)
{
    const char *key;
    json_t *value;
    size_t length = 0;
    snprintf(text, text_nbytes, "0");
    json_object_foreach(json_object_get(stream, "disposition"), key,
                        value) if (json_integer_value(value) != 0 &&
                                   length + strlen(key) + 2 < text_nbytes) length +=
        (size_t)snprintf(text + length, text_nbytes - length, "%s%s", length > 0 ? "+" : "", key);
}

/* Fields such as com.apple.quicktime.location.ISO6709. */
static bool has_phone_fields(const json_t *format)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(format, "tags"), key,
                        value) if (strncmp(key, "com.", 4) == 0) return true;
    return false;
}

static void take_film(const json_t *stream, const json_t *format, struct cg_ffmpeg_info *out)
{
    const char *order = word_of(stream, "field_order");
    out->stream = (int)number_of(stream, "index");
    out->interlaced = order[0] == 't' || order[0] == 'b';
    out->fields_known = out->interlaced || strcmp(order, "progressive") == 0;
    out->phone = has_phone_fields(format);
    take_size(stream, out);
    take_time(stream, format, out);
    take_colours(stream, out);
    take_alpha(stream, out);
    take_disposition(stream, out->disposition, sizeof(out->disposition));
}

/* ---- what comes along ------------------------------------------------------------------------ */

static bool is_cover(const json_t *stream)
{
    return number_of(json_object_get(stream, "disposition"), "attached_pic") != 0;
}

static bool is_video(const json_t *stream)
{
    return has_word(stream, "codec_type", "video") && !is_cover(stream);
}

static bool is_picture_codec(const char *codec)
{
    return strcmp(codec, "dvd_subtitle") == 0 || strcmp(codec, "dvb_subtitle") == 0 ||
           strcmp(codec, "hdmv_pgs_subtitle") == 0 || strcmp(codec, "xsub") == 0;
}

/* Data streams that ffmpeg creates itself, from chapters and time codes. */
static bool is_made_anew(const json_t *stream)
{
    return has_word(stream, "codec_type", "data") &&
           (has_word(stream, "codec_tag_string", "text") ||
            has_word(stream, "codec_tag_string", "tmcd"));
}

static void take_companion(const json_t *stream, struct cg_ffmpeg_info *out)
{
    static const char *const types[] = {"audio", "subtitle", "attachment", "video"};
    struct cg_ffmpeg_companion companion = {.stream = (int)number_of(stream, "index")};
    size_t kind = 0;
    while (kind < 4 && !has_word(stream, "codec_type", types[kind]))
        kind++;
    if (kind == 4 || (kind == CG_FFMPEG_COVER && !is_cover(stream)) ||
        out->companion_count == CG_FFMPEG_COMPANIONS_MAX) {
        out->others += !is_made_anew(stream);
        return;
    }
    companion.kind = (enum cg_ffmpeg_kind)kind;
    take_word(stream, "codec_name", companion.codec);
    companion.pictures = is_picture_codec(companion.codec);
    out->companions[out->companion_count++] = companion;
}

/* Formats change the case of names, and add languages to them: location-eng. */
static bool same_tag(const char *a, const char *b)
{
    size_t length = strcspn(a, "-");
    return length == strcspn(b, "-") && strncasecmp(a, b, length) == 0;
}

static bool is_lost(const char *name, const json_t *kept)
{
    static const char *const technical[] = {"major_brand", "minor_version", "compatible_brands",
                                            "encoder", "duration"};
    const char *other;
    json_t *value;
    for (size_t i = 0; i < sizeof(technical) / sizeof(technical[0]); i++)
        if (same_tag(name, technical[i]))
            return false;
    json_object_foreach((json_t *)kept, other, value) if (same_tag(name, other)) return false;
    return true;
}

static json_t *tags_of(const json_t *root)
{
    return json_object_get(json_object_get(root, "format"), "tags");
}

/* A name that finds no room is not looked for later. */
static void take_tags(const json_t *root, struct cg_ffmpeg_info *out)
{
    const char *name;
    json_t *value;
    json_object_foreach(tags_of(root), name, value)
    {
        size_t length = strlen(out->tags), room = sizeof(out->tags) - length;
        if (is_lost(name, NULL) && strchr(name, '\n') == NULL && strlen(name) + 2 <= room)
            snprintf(out->tags + length, room, "%s\n", name);
    }
}

static enum cg_status find_video(const json_t *root, struct cg_ffmpeg_info *out,
                                 struct cg_error *error)
{
    const json_t *streams = json_object_get(root, "streams"), *video = NULL, *stream;
    size_t i;
    *out = (struct cg_ffmpeg_info){.tick_num = 1, .tick_den = 1};
    json_array_foreach(streams, i, stream)
    {
        if (video == NULL && is_video(stream)) {
            video = stream;
            take_film(stream, json_object_get(root, "format"), out);
        } else {
            take_companion(stream, out);
        }
    }
    take_tags(root, out);
    out->chapters = json_array_size(json_object_get(root, "chapters")) > 0;
    if (video == NULL)
        return cg_fail(error, CG_ERR_FORMAT, "expected a video, found none among its %zu streams",
                       json_array_size(streams));
    return CG_OK;
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* A file that refers to others could make a comic of files that its author may not see. */
static enum cg_status refuse_lists(const json_t *root, struct cg_error *error)
{
    static const char *const lists[] = {"concat",   "hls",         "dash",
                                        "sdp",      "rtsp",        "imf",
                                        "avisynth", "vapoursynth", "webm_dash_manifest",
                                        "image2"};
    const char *name = word_of(json_object_get(root, "format"), "format_name");
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (strcmp(name, lists[i]) == 0)
            return cg_fail(error, CG_ERR_UNSUPPORTED,
                           "expected a video in one file, found %s, which leads to other files",
                           name);
    return CG_OK;
}

/* For formats that do not say, such as DV, examine frames. */
static enum cg_status look_at_fields(const char *path, struct cg_ffmpeg_info *out,
                                     struct cg_error *error)
{
    char stream[CG_FFMPEG_WORD_NBYTES];
    json_t *root;
    const json_t *frame;
    size_t i;
    snprintf(stream, sizeof(stream), "%d", out->stream);
    const char *const questions[] = {
        "-select_streams",        stream, "-read_intervals", FIELD_FRAMES, "-show_entries",
        "frame=interlaced_frame", NULL};
    enum cg_status status = ask(path, questions, &root, error);
    for (i = 0; i < json_array_size(json_object_get(root, "frames")); i++) {
        frame = json_array_get(json_object_get(root, "frames"), i);
        out->interlaced |= number_of(frame, "interlaced_frame") != 0;
    }
    json_decref(root);
    return status;
}

enum cg_status cg_ffmpeg_probe(const char *path, struct cg_ffmpeg_info *out, struct cg_error *error)
{
    static const char *const questions[] = {"-show_streams", "-show_format", "-show_chapters",
                                            NULL};
    json_t *root;
    enum cg_status status = ask(path, questions, &root, error);
    if (status == CG_OK) {
        status = refuse_lists(root, error);
        if (status == CG_OK)
            status = find_video(root, out, error);
        if (status != CG_OK)
            cg_error_prefix(error, "reading %s", cg_path_tail(path));
    }
    json_decref(root);
    return status == CG_OK && !out->fields_known ? look_at_fields(path, out, error) : status;
}

/* ---- metadata -------------------------------------------------------------------------------- */

static void add_lost(struct cg_ffmpeg_info *info, const char *name)
{
    size_t length = strlen(info->lost), room = sizeof(info->lost) - length;
    int more = snprintf(info->lost + length, room, "%s%s",
                        length > 0 ? ", " : "metadata does not go into this kind of file: ", name);
    if (more < 0 || (size_t)more >= room)
        memcpy(info->lost + sizeof(info->lost) - 4, "...", 4);
}

enum cg_status cg_ffmpeg_find_lost(const char *trial, struct cg_ffmpeg_info *info,
                                   struct cg_error *error)
{
    static const char *const questions[] = {"-show_format", NULL};
    json_t *root = NULL;
    enum cg_status status = CG_OK;
    info->lost[0] = '\0';
    if (trial != NULL && info->tags[0] != '\0')
        status = ask(trial, questions, &root, error);
    char names[sizeof(info->tags)], *rest;
    memcpy(names, info->tags, sizeof(names));
    for (const char *name = strtok_r(names, "\n", &rest); status == CG_OK && name != NULL;
         name = strtok_r(NULL, "\n", &rest))
        if (is_lost(name, tags_of(root)))
            add_lost(info, name);
    if (trial == NULL && info->chapters)
        add_lost(info, "chapters");
    json_decref(root);
    return status;
}

/* ---- checking -------------------------------------------------------------------------------- */

enum cg_status cg_ffmpeg_check(const char *path, size_t frames, struct cg_error *error)
{
    static const char *const questions[] = {"-select_streams",        "V:0",
                                            "-count_packets",         "-show_entries",
                                            "stream=nb_read_packets", NULL};
    json_t *root;
    enum cg_status status = ask(path, questions, &root, error);
    const json_t *stream = json_array_get(json_object_get(root, "streams"), 0);
    double found = strtod(word_of(stream, "nb_read_packets"), NULL);
    if (status == CG_OK && found < (double)frames)
        status = cg_fail(error, CG_ERR_FORMAT, "expected %zu frames, found %.0f", frames, found);
    if (status == CG_ERR_FORMAT)
        cg_error_prefix(error, "what ffmpeg wrote is not whole; is the disk full?");
    json_decref(root);
    return status;
}
