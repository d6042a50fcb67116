/* A comic beside its photo: see pair_picture.h. */
#include "train/style/pair_picture.h"

#include "base/luma.h"
#include "base/multiversion.h"

/* Cr = (R - luma) / CR_RANGE + 0.5, ITU-R BT.601 */
#define CR_RANGE 1.402f

CG_MULTIVERSION
void cg_pair_picture_luma(const float *restrict picture, size_t pixels, float *restrict luma)
{
    for (size_t i = 0; i < pixels; i++)
        luma[i] = cg_luma_of(picture + 3 * i);
}

CG_MULTIVERSION
void cg_pair_picture_compose(const float *restrict comic, const float *restrict photo_luma,
                             size_t pixels, float *restrict pair)
{
    for (size_t i = 0; i < pixels; i++) {
        float luma = cg_luma_of(comic + 3 * i);
        pair[3 * i] = luma;
        pair[3 * i + 1] = photo_luma[i];
        pair[3 * i + 2] = (comic[3 * i] - luma) / CR_RANGE + 0.5f;
    }
}

CG_MULTIVERSION
void cg_pair_picture_backward(float *gradient, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++) {
        float by_red = gradient[3 * i + 2] / CR_RANGE, by_luma = gradient[3 * i] - by_red;
        gradient[3 * i] = CG_LUMA_RED * by_luma + by_red;
        gradient[3 * i + 1] = CG_LUMA_GREEN * by_luma;
        gradient[3 * i + 2] = CG_LUMA_BLUE * by_luma;
    }
}
