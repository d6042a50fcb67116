/* Requests to the monitor, over a socket. Whatever is sent, nothing is done without the token, and
 * the server lives on. */
#include "fuzz/fuzz.h"

#include "monitor/server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct cg_board *board;
static struct cg_server *server;
static struct sockaddr_in address;

static void stop(void)
{
    cg_server_stop(server);
    cg_board_free(board);
}

static void start(void)
{
    int port;
    const char *folder = fuzz_folder();
    fuzz_file("step-0000050.jpg", (const uint8_t *)"JPEG", 4);
    fuzz_file("secret.jpg", (const uint8_t *)"SECRET", 6);
    fuzz_expect(cg_board_create("run", &board, NULL) == CG_OK, "a board is made");
    cg_board_add_point(board, "loss", 50, 0.5);
    cg_board_add_sample(board, 50, "step-0000050.jpg");
    fuzz_expect(cg_server_start("0", folder, board, &cg_server_limits_default, &server, NULL) ==
                    CG_OK,
                "a server is started");
    fuzz_expect(sscanf(cg_server_url(server), "http://127.0.0.1:%d/", &port) == 1, "it has a port");
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    atexit(stop);
}

static size_t receive(int fd, char *answer, size_t have, size_t room)
{
    ssize_t got = recv(fd, answer + have, room - 1 - have, 0);
    return got > 0 ? have + (size_t)got : have;
}

/* Send bytes and their end, return all that is answered. The server learns of an end that comes
 * together with bytes only when the connection has been idle for long, so the end waits for an
 * answer, for a while; nothing that is expected depends on it. */
static size_t exchange(const uint8_t *bytes, size_t nbytes, char *answer, size_t room)
{
    static const struct linger at_once = {1, 0}; /* else the ports are used up */
    static const struct timeval a_while = {.tv_usec = 3000}, longer = {.tv_usec = 100000};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    fuzz_expect(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0,
                "the server can be reached");
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &a_while, sizeof(a_while));
    for (ssize_t sent; nbytes > 0 && (sent = send(fd, bytes, nbytes, MSG_NOSIGNAL)) > 0;
         bytes += sent, nbytes -= (size_t)sent)
        continue;
    size_t have = receive(fd, answer, 0, room), before;
    shutdown(fd, SHUT_WR);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &longer, sizeof(longer));
    do {
        before = have;
        have = receive(fd, answer, have, room);
    } while (have > before);
    answer[have] = '\0';
    close(fd);
    return have;
}

static int holds(const char *answer, size_t nbytes, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= nbytes; i++)
        if (memcmp(answer + i, text, length) == 0)
            return 1;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    static const char plain[] = "GET /status.json HTTP/1.0\r\nHost: localhost\r\n\r\n";
    static unsigned count;
    static char answer[1 << 18];
    if (server == NULL)
        start();
    size_t have = exchange(bytes, nbytes, answer, sizeof(answer));
    fuzz_expect(!holds(answer, have, "SECRET"), "only the board's files are sent");
    fuzz_expect(cg_board_next(board, 50, 1.0) == CG_BOARD_GO_ON, "nothing without the token");
    if (++count % 64 == 1) {
        exchange((const uint8_t *)plain, sizeof(plain) - 1, answer, sizeof(answer));
        fuzz_expect(strstr(answer, " 200 ") != NULL, "the server lives on");
    }
    return 0;
}
