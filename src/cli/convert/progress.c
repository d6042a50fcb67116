/* The progress line and the summary: see progress.h. */
#include "cli/convert/progress.h"

#include "cli/terminal_line.h"
#include "image/walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Append a part after a comma; false, with nothing added, if it does not fit. */
static bool add_part(char *text, size_t room, const char *part)
{
    size_t length = strlen(text);
    const char *comma = length > 0 ? ", " : "";
    if (length + strlen(comma) + strlen(part) >= room)
        return false;
    snprintf(text + length, room - length, "%s%s", comma, part);
    return true;
}

size_t cg_tally_done(const struct cg_tally *tally)
{
    return tally->converted + tally->failed + tally->existing;
}

void cg_progress_line(const struct cg_tally *tally, int columns, char *text, size_t text_nbytes)
{
    char part[64], duration[32];
    size_t room = columns > 0 && (size_t)columns < text_nbytes ? (size_t)columns : text_nbytes;
    size_t done = cg_tally_done(tally);
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
    snprintf(part, sizeof(part), "%s left", cg_cli_duration(left, duration, sizeof(duration)));
    add_part(text, room, part);
}

char *cg_progress_picture(double share, char *text, size_t text_nbytes)
{
    if (share < 1.0)
        snprintf(text, text_nbytes, "converting: %d %%", (int)(100.0 * share));
    else
        snprintf(text, text_nbytes, "writing");
    return text;
}

/* ---- the summary ----------------------------------------------------------------------------- */

/* Append as much as fits. */
static void CG_PRINTF(2, 3) add(char text[CG_SUMMARY_NBYTES], const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, CG_SUMMARY_NBYTES - length, format, arguments);
    va_end(arguments);
}

/* Begin with the shard, if the list is split. */
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

/* existing: those that came to be done after the plan was made. */
static void add_left_out(char text[CG_SUMMARY_NBYTES], const struct cg_plan *plan, size_t existing)
{
    const struct {
        size_t count;
        const char *what;
    } reasons[] = {
        {plan->existing + existing, "done already"},
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
    if (tally->total > cg_tally_done(tally))
        add(text, ", %zu not done", tally->total - cg_tally_done(tally));
    if (done > 0 && tally->seconds > 0.0)
        add(text, " in %.1f s (%.1f pictures/s)", tally->seconds, (double)done / tally->seconds);
    add_left_out(text, plan, tally->existing);
    return text;
}

char *cg_summary_of_plan(const struct cg_plan *plan, char text[CG_SUMMARY_NBYTES])
{
    begin_summary(text, plan);
    add(text, "%zu to convert", plan->count);
    add_left_out(text, plan, 0);
    return text;
}
