/* What changed between photo and comic: see picture_quality.h, which defines every figure. */
#include "measure/picture_quality.h"

#include "base/memory.h"
#include "measure/field.h"
#include "measure/picture_hue.h"
#include "measure/picture_line.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define FORM_SIGMA_PX 2.0f
#define CALM_SHARE 0.5
#define CONTOUR_SHARE 0.05
#define AROUND_PX 3 /* the 7 x 7 pixels around */
#define DARK 0.15f
#define LIGHT 0.25f
#define DARKER_BY 0.04f
#define GRADIENT_LEAST 1e-4

#define SHOW(member) offsetof(struct cg_quality, member)

const struct cg_quality_column cg_quality_columns[CG_QUALITY_COLUMNS] = {
    {"texture", "texture", 1.0, 3, SHOW(texture), SHOW(calm)},
    {"texture_with_ink", "with ink", 1.0, 3, SHOW(texture_ink), 0},
    {"calm_fraction", "calm %", 100.0, 1, SHOW(calm), 0},
    {"contour", "contour", 1.0, 3, SHOW(contour), 0},
    {"strokes", "stroke %", 100.0, 2, SHOW(strokes), 0},
    {"continuity", "long %", 100.0, 1, SHOW(continuity), SHOW(strokes)},
    {"flecks", "flecks", 1.0, 0, SHOW(flecks), 0},
    {"fog", "fog %", 100.0, 1, SHOW(fog), 0},
    {"ink", "ink %", 100.0, 2, SHOW(ink), 0},
    {"dark_photo", "dark % p", 100.0, 2, SHOW(dark_photo), 0},
    {"dark_comic", "dark % c", 100.0, 2, SHOW(dark_comic), 0},
    {"hue_deg", "hue deg", 1.0, 1, SHOW(hue_deg), SHOW(hue_blocks)},
    {"hue_skin_deg", "skin deg", 1.0, 1, SHOW(hue_skin_deg), SHOW(skin_blocks)},
    {"hue_blocks", "hue blks", 1.0, 0, SHOW(hue_blocks), 0},
    {"skin_blocks", "skin blk", 1.0, 0, SHOW(skin_blocks), 0},
    {"clipped_photo", "clip % p", 100.0, 2, SHOW(clipped_photo), 0},
    {"clipped_comic", "clip % c", 100.0, 2, SHOW(clipped_comic), 0},
    {"luma_photo", "luma p", 1.0, 3, SHOW(luma_photo), 0},
    {"luma_comic", "luma c", 1.0, 3, SHOW(luma_comic), 0},
};

/* The fields that measures read, and two to work in. */
enum {
    PHOTO,
    COMIC,
    PHOTO_GRADIENT,
    COMIC_GRADIENT,
    FORM,
    NEAR_INK, /* 1 with ink in the pixels around, else 0 */
    WORK,
    SCRATCH,
    FIELDS
};

static void fill_fields(const struct cg_image *photo, const struct cg_image *comic,
                        const struct cg_field *field)
{
    const struct cg_field *work = &field[WORK], *scratch = &field[SCRATCH];
    cg_field_luma(photo, &field[PHOTO]);
    cg_field_luma(comic, &field[COMIC]);
    cg_field_gradient(&field[PHOTO], &field[PHOTO_GRADIENT]);
    cg_field_gradient(&field[COMIC], &field[COMIC_GRADIENT]);
    cg_field_blur(&field[PHOTO], FORM_SIGMA_PX, scratch, work);
    cg_field_gradient(work, &field[FORM]);
    for (size_t i = 0; i < cg_field_count(work); i++) {
        float before = field[PHOTO].v[i], after = field[COMIC].v[i];
        work->v[i] = after < DARK && before - after > DARKER_BY ? 1.0f : 0.0f;
    }
    cg_field_box_max(work, AROUND_PX, scratch, &field[NEAR_INK]);
}

static double ratio(double comic_sum, double photo_sum, double count)
{
    double least = GRADIENT_LEAST * (count > 0.0 ? count : 1.0);
    return (comic_sum > least ? comic_sum : least) / (photo_sum > least ? photo_sum : least);
}

static void measure_texture(const struct cg_field *field, struct cg_quality *out)
{
    const float *before = field[PHOTO_GRADIENT].v, *after = field[COMIC_GRADIENT].v;
    const float *form = field[FORM].v;
    float most = cg_field_quantile(&field[FORM], CALM_SHARE, &field[SCRATCH]);
    double photo[2] = {0.0}, comic[2] = {0.0}, count[2] = {0.0}; /* without ink, near ink */
    for (size_t i = 0; i < cg_field_count(&field[FORM]); i++) {
        int near_ink = field[NEAR_INK].v[i] > 0.0f;
        if (form[i] > most)
            continue;
        photo[near_ink] += (double)before[i];
        comic[near_ink] += (double)after[i];
        count[near_ink] += 1.0;
    }
    out->texture = ratio(comic[0], photo[0], count[0]);
    out->texture_ink = ratio(comic[0] + comic[1], photo[0] + photo[1], count[0] + count[1]);
    out->calm = count[0] / (double)cg_field_count(&field[FORM]);
}

/* Mean over contour pixels of the peak gradient around them. */
static double contour_sum(const struct cg_field *field, int gradient, float least, double *count)
{
    double sum = 0.0;
    *count = 0.0;
    cg_field_box_max(&field[gradient], AROUND_PX, &field[SCRATCH], &field[WORK]);
    for (size_t i = 0; i < cg_field_count(&field[FORM]); i++) {
        if (field[FORM].v[i] < least)
            continue;
        sum += (double)field[WORK].v[i];
        *count += 1.0;
    }
    return sum;
}

static void measure_contour(const struct cg_field *field, struct cg_quality *out)
{
    float least = cg_field_quantile(&field[FORM], 1.0 - CONTOUR_SHARE, &field[SCRATCH]);
    double count;
    double photo = contour_sum(field, PHOTO_GRADIENT, least, &count);
    double comic = contour_sum(field, COMIC_GRADIENT, least, &count);
    out->contour = ratio(comic, photo, count);
}

static void measure_tones(const struct cg_field *field, struct cg_quality *out)
{
    size_t ink = 0, dark_photo = 0, dark_comic = 0, pixels = cg_field_count(&field[PHOTO]);
    double luma_photo = 0.0, luma_comic = 0.0;
    for (size_t i = 0; i < pixels; i++) {
        float before = field[PHOTO].v[i], after = field[COMIC].v[i];
        ink += after < DARK && before > LIGHT;
        dark_photo += before < DARK;
        dark_comic += after < DARK;
        luma_photo += (double)before;
        luma_comic += (double)after;
    }
    double all = (double)pixels;
    out->ink = (double)ink / all;
    out->dark_photo = (double)dark_photo / all;
    out->dark_comic = (double)dark_comic / all;
    out->luma_photo = luma_photo / all;
    out->luma_comic = luma_comic / all;
}

static double clipped_fraction(const struct cg_image *image)
{
    size_t pixels = (size_t)image->width * (size_t)image->height, clipped = 0;
    const uint8_t *p = image->pixels;
    for (size_t i = 0; i < pixels; i++, p += 3)
        clipped += p[0] == 0 || p[1] == 0 || p[2] == 0 || p[0] == 255 || p[1] == 255 || p[2] == 255;
    return (double)clipped / (double)pixels;
}

enum cg_status cg_quality_measure(const struct cg_image *photo, const struct cg_image *comic,
                                  struct cg_quality *out, struct cg_error *error)
{
    struct cg_field field[FIELDS] = {0};
    if (photo->channels != 3 || comic->channels != 3 || photo->width != comic->width ||
        photo->height != comic->height)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "measuring: expected two RGB pictures of one size, got %d x %d with %d "
                       "channels and %d x %d with %d",
                       photo->width, photo->height, photo->channels, comic->width, comic->height,
                       comic->channels);
    enum cg_status status = cg_field_set_create(photo->width, photo->height, FIELDS, field, error);
    size_t *stack = NULL;
    if (status == CG_OK) {
        stack = cg_alloc(cg_field_count(&field[0]), sizeof(*stack), "strokes to measure", error);
        status = stack != NULL ? CG_OK : CG_ERR_MEMORY;
    }
    if (status == CG_OK) {
        fill_fields(photo, comic, field);
        measure_texture(field, out);
        measure_contour(field, out);
        measure_tones(field, out);
        cg_quality_measure_hue(photo, comic, out);
        out->clipped_photo = clipped_fraction(photo);
        out->clipped_comic = clipped_fraction(comic);
        cg_quality_measure_fog(&field[COMIC], &field[COMIC_GRADIENT], &field[NEAR_INK], out);
        cg_quality_measure_lines(&field[COMIC], &field[NEAR_INK], stack, out);
    }
    free(stack);
    free(field[0].v);
    return status;
}

static double member(const struct cg_quality *quality, size_t offset)
{
    double value;
    memcpy(&value, (const char *)quality + offset, sizeof(value));
    return value;
}

double cg_quality_get(const struct cg_quality *quality, const struct cg_quality_column *column)
{
    return member(quality, column->offset);
}

bool cg_quality_known(const struct cg_quality *quality, const struct cg_quality_column *column)
{
    return column->counted == 0 || member(quality, column->counted) > 0.0;
}

void cg_quality_mean(const struct cg_quality *each, size_t count, struct cg_quality *out)
{
    *out = (struct cg_quality){0};
    for (size_t c = 0; c < CG_QUALITY_COLUMNS; c++) {
        const struct cg_quality_column *column = &cg_quality_columns[c];
        double sum = 0.0, known = 0.0;
        for (size_t i = 0; i < count; i++) {
            if (!cg_quality_known(&each[i], column))
                continue;
            sum += cg_quality_get(&each[i], column);
            known += 1.0;
        }
        double mean = known > 0.0 ? sum / known : 0.0;
        memcpy((char *)out + column->offset, &mean, sizeof(mean));
    }
}
