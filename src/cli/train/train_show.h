/* What people see of training: lines on stderr, and the same for those who watch the run. */
#ifndef CG_CLI_TRAIN_TRAIN_SHOW_H
#define CG_CLI_TRAIN_TRAIN_SHOW_H

#include "cli/train/train_watch.h"
#include "gan/gan.h"
#include "train/style/style.h"

struct cg_cli_display {
    bool terminal; /* stderr is one */
    uint64_t step; /* the last that was told of */
    size_t tenth;  /* of the pictures that are being prepared, the last */
    struct cg_cli_watch watch;
};

/* Of cg_train_report_fn and cg_vector_report_fn; context is a display. */
void cg_cli_show_style(void *context, const struct cg_train_report *report);
void cg_cli_show_vector(void *context, const struct cg_vector_report *report);

#endif
