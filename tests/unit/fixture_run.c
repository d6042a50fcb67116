/* Training runs on small painted pictures: see fixture_run.h. */
#include "unit/fixture_run.h"

#include "base/file.h"
#include "base/memory.h"
#include "unit/fixture_train.h"
#include "unit/temp_folder.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FILE_NBYTES_MAX ((size_t)1 << 26)

struct fixture_run fixture_run_new(const char *folder, const char *name)
{
    struct fixture_run run = {.out = temp_path(folder, name),
                              .data = cg_string_copy(folder),
                              .cache = temp_path(folder, "cache"),
                              .from = temp_path(folder, "small.safetensors")};
    assert_non_null(run.data);
    if (access(run.from, F_OK) != 0)
        fixture_write_model(run.from);
    run.options = (struct cg_train_options){.out_dir = run.out,
                                            .data_dir = run.data,
                                            .cache_dir = run.cache,
                                            .from = run.from,
                                            .name = "test",
                                            .summary = "Made by a test.",
                                            .detail_px = 128,
                                            .seed = 42,
                                            .threads = 1,
                                            .recipe = CG_RECIPE_DEFAULT};
    run.options.recipe.crop_px = 48;
    run.options.recipe.batch = 2;
    run.options.recipe.micro_batch_crops = 1;
    run.options.recipe.pretrain_steps = 4;
    run.options.recipe.head_start_steps = 1;
    return run;
}

void fixture_run_clear(struct fixture_run *run)
{
    free(run->from);
    free(run->cache);
    free(run->data);
    free(run->out);
}

struct fixture_run fixture_run_on_pictures(const char *folder, const char *name)
{
    fixture_paint_photos(folder, 3);
    fixture_paint_comics(folder, 2);
    return fixture_run_new(folder, name);
}

enum cg_status fixture_try_start(const struct fixture_run *run, uint64_t steps,
                                 struct cg_error *error)
{
    const struct cg_train_limits limits = {.steps = steps};
    return cg_train_start(&run->options, &limits, NULL, NULL, error);
}

enum cg_status fixture_try_resume(const struct fixture_run *run, uint64_t steps,
                                  struct cg_error *error)
{
    const struct cg_train_limits limits = {.steps = steps};
    return cg_train_resume(run->out, run->options.threads, &limits, NULL, NULL, error);
}

void fixture_must_start(const struct fixture_run *run, uint64_t steps)
{
    struct cg_error error;
    if (fixture_try_start(run, steps, &error) != CG_OK)
        fail_msg("%s", error.text);
}

void fixture_must_resume(const struct fixture_run *run, uint64_t steps)
{
    struct cg_error error;
    if (fixture_try_resume(run, steps, &error) != CG_OK)
        fail_msg("%s", error.text);
}

/* The name of the newest checkpoint in the run's folder, to be freed. */
static char *newest_checkpoint(const struct fixture_run *run)
{
    char *folder = temp_path(run->out, "checkpoints"), *newest = NULL;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (entry->d_name[0] == 's' && (newest == NULL || strcmp(entry->d_name, newest) > 0)) {
            free(newest);
            newest = cg_string_copy(entry->d_name);
        }
    closedir(entries);
    free(folder);
    assert_non_null(newest);
    char *name = cg_string_format("checkpoints/%s", newest);
    free(newest);
    return name;
}

/* The name of a file in the run's folder, to be freed. */
static char *resolve(const struct fixture_run *run, const char *name)
{
    return strcmp(name, FIXTURE_CHECKPOINT) == 0 ? newest_checkpoint(run) : cg_string_copy(name);
}

struct fixture_file fixture_read_file(const struct fixture_run *run, const char *name)
{
    struct fixture_file bytes;
    struct cg_error error;
    char *resolved = resolve(run, name), *path = temp_path(run->out, resolved);
    if (cg_file_read(path, FILE_NBYTES_MAX, &bytes.data, &bytes.nbytes, &error) != CG_OK)
        fail_msg("%s", error.text);
    free(path);
    free(resolved);
    return bytes;
}

bool fixture_same_bytes(struct fixture_file a, struct fixture_file b)
{
    return a.nbytes == b.nbytes && memcmp(a.data, b.data, a.nbytes) == 0;
}

void fixture_write_file(const struct fixture_run *run, const char *name, struct fixture_file bytes)
{
    char *resolved = resolve(run, name);
    temp_write(run->out, resolved, bytes.data, bytes.nbytes);
    free(resolved);
}

char *fixture_read_text(const struct fixture_run *run, const char *name)
{
    struct fixture_file bytes = fixture_read_file(run, name);
    char *text = malloc(bytes.nbytes + 1);
    assert_non_null(text);
    memcpy(text, bytes.data, bytes.nbytes);
    text[bytes.nbytes] = '\0';
    free(bytes.data);
    return text;
}

bool fixture_same_file(const struct fixture_run *a, const struct fixture_run *b, const char *name)
{
    struct fixture_file of_a = fixture_read_file(a, name), of_b = fixture_read_file(b, name);
    bool same = fixture_same_bytes(of_a, of_b);
    free(of_b.data);
    free(of_a.data);
    return same;
}
