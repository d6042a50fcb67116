/* Colour for the teacher: pictures in Oklab (image/oklab.h), whose hue does not turn when lightness
 * or chroma change. */
#include "image/oklab.h"
#include "train/teacher/teacher_steps.h"

void cg_colour_decode(const struct cg_image *photo, const struct cg_lab *lab)
{
    float linear[256];
    for (int i = 0; i < 256; i++)
        linear[i] = cg_srgb_decode((float)i / 255.0f);
    for (int y = 0; y < photo->height; y++) {
        const uint8_t *in = photo->pixels + (size_t)y * (size_t)photo->width * 3;
        for (int x = 0; x < photo->width; x++, in += 3) {
            float value[3];
            cg_oklab_from_linear((const float[3]){linear[in[0]], linear[in[1]], linear[in[2]]},
                                 value);
            for (int c = 0; c < 3; c++)
                lab->c[c].v[y * lab->c[c].stride + x] = value[c];
        }
    }
    for (int c = 0; c < 3; c++)
        cg_plane_replicate(&lab->c[c]);
}

void cg_colour_encode(const struct cg_lab *lab, struct cg_image *colour)
{
    for (int y = 0; y < colour->height; y++) {
        uint8_t *out = colour->pixels + (size_t)y * (size_t)colour->width * 3;
        for (int x = 0; x < colour->width; x++, out += 3) {
            float value[3], rgb[3];
            for (int c = 0; c < 3; c++)
                value[c] = lab->c[c].v[y * lab->c[c].stride + x];
            cg_oklab_to_gamut(value, rgb);
            for (int c = 0; c < 3; c++)
                out[c] = cg_srgb_encode_byte(rgb[c]);
        }
    }
}
