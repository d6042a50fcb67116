/*
 * comicgan: photographs into comics, by networks of fully connected layers.
 *
 * Two objects do the work:
 *   - struct cg_engine: a loaded style. Constant after opening; any number of threads may share it.
 *   - struct cg_session: one worker's state (threads, buffers). One caller at a time; it keeps its
 *     memory from picture to picture, so convert many pictures with one session.
 *
 * Every function that can fail returns a status. The caller may pass a struct cg_error to get one
 * line of text that says what was being done, what was expected and what was found; NULL is fine.
 */
#ifndef COMICGAN_COMICGAN_H
#define COMICGAN_COMICGAN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__)
#pragma GCC visibility push(default) /* all else in the library is hidden */
#endif

/* ---- versions and errors --------------------------------------------------------------------- */

/* MAJOR.MINOR.PATCH; CHANGELOG.md says what each promises. */
#define CG_VERSION "0.1.0"

/* CG_VERSION of the library that is loaded, which may be another than that of this header. */
const char *cg_version(void);

/* What became of a call. Later versions may add some at the end. */
enum cg_status {
    CG_OK = 0,
    CG_ERR_ARGUMENT,    /* a value outside what the function accepts */
    CG_ERR_MEMORY,      /* memory could not be allocated */
    CG_ERR_IO,          /* a file or folder could not be read or written */
    CG_ERR_FULL,        /* a file could not be written: the disk is full, or the quota used up */
    CG_ERR_FORMAT,      /* the bytes are not what was expected, or are damaged */
    CG_ERR_UNSUPPORTED, /* a valid file of a kind that is not handled */
    CG_ERR_LIMIT,       /* larger than what is allowed or fits */
    CG_ERR_NUMERIC,     /* NaN or infinity where a number was needed */
    CG_ERR_MODEL,       /* no such style, or a model file that cannot be used */
    CG_ERR_STATE,       /* a call out of order, or an internal fault */
    CG_ERR_CANCELLED    /* the caller wanted it: cg_session_set_progress */
};

#define CG_ERROR_TEXT_NBYTES 640 /* With the 0 at its end. */

/* The reason of a failure: one line, no newline at its end. Written only on failure. The struct
 * will not change. */
struct cg_error {
    enum cg_status status;
    char text[CG_ERROR_TEXT_NBYTES];
};

/* Short name of a status, for logs ("ok", "format", ...). Static storage. */
const char *cg_status_name(enum cg_status status);

/* ---- styles ---------------------------------------------------------------------------------- */

/* What a style's card says of it. Pointers belong to the list or engine they came from. Later
 * versions may add fields at the end. */
struct cg_style_info {
    const char *name;    /* as given to --style */
    const char *summary; /* one line for people */
    const char *source;  /* "built in", or the path of the model file */
    int detail_px;       /* working size used by default: long side in pixels */
    size_t parameter_count;
};

struct cg_style_list;

/*
 * All styles that can be found: the one built in, then model files (*.safetensors) in folder (NULL:
 * none), in the data folder beside this library (of a program that has it built in: beside the
 * program) and in the installed data folder.
 * A name found twice counts once, the first place wins. What cannot be read is left out.
 * Free with cg_style_list_free. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_style_list_create(const char *folder, struct cg_style_list **out,
                                    struct cg_error *error);
size_t cg_style_list_count(const struct cg_style_list *list);
/* NULL past the end. */
const struct cg_style_info *cg_style_list_get(const struct cg_style_list *list, size_t index);
/* Why a file or folder was left out, one after another: which one, and what is wrong with it. NULL
 * past the end. */
const char *cg_style_list_left_out(const struct cg_style_list *list, size_t index);
void cg_style_list_free(struct cg_style_list *list);

struct cg_engine;

#define CG_DEFAULT_STYLE "comic" /* It is built in. */

/*
 * Load a style: a name from the list above, or a path (anything with a '/' or ending in
 * ".safetensors"). Errors: CG_ERR_MODEL for an unknown name (the text lists the known ones) or a
 * file that is not a usable model; CG_ERR_IO; CG_ERR_MEMORY.
 */
enum cg_status cg_engine_open(const char *style, struct cg_engine **out, struct cg_error *error);
const struct cg_style_info *cg_engine_style(const struct cg_engine *engine);
void cg_engine_free(struct cg_engine *engine);

/* ---- pixels ---------------------------------------------------------------------------------- */

/* A picture in the caller's memory, sRGB, 8 bits a channel. The struct will not change. */
struct cg_pixels {
    uint8_t *data;     /* the upper row's first pixel */
    int width, height; /* 1 to 65535, at most 2^30 pixels together */
    int channels;      /* 1 grey; 3 red green blue; 4 with alpha, not premultiplied */
    size_t stride;     /* bytes from row to row; 0: width * channels. Those after a row stay */
};

/* ---- how a comic is to look ------------------------------------------------------------------ */

/*
 * What "comicgan help convert" calls looks. All sizes are relative to the picture, so a reduced
 * copy of a photo gives a reduced copy of its comic (dots and strokes are never drawn too fine to
 * be seen, though).
 */
struct cg_render_params;

/* The looks that the style's card asks for. Free with cg_render_params_free. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_render_params_create(const struct cg_engine *engine,
                                       struct cg_render_params **out, struct cg_error *error);
void cg_render_params_free(struct cg_render_params *looks);

/*
 * A look that is one number, by its option's name without the dashes: "detail", "ink", "line",
 * "smooth", "cel", "faces", "blacks", "saturation", "contrast", "colors", "fill", "hatch",
 * "halftone", "halftone-dots", "strength", "feather" and what later versions add. Errors:
 * CG_ERR_ARGUMENT for an unknown name (the text lists the known ones) and for a value out of its
 * range.
 */
enum cg_status cg_render_params_set(struct cg_render_params *looks, const char *name, double value,
                                    struct cg_error *error);
enum cg_status cg_render_params_get(const struct cg_render_params *looks, const char *name,
                                    double *value, struct cg_error *error);

/* Those names one by one, with their ranges (either may be NULL); NULL past the end. */
const char *cg_render_params_name(size_t index, double *low, double *high);

/*
 * Paper by name (white, cream, newsprint, kraft, grey, blue) or as #rrggbb or #rgb; either may be
 * followed by :GRAIN, 0 to 1. Error: CG_ERR_ARGUMENT; then looks are untouched.
 */
enum cg_status cg_render_params_set_paper(struct cg_render_params *looks, const char *text,
                                          struct cg_error *error);

/*
 * Where the comic goes: 0 keeps the photo, 255 takes the comic. The mask, of one channel and
 * without gaps between its rows, is stretched to the picture. It is not copied and must stay for as
 * long as looks are used; data NULL: the comic everywhere. Error: CG_ERR_ARGUMENT.
 */
enum cg_status cg_render_params_set_mask(struct cg_render_params *looks, struct cg_pixels mask,
                                         struct cg_error *error);

/* ---- pictures -------------------------------------------------------------------------------- */

struct cg_session;

/*
 * One worker on an engine, which must outlive it. threads: how many threads of its own it uses,
 * 1 to 256; 0 means one for each processor the process may use. The result does not depend on it.
 * Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_session_create(const struct cg_engine *engine, int threads,
                                 struct cg_session **out, struct cg_error *error);
void cg_session_free(struct cg_session *session);

/*
 * Turn a picture into a comic, in place. Alpha is kept; a grey picture becomes the comic's luma.
 * On failure the pixels are as they were, but after CG_ERR_CANCELLED they may be the comic in
 * parts. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY, CG_ERR_CANCELLED.
 */
enum cg_status cg_session_convert(struct cg_session *session, struct cg_pixels pixels,
                                  const struct cg_render_params *looks, struct cg_error *error);

/* done: the share of a picture's work that is done, 0 to 1, never falling. Returns 0 to go on. */
typedef int (*cg_progress_fn)(void *context, double done);

/* From the next picture on call progress, many times a picture, in the thread that converts; as
 * soon as it does not return 0, the picture is given up with CG_ERR_CANCELLED. NULL: not any more.
 */
void cg_session_set_progress(struct cg_session *session, cg_progress_fn progress, void *context);

/* ---- picture files --------------------------------------------------------------------------- */

/* A picture from a file, with what the file says beside its pixels. */
struct cg_picture;

/* How a file is read. */
enum cg_picture_flag {
    CG_PICTURE_KEEP_PROFILE = 1, /* leave the colours as they are and keep the ICC profile */
    CG_PICTURE_KEEP_EXIF = 2,    /* without thumbnail, place and makers' notes */
    CG_PICTURE_KEEP_GPS = 4,     /* with the place, if EXIF is kept */
    CG_PICTURE_STRICT = 8        /* refuse whatever is damaged instead of noting it */
};

/*
 * Read a picture file as comicgan does: PNG, JPEG and what else this build reads, turned upright,
 * in sRGB, with 3 channels or, where something is transparent, 4. flags: of the above, added.
 * Errors: CG_ERR_IO, CG_ERR_FORMAT, CG_ERR_UNSUPPORTED, CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_picture_read(const char *path, unsigned flags, struct cg_picture **out,
                               struct cg_error *error);
void cg_picture_free(struct cg_picture *picture);

/* Its pixels, for cg_session_convert; they belong to picture. */
struct cg_pixels cg_picture_pixels(struct cg_picture *picture);

/* What could not be used of the file, in one line for people; "" when all is well. */
const char *cg_picture_note(const struct cg_picture *picture);

/*
 * Write it in the format that path's ending names, whole or not at all, in place of what is there.
 * quality: of a JPEG or WebP, 1 to 100; 0: 92. A JPEG shows what is transparent on white. Errors:
 * CG_ERR_UNSUPPORTED for an ending that is not written, CG_ERR_ARGUMENT, CG_ERR_IO, CG_ERR_FULL,
 * CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_picture_write(const struct cg_picture *picture, const char *path, int quality,
                                struct cg_error *error);

/* ---- frames of a video ----------------------------------------------------------------------- */

/*
 * Frames that follow each other, turned into a comic that does not flicker: one session for one
 * video, its frames in their order. It finds scene cuts by itself. Memory does not grow.
 */
struct cg_frames;

#define CG_DEFAULT_STABILITY 0.75f /* That of the programs. */

/*
 * stability: 0 every frame for itself, as cg_session_convert would make it; 1 the calmest. The
 * other arguments as for cg_session_create; a frame smaller than the look "detail" is worked on
 * at its own size. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_frames_create(const struct cg_engine *engine, int threads,
                                const struct cg_render_params *looks, float stability,
                                struct cg_frames **out, struct cg_error *error);
void cg_frames_free(struct cg_frames *frames);

/*
 * Turn the next frame into a comic, in place, as cg_session_convert does; on failure unchanged.
 * *trusted, unless NULL: the share of the frame, 0 to 1, that was recognised
 * in the former one; 0 for the first frame, at a scene cut and where the size changes. The result
 * does not depend on the number of threads. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_frames_convert(struct cg_frames *frames, struct cg_pixels pixels, float *trusted,
                                 struct cg_error *error);

/* Another working size from the next frame on, which is like a cut. Errors: CG_ERR_ARGUMENT. */
enum cg_status cg_frames_set_detail(struct cg_frames *frames, int detail_px,
                                    struct cg_error *error);

#define CG_DEFAULT_REDRAW 3
#define CG_REDRAW_MAX 24

/*
 * How many frames at most share one drawing: between, it is carried along the motion, at a fraction
 * of the time. 1: every frame is drawn; so it is without stability. Errors: CG_ERR_ARGUMENT.
 */
enum cg_status cg_frames_set_redraw(struct cg_frames *frames, int redraw, struct cg_error *error);

/* The next frame has nothing to do with the former one. */
void cg_frames_cut(struct cg_frames *frames);

/* ---- about the machine ----------------------------------------------------------------------- */

/*
 * One line: BLAS library, its core type, and this library's own kernels in use. Writes text. Older
 * OpenBLAS takes AVX-512 processors that it does not know for ones without, at half the speed; it
 * reads its choice from OPENBLAS_CORETYPE when it is loaded, so only who starts the process can
 * mend that. This library changes neither the environment nor the process and does not look at the
 * former, but cg_engine_open sets OpenBLAS to one thread, as sessions bring their own.
 */
void cg_blas_describe(char *text, size_t text_nbytes);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif
#endif
