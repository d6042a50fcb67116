/* IDX files of pictures and of labels: every value is looked at. */
#include "fuzz/fuzz.h"

#include "gan/samples.h"

static unsigned sum(const struct cg_idx *idx)
{
    unsigned total = 0;
    for (size_t i = 0; i < idx->count * idx->height * idx->width; i++)
        total += idx->values[i];
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    static volatile unsigned total; /* so that no look is left out */
    struct cg_error error;
    struct cg_idx idx;
    const char *path = fuzz_file("values", bytes, nbytes);
    if (cg_idx_read_pictures(path, &idx, &error) == CG_OK)
        total = total + sum(&idx);
    cg_idx_clear(&idx);
    if (cg_idx_read_labels(path, &idx, &error) == CG_OK)
        total = total + sum(&idx);
    cg_idx_clear(&idx);
    return 0;
}
