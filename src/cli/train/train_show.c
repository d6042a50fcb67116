/* The progress of training: see train_common.h. */
#include "cli/train/train_common.h"

#include "base/clock.h"
#include "cli/terminal_line.h"

#include <stdio.h>

#define SAID_SECONDS 10.0 /* in the first minute; then each minute */
#define MINUTE_SECONDS 60.0

/* The sequence that clears the terminal's line of the last step. */
static const char *fresh_line(const struct cg_cli_display *display)
{
    return display->terminal ? "\r\033[K" : "";
}

static void show_data(const struct cg_cli_display *display, const char *text)
{
    if (!display->quiet)
        fprintf(stderr, "%sdata: %s\n", fresh_line(display), text);
    if (display->watch.board != NULL)
        cg_board_set_fact(display->watch.board, "pictures", text);
}

static void show_alarm(const struct cg_cli_display *display, const char *name, const char *about,
                       const char *advice)
{
    if (!display->quiet)
        fprintf(stderr, "%sstep %llu: alarm: %s%s%s; to try: %s\n", fresh_line(display),
                (unsigned long long)display->step, name, about != NULL ? ", " : "",
                about != NULL ? about : "", advice);
    if (display->watch.board != NULL)
        cg_board_add_alarm(display->watch.board, display->step, name, about, advice);
}

/* ---- a style --------------------------------------------------------------------------------- */

/* Whether to say on a line of its own how far the pictures are. */
static bool is_due(struct cg_cli_display *display)
{
    double now = cg_clock_seconds();
    if (display->began <= 0.0)
        display->began = display->said_at = now;
    bool first = now - display->began < MINUTE_SECONDS;
    if (now - display->said_at < (first ? SAID_SECONDS : MINUTE_SECONDS))
        return false;
    display->said_at = now;
    return true;
}

static void show_progress(struct cg_cli_display *display, const char *doing,
                          const struct cg_train_report *report)
{
    char text[CG_BOARD_TEXT_NBYTES];
    snprintf(text, sizeof(text), "%zu of %zu pictures", report->done, report->total);
    if (display->watch.board != NULL)
        cg_board_set_state(display->watch.board, CG_BOARD_PREPARING, text);
    if (display->terminal)
        fprintf(stderr, "\r%s pictures: %zu of %zu\033[K%s", doing, report->done, report->total,
                report->done == report->total ? "\n" : "");
    else if (!display->quiet && is_due(display))
        fprintf(stderr, "%s pictures: %zu of %zu\n", doing, report->done, report->total);
}

static void show_step(const struct cg_cli_display *display, const struct cg_train_report *report)
{
    char left[64] = "", duration[32];
    if (!display->terminal && !display->verbose)
        return;
    if (report->steps_limit > report->step && report->steps_per_second > 0.0) {
        double seconds = (double)(report->steps_limit - report->step) / report->steps_per_second;
        snprintf(left, sizeof(left), ", %s left",
                 cg_cli_duration(seconds, duration, sizeof(duration)));
    }
    fprintf(stderr, "%sstep %llu: loss %.4f, %.1f steps/s%s%s%s", fresh_line(display),
            (unsigned long long)report->step, report->total_loss, report->steps_per_second,
            report->adversarial ? ", adversarial" : "", left, display->verbose ? "\n" : "");
}

/* Events that are told in words alone. */
static void say_style(const struct cg_cli_display *display, const struct cg_train_report *report)
{
    char duration[32];
    if (report->event == CG_TRAIN_INSPECTED)
        fputs(report->text, stderr);
    if (report->event == CG_TRAIN_VALIDATED)
        fprintf(stderr, "%sstep %llu: validation %.4f (%.0f s)\n", fresh_line(display),
                (unsigned long long)report->step, report->validation_loss, report->seconds);
    if (report->event == CG_TRAIN_ESTIMATED)
        fprintf(stderr, "estimate: to step %llu in about %s\n",
                (unsigned long long)report->estimate.step,
                cg_cli_duration(report->estimate.seconds, duration, sizeof(duration)));
}

void cg_cli_show_style(void *context, const struct cg_train_report *report)
{
    struct cg_cli_display *display = context;
    struct cg_board *board = display->watch.board;
    display->step = report->step;
    switch (report->event) {
    case CG_TRAIN_INSPECTING:
    case CG_TRAIN_PREPARING:
        show_progress(display, report->event == CG_TRAIN_INSPECTING ? "looking at" : "preparing",
                      report);
        break;
    case CG_TRAIN_READY:
        if (board != NULL)
            cg_board_set_state(board, CG_BOARD_PREPARING, NULL);
        show_data(display, report->text);
        break;
    case CG_TRAIN_STEP:
        show_step(display, report);
        if (board != NULL)
            cg_cli_watch_row(&display->watch, report->step, report->values, report->value_count);
        break;
    case CG_TRAIN_ALARM:
        show_alarm(display, report->text, report->about, report->advice);
        break;
    case CG_TRAIN_SAMPLED:
        if (board != NULL)
            cg_cli_watch_sample(&display->watch, report->step, report->text, report->sheet);
        break;
    case CG_TRAIN_SAVED:
        if (board != NULL)
            cg_board_note_saved(board, report->step);
        break;
    case CG_TRAIN_INSPECTED:
    case CG_TRAIN_VALIDATED:
    case CG_TRAIN_ESTIMATED:
        if (!display->quiet)
            say_style(display, report);
        break;
    }
}

/* ---- a vector GAN ---------------------------------------------------------------------------- */

static void show_row(const struct cg_cli_display *display, const struct cg_vector_report *report)
{
    const struct cg_vector_row *row = report->row;
    if (display->terminal || display->verbose)
        fprintf(stderr,
                "%sstep %llu: D %.3f, G %.3f, right %.0f %% and %.0f %%, Frechet %.2f, "
                "%.0f samples/s%s",
                fresh_line(display), (unsigned long long)report->step, row->discriminator_loss,
                row->generator_loss, 100.0 * row->seen.accuracy_real,
                100.0 * row->seen.accuracy_fake, row->frechet, row->samples_per_second,
                display->verbose ? "\n" : "");
}

void cg_cli_show_vector(void *context, const struct cg_vector_report *report)
{
    struct cg_cli_display *display = context;
    char file[CG_BOARD_NAME_NBYTES];
    display->step = report->step;
    switch (report->event) {
    case CG_VECTOR_READY:
        show_data(display, report->text);
        break;
    case CG_VECTOR_LOGGED:
        show_row(display, report);
        cg_cli_watch_row(&display->watch, report->step, report->values, report->value_count);
        break;
    case CG_VECTOR_ALARM:
        show_alarm(display, report->text, report->about, report->advice);
        break;
    case CG_VECTOR_SAVED:
        snprintf(file, sizeof(file), "step-%07llu.png", (unsigned long long)report->step);
        cg_cli_watch_sample(&display->watch, report->step, file, NULL);
        cg_board_note_saved(display->watch.board, report->step);
        break;
    }
}
