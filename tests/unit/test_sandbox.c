/*
 * base/sandbox: what a process in it can no longer do. Each attempt is made in a child that has
 * entered the sandbox, by the thread that entered it, by one that was there before, and by one that
 * was made after.
 */
#define _GNU_SOURCE
#include "base/sandbox.h"

#include "base/file_writer.h"
#include "base/memory.h"
#include "unit/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#define CALL_IO_URING_SETUP 425 /* on all machines; the headers may be older */

/* What the attempts are made at: all of it made before the sandbox is entered. */
struct ground {
    char *readable, *secret, *in_folder, *out_folder;
    int socket;
    pid_t stranger; /* a process that sleeps */
};

/* An attempt returns what a call returned, and errno then says why it failed. */
struct attempt {
    const char *name;
    long (*make)(const struct ground *ground);
    int expected; /* errno, or 0: it must succeed */
};

/* ---- files ----------------------------------------------------------------------------------- */

static long open_in(const char *folder, const char *name, int flags)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    int fd = open(path, flags, 0666);
    if (fd >= 0)
        close(fd);
    return fd;
}

static long read_allowed(const struct ground *ground)
{
    return open(ground->readable, O_RDONLY);
}

static long write_allowed(const struct ground *ground)
{
    return open(ground->readable, O_WRONLY);
}

static long append_allowed(const struct ground *ground)
{
    return open(ground->readable, O_WRONLY | O_APPEND);
}

static long read_secret(const struct ground *ground)
{
    return open(ground->secret, O_RDONLY);
}

static long read_secret_roundabout(const struct ground *ground)
{
    char path[256];
    snprintf(path, sizeof(path), "/proc/self/root%s", ground->secret);
    return open(path, O_RDONLY);
}

static long read_system(const struct ground *ground)
{
    (void)ground;
    return open("/etc/passwd", O_RDONLY);
}

static long write_memory(const struct ground *ground)
{
    (void)ground;
    return open("/proc/self/mem", O_RDWR);
}

static long list_folder(const struct ground *ground)
{
    return open(ground->in_folder, O_RDONLY | O_DIRECTORY);
}

static long remove_allowed(const struct ground *ground)
{
    return unlink(ground->readable);
}

static long make_among_inputs(const struct ground *ground)
{
    return open_in(ground->in_folder, "new", O_WRONLY | O_CREAT);
}

static long move_input_out(const struct ground *ground)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/moved", ground->out_folder);
    return rename(ground->secret, path);
}

static long link_input_out(const struct ground *ground)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/linked", ground->out_folder);
    return link(ground->readable, path);
}

static long make_output(const struct ground *ground)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/comic", ground->out_folder);
    return cg_file_write(path, "comic", 5, NULL) == CG_OK ? 0 : -1;
}

static long replace_output(const struct ground *ground)
{
    return make_output(ground);
}

static long make_folder(const struct ground *ground)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/folder", ground->out_folder);
    return mkdir(path, 0777);
}

static long make_pipe(const struct ground *ground)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/pipe", ground->out_folder);
    return mknod(path, S_IFIFO | 0666, 0);
}

static long truncate_allowed(const struct ground *ground)
{
    return truncate(ground->readable, 0);
}

static const struct attempt on_files[] = {
    {"read an input", read_allowed, 0},
    {"write an input", write_allowed, EACCES},
    {"append to an input", append_allowed, EACCES},
    {"read another file", read_secret, EACCES},
    {"read it by way of /proc", read_secret_roundabout, EACCES},
    {"read a file of the system", read_system, EACCES},
    {"open the process's memory", write_memory, EACCES},
    {"list a folder", list_folder, EACCES},
    {"remove an input", remove_allowed, EACCES},
    {"make a file among the inputs", make_among_inputs, EACCES},
    {"move a file to the outputs", move_input_out, EACCES},
    {"make an input a second name", link_input_out, EXDEV},
    {"make an output", make_output, 0},
    {"replace an output", replace_output, 0},
    {"make a folder", make_folder, EACCES},
    {"make a pipe", make_pipe, EACCES},
};

/* ---- calls ----------------------------------------------------------------------------------- */

static long make_socket(const struct ground *ground)
{
    (void)ground;
    return socket(AF_INET, SOCK_STREAM, 0);
}

static long make_pair(const struct ground *ground)
{
    int pair[2];
    (void)ground;
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static long connect_socket(const struct ground *ground)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "nobody"};
    return connect(ground->socket, (const struct sockaddr *)&address, sizeof(address));
}

static long run_program(const struct ground *ground)
{
    char *const argv[] = {"true", NULL};
    (void)ground;
    return execv("/bin/true", argv);
}

static long run_open_program(const struct ground *ground)
{
    (void)ground;
    return syscall(SYS_execveat, AT_FDCWD, "/bin/true", NULL, NULL, 0);
}

static long make_process(const struct ground *ground)
{
    (void)ground;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child;
}

static long make_process_sharing(const struct ground *ground)
{
    (void)ground;
    long child = syscall(SYS_clone, (long)SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0)
        _exit(0);
    return child;
}

static long trace(const struct ground *ground)
{
    return ptrace(PTRACE_ATTACH, ground->stranger, NULL, NULL);
}

static long look_into(const struct ground *ground)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)&on_files, 1};
    return process_vm_readv(ground->stranger, &here, 1, &there, 1, 0);
}

static long signal_stranger(const struct ground *ground)
{
    return kill(ground->stranger, 0);
}

static long signal_strange_thread(const struct ground *ground)
{
    return syscall(SYS_tgkill, ground->stranger, ground->stranger, 0);
}

static long type_into_terminal(const struct ground *ground)
{
    char letter = 'x';
    (void)ground;
    return ioctl(STDIN_FILENO, TIOCSTI, &letter);
}

static long have_signals_sent(const struct ground *ground)
{
    return fcntl(ground->socket, F_SETOWN, ground->stranger);
}

static long make_ring(const struct ground *ground)
{
    char parameters[256] = {0};
    (void)ground;
    return syscall(CALL_IO_URING_SETUP, 1, parameters);
}

static long link_file(const struct ground *ground)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/link", ground->out_folder);
    return symlink(ground->secret, path);
}

static long change_mode(const struct ground *ground)
{
    return chmod(ground->readable, 0);
}

static long make_memory_file(const struct ground *ground)
{
    (void)ground;
    return syscall(SYS_memfd_create, "x", 0);
}

static long signal_itself(const struct ground *ground)
{
    (void)ground;
    return syscall(SYS_tgkill, getpid(), getpid(), 0);
}

static const struct attempt on_calls[] = {
    {"read a file", read_allowed, 0},
    {"make an output", make_output, 0},
    {"signal itself", signal_itself, 0},
    {"make a socket", make_socket, EPERM},
    {"make a pair of sockets", make_pair, EPERM},
    {"connect a socket that is there", connect_socket, EPERM},
    {"run a program", run_program, EPERM},
    {"run a program in another way", run_open_program, EPERM},
    {"make a process", make_process, EPERM},
    {"make a process by clone", make_process_sharing, EPERM},
    {"trace a process", trace, EPERM},
    {"read a process's memory", look_into, EPERM},
    {"signal a process", signal_stranger, EPERM},
    {"signal a thread of a process", signal_strange_thread, EPERM},
    {"type into the terminal", type_into_terminal, ENOSYS},
    {"have signals sent", have_signals_sent, ENOSYS},
    {"make a ring of requests", make_ring, ENOSYS},
    {"truncate by name", truncate_allowed, ENOSYS},
    {"make a symbolic link", link_file, EPERM},
    {"change a file's mode", change_mode, EPERM},
    {"make a file in memory", make_memory_file, ENOSYS},
};

/* ---- who makes them -------------------------------------------------------------------------- */

enum who { SELF, THREAD_BEFORE, THREAD_AFTER, WHO_COUNT };

static const char *const who_names[WHO_COUNT] = {"the thread that entered", "a thread from before",
                                                 "a thread from after"};

struct
try {
    const struct attempt *attempt;
    const struct ground *ground;
    sem_t *start;
    int found;
};

#define SUCCEEDED 0

static void make_attempt(struct try *try)
{
    errno = 0;
    long result = try->attempt->make(try->ground);
    try->found = result >= 0 ? SUCCEEDED : errno;
}

static void *thread_main(void *argument)
{
    struct try *try = argument;
    sem_wait(try->start);
    make_attempt(try);
    return NULL;
}

static enum cg_status enter_files(const struct ground *ground)
{
    struct cg_sandbox *sandbox;
    char comic[256];
    snprintf(comic, sizeof(comic), "%s/comic", ground->out_folder);
    enum cg_status status = cg_sandbox_create(&sandbox, NULL);
    if (status == CG_OK)
        status = cg_sandbox_allow(sandbox, ground->readable, CG_SANDBOX_READ, NULL);
    if (status == CG_OK)
        status = cg_sandbox_allow(sandbox, "/is/not/there", CG_SANDBOX_READ, NULL);
    if (status == CG_OK)
        status = cg_sandbox_allow_output(sandbox, comic, NULL);
    if (status == CG_OK)
        status = cg_sandbox_restrict_files(sandbox, NULL);
    cg_sandbox_free(sandbox);
    return status;
}

/* In a child: returns what was found; above 200 is a failure of the test itself. */
static int try_it(const struct ground *ground, const struct attempt *attempt, enum who who,
                  bool calls, bool files)
{
    sem_t start;
    struct try try = {attempt, ground, &start, 201};
    pthread_t thread;
    sem_init(&start, 0, 0);
    if (who == THREAD_BEFORE && pthread_create(&thread, NULL, thread_main, &try) != 0)
        return 202;
    if (calls && cg_sandbox_restrict_calls(NULL) != CG_OK)
        return 203;
    if (files && enter_files(ground) != CG_OK)
        return 204;
    if (who == THREAD_AFTER && pthread_create(&thread, NULL, thread_main, &try) != 0)
        return 205;
    sem_post(&start);
    if (who == SELF)
        make_attempt(&try);
    else
        pthread_join(thread, NULL);
    return try.found;
}

static void hold(const struct ground *ground, const struct attempt *attempts, size_t count,
                 bool calls, bool files)
{
    for (size_t i = 0; i < count; i++) {
        for (int who = 0; who < WHO_COUNT; who++) {
            int result;
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0)
                _exit(try_it(ground, &attempts[i], (enum who)who, calls, files));
            assert_int_equal(waitpid(child, &result, 0), child);
            assert_true(WIFEXITED(result));
            if (WEXITSTATUS(result) != attempts[i].expected)
                fail_msg("%s, by %s: expected %d (%s), found %d (%s)", attempts[i].name,
                         who_names[who], attempts[i].expected, strerror(attempts[i].expected),
                         WEXITSTATUS(result), strerror(WEXITSTATUS(result)));
        }
    }
}

/* ---- the ground ------------------------------------------------------------------------------ */

static char *make_file(const char *name)
{
    char *path = cg_string_copy(fixture_path(name));
    assert_non_null(path);
    assert_int_equal(cg_file_write(path, name, strlen(name), NULL), CG_OK);
    return path;
}

static char *make_place(const char *name)
{
    char *path = cg_string_copy(fixture_path(name));
    assert_non_null(path);
    assert_int_equal(mkdir(path, 0777), 0);
    return path;
}

static int make_ground(void **state)
{
    static struct ground ground;
    fixture_folder_setup(state);
    ground.in_folder = make_place("in");
    ground.out_folder = make_place("out");
    ground.readable = make_file("in/photo");
    ground.secret = make_file("in/secret");
    ground.socket = socket(AF_UNIX, SOCK_STREAM, 0);
    ground.stranger = fork();
    if (ground.stranger == 0) {
        pause();
        _exit(0);
    }
    *state = &ground;
    return ground.stranger < 0;
}

static int clear_ground(void **state)
{
    struct ground *ground = *state;
    kill(ground->stranger, SIGKILL);
    waitpid(ground->stranger, NULL, 0);
    close(ground->socket);
    free(ground->secret);
    free(ground->readable);
    free(ground->out_folder);
    free(ground->in_folder);
    return fixture_folder_teardown(state);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void skip_without(bool has, const char *what)
{
    if (has)
        return;
    print_message("skipped: this kernel, or a build with the address sanitizer, has no %s\n", what);
    skip();
}

static void files_that_were_not_allowed_are_out_of_reach(void **state)
{
    skip_without(cg_sandbox_has_files(), "Landlock");
    hold(*state, on_files, COUNT(on_files), false, true);
}

static void calls_that_are_not_needed_are_refused(void **state)
{
    skip_without(cg_sandbox_has_calls(), "seccomp");
    hold(*state, on_calls, COUNT(on_calls), true, false);
}

static void both_walls_stand_together(void **state)
{
    skip_without(cg_sandbox_has_files() && cg_sandbox_has_calls(), "Landlock and seccomp");
    hold(*state, on_files, COUNT(on_files) - 1, true, true); /* all but the pipe */
}

/* As on a kernel that does not know Landlock: nothing is given up, and nothing fails. */
static int enter_without_landlock(const struct ground *ground)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0) !=
            0 ||
        seccomp_load(filter) != 0 || cg_sandbox_has_files())
        return 1;
    seccomp_release(filter);
    return enter_files(ground) == CG_OK && read_secret(ground) >= 0 ? 0 : 2;
}

static void a_kernel_without_landlock_does(void **state)
{
    int result;
    skip_without(cg_sandbox_has_calls(), "seccomp");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(enter_without_landlock(*state));
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
}

/* What proves that the attempts are worth something: without walls none fails as within. */
static void without_walls_the_attempts_succeed(void **state)
{
    const struct attempt *attempts[] = {&on_files[1], &on_files[3], &on_files[5], &on_files[7],
                                        &on_calls[3], &on_calls[8], &on_calls[12]};
    for (size_t i = 0; i < COUNT(attempts); i++) {
        struct attempt free_attempt = *attempts[i];
        free_attempt.expected = 0;
        hold(*state, &free_attempt, 1, false, false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_walls_the_attempts_succeed),
        cmocka_unit_test(files_that_were_not_allowed_are_out_of_reach),
        cmocka_unit_test(calls_that_are_not_needed_are_refused),
        cmocka_unit_test(both_walls_stand_together),
        cmocka_unit_test(a_kernel_without_landlock_does),
    };
    return cmocka_run_group_tests(tests, make_ground, clear_ground);
}
