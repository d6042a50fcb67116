/* Folders and files that tests make for themselves. */
#ifndef CG_TESTS_UNIT_FIXTURE_H
#define CG_TESTS_UNIT_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

/* A new empty folder for the test; its path lives in path (64 bytes). */
void fixture_make_folder(char *path);

/* Remove a folder and the files in it (and in its folders). */
void fixture_remove_folder(const char *path);

/* cmocka setup and teardown: one folder for a test program, and a path in it
 * that holds until the next call; for "" the folder's own, which holds for good. */
int fixture_folder_setup(void **state);
int fixture_folder_teardown(void **state);
const char *fixture_path(const char *name);

/* How many entries a folder has. */
int fixture_count_entries(const char *path);

#endif
