/*
 * Walls around a process that reads files from strangers: it gives up for good what it does not
 * need, so that a malicious picture that takes it over gains little. Both walls are Linux's:
 *
 *   calls (sandbox_calls.c)   by seccomp: no sockets, no programs, no processes, no looking into
 *                             other processes, no typing into the terminal, no call that is not on
 *                             the list
 *   files (sandbox_files.c)   by Landlock: no file is opened, made or removed but what was allowed
 *
 * Both hold for all threads, those that are there and those to come. A refused call fails with
 * EPERM (with ENOSYS where it is not on the list), a refused file with EACCES. The process is not
 * killed: a library can do without what it was refused, and a batch of thousands is not lost. Where
 * the kernel has no such wall, nothing is done and nothing fails.
 */
#ifndef CG_BASE_SANDBOX_H
#define CG_BASE_SANDBOX_H

#include "base/error.h"

#include <stdbool.h>

bool cg_sandbox_has_calls(void);
bool cg_sandbox_has_files(void);

/* Give up all calls that decoding, encoding and the walls themselves do not need. Errors:
 * CG_ERR_STATE if the kernel refuses, CG_ERR_MEMORY. */
enum cg_status cg_sandbox_restrict_calls(struct cg_error *error);

/* The files that stay within reach. */
struct cg_sandbox;

enum cg_sandbox_access {
    CG_SANDBOX_READ = 1,  /* a file, or a folder with all below it */
    CG_SANDBOX_WRITE = 2, /* a folder: files in it and below are made, replaced and removed; or a
                             device, pipe or file, which is written to */
    CG_SANDBOX_MAKE_FOLDERS = 4 /* in a folder and below */
};

enum cg_status cg_sandbox_create(struct cg_sandbox **out, struct cg_error *error);
void cg_sandbox_free(struct cg_sandbox *sandbox);

/* access: a sum. Links are followed. Missing files and NULL are ignored. Errors: CG_ERR_MEMORY,
 * CG_ERR_STATE. */
enum cg_status cg_sandbox_allow(struct cg_sandbox *sandbox, const char *path, unsigned access,
                                struct cg_error *error);

/* Allow writing the file path (base/output.h) by way of a temporary file beside it. Errors: as
 * above, and those of cg_output_resolve. */
enum cg_status cg_sandbox_allow_output(struct cg_sandbox *sandbox, const char *path,
                                       struct cg_error *error);

/* Give up all files except those allowed and those already open. Further calls give up more. Call
 * it while no other thread starts threads or blocks all signals. Errors: CG_ERR_STATE. */
enum cg_status cg_sandbox_restrict_files(struct cg_sandbox *sandbox, struct cg_error *error);

#endif
