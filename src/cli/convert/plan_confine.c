/* Which files stay accessible while the plan runs: see plan.h. */
#include "base/file.h"
#include "base/memory.h"
#include "cli/confinement.h"
#include "cli/convert/plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* From this many on, inputs are allowed by folder: each file allowed by itself costs the kernel
 * about a KiB. */
#define MANY 4096

static enum cg_status allow_input(struct cg_sandbox *sandbox, const char *in, bool by_folder,
                                  struct cg_error *error)
{
    struct stat about;
    if (strcmp(in, "-") == 0)
        return cg_cli_allow_picture(sandbox, "/dev/stdin", error);
    if (!by_folder || lstat(in, &about) != 0 || S_ISLNK(about.st_mode))
        return cg_cli_allow_picture(sandbox, in, error);
    char *folder = cg_path_folder(in);
    enum cg_status status = folder == NULL ? cg_fail(error, CG_ERR_MEMORY, "sandbox: out of memory")
                                           : cg_cli_allow_picture(sandbox, folder, error);
    free(folder);
    return status;
}

enum cg_status cg_plan_allow_memory(struct cg_sandbox *sandbox, struct cg_error *error)
{
    static const char *const places[] = {"/proc/meminfo", "/proc/self/cgroup", "/proc/self/statm",
                                         "/sys/fs/cgroup"};
    enum cg_status status = CG_OK;
    for (size_t i = 0; status == CG_OK && i < sizeof(places) / sizeof(places[0]); i++)
        status = cg_sandbox_allow(sandbox, places[i], CG_SANDBOX_READ, error);
    return status;
}

struct beginning {
    const struct cg_plan *plan;
    const struct cg_plan_options *options;
    bool writes;
};

/* The watched folder with all that arrives, and its comics. */
static enum cg_status allow_watched(struct cg_sandbox *sandbox,
                                    const struct cg_plan_options *options, struct cg_error *error)
{
    char *out = cg_string_format("%s/comic", options->arguments[1]);
    enum cg_status status = out == NULL
                                ? cg_fail(error, CG_ERR_MEMORY, "sandbox: out of memory")
                                : cg_cli_allow_new_output(sandbox, out, CG_SANDBOX_READ, error);
    if (status == CG_OK)
        status = cg_cli_allow_picture(sandbox, options->arguments[0], error);
    free(out);
    return status;
}

static enum cg_status allow_beginning(struct cg_sandbox *sandbox, const void *context,
                                      struct cg_error *error)
{
    const struct beginning *beginning = context;
    const struct cg_plan *plan = beginning->plan;
    unsigned also = beginning->options->skip_existing ? CG_SANDBOX_READ : 0;
    enum cg_status status = cg_plan_allow_memory(sandbox, error);
    if (status == CG_OK) /* which threads the next wall is for */
        status = cg_sandbox_allow(sandbox, "/proc/self/task", CG_SANDBOX_READ, error);
    if (status == CG_OK)
        status = cg_cli_render_params_allow(sandbox, beginning->options->looks, error);
    if (status == CG_OK && beginning->options->watched)
        status = allow_watched(sandbox, beginning->options, error);
    if (status == CG_OK && beginning->writes && beginning->options->report != NULL)
        status = cg_cli_allow_new_output(sandbox, beginning->options->report, 0, error);
    for (size_t i = 0; status == CG_OK && i < plan->count; i++) {
        status = allow_input(sandbox, plan->jobs[i].in, plan->count >= MANY, error);
        if (status == CG_OK && beginning->writes && strcmp(plan->jobs[i].out, "-") != 0)
            status = cg_cli_allow_new_output(sandbox, plan->jobs[i].out, also, error);
    }
    return status;
}

enum cg_status cg_plan_confine_beginning(const struct cg_plan *plan,
                                         const struct cg_plan_options *options, bool writes,
                                         struct cg_error *error)
{
    return cg_cli_give_up_files(allow_beginning, &(struct beginning){plan, options, writes}, error);
}

/* Where a comic goes; looks: it is also looked for there. */
static enum cg_status allow_comic(struct cg_sandbox *sandbox, const char *out, bool looks,
                                  struct cg_error *error)
{
    char *folder = looks ? cg_path_folder(out) : NULL;
    enum cg_status status = looks && folder == NULL
                                ? cg_fail(error, CG_ERR_MEMORY, "sandbox: out of memory")
                                : cg_sandbox_allow(sandbox, folder, CG_SANDBOX_READ, error);
    free(folder);
    return status == CG_OK ? cg_sandbox_allow_output(sandbox, out, error) : status;
}

struct work {
    const struct cg_plan *plan;
    bool looks;
};

static enum cg_status allow_jobs(struct cg_sandbox *sandbox, const void *context,
                                 struct cg_error *error)
{
    const struct work *work = context;
    const struct cg_plan *plan = work->plan;
    enum cg_status status = cg_plan_allow_memory(sandbox, error);
    for (size_t i = 0; status == CG_OK && i < plan->count; i++) {
        const struct cg_job *job = &plan->jobs[i];
        status = allow_input(sandbox, job->in, plan->count >= MANY, error);
        if (status == CG_OK && strcmp(job->out, "-") != 0)
            status = allow_comic(sandbox, job->out, work->looks, error);
    }
    return status;
}

enum cg_status cg_plan_confine(const struct cg_plan *plan, bool looks, struct cg_error *error)
{
    return cg_cli_give_up_files(allow_jobs, &(struct work){plan, looks}, error);
}
