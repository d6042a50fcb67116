/* run.json of a style and of a vector GAN. */
#include "fuzz/fuzz.h"

#include "gan/vector_trainer.h"
#include "train/style/trainer.h"

#include <string.h>

static void read_style(const char *folder)
{
    struct cg_error error;
    struct cg_train_options options;
    struct cg_run_file file;
    if (cg_run_read(folder, &options, &file, &error) != CG_OK)
        return;
    fuzz_expect(strlen(options.data_dir) + strlen(options.name) > 0 || options.data_dir[0] == '\0',
                "texts are texts");
    cg_run_file_release(&file);
}

static void read_vector(const char *folder)
{
    struct cg_error error;
    struct cg_vector_options options;
    struct cg_run_file file;
    struct cg_network *network = NULL;
    if (cg_vector_run_read(folder, &options, &file, &error) != CG_OK)
        return;
    if (cg_vector_pixels(&options.config) < 1000 && /* else it takes long */
        cg_vector_generator_build(&options.config, &network, &error) == CG_OK)
        cg_network_free(network);
    cg_run_file_release(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    fuzz_file("run.json", bytes, nbytes);
    read_style(fuzz_folder());
    read_vector(fuzz_folder());
    bool is_style;
    cg_run_file_is(fuzz_folder(), "style", &is_style, NULL);
    return 0;
}
