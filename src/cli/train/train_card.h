/* The card of a trained style as a page to read: how it was made, of what, and how to use it. */
#ifndef CG_CLI_TRAIN_TRAIN_CARD_H
#define CG_CLI_TRAIN_TRAIN_CARD_H

#include "base/error.h"

#include <stdint.h>

struct cg_cli_card_facts {
    const char *command; /* the command line that ended now */
    const char *use;     /* one that uses the style */
    const char *data;    /* what was found in the data: lines */
    const char *contact; /* name of the contact sheet beside the card; NULL: there is none */
    uint64_t step;
    double minutes; /* of this command's training */
};

/* Read the model at model_path and write its card, Markdown, to path. Errors: those of reading
 * models and writing files; CG_ERR_MEMORY. */
enum cg_status cg_cli_card_write(const char *model_path, const char *path,
                                 const struct cg_cli_card_facts *facts, struct cg_error *error);

/* A command line as one line that a shell takes; words are quoted where they need it. To be freed;
 * NULL when memory is short. */
char *cg_cli_command_line(const char *program, int argc, char *const argv[]);

#endif
