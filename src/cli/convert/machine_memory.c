/*
 * Available memory: see machine_memory.h. Linux: /proc/meminfo, control groups version 2
 * (memory.max of the process's group and of those above it), RLIMIT_AS. Unreadable files count as
 * no limit.
 */
#include "cli/convert/machine_memory.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define TEXT_NBYTES 8192 /* the part of a file that is read */
#define UNKNOWN SIZE_MAX

/* Read the beginning of root/path; false if it is unreadable. */
static bool read_text(const char *root, const char *path, char text[TEXT_NBYTES])
{
    char *full = cg_string_format("%s%s", root, path);
    FILE *file = full == NULL ? NULL : fopen(full, "re");
    free(full);
    if (file == NULL)
        return false;
    text[fread(text, 1, TEXT_NBYTES - 1, file)] = '\0';
    fclose(file);
    return true;
}

/* The number after key at the start of a line; UNKNOWN if there is none ("max" is none). */
static size_t number_after(const char *text, const char *key)
{
    size_t length = strlen(key);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0) {
            char *end;
            unsigned long long number = strtoull(line + length, &end, 10);
            return end == line + length ? UNKNOWN : (size_t)number;
        }
    }
    return UNKNOWN;
}

static size_t machine_has(const char *root)
{
    char text[TEXT_NBYTES];
    if (!read_text(root, "/proc/meminfo", text))
        return UNKNOWN;
    size_t kib = number_after(text, "MemAvailable:");
    return kib == UNKNOWN ? UNKNOWN : kib * 1024;
}

static size_t read_group_number(const char *root, const char *group, const char *file,
                                const char *key)
{
    char text[TEXT_NBYTES];
    char *path = cg_string_format("/sys/fs/cgroup%s/%s", group, file);
    bool found = path != NULL && read_text(root, path, text);
    free(path);
    return found ? number_after(text, key) : UNKNOWN;
}

/* What one group leaves. Cached file pages count as used there, but can be reclaimed. */
static size_t group_leaves(const char *root, const char *group)
{
    size_t most = read_group_number(root, group, "memory.max", "");
    size_t used = read_group_number(root, group, "memory.current", "");
    size_t files = read_group_number(root, group, "memory.stat", "file ");
    if (most == UNKNOWN || used == UNKNOWN)
        return most;
    used -= files == UNKNOWN || files > used ? 0 : files;
    return most > used ? most - used : 0;
}

/* The least of the process's group and all above it. */
static size_t groups_leave(const char *root)
{
    char text[TEXT_NBYTES];
    size_t least = UNKNOWN;
    if (!read_text(root, "/proc/self/cgroup", text) || strncmp(text, "0::/", 4) != 0)
        return UNKNOWN;
    char *group = text + 3;
    group[strcspn(group, "\n")] = '\0';
    for (;;) {
        size_t left = group_leaves(root, group);
        least = left < least ? left : least;
        char *slash = strrchr(group, '/');
        if (slash == NULL)
            return least;
        *slash = '\0';
    }
}

struct own_memory {
    size_t mapped_nbytes, resident_nbytes;
};

static struct own_memory own_memory(const char *root)
{
    char text[TEXT_NBYTES];
    size_t mapped = 0, resident = 0, page_nbytes = (size_t)sysconf(_SC_PAGESIZE);
    if (read_text(root, "/proc/self/statm", text))
        (void)sscanf(text, "%zu %zu", &mapped, &resident);
    return (struct own_memory){mapped * page_nbytes, resident * page_nbytes};
}

size_t cg_machine_memory_resident(const char *root)
{
    return own_memory(root).resident_nbytes;
}

static size_t address_space_leaves(const char *root)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UNKNOWN;
    size_t used = own_memory(root).mapped_nbytes;
    return limit.rlim_cur > used ? (size_t)limit.rlim_cur - used : 0;
}

struct cg_machine_memory cg_machine_memory_read(const char *root)
{
    struct cg_machine_memory least = {machine_has(root), "this machine has free", false};
    size_t group = groups_leave(root);
    if (group < least.nbytes)
        least = (struct cg_machine_memory){group, "its control group's limit leaves", false};
    size_t space = address_space_leaves(root);
    if (space < least.nbytes)
        least = (struct cg_machine_memory){space, "the limit on address space (ulimit -v) leaves",
                                           true};
    return least;
}
