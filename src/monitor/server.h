/*
 * The board as a page, over HTTP (libmicrohttpd, one thread of its own).
 *
 * Whoever can reach the port may look; acting (pause, resume, save, stop) takes a token, which is
 * new for each run and part of the printed address. By default only this machine reaches the port.
 * The Host header must be an IP address, localhost or the name that the server was bound to, which
 * stops DNS rebinding; the token travels in a custom header, which other sites' pages cannot send.
 */
#ifndef CG_MONITOR_SERVER_H
#define CG_MONITOR_SERVER_H

#include "monitor/board.h"

struct cg_server;

/* Limits, so that nobody is kept out. Connections held for longer than a request may last are cut
 * off when the next one comes. */
struct cg_server_limits {
    int connections, per_address;
    double request_seconds;
    double (*now)(void *context); /* monotonic seconds */
    void *context;
};

extern const struct cg_server_limits cg_server_limits_default;

/*
 * address: [HOST:]PORT; HOST is 127.0.0.1 if left out, PORT 0 takes any free one. The board must
 * outlive the server; samples_dir holds the files of its samples. Errors: CG_ERR_ARGUMENT for an
 * invalid address; CG_ERR_IO if it is not available, for instance in use; CG_ERR_MEMORY.
 */
enum cg_status cg_server_start(const char *address, const char *samples_dir, struct cg_board *board,
                               const struct cg_server_limits *limits, struct cg_server **out,
                               struct cg_error *error);
void cg_server_stop(struct cg_server *server);

/* The address to open, with the token: http://HOST:PORT/#token=... */
const char *cg_server_url(const struct cg_server *server);

#endif
