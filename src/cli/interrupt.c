/* Being asked to stop: see interrupt.h. */
#include "cli/interrupt.h"

#include "cli/cli.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/* Lock-free, so a signal handler may touch it, and threads may read it. */
static atomic_int requests;

static void note_request(int signal_number)
{
    (void)signal_number;
    if (atomic_fetch_add(&requests, 1) > 0)
        _exit(CG_EXIT_INTERRUPTED);
}

void cg_interrupt_watch(void)
{
    struct sigaction note = {.sa_handler = note_request, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&note.sa_mask);
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGINT, &note, NULL);
    sigaction(SIGTERM, &note, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

bool cg_interrupted(void)
{
    return atomic_load(&requests) > 0;
}
