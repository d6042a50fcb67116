/*
 * The state of a run, shared between the trainer, which writes it, and those who watch it, who may
 * send requests to the trainer. All calls may be made from any thread; none waits longer than it
 * takes to copy the contents.
 *
 * Memory is bounded: a full series is halved by averaging pairs of points, the list of pictures by
 * dropping every other one.
 */
#ifndef CG_MONITOR_BOARD_H
#define CG_MONITOR_BOARD_H

#include "base/error.h"

#include <stdbool.h>

/* Longer texts are truncated. */
#define CG_BOARD_NAME_NBYTES 48
#define CG_BOARD_TEXT_NBYTES 256

#define CG_BOARD_SERIES_MAX 48
#define CG_BOARD_POINTS_MAX 1024
#define CG_BOARD_SAMPLES_MAX 256
#define CG_BOARD_FACTS_MAX 64
#define CG_BOARD_ALARMS_MAX 64 /* the latest are kept */

struct cg_board;

enum cg_status cg_board_create(const char *title, struct cg_board **out, struct cg_error *error);
void cg_board_free(struct cg_board *board);

/* ---- reports by the trainer ------------------------------------------------------------------ */

enum cg_board_state {
    CG_BOARD_PREPARING,
    CG_BOARD_TRAINING,
    CG_BOARD_PAUSED,
    CG_BOARD_STOPPING,
    CG_BOARD_FINISHED,
    CG_BOARD_FAILED
};

/* text: details, or NULL. */
void cg_board_set_state(struct cg_board *board, enum cg_board_state state, const char *text);

/* 0: no limit. */
void cg_board_set_limits(struct cg_board *board, uint64_t steps, double minutes);

/* Set a named fact, replacing an earlier one of that name. */
void cg_board_set_fact(struct cg_board *board, const char *name, const char *text);

/* Add a point to a series, which is created if its name is new. Steps rise; if they fall back (a
 * run resumed from a checkpoint), later points are dropped. Values that are not finite are
 * ignored. */
void cg_board_add_point(struct cg_board *board, const char *name, uint64_t step, double value);

/* about: what it concerns, or NULL; advice: what to try. */
void cg_board_add_alarm(struct cg_board *board, uint64_t step, const char *name, const char *about,
                        const char *advice);

/* The layout of sample sheets: rows and columns of cells, a picture in the upper left corner of
 * each. A sheet of one cell is shown as it is. */
#define CG_BOARD_CELLS_MAX 8
struct cg_board_layout {
    int cell_width_px, cell_height_px;
    int rows, columns;
    char column_names[CG_BOARD_CELLS_MAX][CG_BOARD_NAME_NBYTES];
    int widths_px[CG_BOARD_CELLS_MAX], heights_px[CG_BOARD_CELLS_MAX]; /* pictures of each row */
};
void cg_board_set_layout(struct cg_board *board, const struct cg_board_layout *layout);

/* file: its name in the samples folder. A sample of the same step is replaced. */
void cg_board_add_sample(struct cg_board *board, uint64_t step, const char *file);

/* ---- requests to the trainer ----------------------------------------------------------------- */

enum cg_board_request { CG_BOARD_GO_ON, CG_BOARD_PAUSE, CG_BOARD_SAVE, CG_BOARD_STOP };

/* GO_ON ends a pause; a stop is final. */
void cg_board_ask(struct cg_board *board, enum cg_board_request request);

/* For the trainer, before each step: what to do. A SAVE is reported once. */
enum cg_board_request cg_board_next(struct cg_board *board, uint64_t step, double seconds);

/* A request to save was carried out. */
void cg_board_note_saved(struct cg_board *board, uint64_t step);

/* ---- for those who watch --------------------------------------------------------------------- */

bool cg_board_has_sample(struct cg_board *board, const char *file);

/* A picture's URL, to be freed, or NULL to leave the picture out; if that is for lack of memory, it
 * calls cg_memory_tell_short. It is number `number` of count; file is its name. */
typedef char *(*cg_board_url_fn)(void *context, size_t number, size_t count, const char *file);

/* The status (state and progress, small) and everything else, as JSON to be freed; NULL if out of
 * memory. The status' "version" changes with everything else. */
char *cg_board_status_json(struct cg_board *board);
char *cg_board_data_json(struct cg_board *board, cg_board_url_fn url, void *context);

#endif
