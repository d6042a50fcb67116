/* Requests to stop: see interrupt.h. */
#include "cli/interrupt.h"

#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/* Lock-free, so a signal handler may touch them, and threads may read them. */
static atomic_int requests, wake_fd = -1, woken_fd = -1;

static void note_request(int signal_number)
{
    (void)signal_number;
    if (atomic_fetch_add(&requests, 1) > 0)
        _exit(CG_EXIT_INTERRUPTED);
    int before = errno;
    if (write(atomic_load(&wake_fd), "", 1) < 0)
        errno = before; /* then nobody can wait for it either */
}

void cg_interrupt_watch(void)
{
    struct sigaction note = {.sa_handler = note_request, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    int ends[2];
    if (atomic_load(&woken_fd) < 0 && pipe(ends) == 0) {
        fcntl(ends[0], F_SETFD, FD_CLOEXEC);
        fcntl(ends[1], F_SETFD, FD_CLOEXEC);
        atomic_store(&woken_fd, ends[0]);
        atomic_store(&wake_fd, ends[1]);
    }
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

int cg_interrupt_fd(void)
{
    return atomic_load(&woken_fd);
}
