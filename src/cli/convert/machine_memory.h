/*
 * How much memory this process may still take: the least of the machine's free memory, its control
 * group's limit (container, service) and the limit on address space (ulimit -v).
 */
#ifndef CG_CLI_CONVERT_MACHINE_MEMORY_H
#define CG_CLI_CONVERT_MACHINE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct cg_machine_memory {
    size_t nbytes;        /* SIZE_MAX if unknown */
    const char *source;   /* for people, after "what ": "this machine has free"; static storage */
    bool address_limited; /* limited by address space: mapped memory counts, used or not */
};

/* root: "" (tests put a folder with proc and sys of their own there). */
struct cg_machine_memory cg_machine_memory_read(const char *root);

/* The process's resident memory, in bytes; 0 if unknown. */
size_t cg_machine_memory_resident(const char *root);

#endif
