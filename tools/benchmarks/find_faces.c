/*
 * How many faces the finder finds in photos whose faces a list says, by their width; how often it
 * is wrong; and what it costs. The photos are looked at 1300 pixels long, on one thread.
 *
 *   comicgan-find-faces MODEL FACES|- PHOTO...
 */
#include "base/pool.h"
#include "face/cascade.h"
#include "startup/core_type.h"
#include "train/data/face_list.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LONG_PX 1300
#define GROW_MAX 2.0
#define OVERLAP 0.3f /* of a find with the face that it stands for, of both together */

enum { FINDS_MAX = 256, WIDTHS = 5 };

/* Faces by the least width of their class. */
static const float widths[WIDTHS] = {0.0f, 28.0f, 40.0f, 60.0f, 120.0f};

struct tally {
    int known[WIDTHS], found[WIDTHS], wrong, photos;
    double seconds;
};

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static enum cg_status read_working_copy(const char *path, struct cg_image *out, int size[2],
                                        struct cg_error *error)
{
    struct cg_image file = {0};
    enum cg_status status =
        cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, &file, NULL, error);
    if (status != CG_OK)
        return status;
    size[0] = file.width;
    size[1] = file.height;
    double by =
        fmin((double)LONG_PX / (file.width > file.height ? file.width : file.height), GROW_MAX);
    status = cg_image_resize(&file, (int)fmax(file.width * by + 0.5, 1.0),
                             (int)fmax(file.height * by + 0.5, 1.0), out, error);
    cg_image_clear(&file);
    return status;
}

/* The faces that a list says, in pixels of the working copy. */
static int take_known(const struct cg_face_list *list, const char *path, const int size[2],
                      const struct cg_image *photo, double least_score, struct cg_face *out)
{
    struct cg_teacher_face boxes[CG_FACES_MAX];
    size_t count = cg_face_list_find(list, path, size[0], size[1], least_score, boxes);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct cg_face){
            boxes[i].x * (float)photo->width, boxes[i].y * (float)photo->height,
            boxes[i].width * (float)photo->width, boxes[i].height * (float)photo->height, 1.0f};
    return (int)count;
}

static bool is_among(const struct cg_face *face, const struct cg_face *others, int count)
{
    for (int i = 0; i < count; i++)
        if (cg_face_overlap(face, &others[i]) > OVERLAP)
            return true;
    return false;
}

static void count(const struct cg_face_list *list, const char *path, const int size[2],
                  const struct cg_image *photo, const struct cg_face *finds, int find_count,
                  struct tally *tally)
{
    struct cg_face known[CG_FACES_MAX], all[CG_FACES_MAX];
    int known_count = take_known(list, path, size, photo, CG_FACE_SCORE_MIN, known);
    int all_count = take_known(list, path, size, photo, 0.0, all);
    for (int i = 0; i < known_count; i++) {
        int class = WIDTHS - 1;
        while (known[i].width < widths[class])
            class --;
        bool found = is_among(&known[i], finds, find_count);
        tally->known[class]++;
        tally->found[class] += found;
        if (!found)
            printf("%s\t%.0f %.0f %.0f %.0f\tmissed\n", path, (double)known[i].x,
                   (double)known[i].y, (double)known[i].width, (double)known[i].height);
    }
    for (int i = 0; i < find_count; i++) {
        bool right = is_among(&finds[i], all, all_count);
        tally->wrong += !right;
        printf("%s\t%.0f %.0f %.0f %.0f\t%s %.3f\n", path, (double)finds[i].x, (double)finds[i].y,
               (double)finds[i].width, (double)finds[i].height, right ? "found" : "wrong",
               (double)finds[i].score);
    }
}

static enum cg_status look(const struct cg_face_finder *finder, struct cg_pool *pool,
                           const struct cg_face_list *list, const char *path, struct tally *tally,
                           struct cg_error *error)
{
    struct cg_image photo = {0};
    struct cg_face finds[FINDS_MAX];
    int size[2], find_count = 0;
    enum cg_status status = read_working_copy(path, &photo, size, error);
    double start = processor_seconds();
    if (status == CG_OK)
        status = cg_face_finder_find(finder, pool, &photo, finds, FINDS_MAX, &find_count, error);
    if (status == CG_OK) {
        tally->seconds += processor_seconds() - start;
        tally->photos++;
        count(list, path, size, &photo, finds, find_count, tally);
    }
    cg_image_clear(&photo);
    return status;
}

static void print_tally(const struct tally *tally)
{
    for (int i = 0; i < WIDTHS; i++)
        printf("from %.0f px: %d of %d\n", (double)widths[i], tally->found[i], tally->known[i]);
    printf("%d finds where the list has no face in %d photos; %.1f ms a photo\n", tally->wrong,
           tally->photos, 1e3 * tally->seconds / tally->photos);
}

int main(int argc, char *argv[])
{
    struct cg_error error;
    struct cg_face_list *list = NULL;
    struct cg_face_finder *finder = NULL;
    struct cg_pool *pool = NULL;
    struct tally tally = {0};
    cg_blas_begin(argv);
    if (argc < 4) {
        fprintf(stderr, "usage: comicgan-find-faces MODEL FACES|- PHOTO...\n");
        return 2;
    }
    enum cg_status status = cg_pool_create(1, &pool, &error);
    if (status == CG_OK)
        status = cg_face_finder_read(argv[1], &finder, &error);
    if (status == CG_OK && strcmp(argv[2], "-") != 0)
        status = cg_face_list_read(argv[2], &list, &error);
    for (int i = 3; status == CG_OK && i < argc; i++)
        status = look(finder, pool, list, argv[i], &tally, &error);
    cg_face_list_free(list);
    cg_face_finder_free(finder);
    cg_pool_free(pool);
    if (status != CG_OK) {
        fprintf(stderr, "find-faces: %s\n", error.text);
        return 1;
    }
    print_tally(&tally);
    return 0;
}
