/* fuzz_seeds FOLDER: write the seeds of every fuzz target into a folder of its name. */
#include "fuzz/seeds.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;

void seed_save(const char *target, const char *name, struct fixture_bytes *file)
{
    struct cg_error error = {.text = "memory could not be had"};
    char *in = cg_string_format("%s/%s", folder, target);
    char *path = cg_string_format("%s/%s/%s", folder, target, name);
    if (in == NULL || path == NULL || cg_folder_make(in, &error) != CG_OK ||
        cg_file_write(path, file->bytes, file->nbytes, &error) != CG_OK) {
        fprintf(stderr, "fuzz_seeds: %s\n", error.text);
        exit(EXIT_FAILURE);
    }
    free(path);
    free(in);
    free(file->bytes);
    *file = (struct fixture_bytes){0};
}

void seed_save_text(const char *target, const char *name, const char *text)
{
    struct fixture_bytes file = {0};
    fixture_add(&file, text, strlen(text));
    seed_save(target, name, &file);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: fuzz_seeds FOLDER\n", stderr);
        return 2;
    }
    folder = argv[1];
    seed_pictures();
    seed_profiles();
    seed_exif();
    seed_texts();
    seed_models();
    seed_fonts();
    return 0;
}
