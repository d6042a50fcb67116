/*
 * How much memory this process may still take: the least of what the machine has free, what its
 * control group (a container, a service) allows, and what the shell's limit on address space
 * leaves (ulimit -v).
 */
#ifndef CG_CLI_CONVERT_MACHINE_MEMORY_H
#define CG_CLI_CONVERT_MACHINE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct cg_machine_memory {
    size_t nbytes;        /* SIZE_MAX when nothing is known */
    const char *source;   /* for people, after "what ": "this machine has free"; static storage */
    bool address_limited; /* the least is the limit on address space: what is mapped counts, used
                             or not */
};

/* root: "" (tests put a folder with proc and sys of their own there). */
struct cg_machine_memory cg_machine_memory_read(const char *root);

/* What this process has in memory now, in bytes; 0 when it is not known. */
size_t cg_machine_memory_resident(const char *root);

#endif
