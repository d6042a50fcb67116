/* The monitor's server over real sockets, on a free port of this machine; and the report. */
#include "base/file.h"
#include "base/memory.h"
#include "monitor/report.h"
#include "monitor/server.h"
#include "monitor/server_host.h"
#include "unit/temp_folder.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#define ANSWER_NBYTES_MAX ((size_t)1 << 20)

struct fixture {
    char *folder;
    struct cg_board *board;
    struct cg_server *server;
    int port;
    char token[64];
    _Atomic double now; /* what the server takes for the time */
};

enum { PER_ADDRESS = 4, REQUEST_SECONDS = 10 };

static double test_now(void *fixture)
{
    return ((struct fixture *)fixture)->now;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    assert_int_equal(temp_folder_setup((void **)&fixture->folder), 0);
    assert_int_equal(cg_board_create("run", &fixture->board, NULL), CG_OK);
    const struct cg_server_limits limits = {8, PER_ADDRESS, REQUEST_SECONDS, test_now, fixture};
    cg_board_add_point(fixture->board, "loss", 50, 0.5);
    cg_board_add_sample(fixture->board, 50, "step-0000050.jpg");
    temp_write(fixture->folder, "step-0000050.jpg", "JPEG", 4);
    temp_write(fixture->folder, "secret.jpg", "SECRET", 6);
    assert_int_equal(
        cg_server_start("0", fixture->folder, fixture->board, &limits, &fixture->server, NULL),
        CG_OK);
    assert_int_equal(sscanf(cg_server_url(fixture->server), "http://127.0.0.1:%d/#token=%63s",
                            &fixture->port, fixture->token),
                     2);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    cg_server_stop(fixture->server);
    cg_board_free(fixture->board);
    temp_folder_teardown((void **)&fixture->folder);
    free(fixture);
    return 0;
}

/* A connection on which bytes were sent, as far as the server took them. */
static int connect_and_send(const struct fixture *fixture, const char *bytes, size_t nbytes)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)fixture->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ssize_t sent;
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    while (nbytes > 0 && (sent = send(fd, bytes, nbytes, MSG_NOSIGNAL)) > 0) {
        bytes += sent;
        nbytes -= (size_t)sent;
    }
    return fd;
}

/* Send bytes, return all that comes back until the server closes. To be freed. */
static char *exchange(const struct fixture *fixture, const char *bytes, size_t nbytes)
{
    int fd = connect_and_send(fixture, bytes, nbytes);
    char *answer = calloc(1, ANSWER_NBYTES_MAX + 1);
    size_t have = 0;
    ssize_t got;
    assert_non_null(answer);
    while (have < ANSWER_NBYTES_MAX &&
           (got = recv(fd, answer + have, ANSWER_NBYTES_MAX - have, 0)) > 0)
        have += (size_t)got;
    close(fd);
    return answer;
}

static char *request(const struct fixture *fixture, const char *line, const char *headers)
{
    char *text = cg_string_format("%s HTTP/1.1\r\nConnection: close\r\n%s\r\n", line, headers);
    assert_non_null(text);
    char *answer = exchange(fixture, text, strlen(text));
    free(text);
    return answer;
}

#define HOST "Host: 127.0.0.1\r\n"

static int code_of(const char *answer)
{
    int code = 0;
    sscanf(answer, "HTTP/1.1 %d", &code);
    return code;
}

static int code_for(const struct fixture *fixture, const char *line, const char *headers)
{
    char *answer = request(fixture, line, headers);
    int code = code_of(answer);
    free(answer);
    return code;
}

static const char *body_of(const char *answer)
{
    const char *end = strstr(answer, "\r\n\r\n");
    assert_non_null(end);
    return end + 4;
}

static void the_page_and_its_parts_are_there(void **state)
{
    static const char *const paths[] = {"page.css", "page.js", "dygraph.js", "dygraph.css"};
    char *answer = request(*state, "GET /", HOST);
    assert_int_equal(code_of(answer), 200);
    assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'none'"));
    assert_non_null(strstr(body_of(answer), "<!DOCTYPE html>"));
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        char line[64];
        snprintf(line, sizeof(line), "GET /%s", paths[i]);
        assert_int_equal(code_for(*state, line, HOST), 200);
        assert_non_null(strstr(answer, paths[i]));
    }
    free(answer);
}

static void the_data_is_json(void **state)
{
    static const char *const lines[] = {"GET /data.json", "GET /status.json"};
    for (int i = 0; i < 2; i++) {
        char *answer = request(*state, lines[i], HOST);
        assert_int_equal(code_of(answer), 200);
        assert_non_null(strstr(answer, "Content-Type: application/json"));
        json_t *root = json_loads(body_of(answer), 0, NULL);
        assert_non_null(root);
        assert_non_null(json_object_get(root, "version"));
        json_decref(root);
        free(answer);
    }
}

static void head_has_no_body(void **state)
{
    char *answer = request(*state, "HEAD /", HOST);
    assert_int_equal(code_of(answer), 200);
    assert_string_equal(body_of(answer), "");
    free(answer);
}

static void what_is_not_there_is_refused(void **state)
{
    assert_int_equal(code_for(*state, "GET /nothing", HOST), 404);
    assert_int_equal(code_for(*state, "GET /../page.c", HOST), 404);
    assert_int_equal(code_for(*state, "PUT /", HOST), 405);
    assert_int_equal(code_for(*state, "DELETE /samples/step-0000050.jpg", HOST), 405);
}

static void only_the_run_s_samples_are_sent(void **state)
{
    char *answer = request(*state, "GET /samples/step-0000050.jpg", HOST);
    assert_int_equal(code_of(answer), 200);
    assert_string_equal(body_of(answer), "JPEG");
    free(answer);
    assert_int_equal(code_for(*state, "GET /samples/secret.jpg", HOST), 404);
    assert_int_equal(code_for(*state, "GET /samples/../secret.jpg", HOST), 404);
    assert_int_equal(code_for(*state, "GET /samples/", HOST), 404);
}

static void other_names_are_refused(void **state)
{
    assert_int_equal(code_for(*state, "GET /", "Host: evil.example\r\n"), 403);
    assert_int_equal(code_for(*state, "GET /", "Host: 127.0.0.1.evil.example:80\r\n"), 403);
    assert_int_equal(code_for(*state, "GET /data.json", "Host: localhost.evil.example\r\n"), 403);
    assert_int_equal(code_for(*state, "GET /", "Host: \r\n"), 403);
    assert_int_equal(code_for(*state, "GET /", ""), 403);
    assert_int_equal(code_for(*state, "GET /", HOST "Host: evil.example\r\n"), 403);
    assert_int_equal(code_for(*state, "GET /", HOST "host: 127.0.0.1\r\n"), 403);
    assert_int_equal(code_for(*state, "GET /", "Host: LOCALHOST:1234\r\n"), 200);
    assert_int_equal(code_for(*state, "GET /", "Host: [::1]:1234\r\n"), 200);
}

static void acting_takes_the_token(void **state)
{
    const struct fixture *fixture = *state;
    char right[160], wrong[160];
    snprintf(right, sizeof(right), HOST "X-Monitor-Token: %s\r\nContent-Length: 0\r\n",
             fixture->token);
    snprintf(wrong, sizeof(wrong), HOST "X-Monitor-Token: %.*s0\r\nContent-Length: 0\r\n",
             (int)strlen(fixture->token) - 1, "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz");
    assert_int_equal(code_for(fixture, "POST /stop", HOST "Content-Length: 0\r\n"), 403);
    assert_int_equal(code_for(fixture, "POST /stop", wrong), 403);
    assert_int_equal(code_for(fixture, "GET /stop", right), 404);
    assert_int_equal(cg_board_next(fixture->board, 1, 1.0), CG_BOARD_GO_ON);
    assert_int_equal(code_for(fixture, "POST /pause", right), 200);
    assert_int_equal(cg_board_next(fixture->board, 1, 1.0), CG_BOARD_PAUSE);
    assert_int_equal(code_for(fixture, "POST /save", right), 200);
    assert_int_equal(cg_board_next(fixture->board, 1, 1.0), CG_BOARD_SAVE);
    assert_int_equal(code_for(fixture, "POST /resume", right), 200);
    assert_int_equal(cg_board_next(fixture->board, 1, 1.0), CG_BOARD_GO_ON);
    assert_int_equal(code_for(fixture, "POST /nothing", right), 404);
    assert_int_equal(code_for(fixture, "POST /stop", right), 200);
    assert_int_equal(cg_board_next(fixture->board, 1, 1.0), CG_BOARD_STOP);
}

static void large_requests_are_refused(void **state)
{
    const size_t nbytes = 200000;
    char *text = malloc(nbytes + 1);
    assert_non_null(text);
    memset(text, 'x', nbytes);
    text[nbytes] = '\0';
    memcpy(text, "GET /", 5);
    char *answer = exchange(*state, text, nbytes);
    assert_int_not_equal(code_of(answer), 200);
    free(answer);
    free(text);
    assert_int_equal(code_for(*state, "POST /save", HOST "Content-Length: 2000000\r\n"), 413);
    assert_int_equal(code_for(*state, "GET /", HOST), 200); /* and it is still there */
}

static void bodies_in_chunks_are_refused(void **state)
{
    assert_int_equal(code_for(*state, "POST /save", HOST "Transfer-Encoding: chunked\r\n"), 413);
    assert_int_equal(code_for(*state, "GET /", HOST "Transfer-Encoding: chunked\r\n"), 413);
}

/* Connections are taken up in the order in which they were made. */
static void slow_callers_keep_nobody_out_for_long(void **state)
{
    static const char begun[] = "GET / HTTP/1.1\r\nHost: 127";
    struct fixture *fixture = *state;
    int slow[PER_ADDRESS];
    for (int i = 0; i < PER_ADDRESS; i++)
        slow[i] = connect_and_send(fixture, begun, i == 0 ? 0 : sizeof(begun) - 1);
    assert_int_equal(code_for(fixture, "GET /", HOST), 0); /* closed without an answer */
    fixture->now = REQUEST_SECONDS;
    assert_int_equal(code_for(fixture, "GET /", HOST), 0);
    fixture->now = REQUEST_SECONDS + 1.0;
    assert_int_equal(code_for(fixture, "GET /", HOST), 200);
    for (int i = 0; i < PER_ADDRESS; i++) {
        char byte;
        assert_true(recv(slow[i], &byte, 1, 0) <= 0);
        close(slow[i]);
    }
}

static void nonsense_does_no_harm(void **state)
{
    static const char nonsense[] = "\0\xff\xfe GET\r\n\r\n\r\n";
    close(connect_and_send(*state, nonsense, sizeof(nonsense)));
    assert_int_equal(code_for(*state, "GET /", HOST), 200);
}

static void a_port_in_use_is_named(void **state)
{
    const struct fixture *fixture = *state;
    struct cg_server *second;
    struct cg_error error;
    char address[32], expected[64];
    snprintf(address, sizeof(address), "%d", fixture->port);
    snprintf(expected, sizeof(expected), "port %d of 127.0.0.1 is in use", fixture->port);
    assert_int_equal(cg_server_start(address, fixture->folder, fixture->board,
                                     &cg_server_limits_default, &second, &error),
                     CG_ERR_IO);
    assert_non_null(strstr(error.text, expected));
    assert_non_null(strstr(error.text, "0 for any"));
    assert_null(second);
}

static void addresses_are_parsed(void **state)
{
    static const char *const bad[] = {"", "x", "80x", "-1", "65536", ":80", "[]:80", "host:"};
    struct cg_host host;
    (void)state;
    assert_int_equal(cg_host_parse("8400", &host, NULL), CG_OK);
    assert_true(strcmp(host.name, "127.0.0.1") == 0 && host.port == 8400);
    assert_int_equal(cg_host_parse("[::1]:0", &host, NULL), CG_OK);
    assert_true(strcmp(host.name, "::1") == 0 && host.port == 0);
    assert_int_equal(cg_host_parse("box.example:80", &host, NULL), CG_OK);
    assert_true(cg_host_accepts(&host, "Box.Example:80"));
    assert_false(cg_host_accepts(&host, "other.example:80"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(cg_host_parse(bad[i], &host, NULL), CG_ERR_ARGUMENT);
}

static void the_report_has_all_in_one_file(void **state)
{
    const struct fixture *fixture = *state;
    uint8_t *bytes;
    size_t nbytes;
    char *path = temp_path(fixture->folder, "report.html");
    cg_board_set_fact(fixture->board, "name", "</script><b>");
    assert_int_equal(cg_report_write(path, fixture->folder, fixture->board, NULL), CG_OK);
    assert_int_equal(cg_file_read(path, (size_t)1 << 24, &bytes, &nbytes, NULL), CG_OK);
    char *text = cg_string_format("%.*s", (int)nbytes, (const char *)bytes);
    assert_non_null(text);
    assert_non_null(strstr(text, "data:image/jpeg;base64,SlBFRw==\""));
    assert_non_null(strstr(text, "\\u003c/script>\\u003cb>"));
    assert_null(strstr(text, "</script><b>"));
    assert_null(strstr(text, "<script src"));
    assert_null(strstr(text, "<link rel=\"stylesheet\""));
    free(text);
    free(bytes);
    free(path);
}

static void a_long_run_s_report_stays_small(void **state)
{
    enum { SAMPLES = 60, SAMPLE_NBYTES = 400000 };
    const struct fixture *fixture = *state;
    uint8_t *bytes, *picture = calloc(1, SAMPLE_NBYTES);
    size_t nbytes;
    char name[32], *path = temp_path(fixture->folder, "report.html");
    assert_non_null(picture);
    for (int i = 1; i <= SAMPLES; i++) {
        snprintf(name, sizeof(name), "step-%07d.jpg", 100 * i);
        temp_write(fixture->folder, name, picture, SAMPLE_NBYTES);
        cg_board_add_sample(fixture->board, (uint64_t)(100 * i), name);
    }
    assert_int_equal(cg_report_write(path, fixture->folder, fixture->board, NULL), CG_OK);
    assert_int_equal(cg_file_read(path, (size_t)1 << 26, &bytes, &nbytes, NULL), CG_OK);
    assert_in_range(nbytes, 3 << 20, 7 << 20);
    free(bytes);
    free(path);
    free(picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_page_and_its_parts_are_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_data_is_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(head_has_no_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_the_run_s_samples_are_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_names_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(acting_takes_the_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_requests_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bodies_in_chunks_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slow_callers_keep_nobody_out_for_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nonsense_does_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_port_in_use_is_named, set_up, tear_down),
        cmocka_unit_test(addresses_are_parsed),
        cmocka_unit_test_setup_teardown(the_report_has_all_in_one_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_run_s_report_stays_small, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
