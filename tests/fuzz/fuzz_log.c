/* log.csv: read, now and then onto a board, as the monitor does, which then must tell of it in good
 * JSON; and opened to go on with. */
#include "fuzz/fuzz.h"

#include "monitor/board.h"
#include "train/core/log.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool add_number(void *context, uint64_t step, const char *name, double value)
{
    cg_board_add_point(context, name, step, value);
    return true;
}

static void expect_json(char *text)
{
    fuzz_expect(text != NULL, "the board tells what it has");
    json_t *root = json_loads(text, 0, NULL);
    fuzz_expect(root != NULL, "what the board tells is JSON");
    json_decref(root);
    free(text);
}

static char *no_url(void *context, size_t number, size_t count, const char *file)
{
    (void)context;
    (void)number;
    (void)count;
    (void)file;
    return NULL;
}

static void watch(const char *path)
{
    struct cg_board *board;
    fuzz_expect(cg_board_create("run", &board, NULL) == CG_OK, "a board is made");
    cg_log_read(path, add_number, board, NULL);
    expect_json(cg_board_status_json(board));
    expect_json(cg_board_data_json(board, no_url, NULL));
    cg_board_free(board);
}

static bool look_at_number(void *context, uint64_t step, const char *name, double value)
{
    (void)context;
    (void)step;
    fuzz_expect(isfinite(value) && strchr(name, ',') == NULL,
                "numbers are finite, and have a name");
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    static const struct cg_log_value columns[] = {{.name = "step"}, {.name = "loss"}};
    struct cg_error error;
    FILE *log;
    uint32_t choice = fuzz_choice(bytes, nbytes);
    const char *path = fuzz_file("log.csv", bytes, nbytes);
    if (choice % 8 == 0)
        watch(path);
    else
        cg_log_read(path, look_at_number, NULL, NULL);
    if (choice % 4 == 1 &&
        cg_log_open(path, columns, 2, 1 + choice / 4 % 100, &log, &error) == CG_OK)
        fclose(log);
    return 0;
}
