/* comicgan generate: pictures from noise, by a trained vector GAN. */
#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/terminal_line.h"
#include "gan/vector_sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GRID_COUNT_MAX 10000
#define SHOWN_SIDE_PX 56

struct settings {
    const char *model, *out;
    int count, columns, scale, threads, between;
    int seed;
    float truncation;
    bool interpolate, force, quiet;
};

#define AT(member) offsetof(struct settings, member)

static const struct cg_option rows[] = {
    {"out", 'o', CG_OPTION_FILE, AT(out), "OUT", "the same as OUT behind MODEL"},
    {"count", 0, CG_OPTION_INT, AT(count), "N", "how many (default: %d)", 1, 100000},
    {"seed", 0, CG_OPTION_INT, AT(seed), "S", "random seed (default: %d)", 0, 1e9},
    {"truncation", 0, CG_OPTION_FLOAT, AT(truncation), "T",
     "draw noise further from 0 than T again: more typical, less diverse (%r; default: off)", 0.1,
     10},
    {"interpolate", 0, CG_OPTION_FLAG, AT(interpolate), NULL,
     "N frames on the way from one picture to another and on to a third ..., --between frames for "
     "each part; shown in rows"},
    {"between", 0, CG_OPTION_INT, AT(between), "N", "frames of a part (default: %d)", 2, 1000},
    {"columns", 0, CG_OPTION_INT, AT(columns), "N",
     "pictures in a row (default: a square; the frames of a part)", 1, 1000},
    {"scale", 0, CG_OPTION_INT, AT(scale), "N",
     "enlarge each pixel N times (default: 1 in a folder, else so that a picture has 56 pixels or "
     "more)",
     1, 64},
    {"force", 'f', CG_OPTION_FLAG, AT(force), NULL, "replace what is there already"},
    CG_CLI_QUIET_ROW(AT(quiet)),
    {"threads", 0, CG_OPTION_INT, AT(threads), "N",
     "threads (default: all processors); the pictures are the same with any", 1, 256},
    CG_OPTION_END,
};

/* The noise of frame i: a row of its own, or between two rows. */
static void draw_frame(const struct settings *settings, int i, int length, float *latent,
                       float *ends)
{
    uint64_t seed = (uint64_t)settings->seed;
    if (!settings->interpolate) {
        cg_vector_latent(seed, (uint64_t)i, settings->truncation, length, latent);
        return;
    }
    uint64_t part = (uint64_t)(i / settings->between);
    float share = (float)(i % settings->between) / (float)(settings->between - 1);
    cg_vector_latent(seed, part, settings->truncation, length, ends);
    cg_vector_latent(seed, part + 1, settings->truncation, length, ends + length);
    cg_vector_latent_between(ends, ends + length, share, length, latent);
}

static enum cg_status make_pictures(const struct settings *settings,
                                    const struct cg_vector_model *model, float **pictures,
                                    struct cg_error *error)
{
    struct cg_pool *pool = NULL;
    int length = model->config.latent;
    *pictures = NULL;
    float *latent =
        cg_alloc((size_t)(settings->count + 2) * (size_t)length, sizeof(float), "noise", error);
    if (latent == NULL)
        return CG_ERR_MEMORY;
    float *ends = latent + (size_t)settings->count * (size_t)length;
    for (int i = 0; i < settings->count; i++)
        draw_frame(settings, i, length, latent + (size_t)i * (size_t)length, ends);
    enum cg_status status = cg_pool_create(settings->threads, &pool, error);
    if (status == CG_OK)
        status = cg_vector_generate(model, pool, latent, (size_t)settings->count, pictures, error);
    cg_pool_free(pool);
    free(latent);
    return status;
}

static enum cg_status write_picture(const char *path, const struct cg_image_write_options *options,
                                    const struct cg_vector_config *config, const float *pictures,
                                    int count, int columns, int scale, struct cg_error *error)
{
    struct cg_image sheet;
    enum cg_status status = cg_grid_draw(pictures, count, columns, config->side_px,
                                         config->channels, scale, &sheet, error);
    if (status != CG_OK)
        return status;
    status = cg_image_write(path, &sheet, options, error);
    cg_image_clear(&sheet);
    return status;
}

/* The path of picture i, from 0, in a folder; to be freed, NULL if out of memory. */
static char *path_in_folder(const struct settings *settings, int i)
{
    return cg_string_format("%s/%06d.png", settings->out, i + 1);
}

static enum cg_status write_folder(const struct settings *settings,
                                   const struct cg_vector_config *config, const float *pictures,
                                   struct cg_error *error)
{
    const struct cg_image_write_options options = {.format = CG_IMAGE_PNG,
                                                   .writing = cg_cli_writing(settings->force)};
    struct cg_terminal_line progress = cg_terminal_line_make(settings->quiet);
    enum cg_status status = cg_folder_make(settings->out, error);
    for (int i = 0; status == CG_OK && i < settings->count; i++) {
        char *path = path_in_folder(settings, i);
        if (path == NULL)
            return cg_fail(error, CG_ERR_MEMORY, "generate: out of memory");
        status =
            write_picture(path, &options, config, pictures + (size_t)i * cg_vector_pixels(config),
                          1, 1, settings->scale > 0 ? settings->scale : 1, error);
        free(path);
        cg_terminal_line_count(&progress, "pictures", (size_t)i + 1, (size_t)settings->count);
    }
    cg_terminal_line_erase(&progress);
    return status;
}

static enum cg_status write_grid(const struct settings *settings, enum cg_image_format format,
                                 const struct cg_vector_config *config, const float *pictures,
                                 struct cg_error *error)
{
    const struct cg_image_write_options options = {
        .format = format, .quality = 95, .writing = cg_cli_writing(settings->force)};
    int columns = settings->columns, scale = settings->scale;
    if (columns == 0)
        columns =
            settings->interpolate ? settings->between : (int)ceil(sqrt((double)settings->count));
    if (columns > settings->count)
        columns = settings->count;
    if (scale == 0)
        scale = (SHOWN_SIDE_PX - 1) / config->side_px + 1;
    return write_picture(settings->out, &options, config, pictures, settings->count, columns, scale,
                         error);
}

static bool is_folder(const char *path)
{
    struct stat about;
    size_t length = strlen(path);
    return (length > 0 && path[length - 1] == '/') ||
           (stat(path, &about) == 0 && S_ISDIR(about.st_mode));
}

static enum cg_status check_outputs(const struct settings *settings, bool folder,
                                    struct cg_error *error)
{
    struct cg_inputs inputs = {0};
    enum cg_status status = cg_inputs_add(&inputs, settings->model, error);
    if (status == CG_OK && !folder)
        status = cg_output_check(&inputs, settings->out, settings->force, error);
    if (status == CG_OK && !folder)
        status = cg_output_check_folder(settings->out, error);
    for (int i = 0; status == CG_OK && folder && i < settings->count; i++) {
        char *path = path_in_folder(settings, i);
        status = path != NULL ? cg_output_check(&inputs, path, settings->force, error)
                              : cg_fail(error, CG_ERR_MEMORY, "out of memory");
        free(path);
    }
    cg_inputs_clear(&inputs);
    return status;
}

static int run_settings(const struct settings *settings)
{
    struct cg_error error;
    struct cg_vector_model *model = NULL;
    enum cg_image_format format = CG_IMAGE_PNG;
    float *pictures = NULL;
    bool folder = is_folder(settings->out);
    if (!folder && cg_image_format_of(settings->out, &format, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_USAGE, "%s; a folder's name ends with /", error.text);
    if (!folder && settings->count > GRID_COUNT_MAX)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "--count: at most %d on one picture; give a folder as OUT",
                           GRID_COUNT_MAX);
    if (check_outputs(settings, folder, &error) != CG_OK)
        return cg_cli_fail_with(CG_EXIT_INPUT, &error);
    if (cg_vector_model_read(settings->model, &model, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    enum cg_status status = make_pictures(settings, model, &pictures, &error);
    if (status == CG_OK)
        status = folder ? write_folder(settings, &model->config, pictures, &error)
                        : write_grid(settings, format, &model->config, pictures, &error);
    free(pictures);
    cg_vector_model_free(model);
    return status == CG_OK ? CG_EXIT_DONE : cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
}

static int run(int argc, char *argv[])
{
    int code;
    struct settings settings = {.count = 64, .seed = 1, .between = 8};
    if (!cg_command_read(&CG_COMMAND_GENERATE, argc, argv, &settings, &code))
        return code;
    cg_command_put_out(settings.out, argc, argv);
    code = cg_command_check_arguments(&CG_COMMAND_GENERATE, argc, argv, 2, 2, "MODEL and OUT");
    if (code != CG_EXIT_DONE)
        return code;
    settings.model = argv[optind];
    settings.out = argv[optind + 1];
    return run_settings(&settings);
}

const struct cg_command CG_COMMAND_GENERATE = {
    .name = "generate",
    .arguments = "MODEL OUT",
    .summary = "make pictures with such a GAN",
    .usage = "MODEL OUT [OPTIONS]",
    .about = "Make pictures from noise with MODEL, the model.safetensors of comicgan train --model "
             "vector. OUT is a PNG or JPEG file, which shows all of them side by side, or a "
             "folder, which receives a PNG of each. The same seed gives the same pictures.",
    .options = rows,
    .run = run,
};
