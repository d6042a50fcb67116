/* A folder for one test's files: see temp_folder.h. Whatever fails here fails the test. */
#define _XOPEN_SOURCE 700
#include "temp_folder.h"

#include "base/file.h"
#include "base/memory.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

int temp_folder_setup(void **state)
{
    const char *parent = getenv("TMPDIR");
    char *folder = cg_string_format("%s/comicgan-test-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(folder);
    *state = mkdtemp(folder);
    return *state == NULL;
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)about;
    (void)type;
    (void)place;
    return remove(path);
}

int temp_folder_teardown(void **state)
{
    int failed = nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return failed;
}

char *temp_path(const char *folder, const char *name)
{
    char *path = cg_string_format("%s/%s", folder, name);
    assert_non_null(path);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(cg_folder_make(path, NULL), CG_OK);
    *slash = '/';
    return path;
}

void temp_write(const char *folder, const char *name, const void *bytes, size_t nbytes)
{
    char *path = temp_path(folder, name);
    assert_int_equal(cg_file_write(path, bytes, nbytes, NULL), CG_OK);
    free(path);
}

void temp_write_png(const char *folder, const char *name, const struct cg_image *image)
{
    char *path = temp_path(folder, name);
    assert_int_equal(cg_image_write(path, image, CG_IMAGE_PNG, 90, NULL), CG_OK);
    free(path);
}
