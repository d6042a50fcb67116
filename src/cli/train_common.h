/* What all kinds of training share on the command line. */
#ifndef CG_CLI_TRAIN_COMMON_H
#define CG_CLI_TRAIN_COMMON_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Values of options; false after a message. */
bool cg_cli_parse_steps(const char *option, const char *text, uint64_t *out);
bool cg_cli_parse_minutes(const char *text, double *out);

/* From now on Ctrl-C and SIGTERM set what is pointed at. */
const volatile sig_atomic_t *cg_cli_listen_for_stop(void);

#endif
