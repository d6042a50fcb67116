/*
 * Pictures: read with any options, written again as PNG and as JPEG with what was kept, and what
 * was written read once more, which must succeed. Small ones only: large ones would take the time
 * that many small ones need.
 */
#include "fuzz/fuzz.h"

#include "image/header.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

#define SIDE_MAX_PX 256

/* What libheif 1.15 and the decoder of AVIF lose of damaged files: theirs is C++, nothing of ours
 * is. The leak sanitizer calls this by its name. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libdav1d\nleak:operator new\n";
}

/* ---- size, as fast as can be ----------------------------------------------------------------- */

static unsigned get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static int is_large(const uint8_t *bytes, size_t nbytes)
{
    if (nbytes >= 2 && bytes[0] != 0xff) {
        struct cg_image_header header;
        return cg_image_header_read(bytes, nbytes, CG_HEADER_HEAD, &header, NULL) == CG_OK &&
               (header.width > SIDE_MAX_PX || header.height > SIDE_MAX_PX);
    }
    for (size_t i = 0; i + 9 < nbytes; i++) /* any frame header */
        if (bytes[i] == 0xff && bytes[i + 1] >= 0xc0 && bytes[i + 1] <= 0xcf &&
            bytes[i + 1] != 0xc4 && bytes[i + 1] != 0xcc &&
            (get16(bytes + i + 5) > SIDE_MAX_PX || get16(bytes + i + 7) > SIDE_MAX_PX))
            return 1;
    return 0;
}

/* ---- writing and reading again --------------------------------------------------------------- */

static void write_again(const struct cg_image *image, const struct cg_image_extras *extras,
                        enum cg_image_format format, int quality)
{
    const struct cg_image_write_options options = {format, quality, {255, 128, 0}, extras};
    const struct cg_image_read_options all = {
        .keep_profile = true, .keep_exif = true, .keep_gps = true};
    struct cg_image again;
    struct cg_image_extras kept;
    uint8_t *bytes;
    size_t nbytes;
    fuzz_expect(cg_image_encode(image, &options, &bytes, &nbytes, NULL) == CG_OK,
                "what was read can be written");
    fuzz_expect(cg_image_decode(bytes, nbytes, &all, &again, &kept, NULL) == CG_OK,
                "what was written can be read");
    fuzz_expect(again.width == image->width && again.height == image->height, "the size stays");
    fuzz_expect(kept.note[0] == '\0', "what was written is read without a note");
    fuzz_expect((kept.exif != NULL) == (extras->exif != NULL), "EXIF data is written and read");
    if (format == CG_IMAGE_PNG)
        fuzz_expect(
            again.channels == image->channels &&
                memcmp(again.pixels, image->pixels,
                       (size_t)image->width * (size_t)image->height * (size_t)image->channels) == 0,
            "a PNG keeps every sample");
    cg_image_clear(&again);
    cg_image_extras_clear(&kept);
    free(bytes);
}

static void split_and_join(struct cg_image *image)
{
    struct cg_image alpha;
    if (image->channels != 4)
        return;
    fuzz_expect(cg_image_split_alpha(image, &alpha, NULL) == CG_OK, "alpha is split off");
    fuzz_expect(cg_image_join_alpha(image, &alpha, NULL) == CG_OK, "alpha is joined again");
    cg_image_clear(&alpha);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    static const int channels[] = {0, 0, 1, 3};
    uint32_t choice = fuzz_choice(bytes, nbytes);
    const struct cg_image_read_options options = {.channels = channels[choice & 3],
                                                  .keep_profile = choice & 4,
                                                  .keep_exif = choice & 8,
                                                  .keep_gps = choice & 16};
    struct cg_image image;
    struct cg_image_extras extras;
    struct cg_error error;
    if (is_large(bytes, nbytes) ||
        cg_image_decode(bytes, nbytes, &options, &image, &extras, &error) != CG_OK)
        return 0;
    split_and_join(&image);
    if (choice & 32)
        write_again(&image, &extras, choice & 64 ? CG_IMAGE_PNG : CG_IMAGE_JPEG,
                    1 + (int)(choice >> 8) % 100);
    cg_image_clear(&image);
    cg_image_extras_clear(&extras);
    return 0;
}
