/* A board as JSON: see board.h. Made of a copy, so that the trainer does not wait for it. */
#include "base/memory.h"
#include "monitor/board_private.h"

#include <jansson.h>
#include <stdlib.h>

#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(6))

static json_t *integer(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* Text from outside (paths, file names) that may not be UTF-8. */
static json_t *text_of(const char *text)
{
    json_t *string = json_string(text);
    return string != NULL ? string : json_string("(not UTF-8)");
}

/* To text, with the object released; NULL when memory is short. */
static char *dump(json_t *root)
{
    char *text = json_dumps(root, DUMP_FLAGS);
    json_decref(root);
    if (text == NULL || !cg_memory_was_short())
        return text;
    free(text); /* members may be missing */
    return NULL;
}

char *cg_board_status_json(struct cg_board *board)
{
    static const char *const names[] = {"preparing", "training", "paused",
                                        "stopping",  "finished", "failed"};
    struct cg_board_contents *contents = cg_board_copy(board);
    if (contents == NULL)
        return NULL;
    cg_memory_forget();
    json_t *root = json_object();
    json_object_set_new(root, "state", json_string(names[contents->state]));
    json_object_set_new(root, "text", text_of(contents->state_text));
    json_object_set_new(root, "step", integer(contents->step));
    json_object_set_new(root, "steps_limit", integer(contents->steps_limit));
    json_object_set_new(root, "seconds", json_real(contents->seconds));
    json_object_set_new(root, "minutes_limit", json_real(contents->minutes_limit));
    json_object_set_new(root, "saving", json_boolean(contents->save_wanted));
    json_object_set_new(root, "saved_step", integer(contents->saved_step));
    json_object_set_new(root, "version", integer(contents->version));
    free(contents);
    return dump(root);
}

static json_t *facts_of(const struct cg_board_contents *contents)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->fact_count; i++) {
        json_t *fact = json_object();
        json_object_set_new(fact, "name", text_of(contents->facts[i].name));
        json_object_set_new(fact, "text", text_of(contents->facts[i].text));
        json_array_append_new(list, fact);
    }
    return list;
}

/* Steps and values side by side. What a thinned series has not yet made a point of ends it, so that
 * the newest value is always there. */
static json_t *series_of(const struct cg_board_contents *contents)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->series_count; i++) {
        const struct cg_board_series *series = &contents->series[i];
        json_t *item = json_object(), *steps = json_array(), *values = json_array();
        for (size_t k = 0; k < series->count; k++) {
            json_array_append_new(steps, integer(series->steps[k]));
            json_array_append_new(values, json_real(series->values[k]));
        }
        if (series->pending > 0) {
            json_array_append_new(steps, integer(series->pending_step));
            json_array_append_new(values, json_real(series->pending_sum / series->pending));
        }
        json_object_set_new(item, "name", text_of(series->name));
        json_object_set_new(item, "steps", steps);
        json_object_set_new(item, "values", values);
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *alarms_of(const struct cg_board_contents *contents)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->alarm_count; i++) {
        const struct cg_board_alarm *alarm = &contents->alarms[i];
        json_t *item = json_object();
        json_object_set_new(item, "step", integer(alarm->step));
        json_object_set_new(item, "name", text_of(alarm->name));
        json_object_set_new(item, "about", text_of(alarm->about));
        json_object_set_new(item, "advice", text_of(alarm->advice));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *layout_of(const struct cg_board_layout *layout)
{
    json_t *root = json_object(), *columns = json_array(), *rows = json_array();
    for (int c = 0; c < layout->columns; c++)
        json_array_append_new(columns, text_of(layout->column_names[c]));
    for (int r = 0; r < layout->rows; r++) {
        json_t *row = json_object();
        json_object_set_new(row, "width", json_integer(layout->widths_px[r]));
        json_object_set_new(row, "height", json_integer(layout->heights_px[r]));
        json_array_append_new(rows, row);
    }
    json_object_set_new(root, "cell_width", json_integer(layout->cell_width_px));
    json_object_set_new(root, "cell_height", json_integer(layout->cell_height_px));
    json_object_set_new(root, "columns", columns);
    json_object_set_new(root, "rows", rows);
    return root;
}

static json_t *samples_of(const struct cg_board_contents *contents, cg_board_url_fn url,
                          void *context)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contents->sample_count; i++) {
        char *address = url(context, i, contents->sample_count, contents->samples[i].file);
        if (address == NULL)
            continue;
        json_t *item = json_object();
        json_object_set_new(item, "step", integer(contents->samples[i].step));
        json_object_set_new(item, "url", text_of(address));
        json_array_append_new(list, item);
        free(address);
    }
    return list;
}

char *cg_board_data_json(struct cg_board *board, cg_board_url_fn url, void *context)
{
    struct cg_board_contents *contents = cg_board_copy(board);
    if (contents == NULL)
        return NULL;
    cg_memory_forget();
    json_t *root = json_object();
    json_object_set_new(root, "title", text_of(contents->title));
    json_object_set_new(root, "version", integer(contents->version));
    json_object_set_new(root, "facts", facts_of(contents));
    json_object_set_new(root, "series", series_of(contents));
    json_object_set_new(root, "alarms", alarms_of(contents));
    json_object_set_new(root, "layout", layout_of(&contents->layout));
    json_object_set_new(root, "samples", samples_of(contents, url, context));
    free(contents);
    return dump(root);
}
