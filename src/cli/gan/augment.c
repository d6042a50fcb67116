/*
 * comicgan augment: more pictures from a folder of pictures: changed copies that keep what they
 * show, and, with a model, generated ones. Folders stay as they are, so labels by folder hold.
 */
#include "base/file.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "gan/grid.h"
#include "gan/transform.h"
#include "gan/vector_sample.h"
#include "image/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: comicgan augment --data DIR --out DIR [OPTIONS]\n"
    "Make a larger training set of the pictures in a folder. The copies of DIR/a/b.jpg are\n"
    "OUT/a/b-1.png, OUT/a/b-2.png, ...: mirrored, turned, enlarged, moved, lighter or darker, "
    "each\n"
    "a little and at random. Nothing in --data is changed.\n"
    "\n"
    "  --data DIR          folder of pictures, of any depth\n"
    "  --out DIR           folder that receives the new ones; made if missing\n"
    "  --copies N          changed copies of each picture (default: 4; 0: none)\n"
    "  --model MODEL       also generate pictures, into OUT/generated\n"
    "  --count N           how many (default: as many as there are pictures in --data)\n"
    "  --no-mirror         for pictures that mean something else mirrored: digits, letters\n"
    "  --degrees D         turned by up to D to either side, 0 to 180 (default: 8)\n"
    "  --zoom Z            enlarged by up to this share, 0 to 1 (default: 0.15)\n"
    "  --shift S           moved by up to this share of the sides, 0 to 0.5 (default: 0.05)\n"
    "  --brightness B, --contrast C\n"
    "                      changed by up to this share, 0 to 1 (default: 0.08, 0.15)\n"
    "  --force             replace what is there already in OUT\n"
    "  --seed S            random seed (default: 1)\n"
    "  --threads N         threads (default: all processors); the pictures are the same with any\n"
    "  --help              this text\n";

static const struct cg_image_read_options as_it_is = {.channels = 0};
static const struct cg_image_write_options as_png = {.format = CG_IMAGE_PNG};

struct settings {
    const char *data, *out, *model;
    int copies, count, seed, threads;
    bool force;
    struct cg_transform transform;
};

enum {
    OPTION_DATA = CG_CLI_LONG_OPTION,
    OPTION_OUT,
    OPTION_COPIES,
    OPTION_MODEL,
    OPTION_COUNT,
    OPTION_NO_MIRROR,
    OPTION_DEGREES,
    OPTION_ZOOM,
    OPTION_SHIFT,
    OPTION_BRIGHTNESS,
    OPTION_CONTRAST,
    OPTION_FORCE,
    OPTION_SEED,
    OPTION_THREADS
};

static const struct option long_options[] = {
    {"data", required_argument, NULL, OPTION_DATA},
    {"out", required_argument, NULL, OPTION_OUT},
    {"copies", required_argument, NULL, OPTION_COPIES},
    {"model", required_argument, NULL, OPTION_MODEL},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"no-mirror", no_argument, NULL, OPTION_NO_MIRROR},
    {"degrees", required_argument, NULL, OPTION_DEGREES},
    {"zoom", required_argument, NULL, OPTION_ZOOM},
    {"shift", required_argument, NULL, OPTION_SHIFT},
    {"brightness", required_argument, NULL, OPTION_BRIGHTNESS},
    {"contrast", required_argument, NULL, OPTION_CONTRAST},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool set_transform(struct cg_transform *transform, int option, const char *value)
{
    switch (option) {
    case OPTION_NO_MIRROR:
        transform->mirror = false;
        return true;
    case OPTION_DEGREES:
        return cg_cli_parse_float("degrees", value, 0.0f, 180.0f, &transform->degrees);
    case OPTION_ZOOM:
        return cg_cli_parse_float("zoom", value, 0.0f, 1.0f, &transform->zoom);
    case OPTION_SHIFT:
        return cg_cli_parse_float("shift", value, 0.0f, 0.5f, &transform->shift);
    case OPTION_BRIGHTNESS:
        return cg_cli_parse_float("brightness", value, 0.0f, 1.0f, &transform->brightness);
    default:
        return cg_cli_parse_float("contrast", value, 0.0f, 1.0f, &transform->contrast);
    }
}

static bool set_option(void *context, int option, const char *value)
{
    struct settings *settings = context;
    switch (option) {
    case OPTION_DATA:
        settings->data = value;
        return true;
    case OPTION_OUT:
        settings->out = value;
        return true;
    case OPTION_MODEL:
        settings->model = value;
        return true;
    case OPTION_COPIES:
        return cg_cli_parse_int("copies", value, 0, 1000, &settings->copies);
    case OPTION_COUNT:
        return cg_cli_parse_int("count", value, 0, 1000000, &settings->count);
    case OPTION_FORCE:
        return settings->force = true;
    case OPTION_SEED:
        return cg_cli_parse_int("seed", value, 0, 1000000000, &settings->seed);
    case OPTION_THREADS:
        return cg_cli_parse_int("threads", value, 1, 256, &settings->threads);
    default:
        return set_transform(&settings->transform, option, value);
    }
}

/* ---- changed copies -------------------------------------------------------------------------- */

struct copies_job {
    const struct settings *settings;
    const struct cg_path_list *list;
    enum cg_status *statuses;
    struct cg_error *errors;
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
        status = cg_image_write(path, &changed, &as_png, error);
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
    struct cg_image image;
    (void)worker;
    enum cg_status status = cg_image_read(source, &as_it_is, &image, NULL, error);
    for (int n = 1; status == CG_OK && n <= job->settings->copies; n++)
        status = write_copy(job->settings, source, &image, item, n, error);
    cg_image_clear(&image);
    job->statuses[item] = status;
}

/* Returns how many pictures failed, after a line on each; -1 when memory is short. */
static int write_copies(const struct settings *settings, const struct cg_path_list *list,
                        struct cg_pool *pool)
{
    int failed = 0;
    struct copies_job job = {settings, list, calloc(list->count, sizeof(enum cg_status)),
                             calloc(list->count, sizeof(struct cg_error))};
    if (job.statuses != NULL && job.errors != NULL) {
        cg_pool_run(pool, list->count, copy_picture, &job);
        for (size_t i = 0; i < list->count; i++)
            if (job.statuses[i] != CG_OK) {
                cg_cli_fail(CG_EXIT_INPUT, "augment: %s", job.errors[i].text);
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
            status = cg_image_write(path, &image, &as_png, error);
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

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* a.jpg and a.png have copies of one name. */
static enum cg_status refuse_twins(const struct settings *settings, const struct cg_path_list *list,
                                   struct cg_error *error)
{
    struct cg_path_list copies = {0};
    enum cg_status status = CG_OK;
    for (size_t i = 0; status == CG_OK && i < list->count; i++)
        if (!cg_path_list_add(&copies, path_of_copy(settings, list->paths[i], 1)))
            status = cg_fail(error, CG_ERR_MEMORY, "augment: out of memory");
    if (status == CG_OK)
        qsort(copies.paths, copies.count, sizeof(*copies.paths), compare_paths);
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
        return cg_cli_fail(CG_EXIT_INPUT, "augment: %s", error.text);
    if (failed >= 0)
        cg_cli_print("%s: %zu copies, %d generated", settings->out,
                     (list->count - (size_t)failed) * (size_t)settings->copies, count);
    return failed == 0 ? CG_EXIT_DONE : CG_EXIT_INPUT;
}

static int run(const struct settings *settings)
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
        status = cg_fail(&error, CG_ERR_FORMAT, "%s: expected PNG or JPEG pictures, found none",
                         settings->data);
    if (status == CG_OK)
        status = check_outputs(settings, &list, &error);
    if (status == CG_OK)
        status = cg_pool_create(settings->threads, &pool, &error);
    if (status != CG_OK)
        cg_error_prefix(&error, "augment");
    if (status != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    else if (settings->model != NULL &&
             cg_vector_model_read(settings->model, &model, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_MODEL, "augment: %s", error.text);
    else
        code = work(settings, model, &list, pool);
    cg_pool_free(pool);
    cg_vector_model_free(model);
    cg_path_list_clear(&list);
    return code;
}

static const struct cg_cli_syntax syntax = {":h", long_options, (const char *const[]){help, NULL},
                                            set_option};

int cg_command_augment(int argc, char *argv[])
{
    int code;
    struct settings settings = {
        .copies = 4, .count = -1, .seed = 1, .transform = CG_TRANSFORM_DEFAULT};
    if (!cg_cli_read_options(&syntax, argc, argv, &settings, &code))
        return code;
    if (optind < argc)
        return cg_cli_fail(CG_EXIT_USAGE, "augment: unexpected argument %s", argv[optind]);
    if (settings.data == NULL || settings.out == NULL)
        return cg_cli_fail(CG_EXIT_USAGE, "augment: --data DIR and --out DIR are needed; "
                                          "see comicgan augment --help");
    return run(&settings);
}
