/* Command lines for ffmpeg and ffprobe, word by word. Private to src/video. */
#ifndef CG_VIDEO_FFMPEG_ARGUMENTS_H
#define CG_VIDEO_FFMPEG_ARGUMENTS_H

#include "video/ffmpeg.h"

#define CG_ARGUMENTS_MAX 1024

struct cg_arguments {
    char *list[CG_ARGUMENTS_MAX + 1]; /* owned; ends with NULL */
    int count;
    bool failed; /* out of memory, or too many words */
};

/* Add a word; after a failure nothing is added, and cg_arguments_start reports it. */
void cg_arguments_addf(struct cg_arguments *arguments, const char *format, ...) CG_PRINTF(2, 3);
/* Add a list that ends with NULL. */
void cg_arguments_add(struct cg_arguments *arguments, const char *const *words);
#define CG_ADD(arguments, ...) cg_arguments_add(arguments, (const char *const[]){__VA_ARGS__, NULL})

/* "-i" and a file, restricted to files and pipes. The path is never taken for anything but a
 * path. */
void cg_arguments_add_input(struct cg_arguments *arguments, const char *path);
/* An output file, overwritten if it exists. */
void cg_arguments_add_output(struct cg_arguments *arguments, const char *path);

/* The part of the next input to read. */
void cg_ffmpeg_add_clip(struct cg_arguments *arguments, const struct cg_ffmpeg_clip *clip);
/* A second, null output for all video and audio of that input: ffmpeg counts time from the earliest
 * stream that it uses, so that calls agree only if they use the same streams. */
void cg_ffmpeg_add_all_streams(struct cg_arguments *arguments, int input);

/* As cg_process_start, pipes as there. Errors: also CG_ERR_MEMORY. The words are freed either way.
 */
enum cg_status cg_arguments_start(struct cg_arguments *arguments, int pipes, struct cg_process *out,
                                  struct cg_error *error);
/* The same, and wait for the end. */
enum cg_status cg_arguments_run(struct cg_arguments *arguments, struct cg_error *error);

#endif
