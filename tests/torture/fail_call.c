/*
 * System calls of which one fails: a library to preload (LD_PRELOAD).
 *   FAIL_CALL=NAME:N:HOW   the Nth call of NAME, counted over all threads, fails with HOW: EIO,
 * ENOSPC, EINTR, EAGAIN, EINVAL, or short (read and write move one byte); or stop: it goes well
 * once the program has stopped itself and gets SIGCONT
 *   FAIL_CALL_REPORT=FD takes a line "NAME COUNT" for each name when the program ends
 * Names: open (with fopen and opendir), read, write, fsync, rename, renameat2, close, mkdir,
 * thread.
 *
 * A call that the C library makes for itself is not met, and a close that fails has closed, as
 * Linux does. Programs that the program starts see nothing of it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STOP (-1) /* among numbers of errors; 0: short */

enum call { OPEN, READ, WRITE, FSYNC, RENAME, RENAME_NEW, CLOSE, MKDIR, THREAD, CALL_COUNT };

static const char *const names[] = {"open",      "read",  "write", "fsync", "rename",
                                    "renameat2", "close", "mkdir", "thread"};

static const struct {
    const char *name;
    int number;
} ways[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EINTR", EINTR}, {"EAGAIN", EAGAIN},
            {"EINVAL", EINVAL}, {"short", 0},       {"stop", STOP}};

static atomic_long asked[CALL_COUNT];
static int failing = -1, failing_number;
static long failing_nth;

/* Whether this call is the one; errno is set then. */
static bool fails(enum call call)
{
    bool now = atomic_fetch_add(&asked[call], 1) + 1 == failing_nth && (int)call == failing;
    if (now && failing_number == STOP)
        raise(SIGSTOP);
    else if (now)
        errno = failing_number;
    return now && failing_number != STOP;
}

static bool is_short(enum call call, size_t *nbytes)
{
    if (!fails(call))
        return false;
    if (failing_number != 0)
        return true;
    *nbytes = *nbytes < 1 ? *nbytes : 1;
    return false;
}

/* ---- the calls ------------------------------------------------------------------------------- */

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    return fails(OPEN) ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_of(int flags, va_list arguments)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(folder, path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*next)(const char *, const char *) = NULL;
    *(void **)&next = dlsym(RTLD_NEXT, "fopen");
    return fails(OPEN) ? NULL : next(path, mode);
}

DIR *opendir(const char *path)
{
    DIR *(*next)(const char *) = NULL;
    *(void **)&next = dlsym(RTLD_NEXT, "opendir");
    return fails(OPEN) ? NULL : next(path);
}

ssize_t read(int fd, void *bytes, size_t nbytes)
{
    return is_short(READ, &nbytes) ? -1 : syscall(SYS_read, fd, bytes, nbytes);
}

ssize_t pread(int fd, void *bytes, size_t nbytes, off_t offset)
{
    return is_short(READ, &nbytes) ? -1 : syscall(SYS_pread64, fd, bytes, nbytes, offset);
}

ssize_t write(int fd, const void *bytes, size_t nbytes)
{
    return is_short(WRITE, &nbytes) ? -1 : syscall(SYS_write, fd, bytes, nbytes);
}

ssize_t pwrite(int fd, const void *bytes, size_t nbytes, off_t offset)
{
    return is_short(WRITE, &nbytes) ? -1 : syscall(SYS_pwrite64, fd, bytes, nbytes, offset);
}

int fsync(int fd)
{
    return fails(FSYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    return fails(RENAME) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    return fails(RENAME_NEW) ? -1
                             : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int close(int fd)
{
    bool failed = fails(CLOSE);
    int result = (int)syscall(SYS_close, fd);
    if (failed)
        errno = failing_number;
    return failed ? -1 : result;
}

int mkdir(const char *path, mode_t mode)
{
    return fails(MKDIR) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument)
{
    int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = NULL;
    *(void **)&next = dlsym(RTLD_NEXT, "pthread_create");
    return fails(THREAD) ? failing_number : next(thread, attributes, start, argument);
}

/* ---- orders and report ----------------------------------------------------------------------- */

__attribute__((constructor)) static void arm_from_environment(void)
{
    char *text = getenv("FAIL_CALL"), *how;
    size_t length = text != NULL ? strcspn(text, ":") : 0;
    if (length == 0 || text[length] == '\0')
        return;
    failing_nth = strtol(text + length + 1, &how, 10);
    for (size_t i = 0; *how == ':' && i < sizeof(ways) / sizeof(ways[0]); i++)
        if (strcmp(how + 1, ways[i].name) == 0)
            failing_number = ways[i].number;
    for (int i = 0; i < CALL_COUNT; i++)
        if (strlen(names[i]) == length && strncmp(text, names[i], length) == 0)
            failing = i;
    unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void report(void)
{
    const char *fd = getenv("FAIL_CALL_REPORT");
    for (int i = 0; fd != NULL && i < CALL_COUNT; i++)
        dprintf(atoi(fd), "%s %ld\n", names[i], (long)asked[i]);
}
