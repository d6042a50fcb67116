/*
 * The wall around calls: see sandbox.h. A list of what is allowed, by libseccomp. Calls on no list
 * fail with ENOSYS, as on an older kernel, and C libraries that try a newer call first fall back.
 */
#define _GNU_SOURCE /* CLONE_THREAD, TIOCGWINSZ */
#include "base/memory.h"
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#define API_WITH_ALL_THREADS 2 /* of libseccomp: the kernel applies a filter to all threads */
#define ROOM_PIECES 5
#define ROOM_PIECE_NBYTES ((size_t)64 << 10)

static const int allowed_calls[] = {
    /* files that are open, or that the other wall lets through */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(write),
    SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(pwritev), SCMP_SYS(lseek), SCMP_SYS(open),
    SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
    SCMP_SYS(flock), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(fallocate),
    SCMP_SYS(fadvise64), SCMP_SYS(fchmod), SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(poll),
    SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6),
    /* names */
    SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(access), SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents),
    SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rename),
    SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(unlink),
    SCMP_SYS(unlinkat), SCMP_SYS(utimensat),
    /* memory */
    SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect),
    SCMP_SYS(madvise), SCMP_SYS(mbind),
    /* threads; clone is below */
    SCMP_SYS(futex), SCMP_SYS(futex_waitv), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list),
    SCMP_SYS(rseq), SCMP_SYS(membarrier), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler), SCMP_SYS(getcpu), SCMP_SYS(gettid),
    SCMP_SYS(set_tid_address), SCMP_SYS(exit), SCMP_SYS(exit_group),
    /* signals; those to others are below */
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigpending), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(pause),
    /* time and the like */
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getpid),
    SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(getrlimit), SCMP_SYS(getrusage), SCMP_SYS(times), SCMP_SYS(sysinfo), SCMP_SYS(uname),
    /* the other wall */
    SCMP_SYS(landlock_create_ruleset), SCMP_SYS(landlock_add_rule),
    SCMP_SYS(landlock_restrict_self)};

/* Known calls that are refused. clone3 is not among them: a filter cannot see its arguments, and
 * the C library starts threads by clone when it is missing. */
static const int refused_calls[] = {
    SCMP_SYS(socket),   SCMP_SYS(socketpair), SCMP_SYS(connect),
    SCMP_SYS(bind),     SCMP_SYS(execve),     SCMP_SYS(execveat),
    SCMP_SYS(fork),     SCMP_SYS(vfork),      SCMP_SYS(ptrace),
    SCMP_SYS(kill),     SCMP_SYS(tkill),      SCMP_SYS(process_vm_readv),
    SCMP_SYS(symlink),  SCMP_SYS(symlinkat),  SCMP_SYS(chmod),
    SCMP_SYS(fchmodat), SCMP_SYS(chown),      SCMP_SYS(process_vm_writev)};

bool cg_sandbox_has_calls(void)
{
#if defined(CG_NO_SANDBOX)
    return false;
#endif
    /* The list is for 64-bit machines; others have further calls. */
    return sizeof(void *) == sizeof(uint64_t) && seccomp_api_get() >= API_WITH_ALL_THREADS;
}

/* 0, or a negative errno. A call that this machine lacks needs no rule. */
static int add_rule(scmp_filter_ctx filter, uint32_t action, int call, unsigned condition_count,
                    const struct scmp_arg_cmp *conditions)
{
    int failure = seccomp_rule_add_array(filter, action, call, condition_count, conditions);
    return failure == -EDOM ? 0 : failure;
}

/* Calls that are allowed with some arguments and otherwise refused with EPERM. */
static int add_conditions(scmp_filter_ctx filter)
{
    const scmp_datum_t self = (scmp_datum_t)getpid();
    const struct {
        int call;
        struct scmp_arg_cmp fine;
        struct scmp_arg_cmp not_fine;
    } rules[] = {
        {SCMP_SYS(clone), SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD),
         SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)},
        {SCMP_SYS(tgkill), SCMP_A0_32(SCMP_CMP_EQ, self), SCMP_A0_32(SCMP_CMP_NE, self)},
        {SCMP_SYS(rt_tgsigqueueinfo), SCMP_A0_32(SCMP_CMP_EQ, self), SCMP_A0_32(SCMP_CMP_NE, self)},
        {SCMP_SYS(prlimit64), SCMP_A0_32(SCMP_CMP_EQ, 0), SCMP_A0_32(SCMP_CMP_NE, 0)},
    };
    int failure = 0;
    for (size_t i = 0; failure == 0 && i < sizeof(rules) / sizeof(rules[0]); i++) {
        failure = add_rule(filter, SCMP_ACT_ALLOW, rules[i].call, 1, &rules[i].fine);
        if (failure == 0)
            failure = add_rule(filter, SCMP_ACT_ERRNO(EPERM), rules[i].call, 1, &rules[i].not_fine);
    }
    return failure;
}

/* The operations of ioctl and fcntl that are allowed. Others can type into the terminal (TIOCSTI)
 * or have signals sent to other processes (F_SETOWN). */
static int add_kinds(scmp_filter_ctx filter)
{
    static const struct {
        int call;
        unsigned argument, kind;
    } fine[] = {
        {SCMP_SYS(ioctl), 1, TCGETS},          {SCMP_SYS(ioctl), 1, TIOCGWINSZ},
        {SCMP_SYS(ioctl), 1, FIONREAD},        {SCMP_SYS(fcntl), 1, F_DUPFD},
        {SCMP_SYS(fcntl), 1, F_DUPFD_CLOEXEC}, {SCMP_SYS(fcntl), 1, F_GETFD},
        {SCMP_SYS(fcntl), 1, F_SETFD},         {SCMP_SYS(fcntl), 1, F_GETFL},
        {SCMP_SYS(fcntl), 1, F_SETFL},         {SCMP_SYS(prctl), 0, PR_SET_NAME},
        {SCMP_SYS(prctl), 0, PR_GET_NAME},     {SCMP_SYS(prctl), 0, PR_SET_NO_NEW_PRIVS},
    };
    int failure = 0;
    for (size_t i = 0; failure == 0 && i < sizeof(fine) / sizeof(fine[0]); i++) {
        const struct scmp_arg_cmp same = SCMP_CMP32(fine[i].argument, SCMP_CMP_EQ, fine[i].kind);
        failure = add_rule(filter, SCMP_ACT_ALLOW, fine[i].call, 1, &same);
    }
    return failure;
}

static int add_list(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    int failure = 0;
    for (size_t i = 0; failure == 0 && i < count; i++)
        failure = add_rule(filter, action, calls[i], 0, NULL);
    return failure;
}

/* Older kernels add a barrier against speculative stores unasked. It slows all threads and protects
 * secrets that this process does not have. */
static int set_attributes(scmp_filter_ctx filter)
{
    int failure = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (failure == 0 && seccomp_api_get() >= 4)
        failure = seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
    return failure == 0 ? seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1) : failure;
}

/*
 * libseccomp 2.5.4 crashes, or never ends, where it gets no memory. So what it takes, some 150 KiB
 * bit by bit, is allocated before and freed for it to find. The last piece is returned, to be freed
 * when it is done: until then the heap does not shrink. NULL when out of memory.
 */
static void *make_room(struct cg_error *error)
{
    void *pieces[ROOM_PIECES];
    int count = 0;
    while (count < ROOM_PIECES &&
           (pieces[count] = cg_alloc(1, ROOM_PIECE_NBYTES, "sandbox", error)) != NULL)
        count++;
    bool whole = count == ROOM_PIECES;
    for (int i = 0; i < (whole ? count - 1 : count); i++)
        free(pieces[i]);
    return whole ? pieces[count - 1] : NULL;
}

/* 0, or a negative errno. */
static int put_up_filter(scmp_filter_ctx filter)
{
    int failure = set_attributes(filter);
    if (failure == 0)
        failure = add_list(filter, SCMP_ACT_ALLOW, allowed_calls,
                           sizeof(allowed_calls) / sizeof(allowed_calls[0]));
    if (failure == 0)
        failure = add_list(filter, SCMP_ACT_ERRNO(EPERM), refused_calls,
                           sizeof(refused_calls) / sizeof(refused_calls[0]));
    if (failure == 0)
        failure = add_conditions(filter);
    if (failure == 0)
        failure = add_kinds(filter);
    return failure == 0 ? seccomp_load(filter) : failure;
}

enum cg_status cg_sandbox_restrict_calls(struct cg_error *error)
{
    if (!cg_sandbox_has_calls())
        return CG_OK;
    void *room = make_room(error);
    if (room == NULL)
        return CG_ERR_MEMORY;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int failure = filter != NULL ? put_up_filter(filter) : -ENOMEM;
    seccomp_release(filter);
    free(room);
    if (failure == 0)
        return CG_OK;
    return cg_fail(error, failure == -ENOMEM ? CG_ERR_MEMORY : CG_ERR_STATE,
                   "sandbox: calls could not be given up: %s", CG_ERRNO_WORDS(-failure));
}
