/* comicgan score: finds anomalous pictures by a vector GAN's discriminator. */
#include "base/json.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/confinement.h"
#include "cli/terminal_line.h"
#include "gan/anomaly.h"
#include "image/walk.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct cg_walk_options whole_tree = {.recursive = true, .follow_folders = true};

struct settings {
    const char *model, *fit, *save, *use, *anomalies;
    int crops, threads;
    float crop;
    bool as_json, force, strict, quiet, no_sandbox;
};

#define AT(member) offsetof(struct settings, member)

static const struct cg_option rows[] = {
    {"model", 0, CG_OPTION_FILE, AT(model), "MODEL",
     "the model.safetensors of comicgan train --model vector"},
    {"fit", 0, CG_OPTION_FOLDER, AT(fit), "DIR",
     "a folder of normal pictures to compare with: the score becomes the distance from them as the "
     "discriminator sees them (docs/GAN.md); about 1 is normal. Without it, the score is the "
     "discriminator's logit, negative"},
    {"save", 0, CG_OPTION_FILE, AT(save), "FIT", "keep what --fit found in a file"},
    {"force", 'f', CG_OPTION_FLAG, AT(force), NULL,
     "replace the file of --save if it is there already"},
    {"use", 0, CG_OPTION_FILE, AT(use), "FIT", "take it from there, in place of --fit"},
    {"anomalies", 0, CG_OPTION_FOLDER, AT(anomalies), "DIR",
     "also score these, which are known not to be normal, and tell how well the two kinds are told "
     "apart (area under the ROC curve, 0.5 to 1)"},
    {"crops", 0, CG_OPTION_INT, AT(crops), "N", "crops looked at in each picture (default: %d)", 1,
     CG_SAMPLES_CROPS_MAX},
    {"crop", 0, CG_OPTION_FLOAT, AT(crop), "SHARE",
     "their side as a share of the shorter side (default: %d; 1: the middle square)", 0.05, 1},
    {"json", 0, CG_OPTION_FLAG, AT(as_json), NULL, "an object with scores in place of a table"},
    {"threads", 0, CG_OPTION_INT, AT(threads), "N",
     "threads (default: all processors); the scores are the same with any", 1, 256},
    CG_CLI_STRICT_ROW(AT(strict)),
    CG_CLI_QUIET_ROW(AT(quiet)),
    CG_CLI_NO_SANDBOX_ROW(AT(no_sandbox)),
    CG_OPTION_END,
};

/* ---- the files ------------------------------------------------------------------------------- */

struct entry {
    double score;
    bool is_anomaly;
    bool failed;
};

struct scores {
    struct cg_path_list list;
    struct entry *entries; /* of each path */
    size_t anomalies_begin;
    int failed;
    double auc; /* below 0: not requested */
};

static enum cg_status add_copy(struct cg_path_list *list, const char *path, struct cg_error *error)
{
    return cg_path_list_add(list, cg_string_copy(path))
               ? CG_OK
               : cg_fail(error, CG_ERR_MEMORY, "out of memory");
}

/* Append a picture, or all pictures in a folder. */
static enum cg_status add_path(struct cg_path_list *list, const char *path, struct cg_error *error)
{
    struct cg_path_list found = {0};
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
        return add_copy(list, path, error);
    enum cg_status status = cg_walk_pictures(path, &whole_tree, &found, NULL, error);
    for (size_t i = 0; status == CG_OK && i < found.count; i++)
        status = add_copy(list, found.paths[i], error);
    cg_path_list_clear(&found);
    return status;
}

static enum cg_status list_files(const struct settings *settings, char *const files[],
                                 struct scores *scores, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    for (; status == CG_OK && *files != NULL; files++)
        status = add_path(&scores->list, *files, error);
    scores->anomalies_begin = scores->list.count;
    if (status == CG_OK && settings->anomalies != NULL)
        status = add_path(&scores->list, settings->anomalies, error);
    if (status == CG_OK && scores->list.count == 0)
        status = cg_fail(error, CG_ERR_FORMAT, "no pictures were found");
    return status;
}

static enum cg_status score_files(struct cg_anomaly *anomaly, struct scores *scores, bool quiet,
                                  struct cg_error *error)
{
    struct cg_terminal_line progress = cg_terminal_line_make(quiet);
    scores->entries = calloc(scores->list.count, sizeof(*scores->entries));
    if (scores->entries == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < scores->list.count; i++) {
        struct entry *entry = &scores->entries[i];
        struct cg_error why;
        entry->is_anomaly = i >= scores->anomalies_begin;
        entry->failed =
            cg_anomaly_score(anomaly, scores->list.paths[i], &entry->score, &why) != CG_OK;
        if (entry->failed) {
            cg_terminal_line_erase(&progress);
            cg_cli_fail(CG_EXIT_INPUT, "%s", why.text);
            scores->failed++;
        }
        cg_terminal_line_count(&progress, "pictures", i + 1, scores->list.count);
    }
    cg_terminal_line_erase(&progress);
    return CG_OK;
}

/* Over the files that could be scored. */
static enum cg_status find_auc(struct scores *scores, struct cg_error *error)
{
    size_t count = 0;
    double *values = calloc(scores->list.count, sizeof(*values));
    bool *labels = calloc(scores->list.count, sizeof(*labels));
    enum cg_status status = CG_OK;
    if (values == NULL || labels == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "out of memory");
    for (size_t i = 0; status == CG_OK && i < scores->list.count; i++)
        if (!scores->entries[i].failed) {
            values[count] = scores->entries[i].score;
            labels[count++] = scores->entries[i].is_anomaly;
        }
    if (status == CG_OK)
        scores->auc = cg_anomaly_auc(values, labels, count);
    free(labels);
    free(values);
    return status;
}

/* ---- output ---------------------------------------------------------------------------------- */

static void print_table(const struct scores *scores)
{
    for (size_t i = 0; i < scores->list.count; i++)
        if (!scores->entries[i].failed)
            cg_cli_print("%10.4f  %s", scores->entries[i].score, scores->list.paths[i]);
    if (scores->auc >= 0.0)
        printf("ROC-AUC %.4f\n", scores->auc);
}

static int print_json(const struct scores *scores, bool fitted)
{
    cg_memory_forget();
    json_t *array = json_array();
    for (size_t i = 0; i < scores->list.count; i++) {
        if (scores->entries[i].failed)
            continue;
        json_t *object = json_pack("{s:s, s:f}", "file", scores->list.paths[i], "score",
                                   scores->entries[i].score);
        if (scores->auc >= 0.0)
            json_object_set_new(object, "anomaly", json_boolean(scores->entries[i].is_anomaly));
        json_array_append_new(array, object);
    }
    json_t *root =
        json_pack("{s:s, s:o}", "score", fitted ? "mahalanobis" : "negative logit", "files", array);
    if (root != NULL && scores->auc >= 0.0)
        json_object_set_new(root, "roc_auc", json_real(scores->auc));
    return cg_cli_print_json(root, "score: the scores, as JSON", CG_EXIT_INPUT);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum cg_status calibrate(const struct settings *settings, struct cg_anomaly *anomaly,
                                struct cg_error *error)
{
    enum cg_status status = CG_OK;
    if (settings->use != NULL)
        status = cg_anomaly_load(anomaly, settings->use, error);
    if (settings->fit != NULL)
        status = cg_anomaly_fit(anomaly, settings->fit, error);
    if (status == CG_OK && settings->save != NULL)
        status = cg_anomaly_save(anomaly, settings->save, cg_cli_writing(settings->force), error);
    return status;
}

static int work(const struct settings *settings, const struct cg_vector_model *model,
                struct cg_pool *pool, char *const files[])
{
    struct cg_error error;
    struct cg_anomaly *anomaly = NULL;
    struct scores scores = {.auc = -1.0};
    const struct cg_samples_options cut = {
        .crops = settings->crops, .crop = settings->crop, .strict = settings->strict};
    int code = CG_EXIT_DONE;
    bool only_fit = files[0] == NULL && settings->anomalies == NULL;
    enum cg_status status = cg_anomaly_create(model, &cut, pool, &anomaly, &error);
    if (status == CG_OK)
        status = calibrate(settings, anomaly, &error);
    if (status == CG_OK && !only_fit)
        status = list_files(settings, files, &scores, &error);
    if (status == CG_OK && !only_fit)
        status = score_files(anomaly, &scores, settings->quiet, &error);
    if (status == CG_OK && settings->anomalies != NULL)
        status = find_auc(&scores, &error);
    if (status != CG_OK)
        code =
            cg_cli_fail(status == CG_ERR_MODEL ? CG_EXIT_MODEL : CG_EXIT_INPUT, "%s", error.text);
    else if (settings->as_json && !only_fit)
        code = print_json(&scores, settings->fit != NULL || settings->use != NULL);
    else
        print_table(&scores);
    if (code == CG_EXIT_DONE && scores.failed > 0)
        code = CG_EXIT_INPUT;
    free(scores.entries);
    cg_path_list_clear(&scores.list);
    cg_anomaly_free(anomaly);
    return code;
}

static enum cg_status check_save(const struct settings *settings, char *const files[],
                                 struct cg_error *error)
{
    struct cg_inputs inputs = {0};
    const char *const others[] = {settings->model, settings->fit, settings->anomalies};
    enum cg_status status = CG_OK;
    for (size_t i = 0; status == CG_OK && i < sizeof(others) / sizeof(others[0]); i++)
        status = cg_walk_add_inputs(others[i], &inputs, error);
    for (; status == CG_OK && *files != NULL; files++)
        status = cg_walk_add_inputs(*files, &inputs, error);
    if (status == CG_OK)
        status = cg_output_check(&inputs, settings->save, settings->force, error);
    if (status == CG_OK)
        status = cg_output_check_folder(settings->save, error);
    cg_inputs_clear(&inputs);
    return status;
}

struct places {
    const struct settings *settings;
    char *const *files;
};

static enum cg_status allow_places(struct cg_sandbox *sandbox, const void *context,
                                   struct cg_error *error)
{
    const struct places *places = context;
    const struct settings *settings = places->settings;
    const char *const others[] = {settings->model, settings->use, settings->fit,
                                  settings->anomalies};
    enum cg_status status = CG_OK;
    for (size_t i = 0; status == CG_OK && i < sizeof(others) / sizeof(others[0]); i++)
        status = cg_cli_allow_tree(sandbox, others[i], error);
    for (char *const *file = places->files; status == CG_OK && *file != NULL; file++)
        status = cg_cli_allow_tree(sandbox, *file, error);
    if (status == CG_OK && settings->save != NULL)
        status = cg_sandbox_allow_output(sandbox, settings->save, error);
    return status;
}

static int run_settings(const struct settings *settings, char *const files[])
{
    struct cg_error error;
    if (settings->save != NULL && check_save(settings, files, &error) != CG_OK)
        return cg_cli_fail_with(CG_EXIT_INPUT, &error);
    struct cg_vector_model *model = NULL;
    struct cg_pool *pool = NULL;
    const struct places places = {settings, files};
    if (!settings->no_sandbox && cg_cli_give_up_files(allow_places, &places, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    if (cg_vector_model_read(settings->model, &model, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    int code = cg_pool_create(settings->threads, &pool, &error) == CG_OK
                   ? work(settings, model, pool, files)
                   : cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    cg_pool_free(pool);
    cg_vector_model_free(model);
    return code;
}

static int check(const struct settings *settings, int argc, char *argv[])
{
    const struct cg_command *command = &CG_COMMAND_SCORE;
    if (settings->model == NULL)
        return cg_command_refuse(command, "--model MODEL is needed");
    if (settings->fit != NULL && settings->use != NULL)
        return cg_command_refuse(command, "--fit and --use exclude each other");
    if (settings->save != NULL && settings->fit == NULL)
        return cg_command_refuse(command, "--save keeps what --fit finds; give --fit DIR");
    return cg_command_check_arguments(command, argc, argv, settings->save == NULL, INT_MAX,
                                      "pictures or folders to score");
}

static int run(int argc, char *argv[])
{
    int code;
    struct settings settings = {.crops = 64, .crop = CG_SAMPLES_CROP_DEFAULT};
    if (!cg_command_read(&CG_COMMAND_SCORE, argc, argv, &settings, &code))
        return code;
    code = check(&settings, argc, argv);
    if (code == CG_EXIT_DONE && !settings.no_sandbox)
        code = cg_cli_give_up_calls();
    return code == CG_EXIT_DONE ? run_settings(&settings, argv + optind) : code;
}

const struct cg_command CG_COMMAND_SCORE = {
    .name = "score",
    .arguments = "--model MODEL",
    .summary = "tell which pictures do not belong",
    .usage = "--model MODEL [OPTIONS] FILES...",
    .about = "Tell how little each picture looks like those that MODEL (comicgan train --model "
             "vector) and --fit were made from: a higher score is stranger. FILES are pictures or "
             "folders of them.",
    .options = rows,
    .run = run,
};
