/*
 * Who may hold a connection: see server_guard.h. libmicrohttpd's own timeout begins anew with every
 * byte; here the time for a whole request counts, and it is looked at when somebody else comes.
 */
#include "monitor/server_guard.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct cg_guard_connection {
    struct cg_guard_connection *next;
    struct sockaddr_storage address;
    int fd;
    double since; /* the request's begin */
    bool is_cut;  /* off, and not counted; libmicrohttpd will close it */
};

/* One sender may have all addresses of an IPv6 network. */
static bool is_same_sender(const struct sockaddr *a, const struct sockaddr *b)
{
    if (a->sa_family != b->sa_family)
        return false;
    if (a->sa_family == AF_INET6)
        return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
                      &((const struct sockaddr_in6 *)b)->sin6_addr, 8) == 0;
    return a->sa_family != AF_INET || ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
                                          ((const struct sockaddr_in *)b)->sin_addr.s_addr;
}

static double now(const struct cg_guard *guard)
{
    return guard->limits.now(guard->limits.context);
}

enum MHD_Result cg_guard_accept(void *context, const struct sockaddr *address, socklen_t nbytes)
{
    struct cg_guard *guard = context;
    int count = 0, of_sender = 0;
    (void)nbytes;
    for (struct cg_guard_connection *c = guard->connections; c != NULL; c = c->next) {
        if (!c->is_cut && now(guard) - c->since > guard->limits.request_seconds) {
            shutdown(c->fd, SHUT_RDWR);
            c->is_cut = true;
        }
        count += !c->is_cut;
        of_sender += !c->is_cut && is_same_sender((const struct sockaddr *)&c->address, address);
    }
    return count < guard->limits.connections && of_sender < guard->limits.per_address ? MHD_YES
                                                                                      : MHD_NO;
}

static void begin(struct cg_guard *guard, struct MHD_Connection *connection, void **socket_context)
{
    socklen_t nbytes = sizeof(struct sockaddr_storage);
    struct cg_guard_connection *added = calloc(1, sizeof(*added));
    if (added == NULL) /* not counted; libmicrohttpd is about to run short as well */
        return;
    added->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    getpeername(added->fd, (struct sockaddr *)&added->address, &nbytes);
    added->since = now(guard);
    added->next = guard->connections;
    guard->connections = added;
    *socket_context = added;
}

void cg_guard_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                     enum MHD_ConnectionNotificationCode code)
{
    struct cg_guard *guard = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        begin(guard, connection, socket_context);
        return;
    }
    for (struct cg_guard_connection **at = &guard->connections; *at != NULL; at = &(*at)->next) {
        struct cg_guard_connection *closed = *at;
        if (closed == *socket_context) {
            *at = closed->next;
            free(closed);
            return;
        }
    }
}

void cg_guard_completed(void *context, struct MHD_Connection *connection, void **request,
                        enum MHD_RequestTerminationCode code)
{
    struct cg_guard *guard = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct cg_guard_connection *served = info == NULL ? NULL : info->socket_context;
    (void)request;
    (void)code;
    if (served != NULL)
        served->since = now(guard);
}
