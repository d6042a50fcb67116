/* The progress line: see progress.h. */
#include "cli/progress.h"

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
    if (length + 2 + strlen(part) >= room)
        return false;
    snprintf(text + length, room - length, "%s%s", length > 0 ? ", " : "", part);
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
    snprintf(part, sizeof(part), "%s left",
             cg_progress_duration(left, duration, sizeof(duration)));
    add_part(text, room, part);
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
