/*
 * This process's part of a list: see shard.h.
 *
 * A task's number is its id modulo the number of tasks, not its distance from the array's lowest
 * id: consecutive ids, from any number on, give each shard once. So a task resubmitted alone
 * (--array=3, with COMICGAN_SHARDS=4) gets the same pictures as in 0-3 or 1-4.
 */
#include "cli/convert/shard.h"

#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ID_MAX 2147483647ul
#define SHARDS_VARIABLE "COMICGAN_SHARDS"

/* Index from 0 of count; source: where it comes from, NULL: no such level. */
struct level {
    unsigned long index, count;
    const char *source;
};

/* ---- numbers --------------------------------------------------------------------------------- */

/* Digits up to the character end; *rest points to it. */
static bool parse_number(const char *text, char end, unsigned long low, unsigned long high,
                         unsigned long *out, const char **rest)
{
    char *stop;
    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    *out = strtoul(text, &stop, 10);
    *rest = stop;
    return errno == 0 && *stop == end && *out >= low && *out <= high;
}

/* The variable's value; NULL if unset or empty. */
static const char *variable(const char *name)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* A set variable that must be a number; false after a message. */
static bool read_variable(const char *name, unsigned long low, unsigned long high,
                          unsigned long *out)
{
    const char *rest, *text = variable(name);
    if (text != NULL && parse_number(text, '\0', low, high, out, &rest))
        return true;
    cg_cli_fail(CG_EXIT_USAGE,
                "%s: expected a whole number from %lu to %lu, found \"%s\"; "
                "--shard K/N says it outright, --shard 1/1 takes the whole list",
                name, low, high, text == NULL ? "" : text);
    return false;
}

/* ---- tasks: arrays and indexed jobs ---------------------------------------------------------- */

/*
 * The number of an array's tasks, and the step between their ids. Ids with gaps (--array=1,5,6) do
 * not tell which of the tasks this one is.
 */
static bool read_array(unsigned long *count, unsigned long *step)
{
    unsigned long low = 0, high = 0;
    *step = 1;
    if (variable("SLURM_ARRAY_TASK_STEP") != NULL &&
        !read_variable("SLURM_ARRAY_TASK_STEP", 1, ID_MAX, step))
        return false;
    bool has_range =
        variable("SLURM_ARRAY_TASK_MIN") != NULL && variable("SLURM_ARRAY_TASK_MAX") != NULL;
    if (has_range && (!read_variable("SLURM_ARRAY_TASK_MIN", 0, ID_MAX, &low) ||
                      !read_variable("SLURM_ARRAY_TASK_MAX", low, ID_MAX, &high)))
        return false;
    *count = (high - low) / *step + 1;
    if (has_range && variable("SLURM_ARRAY_TASK_COUNT") == NULL)
        return true;
    if (!read_variable("SLURM_ARRAY_TASK_COUNT", 1, CG_SHARDS_MAX, count))
        return false;
    if (!has_range || *count == (high - low) / *step + 1)
        return true;
    cg_cli_fail(CG_EXIT_USAGE,
                "the Slurm array has %lu tasks with ids from %lu to %lu, not one after the other, "
                "so a task cannot tell its shard; give --shard K/N, or the number of shards "
                "in " SHARDS_VARIABLE,
                *count, low, high);
    return false;
}

static bool read_slurm_array(struct level *task)
{
    unsigned long id, step = 1;
    task->source = "Slurm array";
    if (!read_variable("SLURM_ARRAY_TASK_ID", 0, ID_MAX, &id))
        return false;
    if (variable(SHARDS_VARIABLE) != NULL) {
        if (!read_variable(SHARDS_VARIABLE, 1, CG_SHARDS_MAX, &task->count))
            return false;
    } else if (!read_array(&task->count, &step)) {
        return false;
    }
    task->index = id / step % task->count;
    return true;
}

static bool read_indexed_job(struct level *task)
{
    static const char index[] = "JOB_COMPLETION_INDEX";
    task->source = "Kubernetes indexed job";
    if (variable(SHARDS_VARIABLE) == NULL) {
        cg_cli_fail(CG_EXIT_USAGE,
                    "%s is set, but not the number of shards; give it (the job's completions) "
                    "in " SHARDS_VARIABLE ", or --shard 1/1 for the whole list",
                    index);
        return false;
    }
    return read_variable(SHARDS_VARIABLE, 1, CG_SHARDS_MAX, &task->count) &&
           read_variable(index, 0, task->count - 1, &task->index);
}

static bool read_task(struct level *task)
{
    if (variable("SLURM_ARRAY_TASK_ID") != NULL)
        return read_slurm_array(task);
    if (variable("JOB_COMPLETION_INDEX") != NULL)
        return read_indexed_job(task);
    if (variable(SHARDS_VARIABLE) == NULL)
        return true;
    cg_cli_fail(CG_EXIT_USAGE,
                SHARDS_VARIABLE " is set, but nothing says which shard this is (a "
                                "Slurm array, a Kubernetes indexed job); give --shard K/N");
    return false;
}

/* ---- processes: mpirun and srun -------------------------------------------------------------- */

/*
 * Only under srun: in a batch script, SLURM_NTASKS is the number requested, and the script runs
 * once. mpirun's variables take precedence: processes that it starts inside a Slurm job also have
 * srun's.
 */
static bool read_process(struct level *process)
{
    static const struct {
        const char *name, *rank, *size;
        const char *sign; /* must be set for the others to count */
    } launchers[] = {
        {"Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_SIZE"},
        {"MPI", "PMI_RANK", "PMI_SIZE", "PMI_SIZE"},
        {"srun", "SLURM_PROCID", "SLURM_NTASKS", "SLURM_STEP_ID"},
    };
    for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++) {
        if (variable(launchers[i].rank) == NULL || variable(launchers[i].size) == NULL ||
            variable(launchers[i].sign) == NULL)
            continue;
        process->source = launchers[i].name;
        return read_variable(launchers[i].size, 1, CG_SHARDS_MAX, &process->count) &&
               read_variable(launchers[i].rank, 0, process->count - 1, &process->index);
    }
    return true;
}

/* ---- both ------------------------------------------------------------------------------------ */

static int parse_given(const char *given, struct cg_cli_shard *out)
{
    unsigned long index, count;
    const char *rest;
    if (!parse_number(given, '/', 1, CG_SHARDS_MAX, &index, &rest) ||
        !parse_number(rest + 1, '\0', index, CG_SHARDS_MAX, &count, &rest))
        return cg_cli_fail(CG_EXIT_USAGE,
                           "--shard: expected K/N with 1 <= K <= N <= %d, found \"%s\"",
                           CG_SHARDS_MAX, given);
    *out = (struct cg_cli_shard){(unsigned)index, (unsigned)count, NULL};
    return CG_EXIT_DONE;
}

int cg_cli_shard_find(const char *given, struct cg_cli_shard *out)
{
    struct level task = {0, 1, NULL}, process = {0, 1, NULL};
    *out = (struct cg_cli_shard){1, 1, NULL};
    if (given != NULL)
        return parse_given(given, out);
    if (!read_task(&task) || !read_process(&process))
        return CG_EXIT_USAGE;
    if (task.count > CG_SHARDS_MAX / process.count)
        return cg_cli_fail(CG_EXIT_USAGE, "expected at most %d shards, found %lu tasks of %lu",
                           CG_SHARDS_MAX, task.count, process.count);
    out->index = (unsigned)(task.index * process.count + process.index + 1);
    out->count = (unsigned)(task.count * process.count);
    out->source = task.count > 1 ? task.source : process.source;
    return CG_EXIT_DONE;
}

bool cg_cli_shard_has(const struct cg_cli_shard *shard, size_t position)
{
    return position % shard->count == shard->index - 1;
}
