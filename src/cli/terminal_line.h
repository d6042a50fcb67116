/*
 * A progress line on a terminal, redrawn in place after the first second and erased before any
 * other output. Nothing is drawn if stderr is not a terminal.
 */
#ifndef CG_CLI_TERMINAL_LINE_H
#define CG_CLI_TERMINAL_LINE_H

#include <stdbool.h>
#include <stddef.h>

#define CG_TERMINAL_LINE_NBYTES 256

/* One caller at a time. */
struct cg_terminal_line {
    bool shown; /* there is a terminal to draw on */
    bool drawn; /* and a line on it */
    double began, drawn_at;
};

/* Start now. quiet: never draw. */
struct cg_terminal_line cg_terminal_line_make(bool quiet);

/* Whether to draw at `now` (base/clock.h): not in the first second, nor within a tenth of a second
 * of the last time. */
bool cg_terminal_line_is_due(const struct cg_terminal_line *line, double now);

/* Draw text, if it is due. */
void cg_terminal_line_draw(struct cg_terminal_line *line, const char *text);

/* "DOING: N of TOTAL", if it is due. */
void cg_terminal_line_count(struct cg_terminal_line *line, const char *doing, size_t done,
                            size_t total);

/* Erase the line, before any other output and at the end. */
void cg_terminal_line_erase(struct cg_terminal_line *line);

/* Its greatest width. */
int cg_terminal_columns(void);

/* "45 s", "3:07 min", "2:05 h". Writes text, returns it. */
char *cg_cli_duration(double seconds, char *text, size_t text_nbytes);

#endif
