/* A folder for one test's files: see temp_folder.h. Whatever fails here fails the test. */
#include "temp_folder.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "unit/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER_NBYTES 64 /* as fixture.h has it */

int temp_folder_setup(void **state)
{
    char *folder = malloc(FOLDER_NBYTES);
    assert_non_null(folder);
    fixture_make_folder(folder);
    *state = folder;
    return 0;
}

int temp_folder_teardown(void **state)
{
    fixture_remove_folder(*state);
    free(*state);
    return 0;
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
    assert_int_equal(
        cg_image_write(path, image, &(struct cg_image_write_options){.format = CG_IMAGE_PNG}, NULL),
        CG_OK);
    free(path);
}
