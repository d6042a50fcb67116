/* Inputs given to a fuzz target once each: replay FILE_OR_FOLDER... For builds without libFuzzer,
 * by any compiler. A folder that is not there holds nothing. */
#include "fuzz/fuzz.h"

#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX_NBYTES ((size_t)16 << 20)

static int replay_file(const char *path)
{
    struct cg_error error;
    uint8_t *bytes;
    size_t nbytes;
    if (cg_file_read(path, INPUT_MAX_NBYTES, &bytes, &nbytes, &error) != CG_OK) {
        fprintf(stderr, "replay: %s\n", error.text);
        return 1;
    }
    uint8_t *exact = malloc(nbytes + (nbytes == 0)); /* so that a sanitizer sees its end */
    if (exact != NULL) {
        memcpy(exact, bytes, nbytes);
        LLVMFuzzerTestOneInput(exact, nbytes);
    }
    free(exact);
    free(bytes);
    return exact == NULL;
}

static int replay(const char *path, size_t *count)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return 0;
    if (!S_ISDIR(about.st_mode)) {
        ++*count;
        return replay_file(path);
    }
    struct dirent **entries;
    int entry_count = scandir(path, &entries, NULL, alphasort), failed = entry_count < 0;
    for (int i = 0; i < entry_count; i++) {
        char *inner = cg_string_format("%s/%s", path, entries[i]->d_name);
        if (inner == NULL || (entries[i]->d_name[0] != '.' && replay(inner, count) != 0))
            failed = 1;
        free(inner);
        free(entries[i]);
    }
    if (entry_count >= 0)
        free(entries);
    return failed;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i], &count);
    printf("%zu inputs\n", count);
    return failed;
}
