/*
 * Learning a style's palette (comic_palette.h) from a data set: from pixels of the teacher's
 * pictures, ink and all, to pixels of comics, both out of crops as training sees them.
 */
#include "train/data/dataset_private.h"

#include "base/memory.h"

#include <stdlib.h>

#define CROPS 256
#define PIXELS_PER_CROP 512

/* Independent of training steps: the palette belongs to the data, not to the run. */
enum { SEED = 1, STREAM_PHOTOS = 300, STREAM_COMICS = 301 };

/* Memory for one crop and for both samples. */
struct sampling {
    float *photo, *colour, *ink;
    float *from, *to;
};

static enum cg_status sampling_create(int crop_px, struct sampling *out, struct cg_error *error)
{
    const size_t area = (size_t)crop_px * (size_t)crop_px;
    const size_t pixels = (size_t)CROPS * PIXELS_PER_CROP;
    out->photo = cg_alloc(3 * area, sizeof(float), "palette", error);
    out->colour = cg_alloc(3 * area, sizeof(float), "palette", error);
    out->ink = cg_alloc(area, sizeof(float), "palette", error);
    out->from = cg_alloc(3 * pixels, sizeof(float), "palette", error);
    out->to = cg_alloc(3 * pixels, sizeof(float), "palette", error);
    bool complete = out->photo && out->colour && out->ink && out->from && out->to;
    return complete ? CG_OK : CG_ERR_MEMORY;
}

static void sampling_clear(struct sampling *sampling)
{
    free(sampling->to);
    free(sampling->from);
    free(sampling->ink);
    free(sampling->colour);
    free(sampling->photo);
}

/* Pixels of the crop in sampling->colour, under its ink (NULL: none). */
static void take_pixels(const struct sampling *sampling, const float *ink, size_t area,
                        struct cg_rng *rng, float *out)
{
    for (int i = 0; i < PIXELS_PER_CROP; i++) {
        size_t at = cg_rng_below(rng, (uint32_t)area);
        float paper = ink != NULL ? 1.0f - ink[at] : 1.0f;
        for (size_t c = 0; c < 3; c++)
            *out++ = paper * sampling->colour[3 * at + c];
    }
}

enum cg_status cg_dataset_learn_grade(struct cg_dataset *dataset, float strength,
                                      struct cg_error *error)
{
    struct sampling sampling = {0};
    const size_t area = (size_t)dataset->crop_px * (size_t)dataset->crop_px;
    enum cg_status status = sampling_create(dataset->crop_px, &sampling, error);
    for (size_t i = 0; status == CG_OK && i < CROPS; i++) {
        struct cg_rng photos = cg_rng_make(SEED, STREAM_PHOTOS, i);
        struct cg_rng comics = cg_rng_make(SEED, STREAM_COMICS, i);
        size_t first = 3 * i * PIXELS_PER_CROP;
        cg_dataset_photo_crop(dataset, &photos, NULL, sampling.photo, sampling.colour,
                              sampling.ink);
        take_pixels(&sampling, sampling.ink, area, &photos, sampling.from + first);
        cg_dataset_comic_crop(dataset, &comics, sampling.colour);
        take_pixels(&sampling, NULL, area, &comics, sampling.to + first);
    }
    if (status == CG_OK) {
        const size_t count = (size_t)CROPS * PIXELS_PER_CROP;
        status = cg_comic_palette_create((struct cg_comic_palette_sample){sampling.from, count},
                                         (struct cg_comic_palette_sample){sampling.to, count},
                                         strength, &dataset->grade, error);
    }
    sampling_clear(&sampling);
    return status;
}
