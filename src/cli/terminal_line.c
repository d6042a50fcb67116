/* Progress on a terminal: see terminal_line.h. */
#include "cli/terminal_line.h"

#include "base/clock.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PATIENCE_SECONDS 1.0
#define REDRAW_SECONDS 0.1
#define COLUMNS_DEFAULT 80
#define ERASE_LINE "\r\033[K"

struct cg_terminal_line cg_terminal_line_make(bool quiet)
{
    return (struct cg_terminal_line){.shown = !quiet && isatty(STDERR_FILENO) == 1,
                                     .began = cg_clock_seconds()};
}

bool cg_terminal_line_is_due(const struct cg_terminal_line *line, double now)
{
    return line->shown && now - line->began >= PATIENCE_SECONDS &&
           now - line->drawn_at >= REDRAW_SECONDS;
}

void cg_terminal_line_draw(struct cg_terminal_line *line, const char *text)
{
    double now = cg_clock_seconds();
    if (!cg_terminal_line_is_due(line, now))
        return;
    fprintf(stderr, ERASE_LINE "%s", text);
    line->drawn = true;
    line->drawn_at = now;
}

void cg_terminal_line_count(struct cg_terminal_line *line, const char *doing, size_t done,
                            size_t total)
{
    char text[CG_TERMINAL_LINE_NBYTES];
    snprintf(text, sizeof(text), "%s: %zu of %zu", doing, done, total);
    cg_terminal_line_draw(line, text);
}

void cg_terminal_line_erase(struct cg_terminal_line *line)
{
    if (line->drawn)
        fputs(ERASE_LINE, stderr);
    line->drawn = false;
}

int cg_terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return COLUMNS_DEFAULT;
    return size.ws_col;
}

char *cg_cli_duration(double seconds, char *text, size_t text_nbytes)
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
