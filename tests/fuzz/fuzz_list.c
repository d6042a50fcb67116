/* Lists of pictures, --files-from, and the names of their comics. */
#include "fuzz/fuzz.h"

#include "cli/convert/plan_parts.h"

#include <stdlib.h>
#include <string.h>

struct taken {
    size_t count, nbytes;
};

static int take(void *context, const char *path)
{
    static const enum cg_plan_format formats[] = {CG_PLAN_FORMAT_BY_NAME, CG_PLAN_FORMAT_JPEG,
                                                  CG_PLAN_FORMAT_SAME};
    struct taken *taken = context;
    enum cg_image_format format;
    taken->count++;
    taken->nbytes += strlen(path) + 1;
    char *name = cg_plan_comic_name("out", path, "-comic", formats[taken->count % 3], &format);
    fuzz_expect(name != NULL || formats[taken->count % 3] == CG_PLAN_FORMAT_SAME,
                "every picture's comic has a name");
    free(name);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    const char *path = fuzz_file("list", bytes, nbytes);
    for (int nul_separated = 0; nul_separated < 2; nul_separated++) {
        struct taken taken = {0, 0};
        cg_plan_read_list(path, nul_separated, take, &taken);
        fuzz_expect(taken.nbytes <= nbytes + 1, "no more paths than the list holds");
    }
    return 0;
}
