/* ICC profiles, of any kind: used on colours, greys, inks and pixels with alpha. */
#include "fuzz/fuzz.h"

#include "image/colour.h"

#include <stdlib.h>
#include <string.h>

#define SIDE_PX 4
#define PIXELS (SIDE_PX * SIDE_PX)

static void convert(const struct cg_colour_space *space, int channels, bool is_grey)
{
    struct cg_image image;
    fuzz_expect(cg_image_create(SIDE_PX, SIDE_PX, channels, &image, NULL) == CG_OK, "memory");
    for (int i = 0; i < PIXELS * channels; i++)
        image.pixels[i] = (uint8_t)(i * 37);
    enum cg_colour_result result = cg_colour_to_srgb(space, is_grey, &image);
    for (int i = 0; i < PIXELS * channels; i++)
        if (result != CG_COLOUR_CONVERTED || (channels == 4 && i % 4 == 3))
            fuzz_expect(image.pixels[i] == (uint8_t)(i * 37), "alpha, and what is as it was, stay");
    cg_image_clear(&image);
}

static void convert_inks(const struct cg_colour_space *space, bool inverted)
{
    uint8_t inks[4 * PIXELS];
    struct cg_image image;
    fuzz_expect(cg_image_create(SIDE_PX, SIDE_PX, 3, &image, NULL) == CG_OK, "memory");
    for (size_t i = 0; i < sizeof(inks); i++)
        inks[i] = (uint8_t)(i * 37);
    cg_colour_from_cmyk(space, inks, inverted, &image);
    cg_image_clear(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    const struct cg_colour_tags tags = {.icc_count = 1};
    const struct cg_colour_space space = {bytes, nbytes, &tags};
    bool inks = nbytes >= 20 && memcmp(bytes + 16, "CMYK", 4) == 0;
    bool grey = nbytes >= 20 && memcmp(bytes + 16, "GRAY", 4) == 0;
    uint32_t choice = fuzz_choice(bytes, nbytes);
    if (inks)
        convert_inks(&space, choice & 1);
    else if (grey)
        convert(&space, choice & 1 ? 1 : 3, true);
    else if (choice % 4 < 3)
        convert(&space, choice & 4 ? 3 : 4, choice % 4 == 2);
    else
        cg_colour_is_rgb(&space);
    return 0;
}
