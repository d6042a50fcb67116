/* Folders and files that tests make for themselves. */
#ifndef CG_TESTS_UNIT_FIXTURE_H
#define CG_TESTS_UNIT_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

/* A new empty folder for the test; its path lives in path (64 bytes). */
void fixture_make_folder(char *path);

/* Remove a folder and the files in it (and in its folders). */
void fixture_remove_folder(const char *path);

/* How many entries a folder has. */
int fixture_count_entries(const char *path);

#endif
