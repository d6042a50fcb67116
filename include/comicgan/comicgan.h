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

#define CG_VERSION "0.1.0"

/* CG_VERSION of the library that is loaded, which may be another than that of this header. */
const char *cg_version(void);

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
    CG_ERR_STATE        /* a call out of order, or an internal fault */
};

#define CG_ERROR_TEXT_NBYTES 640

/* The reason of a failure: one line, no newline at its end. Written only on failure. */
struct cg_error {
    enum cg_status status;
    char text[CG_ERROR_TEXT_NBYTES];
};

/* Short name of a status, for logs ("ok", "format", ...). Static storage. */
const char *cg_status_name(enum cg_status status);

/* ---- styles ---------------------------------------------------------------------------------- */

/* What a style's card says of it. Pointers belong to the list or engine they came from. */
struct cg_style_info {
    const char *name;    /* as given to --style */
    const char *summary; /* one line for people */
    const char *source;  /* "built in", or the path of the model file */
    int detail_px;       /* working size used by default: long side in pixels */
    size_t parameter_count;
};

struct cg_style_list;

/*
 * All styles that can be found: those built into the program, then model files (*.safetensors) in
 * $COMICGAN_MODELS, in the data folder beside this library (of a program that has it built in:
 * beside the program) and in the installed data folder.
 * A name found twice counts once, the first place wins. Files that cannot be read are left out.
 * Free with cg_style_list_free.
 */
enum cg_status cg_style_list_create(struct cg_style_list **out, struct cg_error *error);
size_t cg_style_list_count(const struct cg_style_list *list);
const struct cg_style_info *cg_style_list_get(const struct cg_style_list *list, size_t index);
void cg_style_list_free(struct cg_style_list *list);

/* ---- engine and session ---------------------------------------------------------------------- */

struct cg_engine;
struct cg_session;

#define CG_DEFAULT_STYLE "comic"

/* Where the comic goes: 0 keeps the photo, 255 takes the comic. It is stretched to the picture. */
struct cg_mask {
    int width, height;
    const uint8_t *pixels; /* height rows of width bytes; NULL: the comic everywhere */
};

/*
 * How a comic is to look. Start from cg_engine_render_params, which is the style as its card wants
 * it. All sizes are relative to the picture, so a reduced copy of a photo gives a reduced copy of
 * its comic (dots and strokes are never drawn too fine to be seen, though). They apply in this
 * order.
 */
struct cg_render_params {
    int detail_px; /* working size, long side in pixels, 64 to 8192. A photo that is smaller is
                      worked on enlarged, up to twice its size */
    /* lines */
    float ink;  /* strength: 0 none, 1 as trained, 2 twice */
    float line; /* width: 0.25 to 4 times that of the trained lines */
    /* the colour under them */
    float smooth;     /* how much of the remaining texture is smoothed away: 0 none, 1 all */
    float saturation; /* 0 grey, 1 as trained, 2 twice; hue and lightness stay */
    float contrast;   /* of lightness, 0 to 2; 1 as trained */
    int colors;       /* 2 to 64 colours, chosen from the picture; 0 as many as there are */
    float fill;       /* how much colour is laid down: 0 white, lines alone; 1 all */
    /* how it is printed */
    float hatch;       /* pen strokes: 0 none, 0.5 in the darkest shadows, 1 in all shadows */
    float halftone;    /* printed dots: 0 none, 1 nothing else */
    int halftone_dots; /* dots along the long side, 20 to 400 */
    float paper[3];    /* its colour, sRGB 0 to 1, which tints the whole; 1 1 1 white */
    float grain;       /* its unevenness, 0 to 1 */
    /* where */
    float strength;      /* blend of photo (0) and comic (1) */
    struct cg_mask mask; /* at the places that it names */
    float feather;       /* softness of its edges, share of the long side, 0 to 0.25 */
};

/*
 * Load a style: a name from the list above, or a path (anything with a '/' or ending in
 * ".safetensors"). Errors: CG_ERR_MODEL for an unknown name (the text lists the known ones) or a
 * file that is not a usable model; CG_ERR_IO; CG_ERR_MEMORY.
 */
enum cg_status cg_engine_open(const char *style, struct cg_engine **out, struct cg_error *error);
const struct cg_style_info *cg_engine_style(const struct cg_engine *engine);
/* The looks that the style's card asks for. */
struct cg_render_params cg_engine_render_params(const struct cg_engine *engine);
void cg_engine_free(struct cg_engine *engine);

/*
 * One worker on an engine, which must outlive it. threads: how many threads of its own it uses,
 * 1 to 256; 0 means one for each processor the process may use. The result does not depend on it.
 */
enum cg_status cg_session_create(const struct cg_engine *engine, int threads,
                                 struct cg_session **out, struct cg_error *error);
void cg_session_free(struct cg_session *session);

/*
 * Turn a picture into a comic, in place.
 *   pixels: height rows of width pixels of 3 bytes, red green blue, sRGB, no padding; on success
 *           holds the comic, on failure the photo unchanged.
 *   width, height: 1 to 65535, at most 2^30 pixels together.
 * Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_session_convert(struct cg_session *session, uint8_t *pixels, int width,
                                  int height, const struct cg_render_params *looks,
                                  struct cg_error *error);

/* ---- frames of a video ----------------------------------------------------------------------- */

/*
 * Frames that follow each other, turned into a comic that does not flicker: one session for one
 * video, its frames in their order. It finds scene cuts by itself. Memory does not grow.
 */
struct cg_frames;

#define CG_DEFAULT_STABILITY 0.75f

/*
 * stability: 0 every frame for itself, as cg_session_convert would make it; 1 the calmest. The
 * other arguments as for cg_session_create; a frame smaller than looks->detail_px is worked on at
 * its own size. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_frames_create(const struct cg_engine *engine, int threads,
                                const struct cg_render_params *looks, float stability,
                                struct cg_frames **out, struct cg_error *error);
void cg_frames_free(struct cg_frames *frames);

/*
 * Turn the next frame into a comic, in place; pixels, width and height as for cg_session_convert,
 * on failure unchanged. *trusted, unless NULL: the share of the frame, 0 to 1, that was recognised
 * in the former one; 0 for the first frame, at a scene cut and where the size changes. The result
 * does not depend on the number of threads. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_frames_convert(struct cg_frames *frames, uint8_t *pixels, int width, int height,
                                 float *trusted, struct cg_error *error);

/* Another working size from the next frame on, which is like a cut. Errors: CG_ERR_ARGUMENT. */
enum cg_status cg_frames_set_detail(struct cg_frames *frames, int detail_px,
                                    struct cg_error *error);

/* The next frame has nothing to do with the former one. */
void cg_frames_cut(struct cg_frames *frames);

/* ---- about the machine ----------------------------------------------------------------------- */

/*
 * One line: BLAS library, core type, whether it was mended, kernels in use. Writes text. Older
 * OpenBLAS takes AVX-512 processors that it does not know for ones without, at half the speed; it
 * reads its choice from OPENBLAS_CORETYPE when it is loaded, so only who starts the process can
 * mend that. This library changes neither the environment nor the process, but that
 * cg_engine_open sets OpenBLAS to one thread, as sessions bring their own.
 */
void cg_blas_describe(char *text, size_t text_nbytes);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif
#endif
