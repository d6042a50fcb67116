/* The state of a run for those who watch it: see board.h. */
#include "monitor/board.h"

#include "base/json.h"
#include "base/memory.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cg_board_series {
    char name[CG_BOARD_NAME_NBYTES];
    size_t count;
    /* Points are means of `stride` values; the pending ones are summed. */
    unsigned stride, pending;
    double pending_sum;
    uint64_t pending_step;
    uint64_t steps[CG_BOARD_POINTS_MAX];
    double values[CG_BOARD_POINTS_MAX];
};

struct cg_board_fact {
    char name[CG_BOARD_NAME_NBYTES], text[CG_BOARD_TEXT_NBYTES];
};

struct cg_board_alarm {
    uint64_t step;
    char name[CG_BOARD_NAME_NBYTES], about[CG_BOARD_NAME_NBYTES], advice[CG_BOARD_TEXT_NBYTES];
};

struct cg_board_sample {
    uint64_t step;
    char file[CG_BOARD_NAME_NBYTES];
};

struct cg_board_contents {
    /* the status */
    enum cg_board_state state;
    char state_text[CG_BOARD_TEXT_NBYTES];
    bool save_wanted;
    uint64_t step, steps_limit, saved_step, version;
    double seconds, minutes_limit;
    /* everything else; series last, so that a copy can end with the last one used */
    char title[CG_BOARD_TEXT_NBYTES];
    size_t fact_count, alarm_count, sample_count, series_count;
    struct cg_board_layout layout;
    struct cg_board_fact facts[CG_BOARD_FACTS_MAX];
    struct cg_board_alarm alarms[CG_BOARD_ALARMS_MAX];
    struct cg_board_sample samples[CG_BOARD_SAMPLES_MAX];
    struct cg_board_series series[CG_BOARD_SERIES_MAX];
};

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

/* The same after a change outside the status. */
static void close_changed(struct cg_board *board)
{
    board->contents.version++;
    close_board(board);
}

static struct cg_board_contents *copy_contents(struct cg_board *board)
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

/* ---- reports by the trainer ------------------------------------------------------------------ */

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

/* The series with that name, created if missing; NULL if there are too many. */
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

/* ---- requests to the trainer ----------------------------------------------------------------- */

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

/* ---- as JSON: from a copy, so that the trainer does not wait for it -------------------------- */

#define INT(value) ((json_int_t)(value))

/* Text from outside (paths, file names) that may not be UTF-8. */
static json_t *text_of(const char *text)
{
    json_t *string = json_string(text);
    return string != NULL ? string : json_string("(not UTF-8)");
}

char *cg_board_status_json(struct cg_board *board)
{
    static const char *const names[] = {"preparing", "training", "paused",
                                        "stopping",  "finished", "failed"};
    struct cg_board_contents *contents = copy_contents(board);
    if (contents == NULL)
        return NULL;
    cg_memory_forget();
    json_t *root =
        json_pack("{s:s, s:o, s:I, s:I, s:f, s:f, s:b, s:I, s:I}", "state", names[contents->state],
                  "text", text_of(contents->state_text), "step", INT(contents->step), "steps_limit",
                  INT(contents->steps_limit), "seconds", contents->seconds, "minutes_limit",
                  contents->minutes_limit, "saving", (int)contents->save_wanted, "saved_step",
                  INT(contents->saved_step), "version", INT(contents->version));
    free(contents);
    char *text;
    cg_json_dump(root, JSON_COMPACT, "the board", &text, NULL);
    return text;
}

static json_t *facts_of(const struct cg_board_contents *contents)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->fact_count; i++)
        json_array_append_new(list,
                              json_pack("{s:o, s:o}", "name", text_of(contents->facts[i].name),
                                        "text", text_of(contents->facts[i].text)));
    return list;
}

/* Steps and values side by side. The pending values of a thinned series end it, so that the newest
 * value is always there. */
static json_t *series_of(const struct cg_board_contents *contents)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->series_count; i++) {
        const struct cg_board_series *series = &contents->series[i];
        json_t *steps = json_array(), *values = json_array();
        for (size_t k = 0; k < series->count; k++) {
            json_array_append_new(steps, json_integer(INT(series->steps[k])));
            json_array_append_new(values, json_real(series->values[k]));
        }
        if (series->pending > 0) {
            json_array_append_new(steps, json_integer(INT(series->pending_step)));
            json_array_append_new(values, json_real(series->pending_sum / series->pending));
        }
        json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "name", text_of(series->name),
                                              "steps", steps, "values", values));
    }
    return list;
}

static json_t *alarms_of(const struct cg_board_contents *contents)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->alarm_count; i++) {
        const struct cg_board_alarm *alarm = &contents->alarms[i];
        json_array_append_new(list,
                              json_pack("{s:I, s:o, s:o, s:o}", "step", INT(alarm->step), "name",
                                        text_of(alarm->name), "about", text_of(alarm->about),
                                        "advice", text_of(alarm->advice)));
    }
    return list;
}

static json_t *layout_of(const struct cg_board_layout *layout)
{
    json_t *columns = json_array(), *rows = json_array();
    for (int c = 0; c < layout->columns; c++)
        json_array_append_new(columns, text_of(layout->column_names[c]));
    for (int r = 0; r < layout->rows; r++)
        json_array_append_new(rows, json_pack("{s:i, s:i}", "width", layout->widths_px[r], "height",
                                              layout->heights_px[r]));
    return json_pack("{s:i, s:i, s:o, s:o}", "cell_width", layout->cell_width_px, "cell_height",
                     layout->cell_height_px, "columns", columns, "rows", rows);
}

static json_t *samples_of(const struct cg_board_contents *contents, cg_board_url_fn url,
                          void *context)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->sample_count; i++) {
        char *address = url(context, i, contents->sample_count, contents->samples[i].file);
        if (address == NULL)
            continue;
        json_array_append_new(list, json_pack("{s:I, s:o}", "step", INT(contents->samples[i].step),
                                              "url", text_of(address)));
        free(address);
    }
    return list;
}

char *cg_board_data_json(struct cg_board *board, cg_board_url_fn url, void *context)
{
    struct cg_board_contents *contents = copy_contents(board);
    if (contents == NULL)
        return NULL;
    cg_memory_forget();
    json_t *root =
        json_pack("{s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "title", text_of(contents->title),
                  "version", INT(contents->version), "facts", facts_of(contents), "series",
                  series_of(contents), "alarms", alarms_of(contents), "layout",
                  layout_of(&contents->layout), "samples", samples_of(contents, url, context));
    free(contents);
    char *text;
    cg_json_dump(root, JSON_COMPACT, "the board", &text, NULL);
    return text;
}
