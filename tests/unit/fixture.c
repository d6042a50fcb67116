/* Folders and files that tests make for themselves: see fixture.h. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "unit/fixture.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fixture_make_folder(char *path)
{
    strcpy(path, "/tmp/comicgan-test-XXXXXX");
    if (mkdtemp(path) == NULL) {
        perror("mkdtemp");
        exit(EXIT_FAILURE);
    }
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *walk)
{
    (void)about;
    (void)type;
    (void)walk;
    return remove(path);
}

void fixture_remove_folder(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static char test_folder[64];

int fixture_folder_setup(void **state)
{
    (void)state;
    fixture_make_folder(test_folder);
    return 0;
}

int fixture_folder_teardown(void **state)
{
    (void)state;
    fixture_remove_folder(test_folder);
    return 0;
}

const char *fixture_path(const char *name)
{
    static char path[4096];
    if (name[0] == '\0')
        return test_folder;
    snprintf(path, sizeof(path), "%s/%s", test_folder, name);
    return path;
}

int fixture_count_entries(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    if (folder == NULL)
        return -1;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}
