/* Where the server listens: see server_host.h. */
#include "monitor/server_host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEFAULT_HOST "127.0.0.1"
#define PORT_MAX 65535
#define WAITING_MAX 16

/* ---- names ----------------------------------------------------------------------------------- */

/* Cut HOST or [HOST] out of the first length bytes of text; false if it is too long or empty. */
static bool copy_name(const char *text, size_t length, char name[CG_HOST_NBYTES])
{
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (length == 0 || length >= CG_HOST_NBYTES)
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    return true;
}

enum cg_status cg_host_parse(const char *address, struct cg_host *out, struct cg_error *error)
{
    const char *colon = strrchr(address, ':');
    const char *digits = colon == NULL ? address : colon + 1;
    char *end;
    long port = strtol(digits, &end, 10);
    bool good = *digits >= '0' && *digits <= '9' && *end == '\0' && port <= PORT_MAX;
    snprintf(out->name, sizeof(out->name), DEFAULT_HOST);
    if (colon != NULL)
        good = good && copy_name(address, (size_t)(colon - address), out->name);
    if (!good)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "expected [HOST:]PORT with a port of 0 (any) to %d, got \"%s\"", PORT_MAX,
                       address);
    out->port = (int)port;
    return CG_OK;
}

static bool is_ip_address(const char *name)
{
    struct in6_addr bytes;
    return inet_pton(AF_INET, name, &bytes) == 1 || inet_pton(AF_INET6, name, &bytes) == 1;
}

static bool is_any_address(const char *name)
{
    return strcmp(name, "0.0.0.0") == 0 || strcmp(name, "::") == 0;
}

static bool is_own_name(const char *name)
{
    char own[CG_HOST_NBYTES] = "";
    return gethostname(own, sizeof(own) - 1) == 0 && strcasecmp(own, name) == 0;
}

bool cg_host_accepts(const struct cg_host *host, const char *header)
{
    char name[CG_HOST_NBYTES];
    if (header == NULL)
        return false;
    const char *bracket = header[0] == '[' ? strchr(header, ']') : NULL;
    size_t length = bracket != NULL ? (size_t)(bracket + 1 - header) : strcspn(header, ":");
    if (!copy_name(header, length, name))
        return false;
    return is_ip_address(name) || strcasecmp(name, "localhost") == 0 ||
           strcasecmp(name, host->name) == 0 || (is_any_address(host->name) && is_own_name(name));
}

void cg_host_print(const struct cg_host *host, char *out, size_t out_nbytes)
{
    char own[CG_HOST_NBYTES] = "";
    const char *name = host->name;
    if (is_any_address(name) && gethostname(own, sizeof(own) - 1) == 0)
        name = own;
    snprintf(out, out_nbytes, strchr(name, ':') != NULL ? "[%s]:%d" : "%s:%d", name, host->port);
}

/* ---- sockets --------------------------------------------------------------------------------- */

static int open_socket(const struct addrinfo *info)
{
    const int yes = 1;
    int fd = socket(info->ai_family, info->ai_socktype, info->ai_protocol);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, WAITING_MAX) == 0)
        return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static enum cg_status refuse(const struct cg_host *host, int reason, struct cg_error *error)
{
    if (reason == EADDRINUSE)
        return cg_fail(error, CG_ERR_IO,
                       "port %d of %s is in use by another program; give another one, or 0 for any "
                       "that is free",
                       host->port, host->name);
    if (reason == EACCES)
        return cg_fail(error, CG_ERR_IO,
                       "port %d of %s: not allowed; give one from 1024 on, or 0 for any that is "
                       "free",
                       host->port, host->name);
    return cg_fail(error, CG_ERR_IO, "port %d of %s: %s", host->port, host->name,
                   CG_ERRNO_WORDS(reason));
}

static int port_of(int fd)
{
    char service[16];
    struct sockaddr_storage address;
    socklen_t nbytes = sizeof(address);
    if (getsockname(fd, (struct sockaddr *)&address, &nbytes) != 0 ||
        getnameinfo((struct sockaddr *)&address, nbytes, NULL, 0, service, sizeof(service),
                    NI_NUMERICSERV) != 0)
        return 0;
    return atoi(service);
}

enum cg_status cg_host_listen(struct cg_host *host, int *socket_out, struct cg_error *error)
{
    const struct addrinfo wanted = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found;
    char service[16];
    int fd = -1;
    snprintf(service, sizeof(service), "%d", host->port);
    int code = getaddrinfo(host->name, service, &wanted, &found);
    if (code != 0)
        return cg_fail(error, CG_ERR_IO, "host %s: %s", host->name, gai_strerror(code));
    for (const struct addrinfo *info = found; info != NULL && fd < 0; info = info->ai_next)
        fd = open_socket(info);
    int reason = errno;
    freeaddrinfo(found);
    if (fd < 0)
        return refuse(host, reason, error);
    host->port = port_of(fd);
    *socket_out = fd;
    return CG_OK;
}
