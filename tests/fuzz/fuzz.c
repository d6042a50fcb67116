/* What fuzz targets share: see fuzz.h. */
#include "fuzz/fuzz.h"

#include "unit/fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], path[128];

uint32_t fuzz_choice(const uint8_t *bytes, size_t nbytes)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < nbytes; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash ^ hash >> 15;
}

void fuzz_expect(int kept, const char *promise)
{
    if (kept)
        return;
    fprintf(stderr, "fuzz: not kept: %s\n", promise);
    abort();
}

static void remove_folder(void)
{
    fixture_remove_folder(folder);
}

const char *fuzz_folder(void)
{
    if (folder[0] != '\0')
        return folder;
    snprintf(folder, sizeof(folder), "%s/comicgan-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    fuzz_expect(mkdtemp(folder) != NULL, "a folder is made");
    atexit(remove_folder);
    return folder;
}

const char *fuzz_file(const char *name, const uint8_t *bytes, size_t nbytes)
{
    snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    fuzz_expect(file >= 0 && write(file, bytes, nbytes) == (ssize_t)nbytes, "a file is written");
    close(file);
    return path;
}
