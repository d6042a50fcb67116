/* Where the server listens, and the names that it answers to. */
#ifndef CG_MONITOR_SERVER_HOST_H
#define CG_MONITOR_SERVER_HOST_H

#include "base/error.h"

#include <stdbool.h>

#define CG_HOST_NBYTES 256

struct cg_host {
    char name[CG_HOST_NBYTES]; /* without brackets */
    int port;
};

/* Split [HOST:]PORT; an IPv6 address stands in brackets. Errors: CG_ERR_ARGUMENT. */
enum cg_status cg_host_parse(const char *address, struct cg_host *out, struct cg_error *error);

/* A listening socket there; port 0 is replaced by the actual one. Errors: CG_ERR_IO, with
 * advice. */
enum cg_status cg_host_listen(struct cg_host *host, int *socket_out, struct cg_error *error);

/* Whether a request's Host header names this server. */
bool cg_host_accepts(const struct cg_host *host, const char *header);

/* HOST:PORT for use in a URL; with the machine's name if it binds to all addresses. */
void cg_host_print(const struct cg_host *host, char *out, size_t out_nbytes);

#endif
