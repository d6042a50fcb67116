/*
 * The wall around files: see sandbox.h. By Landlock (Linux 5.13), whose calls the C library does
 * not have. It holds for one thread and those that this one starts; OpenBLAS has started its own
 * before main. So a signal carries it to every thread that is there, as the C library itself does
 * with setuid().
 */
#define _GNU_SOURCE /* O_PATH, SIGURG, syscall */
#include "base/sandbox.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Rights of newer kernels than the headers may be (version 2 and 3 of the interface). */
#define RIGHT_REFER (1ull << 13)
#define RIGHT_TRUNCATE (1ull << 14)
#define RIGHTS_OF_VERSION_1 (RIGHT_REFER - 1)

#define RIGHTS_OF_FILES                                                                            \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE)
#define RIGHTS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RIGHTS_WRITE                                                                               \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE | LANDLOCK_ACCESS_FS_READ_DIR |                \
     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)

#define ANSWER_SECONDS 10 /* a thread that takes longer blocks signals */

struct cg_sandbox {
    int rules; /* a file descriptor; -1: the kernel has no such wall */
    uint64_t handled;
};

/* ---- what is allowed ------------------------------------------------------------------------- */

/* Of the interface; below 1: none. */
static int kernel_version(void)
{
#if defined(CG_NO_SANDBOX)
    return 0;
#endif
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool cg_sandbox_has_files(void)
{
    return kernel_version() >= 1;
}

static enum cg_status fail(struct cg_error *error)
{
    return cg_fail(error, errno == ENOMEM ? CG_ERR_MEMORY : CG_ERR_STATE,
                   "sandbox: files could not be given up: %s", CG_ERRNO_WORDS(errno));
}

enum cg_status cg_sandbox_create(struct cg_sandbox **out, struct cg_error *error)
{
    int version = kernel_version();
    struct cg_sandbox *sandbox = cg_alloc_zero(1, sizeof(*sandbox), "sandbox", error);
    *out = NULL;
    if (sandbox == NULL)
        return CG_ERR_MEMORY;
    sandbox->rules = -1;
    sandbox->handled = RIGHTS_OF_VERSION_1 | (version >= 2 ? RIGHT_REFER : 0) |
                       (version >= 3 ? RIGHT_TRUNCATE : 0);
    struct landlock_ruleset_attr attributes = {.handled_access_fs = sandbox->handled};
    if (version >= 1) {
        sandbox->rules =
            (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
        if (sandbox->rules < 0) {
            enum cg_status status = fail(error);
            free(sandbox);
            return status;
        }
    }
    *out = sandbox;
    return CG_OK;
}

void cg_sandbox_free(struct cg_sandbox *sandbox)
{
    if (sandbox != NULL && sandbox->rules >= 0)
        close(sandbox->rules);
    free(sandbox);
}

enum cg_status cg_sandbox_allow(struct cg_sandbox *sandbox, const char *path, unsigned access,
                                struct cg_error *error)
{
    struct stat about;
    int fd = path != NULL && sandbox->rules >= 0 ? open(path, O_PATH | O_CLOEXEC) : -1;
    if (fd < 0)
        return CG_OK;
    uint64_t rights = ((access & CG_SANDBOX_READ) != 0 ? RIGHTS_READ : 0) |
                      ((access & CG_SANDBOX_WRITE) != 0 ? RIGHTS_WRITE : 0) |
                      ((access & CG_SANDBOX_MAKE_FOLDERS) != 0 ? LANDLOCK_ACCESS_FS_MAKE_DIR : 0);
    if (fstat(fd, &about) == 0 && !S_ISDIR(about.st_mode))
        rights &= RIGHTS_OF_FILES;
    const struct landlock_path_beneath_attr rule = {.allowed_access = rights & sandbox->handled,
                                                    .parent_fd = fd};
    enum cg_status status = CG_OK;
    /* EBADFD: a pipe or the like that has no name, which the wall does not look at. */
    if (syscall(SYS_landlock_add_rule, sandbox->rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0 &&
        errno != EBADFD)
        status = fail(error);
    close(fd);
    return status;
}

enum cg_status cg_sandbox_allow_output(struct cg_sandbox *sandbox, const char *path,
                                       struct cg_error *error)
{
    struct stat about;
    char *target = cg_output_resolve(path, error);
    if (target == NULL)
        return CG_ERR_IO;
    bool special = stat(target, &about) == 0 && !S_ISREG(about.st_mode);
    char *folder = cg_path_folder(target);
    enum cg_status status = folder == NULL ? cg_fail(error, CG_ERR_MEMORY, "sandbox: out of memory")
                                           : cg_sandbox_allow(sandbox, special ? target : folder,
                                                              CG_SANDBOX_WRITE, error);
    free(folder);
    free(target);
    return status;
}

/* ---- for all threads ------------------------------------------------------------------------- */

/* What a thread is asked to do, and its answer. */
struct order {
    int rules;
    atomic_int failures;
    sem_t answers;
};

static void restrict_this_thread(struct order *order)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_landlock_restrict_self, order->rules, 0) != 0)
        atomic_store(&order->failures, errno);
}

static void take_order(int signal_number, siginfo_t *info, void *context)
{
    int kept = errno;
    (void)signal_number;
    (void)context;
    if (info->si_code == SI_QUEUE && info->si_pid == getpid()) {
        struct order *order = info->si_value.sival_ptr;
        restrict_this_thread(order);
        sem_post(&order->answers);
    }
    errno = kept;
}

/* How many were asked, or -1. */
static int ask_others(struct order *order)
{
    siginfo_t info = {.si_signo = SIGURG, .si_code = SI_QUEUE};
    info.si_pid = getpid();
    info.si_value.sival_ptr = order;
    DIR *threads = opendir("/proc/self/task");
    if (threads == NULL)
        return -1;
    int asked = 0;
    for (struct dirent *entry; (entry = readdir(threads)) != NULL;) {
        int thread = atoi(entry->d_name);
        if (thread > 0 && thread != (int)syscall(SYS_gettid) &&
            syscall(SYS_rt_tgsigqueueinfo, getpid(), thread, SIGURG, &info) == 0)
            asked++;
    }
    closedir(threads);
    return asked;
}

static bool has_answers(struct order *order, int count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ANSWER_SECONDS;
    while (count > 0) {
        if (sem_timedwait(&order->answers, &until) == 0)
            count--;
        else if (errno != EINTR)
            return false;
    }
    return true;
}

enum cg_status cg_sandbox_restrict_files(struct cg_sandbox *sandbox, struct cg_error *error)
{
    struct order order = {.rules = sandbox->rules};
    struct sigaction take = {.sa_sigaction = take_order, .sa_flags = SA_SIGINFO | SA_RESTART}, kept;
    if (sandbox->rules < 0)
        return CG_OK;
    sem_init(&order.answers, 0, 0);
    sigfillset(&take.sa_mask);
    sigaction(SIGURG, &take, &kept);
    int asked = ask_others(&order);
    bool answered = asked >= 0 && has_answers(&order, asked);
    int failure = answered ? 0 : errno;
    sigaction(SIGURG, &kept, NULL);
    sem_destroy(&order.answers);
    if (answered) {
        restrict_this_thread(&order);
        failure = atomic_load(&order.failures);
    }
    errno = failure;
    return failure == 0 ? CG_OK : fail(error);
}
