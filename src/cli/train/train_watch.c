/* Watching a run: see train_common.h. */
#include "cli/train/train_common.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "monitor/report.h"
#include "monitor/server.h"
#include "train/core/run_file.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_NBYTES_MAX ((size_t)1 << 20)
#define RUN_DEPTH_MAX 3

/* ---- the folder's contents ------------------------------------------------------------------- */

static bool add_number(void *context, uint64_t step, const char *name, double value)
{
    cg_board_add_point(context, name, step, value);
    return true;
}

static int is_sample(const struct dirent *entry)
{
    return strncmp(entry->d_name, "step-", 5) == 0 &&
           strlen(entry->d_name) < CG_BOARD_NAME_NBYTES &&
           (strstr(entry->d_name, ".jpg") != NULL || strstr(entry->d_name, ".png") != NULL);
}

static void load_log(struct cg_cli_watch *watch)
{
    char *path = cg_string_format("%s/log.csv", watch->out_dir);
    if (path == NULL)
        cg_fail(&watch->trouble, CG_ERR_MEMORY, "out of memory");
    else if (access(path, F_OK) == 0)
        cg_log_read(path, add_number, watch->board, &watch->trouble);
    free(path);
}

/* The numbers and pictures of a run that is resumed. */
static void load_history(struct cg_cli_watch *watch)
{
    struct dirent **entries;
    load_log(watch);
    int count = scandir(watch->samples_dir, &entries, is_sample, alphasort);
    if (count < 0 && errno != ENOENT)
        cg_fail_errno(&watch->trouble, "reading", watch->samples_dir, errno);
    for (int i = 0; i < count; i++) {
        uint64_t step = strtoull(entries[i]->d_name + strlen("step-"), NULL, 10);
        cg_board_add_sample(watch->board, step, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* Strings and numbers of run.json, including the recipe's, as facts. */
static void add_facts(struct cg_board *board, json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        char text[64];
        snprintf(text, sizeof(text), "%.6g", json_number_value(value));
        if (json_is_string(value))
            cg_board_set_fact(board, name, json_string_value(value));
        else if (json_is_number(value))
            cg_board_set_fact(board, name, text);
        else if (json_is_object(value))
            add_facts(board, value);
    }
}

static void load_facts(struct cg_cli_watch *watch)
{
    uint8_t *bytes = NULL;
    size_t nbytes = 0;
    json_t *root = NULL;
    struct cg_error *trouble = &watch->trouble;
    char *path = cg_string_format("%s/run.json", watch->out_dir);
    if (path == NULL)
        cg_fail(trouble, CG_ERR_MEMORY, "out of memory");
    else if (cg_file_read(path, RUN_NBYTES_MAX, &bytes, &nbytes, trouble) == CG_OK &&
             cg_json_parse_object((const char *)bytes, nbytes, RUN_DEPTH_MAX, path, &root,
                                  trouble) == CG_OK)
        add_facts(watch->board, root);
    json_decref(root);
    free(bytes);
    free(path);
}

/* The run has begun: from now on its folder is about it, not about an earlier one. */
static void begin(struct cg_cli_watch *watch)
{
    if (!watch->begun)
        load_facts(watch);
    watch->begun = true;
}

/* ---- between trainer and board --------------------------------------------------------------- */

static enum cg_train_request next_request(void *context, uint64_t step, double seconds)
{
    static const enum cg_train_request requests[] = {
        [CG_BOARD_GO_ON] = CG_TRAIN_GO_ON,
        [CG_BOARD_PAUSE] = CG_TRAIN_PAUSE,
        [CG_BOARD_SAVE] = CG_TRAIN_SAVE,
        [CG_BOARD_STOP] = CG_TRAIN_STOP,
    };
    return requests[cg_board_next(context, step, seconds)];
}

int cg_cli_watch_open(const char *address, const char *out_dir, bool resumed,
                      struct cg_train_limits *limits, struct cg_cli_watch *out)
{
    struct cg_error error;
    *out = (struct cg_cli_watch){.out_dir = out_dir,
                                 .samples_dir = cg_string_format("%s/samples", out_dir),
                                 .report_path = cg_string_format("%s/" CG_RUN_REPORT, out_dir)};
    if (out->samples_dir == NULL || out->report_path == NULL ||
        cg_board_create(out_dir, &out->board, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_INPUT, "train: out of memory");
    cg_board_set_limits(out->board, limits->steps, limits->minutes);
    limits->request = next_request;
    limits->request_context = out->board;
    if (resumed)
        load_history(out);
    if (address == NULL)
        return CG_EXIT_DONE;
    if (cg_server_start(address, out->samples_dir, out->board, &cg_server_limits_default,
                        &out->server, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_USAGE, "train: --monitor: %s", error.text);
    fprintf(stderr, "monitor: %s\n", cg_server_url(out->server));
    return CG_EXIT_DONE;
}

void cg_cli_watch_row(struct cg_cli_watch *watch, uint64_t step, const struct cg_log_value *values,
                      size_t count)
{
    begin(watch);
    for (size_t i = 1; i < count; i++) /* the first is the step */
        if (values[i].text == NULL)
            cg_board_add_point(watch->board, values[i].name, step, values[i].value);
}

void cg_cli_watch_sample(struct cg_cli_watch *watch, uint64_t step, const char *file,
                         const struct cg_sheet *sheet)
{
    struct cg_board_layout layout = {0};
    begin(watch);
    if (sheet != NULL) {
        layout = (struct cg_board_layout){.cell_width_px = sheet->cell_width_px,
                                          .cell_height_px = sheet->cell_height_px,
                                          .rows = sheet->rows,
                                          .columns = sheet->columns};
        for (int c = 0; c < sheet->columns; c++)
            snprintf(layout.column_names[c], sizeof(layout.column_names[c]), "%s",
                     sheet->column_names[c]);
        for (int r = 0; r < sheet->rows; r++) {
            layout.widths_px[r] = sheet->pictures[r].width_px;
            layout.heights_px[r] = sheet->pictures[r].height_px;
        }
    }
    cg_board_set_layout(watch->board, &layout);
    cg_board_add_sample(watch->board, step, file);
}

int cg_cli_watch_close(struct cg_cli_watch *watch, const struct cg_error *error)
{
    int code = CG_EXIT_DONE;
    if (watch->board != NULL)
        cg_board_set_state(watch->board, error == NULL ? CG_BOARD_FINISHED : CG_BOARD_FAILED,
                           error == NULL ? NULL : error->text);
    if (watch->begun && watch->trouble.status == CG_OK)
        cg_report_write(watch->report_path, watch->samples_dir, watch->board, &watch->trouble);
    if (watch->begun && watch->trouble.status != CG_OK)
        code = cg_cli_fail(CG_EXIT_INPUT, "train: %s its report is not there: %s",
                           error == NULL ? "the run is whole, but" : "the run ended early, and",
                           watch->trouble.text);
    cg_server_stop(watch->server);
    cg_board_free(watch->board);
    free(watch->report_path);
    free(watch->samples_dir);
    *watch = (struct cg_cli_watch){0};
    return code;
}
