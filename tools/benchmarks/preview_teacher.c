/*
 * The teacher's pictures of photos, to look at, and what they cost: for tools/teacher.
 *
 *   comicgan-teacher FACES|- LONG_PX OUT_DIR PHOTO...
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "train/data/face_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Photos are enlarged up to so many times. */
#define GROW_MAX 2.0

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int scaled(int side, int long_side, int long_px)
{
    double scale = (double)long_px / long_side;
    int to = (int)(side * (scale < GROW_MAX ? scale : GROW_MAX) + 0.5);
    return to > 1 ? to : 1;
}

static void lay_over(struct cg_image *colour, const struct cg_image *ink)
{
    const size_t area = (size_t)ink->width * (size_t)ink->height;
    for (size_t i = 0; i < area; i++)
        for (size_t c = 0; c < 3; c++)
            colour->pixels[3 * i + c] =
                (uint8_t)((colour->pixels[3 * i + c] * (255 - ink->pixels[i]) + 127) / 255);
}

struct cost {
    double seconds, megapixels;
};

static enum cg_status draw(const struct cg_face_list *list, const char *path, int long_px,
                           const char *out_path, struct cost *cost, struct cg_error *error)
{
    struct cg_image file = {0}, photo = {0}, colour = {0}, ink = {0};
    struct cg_teacher_face faces[CG_FACES_MAX];
    size_t face_count = 0;
    enum cg_status status =
        cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, &file, NULL, error);
    if (status == CG_OK) {
        int long_side = file.width > file.height ? file.width : file.height;
        face_count =
            cg_face_list_find(list, path, file.width, file.height, CG_FACE_SCORE_MIN, faces);
        status = cg_image_resize(&file, scaled(file.width, long_side, long_px),
                                 scaled(file.height, long_side, long_px), &photo, error);
    }
    double start = processor_seconds();
    if (status == CG_OK)
        status = cg_teacher_draw(&photo, faces, face_count, &colour, &ink, error);
    if (status == CG_OK) {
        cost->seconds += processor_seconds() - start;
        cost->megapixels += 1e-6 * photo.width * photo.height;
        lay_over(&colour, &ink);
        status = cg_image_write(out_path, &colour,
                                &(struct cg_image_write_options){.format = CG_IMAGE_PNG}, error);
    }
    cg_image_clear(&ink);
    cg_image_clear(&colour);
    cg_image_clear(&photo);
    cg_image_clear(&file);
    return status;
}

static char *picture_path(const char *dir, const char *photo)
{
    const char *name = strrchr(photo, '/');
    name = name != NULL ? name + 1 : photo;
    const char *end = strrchr(name, '.');
    int length = end != NULL ? (int)(end - name) : (int)strlen(name);
    return cg_string_format("%s/%.*s.png", dir, length, name);
}

int main(int argc, char *argv[])
{
    if (argc < 5) {
        fprintf(stderr, "usage: comicgan-teacher FACES|- LONG_PX OUT_DIR PHOTO...\n");
        return 2;
    }
    struct cg_error error;
    struct cg_face_list *list = NULL;
    struct cost cost = {0};
    enum cg_status status = CG_OK;
    if (strcmp(argv[1], "-") != 0)
        status = cg_face_list_read(argv[1], &list, &error);
    for (int i = 4; status == CG_OK && i < argc; i++) {
        char *path = picture_path(argv[3], argv[i]);
        status = path != NULL ? draw(list, argv[i], atoi(argv[2]), path, &cost, &error)
                              : cg_fail(&error, CG_ERR_MEMORY, "out of memory");
        free(path);
    }
    cg_face_list_free(list);
    if (status != CG_OK) {
        fprintf(stderr, "teacher: %s\n", error.text);
        return 1;
    }
    printf("%.1f megapixels, %.2f processor seconds a megapixel\n", cost.megapixels,
           cost.seconds / cost.megapixels);
    return 0;
}
