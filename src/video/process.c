/* Child processes with pipes: see process.h. */
#include "video/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's end of the notes. */
#define NOTES_FILENO 3

extern char **environ;

/* A pipe that no other program inherits. */
static bool make_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Have the child's `as` be fd, or /dev/null for -1. Returns an errno. */
static int connect_end(posix_spawn_file_actions_t *actions, int fd, int as, int mode)
{
    return fd >= 0 ? posix_spawn_file_actions_adddup2(actions, fd, as)
                   : posix_spawn_file_actions_addopen(actions, as, "/dev/null", mode, 0);
}

/* The child's stdin, stdout, stderr and notes; -1 is /dev/null, and no notes. */
static int spawn(char *const argv[], int in, int out, int log, int notes, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int number = connect_end(&actions, in, STDIN_FILENO, O_RDONLY);
    if (number == 0)
        number = connect_end(&actions, out, STDOUT_FILENO, O_WRONLY);
    if (number == 0)
        number = posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
    if (number == 0 && notes >= 0)
        number = posix_spawn_file_actions_adddup2(&actions, notes, NOTES_FILENO);
    if (number == 0)
        number = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return number;
}

enum cg_status cg_process_start(char *const argv[], int pipes, struct cg_process *out,
                                struct cg_error *error)
{
    int in_ends[2] = {-1, -1}, out_ends[2] = {-1, -1}, notes_ends[2] = {-1, -1}, number = 0;
    *out = (struct cg_process)CG_PROCESS_NONE;
    out->name = argv[0];
    out->log = tmpfile();
    if (out->log == NULL || ((pipes & CG_PROCESS_FEEDS) != 0 && !make_pipe(in_ends)) ||
        ((pipes & CG_PROCESS_READS) != 0 && !make_pipe(out_ends)) ||
        ((pipes & CG_PROCESS_NOTES) != 0 && !make_pipe(notes_ends)))
        number = errno;
    if (number == 0) {
        fcntl(fileno(out->log), F_SETFD, FD_CLOEXEC);
        number = spawn(argv, in_ends[0], out_ends[1], fileno(out->log), notes_ends[1], &out->pid);
    }
    close_end(&in_ends[0]);
    close_end(&out_ends[1]);
    close_end(&notes_ends[1]);
    out->in = in_ends[1];
    out->out = out_ends[0];
    out->notes = notes_ends[0];
    if (number == 0)
        return CG_OK;
    out->pid = 0;
    cg_process_stop(out);
    if (number == ENOENT)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "%s was not found on PATH; videos need ffmpeg installed "
                       "(Debian, Ubuntu: apt-get install ffmpeg)",
                       argv[0]);
    return cg_fail(error, CG_ERR_IO, "starting %s: %s", argv[0], CG_ERRNO_WORDS(number));
}

enum cg_status cg_process_write(int fd, const char *name, const void *bytes, size_t nbytes,
                                struct cg_error *error)
{
    for (const uint8_t *at = bytes; nbytes > 0;) {
        ssize_t count = write(fd, at, nbytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EPIPE)
            return cg_fail(error, CG_ERR_STATE, "writing %s: whoever read it has gone away", name);
        if (count < 0)
            return cg_fail(error, CG_ERR_IO, "writing %s: %s", name, CG_ERRNO_WORDS(errno));
        at += count;
        nbytes -= (size_t)count;
    }
    return CG_OK;
}

/* ffmpeg's muxers complain of what they are given to write, which is not what is wrong with a file
 * unless it makes ffmpeg fail; libraries that it uses announce themselves. */
static bool is_reason(const char *line, bool failed)
{
    static const char *const muxers[] = {"[null @", "[rawvideo @", "[yuv4mpegpipe @"};
    for (size_t i = 0; i < sizeof(muxers) / sizeof(muxers[0]) && !failed; i++)
        if (strncmp(line, muxers[i], strlen(muxers[i])) == 0)
            return false;
    return line[0] != '\0' && line[0] != ' ' && strstr(line, "[info]") == NULL;
}

/* The first line of the log that is a reason; what follows is mostly its consequence. */
static void find_reason(const struct cg_process *process, bool failed, char *line)
{
    fseeko(process->log, process->heard, SEEK_SET);
    while (fgets(line, CG_PROCESS_SAID_NBYTES, process->log) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (is_reason(line, failed))
            return;
    }
    line[0] = '\0';
}

static int wait_for(struct cg_process *process)
{
    int result = 0;
    while (waitpid(process->pid, &result, 0) < 0 && errno == EINTR)
        continue;
    process->pid = 0;
    return result;
}

void cg_process_forget_said(struct cg_process *process)
{
    struct stat about;
    if (fstat(fileno(process->log), &about) == 0)
        process->heard = about.st_size;
}

enum cg_status cg_process_finish(struct cg_process *process, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    close_end(&process->in);
    close_end(&process->out);
    close_end(&process->notes);
    int result = wait_for(process);
    bool failed = !WIFEXITED(result) || WEXITSTATUS(result) != 0;
    find_reason(process, failed, process->said);
    if (failed) {
        status = WIFSIGNALED(result)
                     ? cg_fail(error, CG_ERR_FORMAT, "%s was ended by signal %d", process->name,
                               WTERMSIG(result))
                     : cg_fail(error, CG_ERR_FORMAT, "%s failed: %s", process->name,
                               process->said[0] != '\0' ? process->said : "it did not say why");
    }
    fclose(process->log);
    process->log = NULL;
    return status;
}

void cg_process_stop(struct cg_process *process)
{
    close_end(&process->in);
    close_end(&process->out);
    close_end(&process->notes);
    if (process->pid > 0) {
        kill(process->pid, SIGKILL);
        wait_for(process);
    }
    if (process->log != NULL)
        fclose(process->log);
    process->log = NULL;
}
