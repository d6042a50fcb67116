/*
 * comicgan augment: more pictures from a folder of pictures: altered copies with the same content
 * and, with a model, generated ones. Folders are kept, so labels by folder stay valid.
 */
#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/terminal_line.h"
#include "gan/transform.h"
#include "gan/vector_sample.h"
#include "image/walk.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
    const char *data, *out, *model;
    int copies, count, seed, threads;
    bool force, strict, verbose, quiet;
    struct cg_transform transform;
};

#define AT(member) offsetof(struct settings, member)

static const struct cg_option rows[] = {
    {"data", 0, CG_OPTION_FOLDER, AT(data), "DIR", "folder of pictures, of any depth"},
    {"out", 'o', CG_OPTION_FOLDER, AT(out), "DIR",
     "folder that receives the new ones; made if missing"},
    {"copies", 0, CG_OPTION_INT, AT(copies), "N",
     "changed copies of each picture (default: %d; 0: none)", 0, 1000},
    {"model", 0, CG_OPTION_FILE, AT(model), "MODEL", "also generate pictures, into OUT/generated"},
    {"count", 0, CG_OPTION_INT, AT(count), "N",
     "how many (default: as many as there are pictures in --data)", 0, 1000000},
    {"no-mirror", 0, CG_OPTION_UNSET, AT(transform.mirror), NULL,
     "for pictures that mean something else mirrored: digits, letters"},
    {"degrees", 0, CG_OPTION_FLOAT, AT(transform.degrees), "D",
     "turned by up to D to either side, %r (default: %d)", 0, 180},
    {"zoom", 0, CG_OPTION_FLOAT, AT(transform.zoom), "Z",
     "enlarged by up to this share, %r (default: %d)", 0, 1},
    {"shift", 0, CG_OPTION_FLOAT, AT(transform.shift), "S",
     "moved by up to this share of the sides, %r (default: %d)", 0, 0.5},
    {"brightness", 0, CG_OPTION_FLOAT, AT(transform.brightness), "B",
     "changed by up to this share, %r (default: %d)", 0, 1},
    {"contrast", 0, CG_OPTION_FLOAT, AT(transform.contrast), "C",
     "changed by up to this share, %r (default: %d)", 0, 1},
    {"force", 'f', CG_OPTION_FLAG, AT(force), NULL, "replace what is there already in OUT"},
    CG_CLI_VERBOSE_ROW(AT(verbose), "picture"),
    CG_CLI_QUIET_ROW(AT(quiet)),
    CG_CLI_STRICT_ROW(AT(strict)),
    {"seed", 0, CG_OPTION_INT, AT(seed), "S", "random seed (default: %d)", 0, 1e9},
    {"threads", 0, CG_OPTION_INT, AT(threads), "N",
     "threads (default: all processors); the pictures are the same with any", 1, 256},
    CG_OPTION_END,
};

/* ---- changed copies -------------------------------------------------------------------------- */

struct copies_job {
    const struct settings *settings;
    const struct cg_path_list *list;
    enum cg_status *statuses;
    struct cg_error *errors;
    struct cg_terminal_line progress; /* worker 0's */
    atomic_size_t done;
};

/* out/a/b-N.png for data/a/b.jpg; to be freed. */
static char *path_of_copy(const struct settings *settings, const char *source, int number)
{
    const char *inside = source + strlen(settings->data);
    while (*inside == '/')
        inside++;
    const char *dot = strrchr(inside, '.');
    return cg_string_format("%s/%.*s-%d.png", settings->out, (int)(dot - inside), inside, number);
}

static enum cg_status make_folder_of(char *path, struct cg_error *error)
{
    char *slash = strrchr(path, '/');
    *slash = '\0';
    enum cg_status status = cg_folder_make(path, error);
    *slash = '/';
    return status;
}

static enum cg_status write_copy(const struct settings *settings, const char *source,
                                 const struct cg_image *image, uint64_t item, int number,
                                 struct cg_error *error)
{
    struct cg_image changed;
    struct cg_rng rng = cg_rng_make((uint64_t)settings->seed, item + 1, (uint64_t)number);
    char *path = path_of_copy(settings, source, number);
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "augment: out of memory");
    enum cg_status status = make_folder_of(path, error);
    if (status == CG_OK)
        status = cg_transform_apply(&settings->transform, image, &rng, &changed, error);
    if (status == CG_OK) {
        status =
            cg_image_write(path, &changed,
                           &(struct cg_image_write_options){
                               .format = CG_IMAGE_PNG, .writing = cg_cli_writing(settings->force)},
                           error);
        cg_image_clear(&changed);
    }
    free(path);
    return status;
}

static void copy_picture(void *context, size_t item, int worker)
{
    struct copies_job *job = context;
    const char *source = job->list->paths[item];
    struct cg_error *error = &job->errors[item];
    const struct cg_image_read_options as_it_is = {.strict = job->settings->strict};
    struct cg_image image;
    enum cg_status status = cg_image_read(source, &as_it_is, &image, NULL, error);
    for (int n = 1; status == CG_OK && n <= job->settings->copies; n++)
        status = write_copy(job->settings, source, &image, item, n, error);
    cg_image_clear(&image);
    job->statuses[item] = status;
    if (status == CG_OK && job->settings->verbose)
        cg_cli_say("%s -> %d copies", source, job->settings->copies);
    size_t done = atomic_fetch_add(&job->done, 1) + 1;
    if (worker == 0)
        cg_terminal_line_count(&job->progress, "pictures", done, job->list->count);
}

/* Returns how many pictures failed, after a line for each; -1 if out of memory. */
static int write_copies(const struct settings *settings, const struct cg_path_list *list,
                        struct cg_pool *pool)
{
    int failed = 0;
    struct copies_job job = {settings, list, calloc(list->count, sizeof(enum cg_status)),
                             calloc(list->count, sizeof(struct cg_error)),
                             .progress =
                                 cg_terminal_line_make(settings->quiet || settings->verbose)};
    if (job.statuses != NULL && job.errors != NULL) {
        cg_pool_run(pool, list->count, copy_picture, &job);
        cg_terminal_line_erase(&job.progress);
        for (size_t i = 0; i < list->count; i++)
            if (job.statuses[i] != CG_OK) {
                cg_cli_fail(CG_EXIT_INPUT, "%s", job.errors[i].text);
                failed++;
            }
    } else {
        cg_cli_fail(CG_EXIT_INPUT, "augment: out of memory");
        failed = -1;
    }
    free(job.errors);
    free(job.statuses);
    return failed;
}

/* ---- generated pictures ---------------------------------------------------------------------- */

static char *path_of_generated(const struct settings *settings, int number)
{
    return cg_string_format("%s/generated/%06d.png", settings->out, number);
}

static enum cg_status write_generated(const struct settings *settings,
                                      const struct cg_vector_config *config, const float *picture,
                                      int number, struct cg_error *error)
{
    struct cg_image image;
    char *path = path_of_generated(settings, number);
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "augment: out of memory");
    enum cg_status status =
        cg_grid_draw(picture, 1, 1, config->side_px, config->channels, 1, &image, error);
    if (status == CG_OK) {
        status = make_folder_of(path, error);
        if (status == CG_OK)
            status = cg_image_write(
                path, &image,
                &(struct cg_image_write_options){.format = CG_IMAGE_PNG,
                                                 .writing = cg_cli_writing(settings->force)},
                error);
        cg_image_clear(&image);
    }
    free(path);
    return status;
}

static enum cg_status generate(const struct settings *settings, const struct cg_vector_model *model,
                               struct cg_pool *pool, int count, struct cg_error *error)
{
    int length = model->config.latent;
    float *pictures = NULL;
    float *latent = cg_alloc((size_t)count * (size_t)length, sizeof(float), "noise", error);
    if (latent == NULL)
        return CG_ERR_MEMORY;
    for (int i = 0; i < count; i++)
        cg_vector_latent((uint64_t)settings->seed, (uint64_t)i, 0.0f, length,
                         latent + (size_t)i * (size_t)length);
    enum cg_status status =
        cg_vector_generate(model, pool, latent, (size_t)count, &pictures, error);
    for (int i = 0; status == CG_OK && i < count; i++)
        status =
            write_generated(settings, &model->config,
                            pictures + (size_t)i * cg_vector_pixels(&model->config), i + 1, error);
    free(pictures);
    free(latent);
    return status;
}

/* ---- what it may write ----------------------------------------------------------------------- */

/* Takes path over. */
static enum cg_status check_one(const struct settings *settings, struct cg_inputs *inputs,
                                char *path, struct cg_error *error)
{
    enum cg_status status = path != NULL ? cg_output_check(inputs, path, settings->force, error)
                                         : cg_fail(error, CG_ERR_MEMORY, "augment: out of memory");
    free(path);
    return status;
}

/* a.jpg and a.png would have copies of the same name. */
static enum cg_status refuse_twins(const struct settings *settings, const struct cg_path_list *list,
                                   struct cg_error *error)
{
    struct cg_path_list copies = {0};
    enum cg_status status = CG_OK;
    for (size_t i = 0; status == CG_OK && i < list->count; i++)
        if (!cg_path_list_add(&copies, path_of_copy(settings, list->paths[i], 1)))
            status = cg_fail(error, CG_ERR_MEMORY, "augment: out of memory");
    if (status == CG_OK)
        cg_path_list_sort(&copies);
    for (size_t i = 1; status == CG_OK && i < copies.count; i++)
        if (strcmp(copies.paths[i - 1], copies.paths[i]) == 0)
            status = cg_fail(error, CG_ERR_ARGUMENT,
                             "two pictures that differ in their endings alone would both "
                             "have the copy %s; give one of them another name",
                             copies.paths[i]);
    cg_path_list_clear(&copies);
    return status;
}

static int generated_count(const struct settings *settings, const struct cg_path_list *list)
{
    if (settings->model == NULL)
        return 0;
    return settings->count >= 0 ? settings->count : (int)list->count;
}

static enum cg_status check_outputs(const struct settings *settings,
                                    const struct cg_path_list *list, struct cg_error *error)
{
    struct cg_inputs inputs = {0};
    enum cg_status status = cg_inputs_add(&inputs, settings->model, error);
    for (size_t i = 0; status == CG_OK && i < list->count; i++)
        status = cg_inputs_add(&inputs, list->paths[i], error);
    for (size_t i = 0; status == CG_OK && i < list->count; i++)
        for (int n = 1; status == CG_OK && n <= settings->copies; n++)
            status = check_one(settings, &inputs, path_of_copy(settings, list->paths[i], n), error);
    for (int n = 1; status == CG_OK && n <= generated_count(settings, list); n++)
        status = check_one(settings, &inputs, path_of_generated(settings, n), error);
    cg_inputs_clear(&inputs);
    return status == CG_OK && settings->copies > 0 ? refuse_twins(settings, list, error) : status;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static int work(const struct settings *settings, const struct cg_vector_model *model,
                const struct cg_path_list *list, struct cg_pool *pool)
{
    struct cg_error error;
    int count = generated_count(settings, list);
    int failed = settings->copies > 0 ? write_copies(settings, list, pool) : 0;
    if (count > 0 && generate(settings, model, pool, count, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    if (failed >= 0 && !settings->quiet)
        cg_cli_print("%s: %zu copies, %d generated", settings->out,
                     (list->count - (size_t)failed) * (size_t)settings->copies, count);
    return failed == 0 ? CG_EXIT_DONE : CG_EXIT_INPUT;
}

static int run_settings(const struct settings *settings)
{
    struct cg_error error;
    const struct cg_walk_options walk = {
        .recursive = true, .follow_folders = true, .skip = settings->out};
    struct cg_path_list list = {0};
    struct cg_vector_model *model = NULL;
    struct cg_pool *pool = NULL;
    int code = CG_EXIT_DONE;
    enum cg_status status = cg_walk_pictures(settings->data, &walk, &list, NULL, &error);
    if (status == CG_OK && list.count == 0)
        status = cg_fail(&error, CG_ERR_FORMAT, "reading %s: expected pictures, found none",
                         settings->data);
    if (status == CG_OK)
        status = check_outputs(settings, &list, &error);
    if (status == CG_OK)
        status = cg_pool_create(settings->threads, &pool, &error);
    if (status != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    else if (settings->model != NULL &&
             cg_vector_model_read(settings->model, &model, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    else
        code = work(settings, model, &list, pool);
    cg_pool_free(pool);
    cg_vector_model_free(model);
    cg_path_list_clear(&list);
    return code;
}

static int run(int argc, char *argv[])
{
    int code;
    struct settings settings = {
        .copies = 4, .count = -1, .seed = 1, .transform = CG_TRANSFORM_DEFAULT};
    if (!cg_command_read(&CG_COMMAND_AUGMENT, argc, argv, &settings, &code))
        return code;
    code = cg_command_check_arguments(&CG_COMMAND_AUGMENT, argc, argv, 0, 0, "options alone");
    if (code != CG_EXIT_DONE)
        return code;
    if (settings.data == NULL || settings.out == NULL)
        return cg_command_refuse(&CG_COMMAND_AUGMENT, "--data DIR and --out DIR are needed");
    if (cg_file_is_same(settings.data, settings.out))
        return cg_cli_fail(CG_EXIT_USAGE,
                           "augment: %s is the folder of the pictures and of the copies, which the "
                           "next call would take for pictures; give another --out",
                           settings.out);
    return run_settings(&settings);
}

const struct cg_command CG_COMMAND_AUGMENT = {
    .name = "augment",
    .arguments = "--data DIR",
    .summary = "make more pictures for a training set",
    .usage = "--data DIR --out DIR [OPTIONS]",
    .about = "Make a larger training set of the pictures in a folder. The copies of DIR/a/b.jpg "
             "are OUT/a/b-1.png, OUT/a/b-2.png, ...: mirrored, turned, enlarged, moved, lighter or "
             "darker, each a little and at random. Nothing in --data is changed.",
    .options = rows,
    .run = run,
};
