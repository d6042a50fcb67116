/* A folder for one test's files, gone when the test is over. */
#ifndef CG_TESTS_TEMP_FOLDER_H
#define CG_TESTS_TEMP_FOLDER_H

#include "image/image.h"

/* cmocka setup and teardown: *state becomes the folder's path (char *). */
int temp_folder_setup(void **state);
int temp_folder_teardown(void **state);

/* folder/name; free() it. Folders within name are made. */
char *temp_path(const char *folder, const char *name);

void temp_write(const char *folder, const char *name, const void *bytes, size_t nbytes);
void temp_write_png(const char *folder, const char *name, const struct cg_image *image);

#endif
