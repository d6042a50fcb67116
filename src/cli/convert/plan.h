/*
 * What a call of convert will do: the list of pictures with their comics' names, worked out and
 * checked before any work. docs/BATCH.md has the user's rules.
 *
 *   plan.c the arguments: OUT, the pictures, their order and shard
 *   plan_name.c      the name of a comic
 *   plan_template.c  the same by --template
 *   plan_list.c      the job list, and the pictures of --files-from
 *   plan_existing.c existing comics
 *   plan_prepare.c folders, when the work begins
 *   plan_confine.c which files stay accessible then
 *   shard.c this process's part of a list, on several machines
 */
#ifndef CG_CLI_CONVERT_PLAN_H
#define CG_CLI_CONVERT_PLAN_H

#include "cli/convert/shard.h"
#include "cli/render_options.h"
#include "image/image.h"

#include <stdbool.h>

/* The value of --format. */
enum cg_plan_format {
    CG_PLAN_FORMAT_BY_NAME, /* not given: by OUT's ending; PNG in a folder */
    CG_PLAN_FORMAT_PNG,
    CG_PLAN_FORMAT_JPEG,
    CG_PLAN_FORMAT_WEBP,
    CG_PLAN_FORMAT_SAME /* as the input; the nearest format if that cannot be written */
};

/* All zero is a plain call. */
struct cg_plan_options {
    const char *const *arguments; /* the pictures, unless there is a list, and OUT */
    size_t argument_count;
    const char *files_from; /* --files-from: a file, "-" for the standard input; NULL: none */
    bool nul_separated;     /* -0 */
    bool recursive;         /* -r */
    bool watched;           /* --watch: FOLDER may be empty, and pictures will arrive */
    enum cg_plan_format format;
    const char *suffix;   /* --suffix, put before the ending; NULL: none */
    const char *template; /* --template, the comics' names in OUT; NULL: none */
    bool skip_existing, force;
    const char *mark;   /* of the new comics, once the style is known: for cg_plan_drop_done */
    const char *report; /* --report; NULL: none */
    const struct cg_cli_render_params *looks; /* which may name files; NULL: none */
    const char *shard; /* --shard K/N as given; NULL: from the environment, if there is one */
};

/* One picture. */
struct cg_job {
    char *in;                /* path, or "-" */
    char *out;               /* path, or "-" */
    enum cg_writing writing; /* NEW unless it exists and may be replaced */
    enum cg_image_format format;
    bool done;          /* --skip-existing: its comic exists, whole and not older, */
    uint64_t made_like; /* hash of its mark (cli/comic_mark.h); 0: it has none */
};

/*
 * jobs are ordered by out, ignoring case. The list has count + existing + elsewhere pictures.
 */
struct cg_plan {
    struct cg_job *jobs;
    size_t count;
    /* what was left out, and why */
    size_t existing; /* --skip-existing: whole, not older than their input, made alike */
    size_t hidden;   /* in folders: files and folders whose name begins with a dot */
    size_t links;    /* in folders: links to folders */
    size_t others;   /* in folders: files that are not pictures, by their ending */
    size_t unlisted; /* in folders: unreadable; each is reported while planning */
    size_t unread[CG_IMAGE_FORMAT_COUNT]; /* in folders: pictures in unsupported formats */
    size_t comics;    /* if OUT is the pictures' folder: those with the --suffix of comics */
    size_t elsewhere; /* of other shards */
    unsigned shard_index, shard_count; /* 1-based; count 1: not split */
    const char *shard_source;          /* as in shard.h */
};

/*
 * Work out the plan. Reads folders and the list, examines files, changes nothing. Returns
 * CG_EXIT_DONE, or another exit code after its message; then *out is empty.
 */
int cg_plan_make(const struct cg_plan_options *options, struct cg_plan *out);
void cg_plan_free(struct cg_plan *plan);

/* Remove jobs whose comic is done and has an equivalent mark, or none. Call it when the style is
 * known. */
void cg_plan_drop_done(struct cg_plan *plan, const char *mark);

/* The same question about one job, and what is there now:
 * another call may be at the same pictures. */
bool cg_job_is_done_by_now(const struct cg_job *job, const char *mark);

/*
 * Create the folders of the plan's comics, and remove temporary files of these comics that killed
 * calls left there. Call it when the work begins. Returns CG_EXIT_DONE, or CG_EXIT_INPUT after its
 * message.
 */
int cg_plan_prepare(const struct cg_plan *plan);

/* Give up all files (base/sandbox.h) except the plan's and those that the options name, before they
 * are read. writes: the nearest existing folders of outputs stay writable until cg_plan_confine.
 * Errors: CG_ERR_STATE, CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_plan_confine_beginning(const struct cg_plan *plan,
                                         const struct cg_plan_options *options, bool writes,
                                         struct cg_error *error);

/* Allow reading how much memory there is, for batches that follow. Errors: those of
 * cg_sandbox_allow. */
enum cg_status cg_plan_allow_memory(struct cg_sandbox *sandbox, struct cg_error *error);

/* Give up all files but the plan's (base/sandbox.h), after cg_plan_prepare. looks: comics are
 * looked for by cg_job_is_done_by_now. Errors: CG_ERR_STATE, CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_plan_confine(const struct cg_plan *plan, bool looks, struct cg_error *error);

#endif
