#include "cli/cli.h"
int cg_command_video(int argc, char *argv[]) { (void)argc; (void)argv; return 2; }
