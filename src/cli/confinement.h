/*
 * The walls (base/sandbox.h) of commands that read pictures from strangers. Calls are given up as
 * soon as the options are known; files once all names are known and folders created.
 */
#ifndef CG_CLI_CONFINEMENT_H
#define CG_CLI_CONFINEMENT_H

#include "base/sandbox.h"

/* The --no-sandbox row of a command's table; member: a bool of its structure. */
#define CG_CLI_NO_SANDBOX_ROW(member)                                                              \
    {                                                                                              \
        "no-sandbox", 0, CG_OPTION_FLAG, member, NULL,                                             \
            "give up no rights for the work (docs/TRUST.md)"                                       \
    }

/* Returns CG_EXIT_DONE, or another exit code after its message. */
int cg_cli_give_up_calls(void);

/* Allows, by cg_sandbox_allow, the files needed from now on. */
typedef enum cg_status (*cg_cli_allow_fn)(struct cg_sandbox *sandbox, const void *context,
                                          struct cg_error *error);

/* Allow creating OUT (base/output.h) and its missing folders: the nearest existing one becomes
 * writable, with also (CG_SANDBOX_READ or 0) added. Errors: those of cg_output_resolve and
 * cg_sandbox_allow. */
enum cg_status cg_cli_allow_new_output(struct cg_sandbox *sandbox, const char *out, unsigned also,
                                       struct cg_error *error);

/* Give up all files but those that allow (NULL: none) names. Errors: those of sandbox.h, of allow.
 */
enum cg_status cg_cli_give_up_files(cg_cli_allow_fn allow, const void *context,
                                    struct cg_error *error);

/* Allow reading a picture of whatever kind, or a folder of them. NULL is passed by. Errors: those
 * of cg_sandbox_allow. */
enum cg_status cg_cli_allow_picture(struct cg_sandbox *sandbox, const char *path,
                                    struct cg_error *error);

/* Allow reading path, a file or a folder of pictures with all below it, also through links. NULL
 * and missing paths are ignored. Errors: those of cg_walk_pictures and cg_sandbox_allow. */
enum cg_status cg_cli_allow_tree(struct cg_sandbox *sandbox, const char *path,
                                 struct cg_error *error);

#endif
