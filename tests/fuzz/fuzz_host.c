/* The address that a server is to have, and Host headers: a line of each. */
#include "fuzz/fuzz.h"

#include "monitor/server_host.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    struct cg_error error;
    struct cg_host host;
    char address[512], header[512], printed[2 * CG_HOST_NBYTES];
    const uint8_t *end = nbytes > 0 ? memchr(bytes, '\n', nbytes) : NULL;
    size_t first = end != NULL ? (size_t)(end - bytes) : nbytes;
    size_t rest = end != NULL ? nbytes - first - 1 : 0;
    if (first >= sizeof(address) || rest >= sizeof(header))
        return 0;
    if (nbytes > 0)
        memcpy(address, bytes, first);
    address[first] = '\0';
    if (rest > 0)
        memcpy(header, end + 1, rest);
    header[rest] = '\0';
    if (cg_host_parse(address, &host, &error) != CG_OK)
        return 0;
    cg_host_print(&host, printed, sizeof(printed));
    bool foreign = strcmp(header, "attacker.example") == 0 && strcmp(host.name, header) != 0;
    fuzz_expect(!cg_host_accepts(&host, header) || !foreign, "a foreign name is not taken");
    return 0;
}
