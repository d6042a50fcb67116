/*
 * Joining parts with the original's other streams: see ffmpeg.h. What the new format cannot hold is
 * found out by a trial on the video's first second, before any work.
 */
#include "base/file.h"
#include "base/memory.h"
#include "video/ffmpeg.h"
#include "video/ffmpeg_arguments.h"
#include "video/ffmpeg_output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TRIAL_SECONDS 1.0

/* Layouts of Opus and AAC; the nearest is chosen, so that 5.1(side) works with Opus, too. */
#define LAYOUTS "aformat=channel_layouts=7.1|6.1|5.1|5.0|quad|3.0|stereo|mono"

/* ---- companions ------------------------------------------------------------------------------ */

static void add_codec(struct cg_arguments *arguments, const struct cg_ffmpeg_join *join,
                      const struct cg_ffmpeg_companion *companion, int index)
{
    const struct cg_ffmpeg_format *format = join->output->format;
    bool audio = companion->kind == CG_FFMPEG_AUDIO;
    cg_arguments_addf(arguments, "-c:%d", index);
    if (companion->way == CG_FFMPEG_COPY) {
        CG_ADD(arguments, "copy");
    } else {
        CG_ADD(arguments, audio ? format->audio : format->subtitles);
        if (audio) {
            cg_arguments_addf(arguments, "-filter:%d", index);
            CG_ADD(arguments, LAYOUTS);
        }
    }
    if (companion->kind == CG_FFMPEG_COVER) {
        cg_arguments_addf(arguments, "-disposition:%d", index);
        CG_ADD(arguments, "attached_pic");
    }
}

/* Language, title and so on; ffmpeg copies none by itself once told to set any. */
static void add_stream_metadata(struct cg_arguments *arguments, int index, int stream)
{
    cg_arguments_addf(arguments, "-map_metadata:s:%d", index);
    cg_arguments_addf(arguments, "1:s:%d", stream);
}

/* Matroska stores covers as attachments. */
static bool is_attached(const struct cg_ffmpeg_join *join,
                        const struct cg_ffmpeg_companion *companion)
{
    return companion->kind == CG_FFMPEG_COVER && !join->output->format->covers;
}

static int count_companions(const struct cg_ffmpeg_info *info, enum cg_ffmpeg_kind kind,
                            enum cg_ffmpeg_way way)
{
    int count = 0;
    for (int i = 0; i < info->companion_count; i++)
        count += info->companions[i].kind == kind && info->companions[i].way == way;
    return count;
}

/* The first cover that is to be attached, or NULL. */
static const struct cg_ffmpeg_companion *attached_cover(const struct cg_ffmpeg_join *join)
{
    for (int i = 0; i < join->info->companion_count; i++) {
        const struct cg_ffmpeg_companion *companion = &join->info->companions[i];
        if (companion->way != CG_FFMPEG_DROP && is_attached(join, companion))
            return companion;
    }
    return NULL;
}

/* Files of one picture are written and read as pipes: image2 takes a % in a name for a pattern. */
static enum cg_status extract_cover(const struct cg_ffmpeg_join *join,
                                    const struct cg_ffmpeg_companion *cover, struct cg_error *error)
{
    struct cg_arguments arguments = {0};
    CG_ADD(&arguments, "ffmpeg", "-nostdin", "-v", "error");
    cg_arguments_add_input(&arguments, join->in);
    CG_ADD(&arguments, "-map");
    cg_arguments_addf(&arguments, "0:%d", cover->stream);
    CG_ADD(&arguments, "-c", "copy", "-frames:v", "1", "-f", "image2pipe");
    cg_arguments_add_output(&arguments, join->picture);
    return cg_arguments_run(&arguments, error);
}

static void attach_cover(struct cg_arguments *arguments, const struct cg_ffmpeg_join *join,
                         const struct cg_ffmpeg_companion *cover, int index)
{
    bool png = strcmp(cover->codec, "png") == 0;
    CG_ADD(arguments, "-attach");
    cg_arguments_addf(arguments, "file:%s", join->picture);
    cg_arguments_addf(arguments, "-metadata:s:%d", index);
    CG_ADD(arguments, png ? "mimetype=image/png" : "mimetype=image/jpeg");
    cg_arguments_addf(arguments, "-metadata:s:%d", index);
    CG_ADD(arguments, png ? "filename=cover.png" : "filename=cover.jpg");
}

/* Streams of the new file: the comic is 0. only: that companion alone, or -1. */
static void add_companions(struct cg_arguments *arguments, const struct cg_ffmpeg_join *join,
                           int only)
{
    int index = 1;
    for (int i = 0; i < join->info->companion_count; i++) {
        const struct cg_ffmpeg_companion *companion = &join->info->companions[i];
        if (companion->way == CG_FFMPEG_DROP || (only >= 0 && i != only) ||
            is_attached(join, companion))
            continue;
        CG_ADD(arguments, "-map");
        cg_arguments_addf(arguments, "1:%d", companion->stream);
        add_stream_metadata(arguments, index, companion->stream);
        add_codec(arguments, join, companion, index++);
    }
    const struct cg_ffmpeg_companion *cover = attached_cover(join);
    if (cover != NULL && (only < 0 || cover == &join->info->companions[only]))
        attach_cover(arguments, join, cover, index);
}

static bool is_matroska(const struct cg_ffmpeg_format *format)
{
    return strcmp(format->muxer, "matroska") == 0 || strcmp(format->muxer, "webm") == 0;
}

static void add_metadata(struct cg_arguments *arguments, const struct cg_ffmpeg_join *join)
{
    CG_ADD(arguments, "-map_metadata", "1", "-map_chapters", "1");
    add_stream_metadata(arguments, 0, join->info->stream);
    CG_ADD(arguments, "-metadata:s:0",
           join->output->alpha ? "alpha_mode=1" : "alpha_mode=", "-disposition:0",
           join->info->disposition);
    if (join->info->phone && !is_matroska(join->output->format))
        CG_ADD(arguments, "-movflags", "use_metadata_tags");
}

/* The video's own ticks if the format allows any, else milliseconds. Parts do not record how long
 * their last frame is shown; so each gets a duration, which matters only for the last. */
static void add_times(struct cg_arguments *arguments, const struct cg_ffmpeg_join *join)
{
    int ticks = is_matroska(join->output->format) ? 1000 : join->info->tick_den;
    if (!is_matroska(join->output->format)) {
        CG_ADD(arguments, "-video_track_timescale");
        cg_arguments_addf(arguments, "%d", ticks);
    }
    CG_ADD(arguments, "-bsf:0");
    cg_arguments_addf(arguments, "setts=pts=PTS:dts=DTS:duration=%.0f",
                      fmax(1.0, ticks / join->info->rate));
}

static void add_parts(struct cg_arguments *arguments, const struct cg_ffmpeg_join *join)
{
    CG_ADD(arguments, "ffmpeg", "-nostdin", "-v", "error", "-itsoffset");
    cg_arguments_addf(arguments, "%.6f", join->first_seconds);
    CG_ADD(arguments, "-f", "concat", "-safe", "0");
    cg_arguments_add_input(arguments, join->list);
}

/* only: as above; trial: only the video's beginning. */
static enum cg_status join_film(const struct cg_ffmpeg_join *join, int only, bool trial,
                                struct cg_error *error)
{
    struct cg_arguments arguments = {0};
    struct cg_ffmpeg_clip clip = *join->clip;
    if (trial)
        clip.seconds = TRIAL_SECONDS;
    add_parts(&arguments, join);
    cg_ffmpeg_add_clip(&arguments, &clip);
    cg_arguments_add_input(&arguments, join->in);
    CG_ADD(&arguments, "-map", "0:v:0", "-c:0", "copy");
    add_companions(&arguments, join, only);
    add_metadata(&arguments, join);
    add_times(&arguments, join);
    CG_ADD(&arguments, "-f", join->output->format->muxer);
    cg_arguments_add_output(&arguments, join->out);
    cg_ffmpeg_add_all_streams(&arguments, 1);
    return cg_arguments_run(&arguments, error);
}

static bool has_sound(const struct cg_ffmpeg_info *info)
{
    return count_companions(info, CG_FFMPEG_AUDIO, CG_FFMPEG_COPY) > 0 ||
           count_companions(info, CG_FFMPEG_AUDIO, CG_FFMPEG_ENCODE) > 0;
}

/* Some formats accept sound under a tag that nothing reads. */
static enum cg_status decode_sound(const struct cg_ffmpeg_join *join, struct cg_error *error)
{
    struct cg_arguments arguments = {0};
    CG_ADD(&arguments, "ffmpeg", "-nostdin", "-v", "error");
    cg_arguments_add_input(&arguments, join->out);
    CG_ADD(&arguments, "-map", "0:v", "-map", "0:a?", "-c:v", "copy", "-f", "null", "-");
    return cg_arguments_run(&arguments, error);
}

/* ---- pictures that move ---------------------------------------------------------------------- */

static enum cg_status join_gif(const struct cg_ffmpeg_join *join, struct cg_error *error)
{
    struct cg_arguments arguments = {0};
    add_parts(&arguments, join);
    CG_ADD(&arguments, "-vf", "palettegen=reserve_transparent=1", "-f", "image2pipe", "-c:v", "png",
           "-frames:v", "1");
    cg_arguments_add_output(&arguments, join->picture);
    enum cg_status status = cg_arguments_run(&arguments, error);
    if (status != CG_OK)
        return status;
    add_parts(&arguments, join);
    CG_ADD(&arguments, "-f", "png_pipe");
    cg_arguments_add_input(&arguments, join->picture);
    CG_ADD(&arguments, "-lavfi", "[0:v][1:v]paletteuse=dither=none", "-fps_mode", "passthrough",
           "-enc_time_base", "1/100", "-f", "gif", "-final_delay");
    cg_arguments_addf(&arguments, "%.0f", 100.0 / join->info->rate);
    cg_arguments_add_output(&arguments, join->out);
    status = cg_arguments_run(&arguments, error);
    unlink(join->picture);
    return status;
}

static enum cg_status join_webp(const struct cg_ffmpeg_join *join, struct cg_error *error)
{
    struct cg_arguments arguments = {0};
    add_parts(&arguments, join);
    /* libwebp_anim loses transparency */
    CG_ADD(&arguments, "-fps_mode", "passthrough", "-enc_time_base", "1/1000", "-c:v",
           join->output->alpha ? "libwebp" : "libwebp_anim", "-quality", "85", "-loop", "0",
           "-pix_fmt", join->output->alpha ? "yuva420p" : "yuv420p", "-f", "webp");
    cg_arguments_add_output(&arguments, join->out);
    return cg_arguments_run(&arguments, error);
}

static enum cg_status join_with(const struct cg_ffmpeg_join *join, int only, bool trial,
                                struct cg_error *error)
{
    if (!join->output->format->alone) {
        const struct cg_ffmpeg_companion *cover = attached_cover(join);
        enum cg_status status = cover != NULL ? extract_cover(join, cover, error) : CG_OK;
        if (status == CG_OK)
            status = join_film(join, only, trial, error);
        if (status == CG_OK && trial && has_sound(join->info))
            status = decode_sound(join, error);
        unlink(join->picture);
        return status;
    }
    return strcmp(join->output->format->muxer, "gif") == 0 ? join_gif(join, error)
                                                           : join_webp(join, error);
}

/* ---- what goes into the file ----------------------------------------------------------------- */

/* What is known without trying. */
static enum cg_ffmpeg_way first_way(const struct cg_ffmpeg_format *format,
                                    const struct cg_ffmpeg_companion *companion)
{
    bool kept = !format->alone;
    if (companion->kind == CG_FFMPEG_COVER)
        kept = format->covers || format->fonts;
    else if (companion->kind == CG_FFMPEG_FONT)
        kept = format->fonts;
    else if (companion->kind == CG_FFMPEG_SUBTITLES && companion->pictures)
        kept = format->any_subtitles;
    return kept ? CG_FFMPEG_COPY : CG_FFMPEG_DROP;
}

static enum cg_ffmpeg_way next_way(const struct cg_ffmpeg_companion *companion)
{
    bool encodable = companion->kind == CG_FFMPEG_AUDIO ||
                     (companion->kind == CG_FFMPEG_SUBTITLES && !companion->pictures);
    return companion->way == CG_FFMPEG_COPY && encodable ? CG_FFMPEG_ENCODE : CG_FFMPEG_DROP;
}

enum cg_status cg_ffmpeg_plan_join(const struct cg_ffmpeg_join *join, struct cg_error *error)
{
    struct cg_ffmpeg_info *info = join->info;
    for (int i = 0; i < info->companion_count; i++)
        info->companions[i].way = first_way(join->output->format, &info->companions[i]);
    enum cg_status status = join_with(join, -1, true, error);
    if (status == CG_ERR_FORMAT && info->companion_count > 0) {
        for (int i = 0; i < info->companion_count; i++)
            while (info->companions[i].way != CG_FFMPEG_DROP &&
                   join_with(join, i, true, error) != CG_OK)
                info->companions[i].way = next_way(&info->companions[i]);
        status = join_with(join, -1, true, error);
    }
    return status == CG_OK
               ? cg_ffmpeg_find_lost(join->output->format->alone ? NULL : join->out, info, error)
               : status;
}

/* Sound that cannot be copied far behind the video's beginning is re-encoded. */
enum cg_status cg_ffmpeg_join(const struct cg_ffmpeg_join *join, struct cg_error *error)
{
    bool copied = false;
    enum cg_status status = join_with(join, -1, false, error);
    for (int i = 0; status == CG_ERR_FORMAT && i < join->info->companion_count; i++) {
        struct cg_ffmpeg_companion *companion = &join->info->companions[i];
        if (companion->kind != CG_FFMPEG_AUDIO || companion->way != CG_FFMPEG_COPY)
            continue;
        companion->way = CG_FFMPEG_ENCODE;
        copied = true;
    }
    return copied ? join_with(join, -1, false, error) : status;
}

const char *cg_ffmpeg_loss(const struct cg_ffmpeg_join *join, int *at)
{
    static const struct {
        enum cg_ffmpeg_kind kind;
        enum cg_ffmpeg_way way;
        const char *text;
    } losses[] = {
        {CG_FFMPEG_AUDIO, CG_FFMPEG_ENCODE, "sound had to be encoded anew"},
        {CG_FFMPEG_AUDIO, CG_FFMPEG_DROP, "sound does not go into this kind of file"},
        {CG_FFMPEG_SUBTITLES, CG_FFMPEG_DROP, "subtitles do not go into this kind of file"},
        {CG_FFMPEG_FONT, CG_FFMPEG_DROP, "fonts do not go into this kind of file"},
        {CG_FFMPEG_COVER, CG_FFMPEG_DROP, "the cover does not go into this kind of file"},
    };
    const int count = (int)(sizeof(losses) / sizeof(losses[0]));
    const char *const others[] = {
        join->info->others > 0 ? "streams of data, and videos but the first, were left out" : NULL,
        join->info->lost[0] != '\0' ? join->info->lost : NULL,
    };
    for (; *at < count; ++*at)
        if (count_companions(join->info, losses[*at].kind, losses[*at].way) > 0)
            return losses[(*at)++].text;
    for (; *at < count + 2; ++*at)
        if (others[*at - count] != NULL)
            return others[(*at)++ - count];
    return NULL;
}
