/*
 * What is known of a run while it goes, between the trainer, which writes it, and whoever watches,
 * who reads it and may ask the trainer for something. All calls may be made from any thread; none
 * waits for longer than it takes to copy what is there.
 *
 * Memory is bounded: a series that is full is thinned to half by taking means of two points, the
 * pictures by leaving out every other one.
 */
#ifndef CG_MONITOR_BOARD_H
#define CG_MONITOR_BOARD_H

#include "base/error.h"

#include <stdbool.h>

/* Longer texts are cut. */
#define CG_BOARD_NAME_NBYTES 48
#define CG_BOARD_TEXT_NBYTES 256

#define CG_BOARD_SERIES_MAX 48
#define CG_BOARD_POINTS_MAX 1024
#define CG_BOARD_SAMPLES_MAX 256
#define CG_BOARD_FACTS_MAX 64
#define CG_BOARD_ALARMS_MAX 64 /* the last ones are kept */

struct cg_board;

enum cg_status cg_board_create(const char *title, struct cg_board **out, struct cg_error *error);
void cg_board_free(struct cg_board *board);

/* ---- what the trainer tells ------------------------------------------------------------------ */

enum cg_board_state {
    CG_BOARD_PREPARING,
    CG_BOARD_TRAINING,
    CG_BOARD_PAUSED,
    CG_BOARD_STOPPING,
    CG_BOARD_FINISHED,
    CG_BOARD_FAILED
};

/* text: more about it, may be NULL. */
void cg_board_set_state(struct cg_board *board, enum cg_board_state state, const char *text);

/* 0: no limit. */
void cg_board_set_limits(struct cg_board *board, uint64_t steps, double minutes);

/* A line of what there is to know; the same name again replaces it. */
void cg_board_set_fact(struct cg_board *board, const char *name, const char *text);

/* A point of a series, which is made when its name is new. Steps rise; where they fall back (a run
 * resumed from a checkpoint), later points are dropped. Not finite values are left out. */
void cg_board_add_point(struct cg_board *board, const char *name, uint64_t step, double value);

/* about: what it concerns, may be NULL; advice: what to try. */
void cg_board_add_alarm(struct cg_board *board, uint64_t step, const char *name, const char *about,
                        const char *advice);

/* How sample sheets are laid out: rows and columns of cells, a picture in the upper left corner of
 * each. With one column of one row the sheet is shown as it is. */
#define CG_BOARD_CELLS_MAX 8
struct cg_board_layout {
    int cell_width_px, cell_height_px;
    int rows, columns;
    char column_names[CG_BOARD_CELLS_MAX][CG_BOARD_NAME_NBYTES];
    int widths_px[CG_BOARD_CELLS_MAX], heights_px[CG_BOARD_CELLS_MAX]; /* pictures of each row */
};
void cg_board_set_layout(struct cg_board *board, const struct cg_board_layout *layout);

/* file: its name in the folder of samples. A step that is there is replaced. */
void cg_board_add_sample(struct cg_board *board, uint64_t step, const char *file);

/* ---- what is asked of the trainer ------------------------------------------------------------ */

enum cg_board_request { CG_BOARD_GO_ON, CG_BOARD_PAUSE, CG_BOARD_SAVE, CG_BOARD_STOP };

/* GO_ON ends a pause; a stop is final. */
void cg_board_ask(struct cg_board *board, enum cg_board_request request);

/* For the trainer before each step: what it shall do; a SAVE is told once. */
enum cg_board_request cg_board_next(struct cg_board *board, uint64_t step, double seconds);

/* A request to save was carried out. */
void cg_board_note_saved(struct cg_board *board, uint64_t step);

/* ---- for those who watch --------------------------------------------------------------------- */

bool cg_board_has_sample(struct cg_board *board, const char *file);

/* Where a picture is found: a URL to be freed, or NULL to leave the picture out; where that is for
 * lack of memory, cg_memory_tell_short is called. number, of count in all; file is its name. */
typedef char *(*cg_board_url_fn)(void *context, size_t number, size_t count, const char *file);

/* State and progress, small; everything else. JSON, to be freed; NULL when memory is short. The
 * status' "version" changes when everything else does. */
char *cg_board_status_json(struct cg_board *board);
char *cg_board_data_json(struct cg_board *board, cg_board_url_fn url, void *context);

#endif
