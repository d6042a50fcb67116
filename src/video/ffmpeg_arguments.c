/* Command lines: see ffmpeg_arguments.h. */
#include "video/ffmpeg_arguments.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_owned(struct cg_arguments *arguments, char *word)
{
    if (word == NULL || arguments->count == CG_ARGUMENTS_MAX) {
        arguments->failed = true;
        free(word);
        return;
    }
    arguments->list[arguments->count++] = word;
    arguments->list[arguments->count] = NULL;
}

void cg_arguments_addf(struct cg_arguments *arguments, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    char *word = length >= 0 ? malloc((size_t)length + 1) : NULL;
    if (word != NULL)
        vsnprintf(word, (size_t)length + 1, format, again);
    va_end(again);
    va_end(values);
    add_owned(arguments, word);
}

void cg_arguments_add(struct cg_arguments *arguments, const char *const *words)
{
    for (; *words != NULL; words++)
        add_owned(arguments, cg_string_copy(*words));
}

void cg_arguments_add_input(struct cg_arguments *arguments, const char *path)
{
    CG_ADD(arguments, "-protocol_whitelist", "file,pipe", "-i");
    cg_arguments_addf(arguments, "file:%s", path);
}

void cg_arguments_add_output(struct cg_arguments *arguments, const char *path)
{
    CG_ADD(arguments, "-y");
    cg_arguments_addf(arguments, "file:%s", path);
}

void cg_ffmpeg_add_clip(struct cg_arguments *arguments, const struct cg_ffmpeg_clip *clip)
{
    if (clip->start > 0.0) {
        CG_ADD(arguments, "-ss");
        cg_arguments_addf(arguments, "%.6f", clip->start);
    }
    if (clip->seconds > 0.0) {
        CG_ADD(arguments, "-t");
        cg_arguments_addf(arguments, "%.6f", clip->seconds);
    }
}

void cg_ffmpeg_add_all_streams(struct cg_arguments *arguments, int input)
{
    CG_ADD(arguments, "-map");
    cg_arguments_addf(arguments, "%d:v?", input);
    CG_ADD(arguments, "-map");
    cg_arguments_addf(arguments, "%d:a?", input);
    CG_ADD(arguments, "-c", "copy", "-f", "null", "-");
}

static void clear(struct cg_arguments *arguments)
{
    for (int i = 0; i < arguments->count; i++)
        free(arguments->list[i]);
    *arguments = (struct cg_arguments){0};
}

enum cg_status cg_arguments_start(struct cg_arguments *arguments, int pipes, struct cg_process *out,
                                  struct cg_error *error)
{
    enum cg_status status = arguments->failed
                                ? cg_fail(error, CG_ERR_MEMORY, "starting ffmpeg: memory is short")
                                : cg_process_start(arguments->list, pipes, out, error);
    if (status == CG_OK)
        out->name = strcmp(arguments->list[0], "ffprobe") == 0 ? "ffprobe" : "ffmpeg";
    clear(arguments);
    return status;
}

enum cg_status cg_arguments_run(struct cg_arguments *arguments, struct cg_error *error)
{
    struct cg_process process;
    enum cg_status status = cg_arguments_start(arguments, 0, &process, error);
    return status == CG_OK ? cg_process_finish(&process, error) : status;
}
