/* EXIF data, from the TIFF header on: carried over, and what comes out carried over once more. */
#include "fuzz/fuzz.h"

#include "image/exif.h"
#include "image/orientation.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    uint32_t choice = fuzz_choice(bytes, nbytes);
    const struct cg_exif_options options = {
        .width = 640, .height = 480, .keep_gps = choice & 1, .converted = choice & 2};
    const struct cg_span from = {bytes, nbytes};
    uint8_t *carried, *again;
    size_t carried_nbytes, again_nbytes;
    int orientation = cg_exif_orientation(bytes, nbytes);
    fuzz_expect(orientation >= 0 && orientation <= 8, "an orientation is 1 to 8, or 0 for none");
    enum cg_status status = cg_exif_carry(&from, &options, &carried, &carried_nbytes);
    fuzz_expect(status != CG_OK || carried_nbytes <= CG_EXIF_MAX_NBYTES, "it fits into a JPEG");
    if (status != CG_OK || carried == NULL)
        return 0;
    fuzz_expect(cg_exif_orientation(carried, carried_nbytes) <= 1, "what is carried is upright");
    const struct cg_span upright = {carried, carried_nbytes};
    fuzz_expect(cg_exif_carry(&upright, &options, &again, &again_nbytes) == CG_OK,
                "what was carried can be carried");
    free(again);
    free(carried);
    return 0;
}
