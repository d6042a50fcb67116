/* From layers to the full comic: see full.h. */
#include "comic/full.h"

#include "base/memory.h"

#include <stdlib.h>

struct cg_full {
    struct cg_pool *pool;
    struct cg_renderer *renderer;
    struct cg_finish *finish;
};

enum cg_status cg_full_create(struct cg_pool *pool, struct cg_buffer *shared, struct cg_full **out,
                              struct cg_error *error)
{
    *out = NULL;
    struct cg_full *full = cg_alloc_zero(1, sizeof(*full), "renderer", error);
    if (full == NULL)
        return CG_ERR_MEMORY;
    full->pool = pool;
    enum cg_status status = cg_renderer_create(shared, &full->renderer, error);
    if (status == CG_OK)
        status = cg_finish_create(&full->finish, error);
    if (status != CG_OK) {
        cg_full_free(full);
        return status;
    }
    *out = full;
    return CG_OK;
}

void cg_full_free(struct cg_full *full)
{
    if (full == NULL)
        return;
    cg_finish_free(full->finish);
    cg_renderer_free(full->renderer);
    free(full);
}

/* enlarged: how many times larger than it will be shown. */
static enum cg_status render(struct cg_full *full, const struct cg_render_params *looks,
                             struct cg_palette *palette, const struct cg_full_place *place,
                             float enlarged, struct cg_layers *layers, struct cg_image *photo,
                             struct cg_error *error)
{
    const struct cg_finish_request request = {
        .looks = looks,
        .palette = palette != NULL && palette->count > 0 ? palette : NULL,
        .width = place->width,
        .height = place->height,
        .enlarged = enlarged,
    };
    struct cg_render_options options;
    enum cg_status status =
        cg_finish_begin(full->finish, full->pool, &request, layers, &options, error);
    if (status != CG_OK)
        return status;
    options.left = place->left;
    options.top = place->top;
    if (palette != NULL)
        *palette = cg_finish_palette(full->finish);
    return cg_render(full->renderer, full->pool, layers, &options, photo->pixels, photo->width,
                     photo->height, error);
}

/* Move a photo to its comic by strength and mask, as the renderer does. */
static enum cg_status blend(struct cg_finish *finish, struct cg_image *photo,
                            const struct cg_image *comic, const struct cg_render_params *looks,
                            struct cg_error *error)
{
    size_t width = (size_t)photo->width;
    float *weights = cg_alloc(width, sizeof(float), "row of the mask", error);
    enum cg_status status = CG_ERR_MEMORY;
    if (weights != NULL)
        status = cg_finish_set_mask(finish, looks, photo->width, photo->height, error);
    for (int y = 0; y < photo->height && status == CG_OK; y++) {
        const struct cg_finish_span span = {.y = y, .count = width};
        uint8_t *to = photo->pixels + 3 * (size_t)y * width;
        const uint8_t *from = comic->pixels + 3 * (size_t)y * width;
        cg_finish_strength_row(finish, &span, looks->strength, weights);
        for (size_t i = 0; i < 3 * width; i++)
            to[i] = (uint8_t)((float)to[i] + weights[i / 3] * (float)(from[i] - to[i]) + 0.5f);
    }
    free(weights);
    return status;
}

static enum cg_status render_enlarged(struct cg_full *full, const struct cg_render_params *looks,
                                      struct cg_palette *palette, struct cg_layers *layers,
                                      struct cg_image *working, struct cg_image *photo,
                                      struct cg_error *error)
{
    struct cg_render_params whole = *looks; /* blended later, at the photo's own size */
    struct cg_image comic = {0};
    float enlarged =
        (float)(working->width + working->height) / (float)(photo->width + photo->height);
    const struct cg_full_place all = {.width = working->width, .height = working->height};
    whole.strength = 1.0f;
    whole.mask.pixels = NULL;
    enum cg_status status = render(full, &whole, palette, &all, enlarged, layers, working, error);
    if (status == CG_OK)
        status = cg_image_resize(working, photo->width, photo->height, &comic, error);
    if (status == CG_OK)
        status = blend(full->finish, photo, &comic, looks, error);
    cg_image_clear(&comic);
    return status;
}

enum cg_status cg_full_render(struct cg_full *full, const struct cg_render_params *looks,
                              struct cg_palette *palette, struct cg_layers *layers,
                              struct cg_image *working, struct cg_image *photo,
                              struct cg_error *error)
{
    const struct cg_full_place all = {.width = photo->width, .height = photo->height};
    bool smaller = photo->width < working->width || photo->height < working->height;
    if (!smaller)
        cg_image_clear(working); /* memory that the renderer may need */
    enum cg_status status =
        smaller ? render_enlarged(full, looks, palette, layers, working, photo, error)
                : render(full, looks, palette, &all, 1.0f, layers, photo, error);
    cg_image_clear(working);
    return status;
}

enum cg_status cg_full_render_part(struct cg_full *full, const struct cg_render_params *looks,
                                   const struct cg_full_place *place, struct cg_layers *layers,
                                   struct cg_image *photo, struct cg_error *error)
{
    struct cg_palette palette = cg_finish_palette(full->finish);
    return render(full, looks, &palette, place, 1.0f, layers, photo, error);
}
