/* What is known of a run while it goes: see board.h. */
#include "monitor/board_private.h"

#include "base/memory.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cg_board {
    pthread_mutex_t lock;
    bool pause_wanted, stop_wanted;
    struct cg_board_contents contents;
};

enum cg_status cg_board_create(const char *title, struct cg_board **out, struct cg_error *error)
{
    struct cg_board *board = cg_alloc_zero(1, sizeof(*board), "board", error);
    *out = board;
    if (board == NULL)
        return CG_ERR_MEMORY;
    pthread_mutex_init(&board->lock, NULL);
    snprintf(board->contents.title, sizeof(board->contents.title), "%s", title);
    return CG_OK;
}

void cg_board_free(struct cg_board *board)
{
    if (board == NULL)
        return;
    pthread_mutex_destroy(&board->lock);
    free(board);
}

/* The contents, locked. */
static struct cg_board_contents *open_board(struct cg_board *board)
{
    pthread_mutex_lock(&board->lock);
    return &board->contents;
}

static void close_board(struct cg_board *board)
{
    pthread_mutex_unlock(&board->lock);
}

/* The same after a change of what is not in the status. */
static void close_changed(struct cg_board *board)
{
    board->contents.version++;
    close_board(board);
}

struct cg_board_contents *cg_board_copy(struct cg_board *board)
{
    struct cg_board_contents *copy = cg_alloc(1, sizeof(*copy), "board", NULL);
    if (copy == NULL)
        return NULL;
    const struct cg_board_contents *contents = open_board(board);
    memcpy(copy, contents,
           offsetof(struct cg_board_contents, series) +
               contents->series_count * sizeof(contents->series[0]));
    close_board(board);
    return copy;
}

static void copy_text(char *target, size_t target_nbytes, const char *text)
{
    snprintf(target, target_nbytes, "%s", text == NULL ? "" : text);
}

/* ---- what the trainer tells ------------------------------------------------------------------ */

void cg_board_set_state(struct cg_board *board, enum cg_board_state state, const char *text)
{
    struct cg_board_contents *contents = open_board(board);
    contents->state = state;
    copy_text(contents->state_text, sizeof(contents->state_text), text);
    close_board(board);
}

void cg_board_set_limits(struct cg_board *board, uint64_t steps, double minutes)
{
    struct cg_board_contents *contents = open_board(board);
    contents->steps_limit = steps;
    contents->minutes_limit = minutes;
    close_board(board);
}

void cg_board_set_fact(struct cg_board *board, const char *name, const char *text)
{
    struct cg_board_contents *contents = open_board(board);
    size_t i = 0;
    while (i < contents->fact_count && strcmp(contents->facts[i].name, name) != 0)
        i++;
    if (i < CG_BOARD_FACTS_MAX) {
        struct cg_board_fact *fact = &contents->facts[i];
        copy_text(fact->name, sizeof(fact->name), name);
        copy_text(fact->text, sizeof(fact->text), text);
        if (i == contents->fact_count)
            contents->fact_count++;
    }
    close_changed(board);
}

/* The series of that name, made if need be; NULL when there are too many. */
static struct cg_board_series *find_series(struct cg_board_contents *contents, const char *name)
{
    for (size_t i = 0; i < contents->series_count; i++)
        if (strncmp(contents->series[i].name, name, CG_BOARD_NAME_NBYTES - 1) == 0)
            return &contents->series[i];
    if (contents->series_count == CG_BOARD_SERIES_MAX)
        return NULL;
    struct cg_board_series *series = &contents->series[contents->series_count++];
    copy_text(series->name, sizeof(series->name), name);
    series->stride = 1;
    return series;
}

static void drop_from(struct cg_board_series *series, uint64_t step)
{
    while (series->count > 0 && series->steps[series->count - 1] >= step)
        series->count--;
    if (series->pending > 0 && series->pending_step >= step) {
        series->pending = 0;
        series->pending_sum = 0.0;
    }
}

static void thin(struct cg_board_series *series)
{
    series->count /= 2;
    for (size_t i = 0; i < series->count; i++) {
        series->steps[i] = series->steps[2 * i + 1];
        series->values[i] = 0.5 * (series->values[2 * i] + series->values[2 * i + 1]);
    }
    series->stride *= 2;
}

static void add_value(struct cg_board_series *series, uint64_t step, double value)
{
    series->pending_sum += value;
    series->pending_step = step;
    if (++series->pending < series->stride)
        return;
    series->steps[series->count] = step;
    series->values[series->count++] = series->pending_sum / series->pending;
    series->pending = 0;
    series->pending_sum = 0.0;
    if (series->count == CG_BOARD_POINTS_MAX)
        thin(series);
}

void cg_board_add_point(struct cg_board *board, const char *name, uint64_t step, double value)
{
    if (!isfinite(value))
        return;
    struct cg_board_series *series = find_series(open_board(board), name);
    if (series != NULL) {
        drop_from(series, step);
        add_value(series, step, value);
    }
    close_changed(board);
}

void cg_board_add_alarm(struct cg_board *board, uint64_t step, const char *name, const char *about,
                        const char *advice)
{
    struct cg_board_contents *contents = open_board(board);
    if (contents->alarm_count == CG_BOARD_ALARMS_MAX) {
        contents->alarm_count--;
        memmove(contents->alarms, contents->alarms + 1,
                contents->alarm_count * sizeof(contents->alarms[0]));
    }
    struct cg_board_alarm *alarm = &contents->alarms[contents->alarm_count++];
    alarm->step = step;
    copy_text(alarm->name, sizeof(alarm->name), name);
    copy_text(alarm->about, sizeof(alarm->about), about);
    copy_text(alarm->advice, sizeof(alarm->advice), advice);
    close_changed(board);
}

void cg_board_set_layout(struct cg_board *board, const struct cg_board_layout *layout)
{
    open_board(board)->layout = *layout;
    close_changed(board);
}

void cg_board_add_sample(struct cg_board *board, uint64_t step, const char *file)
{
    struct cg_board_contents *contents = open_board(board);
    struct cg_board_sample *samples = contents->samples;
    while (contents->sample_count > 0 && samples[contents->sample_count - 1].step >= step)
        contents->sample_count--;
    if (contents->sample_count == CG_BOARD_SAMPLES_MAX) {
        contents->sample_count /= 2;
        for (size_t i = 0; i < contents->sample_count; i++)
            samples[i] = samples[2 * i];
    }
    struct cg_board_sample *sample = &samples[contents->sample_count++];
    sample->step = step;
    copy_text(sample->file, sizeof(sample->file), file);
    close_changed(board);
}

/* ---- what is asked of the trainer ------------------------------------------------------------ */

void cg_board_ask(struct cg_board *board, enum cg_board_request request)
{
    struct cg_board_contents *contents = open_board(board);
    switch (request) {
    case CG_BOARD_GO_ON:
    case CG_BOARD_PAUSE:
        board->pause_wanted = request == CG_BOARD_PAUSE;
        break;
    case CG_BOARD_SAVE:
        contents->save_wanted = true;
        break;
    case CG_BOARD_STOP:
        board->stop_wanted = true;
        contents->state = CG_BOARD_STOPPING;
        break;
    }
    close_board(board);
}

enum cg_board_request cg_board_next(struct cg_board *board, uint64_t step, double seconds)
{
    struct cg_board_contents *contents = open_board(board);
    enum cg_board_request request = CG_BOARD_GO_ON;
    contents->step = step;
    contents->seconds = seconds;
    if (board->stop_wanted) {
        request = CG_BOARD_STOP;
        contents->state = CG_BOARD_STOPPING;
    } else if (contents->save_wanted) {
        request = CG_BOARD_SAVE;
        contents->save_wanted = false;
    } else {
        request = board->pause_wanted ? CG_BOARD_PAUSE : CG_BOARD_GO_ON;
        contents->state = board->pause_wanted ? CG_BOARD_PAUSED : CG_BOARD_TRAINING;
    }
    close_board(board);
    return request;
}

void cg_board_note_saved(struct cg_board *board, uint64_t step)
{
    open_board(board)->saved_step = step;
    close_board(board);
}

bool cg_board_has_sample(struct cg_board *board, const char *file)
{
    bool found = false;
    const struct cg_board_contents *contents = open_board(board);
    for (size_t i = 0; i < contents->sample_count && !found; i++)
        found = strcmp(contents->samples[i].file, file) == 0;
    close_board(board);
    return found;
}
