/*
 * What the command-line tests need made or looked at:
 *   fixture picture PATH WIDTH HEIGHT   write a picture of gradients and edges, of any kind that is
 *                                       read; nothing, and 77, where the build does not read it
 *   fixture scene PATH WIDTH HEIGHT SEED   write a picture of boxes of flat colour
 *   fixture plain PATH WIDTH HEIGHT V   write a picture of one grey, 0 to 255
 *   fixture model PATH NAME             write a small style of random numbers
 *   fixture film PATH WIDTH HEIGHT COUNT CHROMA   write a y4m film of a picture that moves
 *   fixture size PATH                   print "WIDTH HEIGHT"
 *   fixture pixel PATH X Y              print "RED GREEN BLUE"
 *   fixture difference A B              print the greatest difference of two pictures' bytes
 *   fixture json PATH                   check that every line is a JSON object
 *   fixture flavour PATH NAME           write a picture of a kind of its own (fixture_flavour.h)
 *   fixture contents PATH               print what of alpha, profile, date, place is in it
 *   fixture samples PATH X Y            print a pixel as it is in the file
 *   fixture boundaries PATH WIDTH HEIGHT   write BSDS500's kind of file, with a line down the
 *                                       middle; nothing, and 77, where the build does not read it
 */
#include "base/memory.h"
#include "base/rng.h"
#include "cli/fixture_flavour.h"
#include "image/image.h"
#include "model/model.h"
#include "unit/fixture_boundary.h"
#include "unit/fixture_kinds.h"
#include "video/yuv.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cg_image_read_options in_colour = {.channels = 3};

static int report(enum cg_status status, const struct cg_error *error)
{
    if (status == CG_OK)
        return 0;
    fprintf(stderr, "fixture: %s\n", error->text);
    return 1;
}

/* Write a picture that was made, if it was, and let go of it; an exit code. */
static int write_made(enum cg_status status, const char *path, enum cg_image_format format,
                      struct cg_image *image, struct cg_error *error)
{
    const struct cg_image_write_options options = {.format = format, .quality = 95};
    if (status == CG_OK)
        status = cg_image_write(path, image, &options, error);
    cg_image_clear(image);
    return report(status, error);
}

#ifdef CG_WITH_GIF
static struct fixture_bytes make_gif(const struct cg_image *image)
{
    struct fixture_gif gif = {image->width, image->height, 0, 0, image->width, image->height, -1};
    size_t count = (size_t)image->width * (size_t)image->height;
    uint8_t *indices = malloc(count);
    for (size_t i = 0; i < count; i++)
        indices[i] = image->pixels[3 * i] / 64; /* a palette of four */
    gif.pixels = indices;
    struct fixture_bytes file = fixture_gif(&gif);
    free(indices);
    return file;
}
#endif

/* Of a kind that comicgan reads and does not write. */
static int write_kind(const char *path, enum cg_image_format format, const struct cg_image *image)
{
    struct fixture_bytes file = {0};
    const struct fixture_extras none = {0};
    (void)none;
    (void)image;
    switch (format) {
#ifdef CG_WITH_HEIF
    case CG_IMAGE_HEIC:
    case CG_IMAGE_AVIF:
        file = fixture_heif(image, format == CG_IMAGE_AVIF, &none);
        break;
#endif
#ifdef CG_WITH_TIFF
    case CG_IMAGE_TIFF:
        file = fixture_tiff(image, 8, &none);
        break;
#endif
#ifdef CG_WITH_GIF
    case CG_IMAGE_GIF:
        file = make_gif(image);
        break;
#endif
    default:
        return 77;
    }
    FILE *out = fopen(path, "wb");
    bool done = out != NULL && fwrite(file.bytes, 1, file.nbytes, out) == file.nbytes;
    done = out != NULL && fclose(out) == 0 && done;
    free(file.bytes);
    return done ? 0 : 1;
}

static int make_picture(const char *path, int width, int height)
{
    struct cg_error error;
    struct cg_image image = {0};
    enum cg_image_format format;
    if (!cg_image_format_by_ending(path, &format))
        return 77;
    enum cg_status status = cg_image_create(width, height, 3, &image, &error);
    for (int i = 0; status == CG_OK && i < width * height; i++) {
        int x = i % width, y = i / width;
        uint8_t *pixel = image.pixels + 3 * (size_t)i;
        pixel[0] = (uint8_t)(x * 255 / width);
        pixel[1] = (uint8_t)(y * 255 / height);
        pixel[2] = (uint8_t)((x / 16 + y / 16) % 2 * 160 + 40);
    }
    if (status != CG_OK || cg_image_is_written(format))
        return write_made(status, path, format, &image, &error);
    int code = write_kind(path, format, &image);
    cg_image_clear(&image);
    return code;
}

/* Boxes of flat colour over each other, of which no two seeds have the same. */
static int make_scene(const char *path, int width, int height, int seed)
{
    struct cg_error error;
    struct cg_image image = {0};
    struct cg_rng rng = cg_rng_make((uint64_t)seed, 0, 0);
    enum cg_image_format format;
    enum cg_status status = cg_image_format_of(path, &format, &error);
    if (status == CG_OK)
        status = cg_image_create(width, height, 3, &image, &error);
    for (int box = 0; status == CG_OK && box < 12; box++) {
        int left = box > 0 ? (int)cg_rng_below(&rng, (uint32_t)width) : 0;
        int top = box > 0 ? (int)cg_rng_below(&rng, (uint32_t)height) : 0;
        uint32_t colour = cg_rng_below(&rng, 1 << 24);
        for (int y = top; y < height && (box == 0 || y < top + height / 2); y++)
            for (int x = left; x < width && (box == 0 || x < left + width / 2); x++)
                for (int c = 0; c < 3; c++)
                    image.pixels[3 * ((size_t)y * (size_t)width + (size_t)x) + (size_t)c] =
                        (uint8_t)((colour >> 8 * c & 255) * 3 / 4);
    }
    return write_made(status, path, format, &image, &error);
}

static enum cg_status write_video(int fd, const struct cg_y4m_format *format, int count,
                                  struct cg_error *error)
{
    struct cg_yuv *yuv = NULL;
    uint8_t *pixels = cg_alloc((size_t)format->width * (size_t)format->height, 3, "frame", error);
    uint8_t *planes = cg_alloc(cg_y4m_frame_nbytes(format), 1, "frame", error);
    enum cg_status status = pixels != NULL && planes != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        status = cg_yuv_create(format, &yuv, error);
    if (status == CG_OK)
        status = cg_y4m_write_header(fd, "film", format, error);
    for (int n = 0; n < count && status == CG_OK; n++) {
        for (int i = 0; i < format->width * format->height; i++) {
            int x = i % format->width + n, y = i / format->width;
            pixels[3 * i] = (uint8_t)(x * 200 / (format->width + count));
            pixels[3 * i + 1] = (uint8_t)(y * 255 / format->height);
            pixels[3 * i + 2] = (uint8_t)((x / 16 + y / 16) % 2 * 160 + 40);
        }
        cg_yuv_from_rgb(yuv, pixels, planes);
        status = cg_y4m_write_frame(fd, "film", format, planes, error);
    }
    cg_yuv_free(yuv);
    free(planes);
    free(pixels);
    return status;
}

static int make_video(char *argv[])
{
    struct cg_error error;
    struct cg_y4m_format format;
    char header[128];
    snprintf(header, sizeof(header), "YUV4MPEG2 W%s H%s F10:1 Ip A1:1 C%s", argv[1], argv[2],
             argv[4]);
    int fd = open(argv[0], O_WRONLY | O_CREAT | O_TRUNC, 0666);
    enum cg_status status = cg_y4m_parse(header, &format, &error);
    if (status == CG_OK)
        status = write_video(fd, &format, atoi(argv[3]), &error);
    close(fd);
    return report(status, &error);
}

static int make_plain(const char *path, int width, int height, int value)
{
    struct cg_error error;
    struct cg_image image = {0};
    enum cg_image_format format;
    enum cg_status status = cg_image_format_of(path, &format, &error);
    if (status == CG_OK)
        status = cg_image_create(width, height, 1, &image, &error);
    if (status == CG_OK) {
        memset(image.pixels, value, (size_t)width * (size_t)height);
        status = cg_image_write(path, &image,
                                &(struct cg_image_write_options){.format = format, .quality = 95},
                                &error);
    }
    cg_image_clear(&image);
    return report(status, &error);
}

static int make_model(const char *path, char *name)
{
    char summary[] = "Random numbers, for tests.";
    struct cg_error error;
    struct cg_model model = {
        .config = {.level_count = 2,
                   .levels = {{.channels = 16, .down = {1, {1}}},
                              {.channels = 16, .down = {1, {2}}}},
                   .feature_px = 2,
                   .pixel_features = 4,
                   .head_layers = 1,
                   .head_channels = {8}},
        .card = {.name = name, .summary = summary, .looks = cg_render_params_neutral(256)}};
    enum cg_status status = cg_generator_build(&model.config, &model.network, &error);
    if (status == CG_OK) {
        size_t count = model.network->parameter_count;
        model.parameters = cg_alloc(count, sizeof(float), "parameters", &error);
        status = model.parameters != NULL ? CG_OK : CG_ERR_MEMORY;
        struct cg_rng rng = cg_rng_make(11, 0, 0);
        for (size_t i = 0; status == CG_OK && i < count; i++)
            model.parameters[i] = 0.3f * cg_rng_normal(&rng);
    }
    if (status == CG_OK)
        status = cg_model_write(path, CG_WRITE_OVER, &model, NULL, &error);
    free(model.parameters);
    cg_network_free(model.network);
    return report(status, &error);
}

static int print_size(const char *path)
{
    struct cg_error error;
    struct cg_image image = {0};
    enum cg_status status = cg_image_read(path, &in_colour, &image, NULL, &error);
    if (status == CG_OK)
        printf("%d %d\n", image.width, image.height);
    cg_image_clear(&image);
    return report(status, &error);
}

static int print_pixel(const char *path, int x, int y)
{
    struct cg_error error;
    struct cg_image image = {0};
    enum cg_status status = cg_image_read(path, &in_colour, &image, NULL, &error);
    if (status == CG_OK && (x < 0 || y < 0 || x >= image.width || y >= image.height))
        status = cg_fail(&error, CG_ERR_ARGUMENT, "the pixel lies outside");
    if (status == CG_OK) {
        const uint8_t *pixel = image.pixels + 3 * ((size_t)y * (size_t)image.width + (size_t)x);
        printf("%d %d %d\n", pixel[0], pixel[1], pixel[2]);
    }
    cg_image_clear(&image);
    return report(status, &error);
}

static int print_difference(const char *path_a, const char *path_b)
{
    struct cg_error error;
    struct cg_image a = {0}, b = {0};
    enum cg_status status = cg_image_read(path_a, &in_colour, &a, NULL, &error);
    if (status == CG_OK)
        status = cg_image_read(path_b, &in_colour, &b, NULL, &error);
    if (status == CG_OK && (a.width != b.width || a.height != b.height))
        status = cg_fail(&error, CG_ERR_ARGUMENT, "the sizes differ");
    int greatest = 0;
    for (size_t i = 0; status == CG_OK && i < (size_t)a.width * (size_t)a.height * 3; i++) {
        int difference = abs(a.pixels[i] - b.pixels[i]);
        greatest = difference > greatest ? difference : greatest;
    }
    if (status == CG_OK)
        printf("%d\n", greatest);
    cg_image_clear(&b);
    cg_image_clear(&a);
    return report(status, &error);
}

static int check_json_lines(const char *path)
{
    char line[8192];
    int code = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 1;
    while (code == 0 && fgets(line, sizeof(line), file) != NULL) {
        json_t *object = json_loads(line, 0, NULL);
        code = json_is_object(object) ? 0 : 1;
        json_decref(object);
    }
    fclose(file);
    return code;
}

#ifdef CG_WITH_MATIO
static int make_boundaries(const char *path, int width, int height)
{
    struct cg_error error;
    size_t count = (size_t)width * (size_t)height * FIXTURE_ANNOTATORS;
    uint8_t *marked = cg_alloc_zero(count, 1, "boundaries", &error);
    if (marked == NULL)
        return report(CG_ERR_MEMORY, &error);
    for (size_t i = (size_t)width / 2; i < count; i += (size_t)width)
        marked[i] = 1;
    bool good = fixture_write_boundaries(path, "groundTruth", "Boundaries", width, height, marked);
    free(marked);
    return good ? 0 : 1;
}
#else
static int make_boundaries(const char *path, int width, int height)
{
    (void)path, (void)width, (void)height;
    return 77;
}
#endif

int main(int argc, char *argv[])
{
    if (argc == 6 && strcmp(argv[1], "scene") == 0)
        return make_scene(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    if (argc == 5 && strcmp(argv[1], "picture") == 0)
        return make_picture(argv[2], atoi(argv[3]), atoi(argv[4]));
    if (argc == 7 && strcmp(argv[1], "film") == 0)
        return make_video(argv + 2);
    if (argc == 6 && strcmp(argv[1], "plain") == 0)
        return make_plain(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    if (argc == 4 && strcmp(argv[1], "model") == 0)
        return make_model(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "size") == 0)
        return print_size(argv[2]);
    if (argc == 5 && strcmp(argv[1], "pixel") == 0)
        return print_pixel(argv[2], atoi(argv[3]), atoi(argv[4]));
    if (argc == 4 && strcmp(argv[1], "difference") == 0)
        return print_difference(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "json") == 0)
        return check_json_lines(argv[2]);
    if (argc == 4 && strcmp(argv[1], "flavour") == 0)
        return fixture_write_flavour(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "contents") == 0)
        return fixture_print_contents(argv[2]);
    if (argc == 5 && strcmp(argv[1], "samples") == 0)
        return fixture_print_samples(argv[2], atoi(argv[3]), atoi(argv[4]));
    if (argc == 5 && strcmp(argv[1], "boundaries") == 0)
        return make_boundaries(argv[2], atoi(argv[3]), atoi(argv[4]));
    fputs("cli_fixture: see the top of tests/cli/cli_fixture.c\n", stderr);
    return 2;
}
