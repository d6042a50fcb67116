/* Who may hold a connection, and for how long, so that nobody keeps the others out. */
#ifndef CG_MONITOR_SERVER_GUARD_H
#define CG_MONITOR_SERVER_GUARD_H

#include "monitor/server.h"

#include <microhttpd.h>

struct cg_guard_connection;

/* Used by the server's one thread alone. */
struct cg_guard {
    struct cg_server_limits limits;
    struct cg_guard_connection *connections;
};

/* Called by libmicrohttpd; context is the guard. accept cuts off what is over its time, then says
 * whether there is room for one more. */
enum MHD_Result cg_guard_accept(void *context, const struct sockaddr *address, socklen_t nbytes);
void cg_guard_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                     enum MHD_ConnectionNotificationCode code);
void cg_guard_completed(void *context, struct MHD_Connection *connection, void **request,
                        enum MHD_RequestTerminationCode code);

#endif
