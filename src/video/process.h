/*
 * Child processes with pipes to and from them. Their stderr is kept, and its first line is the
 * reason if they fail.
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
    off_t heard;        /* how much of the log to skip */
    char said[CG_PROCESS_SAID_NBYTES]; /* its first line, after the process ended */
};
#define CG_PROCESS_NONE                                                                            \
    {                                                                                              \
        .in = -1, .out = -1, .notes = -1                                                           \
    }

/* The connected pipes; the others are /dev/null. */
enum { CG_PROCESS_FEEDS = 1, CG_PROCESS_READS = 2, CG_PROCESS_NOTES = 4 };

/* Start argv[0], found on PATH; it must outlive the process. Errors: CG_ERR_UNSUPPORTED if there is
 * no such program; CG_ERR_IO. */
enum cg_status cg_process_start(char *const argv[], int pipes, struct cg_process *out,
                                struct cg_error *error);

/* Write all of it to a pipe or file; name is for messages. Errors: CG_ERR_IO; CG_ERR_STATE if the
 * reader has gone away, provided SIGPIPE is ignored. */
enum cg_status cg_process_write(int fd, const char *name, const void *bytes, size_t nbytes,
                                struct cg_error *error);

/* What it has said so far is no reason any more. */
void cg_process_forget_said(struct cg_process *process);

/* Close the pipes and wait for the end. Error: CG_ERR_FORMAT if the program failed, with its
 * message. */
enum cg_status cg_process_finish(struct cg_process *process, struct cg_error *error);

/* Kill it if it is running. */
void cg_process_stop(struct cg_process *process);

#endif
