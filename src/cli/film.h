/*
 * What the commands for films share: options, and a stream of frames in which each becomes a comic,
 * read, converted and written at the same time.
 */
#ifndef CG_CLI_FILM_H
#define CG_CLI_FILM_H

#include "cli/looks.h"
#include "video/y4m.h"

/* What getopt_long returns for the first of the options below. */
#define CG_CLI_FILM_OPTION 768

enum {
    CG_CLI_FILM_STABILITY = CG_CLI_FILM_OPTION,
    CG_CLI_FILM_FAST,
    CG_CLI_FILM_THREADS,
    CG_CLI_FILM_END
};

/* Rows for a command's table of long options: looks, and those of films. */
#define CG_CLI_FILM_LONG_OPTIONS                                                                   \
    CG_CLI_LOOKS_LONG_OPTIONS, {"stability", required_argument, NULL, CG_CLI_FILM_STABILITY},      \
        {"fast", no_argument, NULL, CG_CLI_FILM_FAST},                                             \
    {                                                                                              \
        "threads", required_argument, NULL, CG_CLI_FILM_THREADS                                    \
    }

/* Their part of a command's --help. */
#define CG_CLI_FILM_HELP                                                                           \
    CG_CLI_LOOKS_HELP                                                                              \
    "  --stability X   from every frame for itself (0) to the calmest film (1)\n"                  \
    "                  (default: 0.75)\n"                                                          \
    "  --fast          keep up with the film's own frame rate: a working size as large\n"          \
    "                  as there is time for, --detail at most\n"                                   \
    "  --threads N     threads to convert with, 1 to 256 (default: all processors);\n"             \
    "                  without --fast the comic is the same with any number\n"

/* Start from CG_CLI_FILM_DEFAULT. */
struct cg_film_options {
    struct cg_cli_looks looks;
    float stability;
    bool fast;
    int threads;
};
#define CG_CLI_FILM_DEFAULT                                                                        \
    {                                                                                              \
        .looks = CG_CLI_LOOKS_DEFAULT, .stability = CG_DEFAULT_STABILITY                           \
    }

/* True if getopt_long returned one of the options of films. */
bool cg_film_is_option(int option);

/* Take one option; false after a message. value must outlive options. */
bool cg_film_set(struct cg_film_options *options, int option, const char *value);

/* One film. */
struct cg_film;

/* Load the style. Errors: CG_ERR_MODEL and the others of cg_engine_open; those of
 * cg_frames_create. */
enum cg_status cg_film_create(const struct cg_film_options *options, struct cg_film **out,
                              struct cg_error *error);
void cg_film_free(struct cg_film *film);

/* The session that converts the frames; it belongs to the film. */
struct cg_frames *cg_film_frames(struct cg_film *film);

/* Go on from what cg_frames_save has written; the working size is that of then, also with --fast.
 * Errors: those of cg_frames_restore. */
enum cg_status cg_film_restore(struct cg_film *film, const char *path, struct cg_error *error);

/* The stream that frames come from, up to and with its header; *format belongs to the film. name
 * stands in messages and must outlive the film. Errors: those of cg_y4m_read_header. */
enum cg_status cg_film_open(struct cg_film *film, int fd, const char *name,
                            const struct cg_y4m_format **format, struct cg_error *error);

/* Where frames go. Called from two threads: converted on the one that runs the film, as soon as a
 * frame is a comic, and write on another one, a few frames later. */
struct cg_film_sink {
    void *context;
    enum cg_status (*converted)(void *context, size_t frame, struct cg_error *error); /* or NULL */
    enum cg_status (*write)(void *context, const uint8_t *planes, struct cg_error *error);
};

/* Convert all frames but the first `skipped`, which are only read. Error: CG_ERR_FORMAT when there
 * is not one frame, those of reading and of the sink. */
enum cg_status cg_film_run(struct cg_film *film, size_t skipped, const struct cg_film_sink *sink,
                           struct cg_error *error);

/* Frames that the film has had, the skipped ones included. After cg_film_run. */
size_t cg_film_length(const struct cg_film *film);

#endif
