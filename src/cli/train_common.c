/* What all kinds of training share on the command line: see train_common.h. */
#include "cli/train_common.h"

#include "cli/cli.h"

static volatile sig_atomic_t stop_wanted;

static void want_stop(int signal_number)
{
    (void)signal_number;
    stop_wanted = 1;
}

const volatile sig_atomic_t *cg_cli_listen_for_stop(void)
{
    struct sigaction action = {.sa_handler = want_stop};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &stop_wanted;
}

bool cg_cli_parse_steps(const char *option, const char *text, uint64_t *out)
{
    int value;
    if (!cg_cli_parse_int(option, text, 0, 1000000000, &value))
        return false;
    *out = (uint64_t)value;
    return true;
}

bool cg_cli_parse_minutes(const char *text, double *out)
{
    float minutes;
    if (!cg_cli_parse_float("minutes", text, 0.001f, 1e6f, &minutes))
        return false;
    *out = (double)minutes;
    return true;
}
