/*
 * Small square pictures as byte vectors, the vector GAN's data: square crops of the pictures in a
 * folder, reduced, or the contents of an IDX file.
 */
#ifndef CG_GAN_SAMPLES_H
#define CG_GAN_SAMPLES_H

#include "base/error.h"
#include "base/pool.h"
#include "base/rng.h"
#include "image/image.h"

/* A GAN would only memorise fewer. */
#define CG_SAMPLES_MIN 16
#define CG_SAMPLES_CROPS_MAX 1024

struct cg_samples_options {
    int side_px, channels; /* of the samples */
    int crops;             /* of each picture; 0: enough for CG_SAMPLES_WANTED in all */
    float crop;            /* side of the crops as a fraction of the picture's short side, 0.05 to
                              1, plus or minus a quarter; 1: always the centre square */
    bool strict;           /* damaged pictures count as unreadable */
    uint64_t seed;
};

#define CG_SAMPLES_WANTED 8192
#define CG_SAMPLES_CROP_DEFAULT 0.5f

struct cg_samples {
    int side_px, channels;
    size_t count, sample_nbytes;
    uint8_t *pixels;      /* count * sample_nbytes; row by row, channels side by side */
    size_t pictures;      /* that they come from */
    size_t skipped;       /* files that could not be read */
    uint64_t fingerprint; /* of all the above */
};

/*
 * All samples of path, a folder or an IDX file, ordered by path. Depends only on files
 * and options, not on threads. Errors: CG_ERR_IO; CG_ERR_FORMAT, with what was
 * found (no pictures, too few, all alike, a damaged IDX file); CG_ERR_MEMORY.
 */
enum cg_status cg_samples_open(const char *path, const struct cg_samples_options *options,
                               struct cg_pool *pool, struct cg_samples *out,
                               struct cg_error *error);
void cg_samples_clear(struct cg_samples *samples);

/*
 * Up to crops samples of one picture into target: the centre square if crops is 1, the
 * picture is hardly larger than a sample or options->crop is 1; otherwise random crops that are not
 * blank. stream: random stream, different for each picture. *made: their number. Errors:
 * CG_ERR_MEMORY.
 */
enum cg_status cg_samples_cut(const struct cg_image *image,
                              const struct cg_samples_options *options, uint64_t stream, int crops,
                              uint8_t *target, int *made, struct cg_error *error);

/* One sample as floats from -1 to 1. */
void cg_samples_floats(const struct cg_samples *samples, size_t index, float *target);

/* The byte that shows a value of -1 to 1. */
uint8_t cg_samples_byte(float value);

/*
 * IDX files, as MNIST comes in (LeCun, Cortes and Burges, yann.lecun.com/exdb/mnist): two zero
 * bytes, a type, the number of dimensions, their sizes as big-endian 32-bit numbers, then the
 * values. Read here: unsigned bytes (type 8) of three dimensions (pictures) or one (labels).
 */
struct cg_idx {
    size_t count, height, width; /* labels: height and width are 1 */
    uint8_t *bytes;              /* the whole file, owned; NULL when empty */
    const uint8_t *values;       /* count * height * width, within bytes */
};

/* Read a file of pictures, or of labels, with every number checked against the file's length.
 * Errors: CG_ERR_IO; CG_ERR_FORMAT, CG_ERR_UNSUPPORTED with what was expected and found. */
enum cg_status cg_idx_read_pictures(const char *path, struct cg_idx *out, struct cg_error *error);
enum cg_status cg_idx_read_labels(const char *path, struct cg_idx *out, struct cg_error *error);
void cg_idx_clear(struct cg_idx *idx);

#endif
