/*
 * Requests to stop. The first Ctrl-C (SIGINT) or SIGTERM is only recorded: the work checks
 * cg_interrupted() between its stages and ends cleanly. The second ends the program at once; since
 * files are replaced atomically (base/file_writer.h), none is left half written.
 */
#ifndef CG_CLI_INTERRUPT_H
#define CG_CLI_INTERRUPT_H

#include <stdbool.h>

/* Start catching signals. SIGPIPE is ignored, so that writing to a broken pipe is an error. */
void cg_interrupt_watch(void);

/* From any thread. */
bool cg_interrupted(void);

/* A file descriptor that is readable from the first request on, for use with poll; -1 before
 * cg_interrupt_watch. */
int cg_interrupt_fd(void);

#endif
