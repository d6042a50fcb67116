/* Seeds: run.json, log.csv, lists, addresses, requests; films and IDX files, which begin with text
 * or a few numbers. */
#include "fuzz/seeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void save_runs(void)
{
    seed_save_text("run", "style",
                   "{\"model\":\"style\",\"version\":12,\"comicgan\":\"0.1.0\",\"name\":\"n\","
                   "\"data\":\"d\",\"data_fingerprint\":\"00000000deadbeef\",\"asked\":"
                   "{\"steps\":10,\"minutes\":1.5,\"threads\":2},\"seed\":1}");
    seed_save_text("run", "empty", "{}");
}

static void save_logs(void)
{
    seed_save_text("log", "rows", "step,loss,alarms\n1,0.5,\n2,0.25,collapse\n3,nan,\n9,1e300,\n");
    seed_save_text("log", "cut", "step,loss\n50,0.5\n100,0.4\n150,0.");
    seed_save_text("log", "back", "step,loss\r\n100,-1\n50,2\n,\n,,\n18446744073709551615,3\n");
}

static void save_lists(void)
{
    static const char separated[] = "a.jpg\0b/c.png\0"
                                    "d e.jpeg";
    struct fixture_bytes file = {0};
    seed_save_text("list", "lines", "a.jpg\nb/c.PNG\r\n\n/d/e.f/g\n./h.jfif\n../i");
    fixture_add(&file, separated, sizeof(separated));
    seed_save("list", "zeros", &file);
}

static void save_hosts(void)
{
    static const char *const lines[] = {
        "0\n127.0.0.1:80",        "localhost:8080\nlocalhost",
        "[::1]:1\n[::1]:1",       "0.0.0.0:9\nattacker.example",
        "[fe80::1%lo]:1\n[::]:x", "name.example:65535\nname.example"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        seed_save_text("host", (const char[]){(char)('0' + i), '\0'}, lines[i]);
}

static void save_requests(void)
{
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /data.json HTTP/1.0\r\nHost: localhost:80\r\n\r\n",
        "HEAD /samples/step-0000050.jpg HTTP/1.1\r\nHost: [::1]\r\nRange: bytes=0-1\r\n\r\n",
        "GET /samples/../secret.jpg HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /stop HTTP/1.1\r\nHost: localhost\r\nX-Monitor-Token: 00112233445566778899aabbccddee"
        "ff\r\nContent-Length: 3\r\n\r\nabc",
        "POST /pause HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        "0\r\n\r\n",
        "PUT /page.js?a=%41%zz HTTP/1.1\r\nHost: a\r\nHost: b\r\nExpect: 100-continue\r\n\r\n"};
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
        seed_save_text("request", (const char[]){(char)('0' + i), '\0'}, requests[i]);
}

static void save_films(void)
{
    static const char *const headers[] = {
        "YUV4MPEG2 W16 H8 F25:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL",
        "YUV4MPEG2 W6 H5 F30000:1001 C420mpeg2 XYSCSS=420MPEG2", "YUV4MPEG2 W4 H4 C422",
        "YUV4MPEG2 W3 H2 F0:0 C444 XCOLORRANGE=LIMITED"};
    static const size_t nbytes[] = {192, 48, 32, 18};
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        struct fixture_bytes file = {0};
        uint8_t planes[192];
        memset(planes, 100 + 20 * (int)i, sizeof(planes));
        fixture_add(&file, headers[i], strlen(headers[i]));
        for (int frame = 0; frame < 2; frame++) {
            fixture_add(&file, frame == 0 ? "\nFRAME\n" : "FRAME X\n", frame == 0 ? 7 : 8);
            fixture_add(&file, planes, nbytes[i]);
        }
        seed_save("y4m", (const char[]){(char)('0' + i), '\0'}, &file);
    }
}

static void save_idx(void)
{
    struct fixture_bytes file = {0};
    fixture_add(&file,
                "\0\0\x08\3\0\0\0\2\0\0\0\3\0\0\0\2"
                "abcdefghijkl",
                28);
    seed_save("idx", "pictures", &file);
    fixture_add(&file,
                "\0\0\x08\1\0\0\0\5"
                "01234",
                13);
    seed_save("idx", "labels", &file);
}

void seed_texts(void)
{
    save_runs();
    save_logs();
    save_lists();
    save_hosts();
    save_requests();
    save_films();
    save_idx();
}
