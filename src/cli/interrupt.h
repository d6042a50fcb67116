/*
 * Being asked to stop. The first Ctrl-C (SIGINT) or SIGTERM is only noted: the work looks at
 * cg_interrupted() between its stages and ends in good order. The second ends the program at once;
 * files are replaced whole or not at all (base/file.h), so it leaves none half written either.
 */
#ifndef CG_CLI_INTERRUPT_H
#define CG_CLI_INTERRUPT_H

#include <stdbool.h>

/* From here on. Writing to a pipe that nobody reads is an error too, and no longer the end. */
void cg_interrupt_watch(void);

/* From any thread. */
bool cg_interrupted(void);

/* Readable from the first request on: for who waits for something else besides. -1 where there is
 * no cg_interrupt_watch. */
int cg_interrupt_fd(void);

#endif
