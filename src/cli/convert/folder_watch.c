/* Watching a folder: see folder_watch.h. */
#include "cli/convert/folder_watch.h"

#include "base/memory.h"
#include "cli/interrupt.h"
#include "startup/allocator.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define WHOLE (IN_CLOSE_WRITE | IN_MOVED_TO)
#define GONE (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)
#define EVENTS_NBYTES ((size_t)64 << 10) /* taken at a time */

struct cg_folder_watch {
    char *dir; /* without a slash at its end */
    int fd;
    _Alignas(struct inotify_event) char events[EVENTS_NBYTES];
};

enum cg_status cg_folder_watch_open(const char *dir, struct cg_folder_watch **out,
                                    struct cg_error *error)
{
    size_t length = strlen(dir);
    while (length > 1 && dir[length - 1] == '/')
        length--;
    struct cg_folder_watch *watch = cg_alloc_zero(1, sizeof(*watch), "watch", error);
    *out = NULL;
    if (watch == NULL)
        return CG_ERR_MEMORY;
    watch->dir = cg_string_format("%.*s", (int)length, dir);
    watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    enum cg_status status = CG_OK;
    if (watch->dir == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "watching %s: out of memory", cg_path_tail(dir));
    else if (watch->fd < 0 ||
             inotify_add_watch(watch->fd, watch->dir, WHOLE | GONE | IN_ONLYDIR) < 0)
        status = cg_fail_errno(error, errno == ENOSPC ? "watching" : "reading", dir, errno);
    if (status != CG_OK)
        cg_folder_watch_close(watch);
    else
        *out = watch;
    return status;
}

void cg_folder_watch_close(struct cg_folder_watch *watch)
{
    if (watch == NULL)
        return;
    if (watch->fd >= 0)
        close(watch->fd);
    free(watch->dir);
    free(watch);
}

/* Until there is an event, or a request to stop. */
static void wait_for_event(const struct cg_folder_watch *watch)
{
    struct pollfd events[2] = {{.fd = watch->fd, .events = POLLIN},
                               {.fd = cg_interrupt_fd(), .events = POLLIN}};
    cg_allocator_release();
    while (poll(events, 2, -1) < 0 && errno == EINTR)
        continue;
}

static bool is_listed(const struct cg_path_list *paths, const char *path)
{
    for (size_t i = 0; i < paths->count; i++)
        if (strcmp(paths->paths[i], path) == 0)
            return true;
    return false;
}

static enum cg_status add(const struct cg_folder_watch *watch, const char *name,
                          struct cg_path_list *paths, struct cg_error *error)
{
    enum cg_image_format format;
    if (name[0] == '.' || !cg_image_format_by_ending(name, &format) || !cg_image_is_read(format))
        return CG_OK;
    char *path = cg_string_format("%s/%s", watch->dir, name);
    if (path != NULL && is_listed(paths, path))
        free(path);
    else if (!cg_path_list_add(paths, path))
        return cg_fail(error, CG_ERR_MEMORY, "watching %s: out of memory", watch->dir);
    return CG_OK;
}

static enum cg_status take_event(const struct cg_folder_watch *watch,
                                 const struct inotify_event *event, struct cg_path_list *paths,
                                 struct cg_error *error)
{
    static const struct cg_walk_options here = {0};
    if ((event->mask & GONE) != 0)
        return cg_fail(error, CG_ERR_IO, "watching %s: the folder is gone",
                       cg_path_tail(watch->dir));
    if ((event->mask & IN_Q_OVERFLOW) != 0) {
        cg_path_list_clear(paths);
        return cg_walk_pictures(watch->dir, &here, paths, NULL, error);
    }
    if ((event->mask & IN_ISDIR) != 0 || event->len == 0)
        return CG_OK;
    return add(watch, event->name, paths, error);
}

enum cg_status cg_folder_watch_take(struct cg_folder_watch *watch, bool wait,
                                    struct cg_path_list *paths, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    do {
        if (wait)
            wait_for_event(watch);
        ssize_t nbytes = read(watch->fd, watch->events, sizeof(watch->events));
        for (const char *at = watch->events; status == CG_OK && at < watch->events + nbytes;) {
            const struct inotify_event *event = (const void *)at;
            status = take_event(watch, event, paths, error);
            at += sizeof(*event) + event->len;
        }
    } while (status == CG_OK && wait && paths->count == 0 && !cg_interrupted());
    return status;
}
