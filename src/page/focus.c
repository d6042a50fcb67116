/*
 * What matters in a photo: see focus.h. On a small copy, each pixel weighs
 *   (gradient of luma + 0.02 + 0.2 if it has the colour of skin) * nearness to the middle
 * The nearness falls to three quarters at the sides and to a quarter at the lower edge; its middle
 * lies above the photo's, where heads are. Skin in YCbCr: Cb 77 to 127, Cr 133 to 173 (Chai and
 * Ngan 1999).
 */
#include "page/focus.h"

#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define COPY_SIDE_PX 128
#define BASE_WEIGHT 0.02f
#define SKIN_WEIGHT 0.2f
#define MIDDLE_X 0.5f
#define MIDDLE_Y 0.4f

struct cg_focus {
    int photo_width, photo_height;
    int width, height; /* of the copy */
    double *sums;      /* (height + 1) x (width + 1): weight above and left of each corner */
};

static float luma(const uint8_t *pixel)
{
    return (0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2]) / 255.0f;
}

static float skin(const uint8_t *pixel)
{
    float y = 255.0f * luma(pixel);
    float cb = 128.0f + 0.564f * (pixel[2] - y), cr = 128.0f + 0.713f * (pixel[0] - y);
    bool is_skin = y > 40.0f && cb >= 77.0f && cb <= 127.0f && cr >= 133.0f && cr <= 173.0f;
    return is_skin ? 1.0f : 0.0f;
}

static float nearness(float x, float y)
{
    float dx = x - MIDDLE_X, dy = y - MIDDLE_Y;
    return 1.0f - dx * dx - 2.0f * dy * dy;
}

static float weigh(const struct cg_image *copy, int x, int y)
{
    int right = x + 1 < copy->width ? x + 1 : x, below = y + 1 < copy->height ? y + 1 : y;
    const uint8_t *pixel = copy->pixels + 3 * (y * copy->width + x);
    float here = luma(pixel);
    float dx = luma(copy->pixels + 3 * (y * copy->width + right)) - here;
    float dy = luma(copy->pixels + 3 * (below * copy->width + x)) - here;
    float weight = sqrtf(dx * dx + dy * dy) + BASE_WEIGHT + SKIN_WEIGHT * skin(pixel);
    return weight * nearness(((float)x + 0.5f) / (float)copy->width,
                             ((float)y + 0.5f) / (float)copy->height);
}

static void fill_sums(struct cg_focus *focus, const struct cg_image *copy)
{
    int line = focus->width + 1;
    for (int y = 0; y < copy->height; y++) {
        double in_row = 0.0;
        for (int x = 0; x < copy->width; x++) {
            in_row += (double)weigh(copy, x, y);
            focus->sums[(y + 1) * line + x + 1] = focus->sums[y * line + x + 1] + in_row;
        }
    }
}

enum cg_status cg_focus_create(const struct cg_image *photo, struct cg_focus **out,
                               struct cg_error *error)
{
    *out = NULL;
    int longest = photo->width > photo->height ? photo->width : photo->height;
    double scale = fmin(1.0, (double)COPY_SIDE_PX / longest);
    int width = (int)fmax(1.0, round(photo->width * scale));
    int height = (int)fmax(1.0, round(photo->height * scale));
    struct cg_image copy;
    enum cg_status status = cg_image_resize(photo, width, height, &copy, error);
    if (status != CG_OK)
        return status;
    struct cg_focus *focus = cg_alloc_zero(1, sizeof(*focus), "focus of a photo", error);
    if (focus != NULL) {
        *focus = (struct cg_focus){photo->width, photo->height, width, height, NULL};
        focus->sums = cg_alloc_zero((size_t)(width + 1) * (size_t)(height + 1),
                                    sizeof(*focus->sums), "focus of a photo", error);
    }
    if (focus != NULL && focus->sums != NULL) {
        fill_sums(focus, &copy);
        *out = focus;
    } else {
        cg_focus_free(focus);
        status = CG_ERR_MEMORY;
    }
    cg_image_clear(&copy);
    return status;
}

void cg_focus_free(struct cg_focus *focus)
{
    if (focus == NULL)
        return;
    free(focus->sums);
    free(focus);
}

/* Weight above and left of a point of the photo, by linear interpolation. */
static double sum_at(const struct cg_focus *focus, double photo_x, double photo_y)
{
    double x = photo_x * focus->width / focus->photo_width;
    double y = photo_y * focus->height / focus->photo_height;
    int left = (int)fmin(x, focus->width - 1), upper = (int)fmin(y, focus->height - 1);
    int line = focus->width + 1;
    const double *at = focus->sums + upper * line + left;
    double tx = x - left, ty = y - upper;
    return (1.0 - ty) * ((1.0 - tx) * at[0] + tx * at[1]) +
           ty * ((1.0 - tx) * at[line] + tx * at[line + 1]);
}

double cg_focus_fraction(const struct cg_focus *focus, const struct cg_crop *part)
{
    int right = part->x + part->width, lower = part->y + part->height;
    double inside = sum_at(focus, right, lower) - sum_at(focus, part->x, lower) -
                    sum_at(focus, right, part->y) + sum_at(focus, part->x, part->y);
    return inside / sum_at(focus, focus->photo_width, focus->photo_height);
}

struct cg_crop cg_focus_crop(const struct cg_focus *focus, double aspect)
{
    struct cg_crop crop = {0, 0, focus->photo_width, focus->photo_height};
    if (aspect < (double)crop.width / crop.height)
        crop.width = (int)fmax(1.0, round(crop.height * aspect));
    else
        crop.height = (int)fmax(1.0, round(crop.width / aspect));
    crop.width = crop.width < focus->photo_width ? crop.width : focus->photo_width;
    crop.height = crop.height < focus->photo_height ? crop.height : focus->photo_height;
    int free_x = focus->photo_width - crop.width, free_y = focus->photo_height - crop.height;
    struct cg_crop best = crop;
    double best_fraction = -1.0;
    for (int step = 0; step <= COPY_SIDE_PX; step++) {
        crop.x = free_x * step / COPY_SIDE_PX;
        crop.y = free_y * step / COPY_SIDE_PX;
        double share = cg_focus_fraction(focus, &crop);
        if (share > best_fraction + 1e-9) {
            best_fraction = share;
            best = crop;
        }
    }
    return best;
}
