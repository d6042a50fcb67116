/* The progress line and the summary: see progress.h. */
#include "cli/convert/progress.h"

#include "image/walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_SECONDS 0.1
#define COLUMNS_DEFAULT 80
#define LINE_NBYTES 256
#define ERASE_LINE "\r\033[K"

char *cg_progress_duration(double seconds, char *text, size_t text_nbytes)
{
    unsigned long whole = seconds > 0.0 ? (unsigned long)(seconds + 0.5) : 0;
    if (whole < 60)
        snprintf(text, text_nbytes, "%lu s", whole);
    else if (whole < 3600)
        snprintf(text, text_nbytes, "%lu:%02lu min", whole / 60, whole % 60);
    else
        snprintf(text, text_nbytes, "%lu:%02lu h", whole / 3600, whole / 60 % 60);
    return text;
}

/* Add a part, with a comma before it; nothing, and false, where it does not fit. */
static bool add_part(char *text, size_t room, const char *part)
{
    size_t length = strlen(text);
    const char *comma = length > 0 ? ", " : "";
    if (length + strlen(comma) + strlen(part) >= room)
        return false;
    snprintf(text + length, room - length, "%s%s", comma, part);
    return true;
}

void cg_progress_line(const struct cg_tally *tally, int columns, char *text, size_t text_nbytes)
{
    char part[64], duration[32];
    size_t room = columns > 0 && (size_t)columns < text_nbytes ? (size_t)columns : text_nbytes;
    size_t done = tally->converted + tally->failed;
    text[0] = '\0';
    snprintf(part, sizeof(part), "%zu of %zu", done, tally->total);
    bool fits = add_part(text, room, part);
    if (fits && tally->failed > 0) {
        snprintf(part, sizeof(part), "%zu failed", tally->failed);
        fits = add_part(text, room, part);
    }
    if (!fits || done == 0 || tally->seconds <= 0.0)
        return;
    double rate = (double)done / tally->seconds;
    double left = (double)(tally->total - done) / rate;
    snprintf(part, sizeof(part), "%.*f pictures/s", rate < 10.0 ? 1 : 0, rate);
    if (!add_part(text, room, part))
        return;
    snprintf(part, sizeof(part), "%s left", cg_progress_duration(left, duration, sizeof(duration)));
    add_part(text, room, part);
}

/* ---- the summary ----------------------------------------------------------------------------- */

/* Add to the text what fits. */
static void CG_PRINTF(2, 3) add(char text[CG_SUMMARY_NBYTES], const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, CG_SUMMARY_NBYTES - length, format, arguments);
    va_end(arguments);
}

/* Which part of the list it is about, if that is split. */
static void begin_summary(char text[CG_SUMMARY_NBYTES], const struct cg_plan *plan)
{
    text[0] = '\0';
    if (plan->shard_count < 2)
        return;
    add(text, "shard %u of %u", plan->shard_index, plan->shard_count);
    if (plan->shard_source != NULL)
        add(text, " (%s)", plan->shard_source);
    add(text, ": ");
}

static void add_left_out(char text[CG_SUMMARY_NBYTES], const struct cg_plan *plan)
{
    const struct {
        size_t count;
        const char *what;
    } reasons[] = {
        {plan->existing, "done already"},
        {plan->elsewhere, "of other shards"},
        {plan->comics, "comics"},
        {plan->hidden, "hidden"},
        {plan->links, "links to folders"},
        {plan->others, "other files"},
        {plan->unlisted, "that could not be looked at"},
    };
    const char *separator = "; left out: ";
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].count == 0)
            continue;
        add(text, "%s%zu %s", separator, reasons[i].count, reasons[i].what);
        separator = ", ";
    }
    char unread[CG_WALK_UNREAD_NBYTES];
    if (*cg_walk_unread_text(plan->unread, unread) != '\0')
        add(text, "%s%s (not read by this program)", separator, unread);
}

char *cg_summary_of_work(const struct cg_tally *tally, const struct cg_plan *plan,
                         char text[CG_SUMMARY_NBYTES])
{
    size_t done = tally->converted + tally->failed;
    begin_summary(text, plan);
    add(text, "%zu converted", tally->converted);
    if (tally->failed > 0)
        add(text, ", %zu failed", tally->failed);
    if (tally->total > done)
        add(text, ", %zu not done", tally->total - done);
    if (done > 0 && tally->seconds > 0.0)
        add(text, " in %.1f s (%.1f pictures/s)", tally->seconds, (double)done / tally->seconds);
    add_left_out(text, plan);
    return text;
}

char *cg_summary_of_plan(const struct cg_plan *plan, char text[CG_SUMMARY_NBYTES])
{
    begin_summary(text, plan);
    add(text, "%zu to convert", plan->count);
    add_left_out(text, plan);
    return text;
}

/* ---- the terminal ---------------------------------------------------------------------------- */

static int terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return COLUMNS_DEFAULT;
    return size.ws_col;
}

struct cg_progress cg_progress_make(bool quiet)
{
    return (struct cg_progress){.shown = !quiet && isatty(STDERR_FILENO) == 1};
}

void cg_progress_draw(struct cg_progress *progress, const struct cg_tally *tally)
{
    char line[LINE_NBYTES];
    if (!progress->shown ||
        (progress->drawn_at > 0.0 && tally->seconds - progress->drawn_at < REDRAW_SECONDS))
        return;
    cg_progress_line(tally, terminal_columns(), line, sizeof(line));
    fprintf(stderr, ERASE_LINE "%s", line);
    progress->drawn = true;
    progress->drawn_at = tally->seconds;
}

void cg_progress_erase(struct cg_progress *progress)
{
    if (progress->drawn)
        fputs(ERASE_LINE, stderr);
    progress->drawn = false;
}
