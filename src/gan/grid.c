/* Small pictures on a larger one: see grid.h. */
#include "gan/grid.h"

#include "gan/samples.h"

#include <string.h>

#define GAP_PX 2
#define GAP_GREY 128

static void place(const float *picture, int side, int channels, int scale, int left, int top,
                  struct cg_image *out)
{
    for (int y = 0; y < side * scale; y++)
        for (int x = 0; x < side * scale; x++)
            for (int c = 0; c < channels; c++)
                out->pixels[((size_t)(top + y) * (size_t)out->width + (size_t)(left + x)) *
                                (size_t)channels +
                            (size_t)c] =
                    cg_samples_byte(picture[((y / scale) * side + x / scale) * channels + c]);
}

enum cg_status cg_grid_draw(const float *pictures, int count, int columns, int side, int channels,
                            int scale, struct cg_image *out, struct cg_error *error)
{
    int cell = side * scale, gap = count > 1 ? GAP_PX : 0;
    int rows = (count + columns - 1) / columns;
    if (rows > CG_IMAGE_SIDE_MAX_PX / (cell + gap) || columns > CG_IMAGE_SIDE_MAX_PX / (cell + gap))
        return cg_fail(error, CG_ERR_LIMIT,
                       "a grid of %d x %d pictures of %d pixels is larger than %d pixels", columns,
                       rows, cell, CG_IMAGE_SIDE_MAX_PX);
    enum cg_status status = cg_image_create(columns * (cell + gap) - gap, rows * (cell + gap) - gap,
                                            channels, out, error);
    if (status != CG_OK)
        return status;
    memset(out->pixels, GAP_GREY, (size_t)out->width * (size_t)out->height * (size_t)out->channels);
    for (int i = 0; i < count; i++)
        place(pictures + (size_t)i * (size_t)(side * side * channels), side, channels, scale,
              i % columns * (cell + gap), i / columns * (cell + gap), out);
    return CG_OK;
}
