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

#define CG_PROCESS_SAID_NBYTES 400

struct cg_process {
    const char *name;   /* of the program; argv[0] */
    pid_t pid;          /* 0: not running */
    int in, out, notes; /* our ends of its stdin, stdout and file descriptor 3; -1 without */
    FILE *log;          /* its stderr */
    char said[CG_PROCESS_SAID_NBYTES]; /* the last line of that, after its end */
};
#define CG_PROCESS_NONE                                                                            \
    {                                                                                              \
        .in = -1, .out = -1, .notes = -1                                                           \
    }

/* What is connected to us; what is not is empty. */
enum { CG_PROCESS_FEEDS = 1, CG_PROCESS_READS = 2, CG_PROCESS_NOTES = 4 };

/* Start argv[0], found on PATH, which must outlive the process. Errors: CG_ERR_UNSUPPORTED when
 * there is no such program; CG_ERR_IO. */
enum cg_status cg_process_start(char *const argv[], int pipes, struct cg_process *out,
                                struct cg_error *error);

/* All of it into a pipe or file; name stands in messages. Errors: CG_ERR_IO. SIGPIPE has to be
 * ignored, so that a reader who went away is one of them. */
enum cg_status cg_process_write(int fd, const char *name, const void *bytes, size_t nbytes,
                                struct cg_error *error);

/* Close the pipes, wait for the end. Error: CG_ERR_FORMAT when the program failed, the text being
 * what it said. */
enum cg_status cg_process_finish(struct cg_process *process, struct cg_error *error);

/* End it if it runs, whatever it is doing. */
void cg_process_stop(struct cg_process *process);

#endif
