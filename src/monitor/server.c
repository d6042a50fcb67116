/* The board as a page, over HTTP: see server.h. */
#include "monitor/server.h"

#include "base/clock.h"
#include "base/memory.h"
#include "monitor/report.h"
#include "monitor/server_host.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Who may hold a connection: see server_guard.h. libmicrohttpd's own timeout restarts with every
 * byte; here the time for a whole request counts, checked when the next connection comes.
 */

struct cg_guard_connection;

/* Used only by the server's one thread. */
struct cg_guard {
    struct cg_server_limits limits;
    struct cg_guard_connection *connections;
};

struct cg_guard_connection {
    struct cg_guard_connection *next;
    struct sockaddr_storage address;
    int fd;
    double since; /* when the request began */
    bool is_cut;  /* not counted; libmicrohttpd will close it */
};

/* One sender may own all addresses of an IPv6 network. */
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

/* Called by libmicrohttpd; context is the guard. Cut off connections that are over their time, then
 * say whether there is room for one more. */
static enum MHD_Result guard_accept(void *context, const struct sockaddr *address, socklen_t nbytes)
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

static void guard_notify(void *context, struct MHD_Connection *connection, void **socket_context,
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

static void guard_completed(void *context, struct MHD_Connection *connection, void **request,
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

#define TOKEN_BYTES 16
#define TOKEN_NBYTES (2 * TOKEN_BYTES + 1)
#define TOKEN_HEADER "X-Monitor-Token"
#define SAMPLES_PREFIX "/samples/"
#define BODY_MAX_NBYTES 1024
#define CONNECTION_MEMORY_NBYTES ((size_t)32 << 10)
#define IDLE_SECONDS 30

static double monotonic(void *context)
{
    (void)context;
    return cg_clock_seconds();
}

const struct cg_server_limits cg_server_limits_default = {
    .connections = 32, .per_address = 16, .request_seconds = 10.0, .now = monotonic};

struct cg_server {
    struct MHD_Daemon *daemon;
    struct cg_board *board;
    struct cg_host host;
    struct cg_guard guard;
    char *samples_dir;
    char token[TOKEN_NBYTES];
    char url[CG_HOST_NBYTES + 80];
};

/* ---- answers --------------------------------------------------------------------------------- */

/* dygraphs sets style attributes; apart from that no inline styles and scripts are allowed. */
static const char *const headers[][2] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
     "img-src 'self' data:; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
};

/* Send and release the response; NULL (out of memory) closes the connection. */
static enum MHD_Result send_response(struct MHD_Connection *connection, unsigned status,
                                     const char *type, struct MHD_Response *response)
{
    if (response == NULL)
        return MHD_NO;
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    MHD_add_response_header(response, "Content-Type", type);
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", "GET, HEAD, POST");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* A line of plain, static text. */
static enum MHD_Result send_line(struct MHD_Connection *connection, unsigned status,
                                 const char *line)
{
    return send_response(connection, status, "text/plain; charset=utf-8",
                         MHD_create_response_from_buffer(strlen(line), (char *)(size_t)line,
                                                         MHD_RESPMEM_PERSISTENT));
}

/* Takes text over; NULL: out of memory. */
static enum MHD_Result send_json(struct MHD_Connection *connection, char *text)
{
    if (text == NULL)
        return MHD_NO;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    if (response == NULL)
        free(text);
    return send_response(connection, MHD_HTTP_OK, "application/json", response);
}

static enum MHD_Result send_asset(struct MHD_Connection *connection, const char *name)
{
    struct cg_asset asset;
    if (!cg_asset_find(name, &asset))
        return send_line(connection, MHD_HTTP_NOT_FOUND, "there is no such page\n");
    return send_response(connection, MHD_HTTP_OK, asset.type,
                         MHD_create_response_from_buffer(asset.nbytes, (char *)(size_t)asset.text,
                                                         MHD_RESPMEM_PERSISTENT));
}

/* Only files that the board knows are sent, so a name cannot lead elsewhere. */
static enum MHD_Result send_sample(struct cg_server *server, struct MHD_Connection *connection,
                                   const char *name)
{
    struct stat about;
    int fd = -1;
    if (cg_board_has_sample(server->board, name)) {
        char *path = cg_string_format("%s/%s", server->samples_dir, name);
        fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
        free(path);
    }
    if (fd < 0)
        return send_line(connection, MHD_HTTP_NOT_FOUND, "there is no such picture\n");
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(fd);
        return send_line(connection, MHD_HTTP_NOT_FOUND, "there is no such picture\n");
    }
    struct MHD_Response *response = MHD_create_response_from_fd((uint64_t)about.st_size, fd);
    if (response == NULL)
        close(fd);
    return send_response(connection, MHD_HTTP_OK,
                         strstr(name, ".png") != NULL ? "image/png" : "image/jpeg", response);
}

/* ---- requests -------------------------------------------------------------------------------- */

static char *sample_url(void *context, size_t number, size_t count, const char *file)
{
    (void)context;
    (void)number;
    (void)count;
    char *url = cg_string_format("samples/%s", file);
    if (url == NULL)
        cg_memory_tell_short();
    return url;
}

static enum MHD_Result handle_get(struct cg_server *server, struct MHD_Connection *connection,
                                  const char *path)
{
    if (strcmp(path, "/") == 0)
        return send_asset(connection, "page.html");
    if (strcmp(path, "/status.json") == 0)
        return send_json(connection, cg_board_status_json(server->board));
    if (strcmp(path, "/data.json") == 0)
        return send_json(connection, cg_board_data_json(server->board, sample_url, NULL));
    if (strncmp(path, SAMPLES_PREFIX, strlen(SAMPLES_PREFIX)) == 0)
        return send_sample(server, connection, path + strlen(SAMPLES_PREFIX));
    return send_asset(connection, path + 1);
}

/* In constant time. */
static bool is_token(const struct cg_server *server, const char *given)
{
    unsigned different = 0;
    if (given == NULL || strlen(given) != TOKEN_NBYTES - 1)
        return false;
    for (size_t i = 0; i < TOKEN_NBYTES - 1; i++)
        different |= (unsigned char)given[i] ^ (unsigned char)server->token[i];
    return different == 0;
}

static enum MHD_Result handle_post(struct cg_server *server, struct MHD_Connection *connection,
                                   const char *path)
{
    static const struct {
        const char *path;
        enum cg_board_request request;
    } actions[] = {
        {"/pause", CG_BOARD_PAUSE},
        {"/resume", CG_BOARD_GO_ON},
        {"/save", CG_BOARD_SAVE},
        {"/stop", CG_BOARD_STOP},
    };
    if (!is_token(server, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, TOKEN_HEADER)))
        return send_line(connection, MHD_HTTP_FORBIDDEN,
                         "this takes the token that was printed when the run began, in the "
                         "header " TOKEN_HEADER "\n");
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(path, actions[i].path) == 0) {
            cg_board_ask(server->board, actions[i].request);
            return send_json(connection, cg_board_status_json(server->board));
        }
    return send_line(connection, MHD_HTTP_NOT_FOUND, "there is no such action\n");
}

/* A chunked body has no size. */
static bool body_is_too_large(struct MHD_Connection *connection)
{
    if (MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                    MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL)
        return true;
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return length != NULL && strtoull(length, NULL, 10) > BODY_MAX_NBYTES;
}

struct hosts {
    const char *value;
    int count;
};

static enum MHD_Result count_host(void *context, enum MHD_ValueKind kind, const char *key,
                                  const char *value)
{
    struct hosts *hosts = context;
    (void)kind;
    if (strcasecmp(key, MHD_HTTP_HEADER_HOST) == 0) {
        hosts->value = value;
        hosts->count++;
    }
    return MHD_YES;
}

/* The request's Host header; NULL if there is not exactly one. */
static const char *the_host(struct MHD_Connection *connection)
{
    struct hosts hosts = {0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_host, &hosts);
    return hosts.count == 1 ? hosts.value : NULL;
}

/* What libmicrohttpd calls: once with the headers, once for each part of a body, once at the end.
 * No action has a body, so bodies are dropped. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *body,
                              size_t *body_nbytes, void **request)
{
    struct cg_server *server = context;
    (void)version;
    (void)body;
    if (*request == NULL) {
        *request = server;
        if (!cg_host_accepts(&server->host, the_host(connection)))
            return send_line(connection, MHD_HTTP_FORBIDDEN,
                             "this server does not go by the name in the request's Host header; "
                             "use its IP address or localhost\n");
        if (body_is_too_large(connection))
            return send_line(connection, MHD_HTTP_CONTENT_TOO_LARGE, "no action takes a body\n");
        return MHD_YES;
    }
    if (*body_nbytes > 0) {
        *body_nbytes = 0;
        return MHD_YES;
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
        return handle_get(server, connection, path);
    if (strcmp(method, MHD_HTTP_METHOD_POST) == 0)
        return handle_post(server, connection, path);
    return send_line(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "expected GET, HEAD or POST\n");
}

/* ---- start and stop -------------------------------------------------------------------------- */

static enum cg_status make_token(char token[TOKEN_NBYTES], struct cg_error *error)
{
    unsigned char bytes[TOKEN_BYTES];
    FILE *source = fopen("/dev/urandom", "rb");
    size_t count = source == NULL ? 0 : fread(bytes, 1, sizeof(bytes), source);
    if (source != NULL)
        fclose(source);
    if (count != sizeof(bytes))
        return cg_fail(error, CG_ERR_IO, "reading /dev/urandom for the token: failed");
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    return CG_OK;
}

/* Listen and serve. The daemon owns the socket once it runs. */
static enum cg_status start_daemon(struct cg_server *server, struct cg_error *error)
{
    int fd;
    enum cg_status status = cg_host_listen(&server->host, &fd, error);
    if (status != CG_OK)
        return status;
    server->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, guard_accept, &server->guard, handle,
        server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_CONNECTION, guard_notify,
        &server->guard, MHD_OPTION_NOTIFY_COMPLETED, guard_completed, &server->guard,
        /* twice as many, as cut off connections count until closed */
        MHD_OPTION_CONNECTION_LIMIT, 2 * (unsigned)server->guard.limits.connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_NBYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_END);
    if (server->daemon == NULL) {
        close(fd);
        return cg_fail(error, CG_ERR_IO, "port %d of %s: the server could not be started",
                       server->host.port, server->host.name);
    }
    return CG_OK;
}

enum cg_status cg_server_start(const char *address, const char *samples_dir, struct cg_board *board,
                               const struct cg_server_limits *limits, struct cg_server **out,
                               struct cg_error *error)
{
    char place[CG_HOST_NBYTES + 16];
    *out = NULL;
    struct cg_server *server = cg_alloc_zero(1, sizeof(*server), "monitor", error);
    if (server == NULL)
        return CG_ERR_MEMORY;
    server->board = board;
    server->guard.limits = *limits;
    server->samples_dir = cg_string_copy(samples_dir);
    enum cg_status status = CG_OK;
    if (server->samples_dir == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "out of memory");
    if (status == CG_OK)
        status = cg_host_parse(address, &server->host, error);
    if (status == CG_OK)
        status = make_token(server->token, error);
    if (status == CG_OK)
        status = start_daemon(server, error);
    if (status != CG_OK) {
        cg_server_stop(server);
        return status;
    }
    cg_host_print(&server->host, place, sizeof(place));
    snprintf(server->url, sizeof(server->url), "http://%s/#token=%s", place, server->token);
    *out = server;
    return CG_OK;
}

void cg_server_stop(struct cg_server *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    free(server->samples_dir);
    free(server);
}

const char *cg_server_url(const struct cg_server *server)
{
    return server->url;
}
