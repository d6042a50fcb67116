/*
 * Programs started with pipes to and from them. What they write to stderr is kept, and its last
 * line is the reason when they fail.
 */
#ifndef CG_VIDEO_PROCESS_H
#define CG_VIDEO_PROCESS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct cg_process {
    const char *name; /* of the program; argv[0] */
    pid_t pid;        /* 0: not running */
    int in, out;      /* our ends of its stdin and stdout; -1 without */
    FILE *log;        /* its stderr */
};

/*
 * Start argv[0], found on PATH. feeds: we write to its stdin, which is empty otherwise; reads: we
 * read its stdout. argv[0] must outlive the process. Errors: CG_ERR_UNSUPPORTED when there is no
 * such program; CG_ERR_IO.
 */
enum cg_status cg_process_start(char *const argv[], bool feeds, bool reads, struct cg_process *out,
                                struct cg_error *error);

/* Close the pipes, wait for the end. Error: CG_ERR_FORMAT when the program failed, the text being
 * what it said. */
enum cg_status cg_process_finish(struct cg_process *process, struct cg_error *error);

/* End it if it runs, whatever it is doing. */
void cg_process_stop(struct cg_process *process);

#endif
