/*
 * The board as a page, over HTTP (libmicrohttpd, one thread of its own).
 *
 * Whoever can reach the port may look; acting (pause, resume, save, stop) takes a token, made anew
 * for each run and part of the printed address. By default only this machine reaches the port. The
 * Host header must be an IP address, localhost or the name that the server was bound to, so that no
 * web page can come in under a name of its own (DNS rebinding); the token travels in a header of
 * its own, which other sites' pages cannot send.
 */
#ifndef CG_MONITOR_SERVER_H
#define CG_MONITOR_SERVER_H

#include "monitor/board.h"

struct cg_server;

/* What one caller may take, so that nobody is kept out; those that hold a connection for longer
 * than a request may last are cut off when the next one comes. */
struct cg_server_limits {
    int connections, per_address;
    double request_seconds;
    double (*now)(void *context); /* seconds of a clock that does not go back */
    void *context;
};

extern const struct cg_server_limits cg_server_limits_default;

/*
 * address: [HOST:]PORT; HOST is 127.0.0.1 if left out, PORT 0 takes any that is free. The board
 * must outlive the server; samples_dir holds the files of its samples. Errors: CG_ERR_ARGUMENT for
 * an address that is none; CG_ERR_IO when it cannot be had, as when the port is in use;
 * CG_ERR_MEMORY.
 */
enum cg_status cg_server_start(const char *address, const char *samples_dir, struct cg_board *board,
                               const struct cg_server_limits *limits, struct cg_server **out,
                               struct cg_error *error);
void cg_server_stop(struct cg_server *server);

/* Where to look, with the token: http://HOST:PORT/#token=... */
const char *cg_server_url(const struct cg_server *server);

#endif
