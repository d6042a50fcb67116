/* The progress of training: see train_common.h. */
#include "cli/train/train_common.h"

#include "cli/terminal_line.h"

#include <stdio.h>

#define MANY_PICTURES 100

/* The sequence that clears the terminal's line of the last step. */
static const char *fresh_line(const struct cg_cli_display *display)
{
    return display->terminal ? "\r\033[K" : "";
}

static void show_alarm(const struct cg_cli_display *display, uint64_t step, const char *name,
                       const char *about, const char *advice)
{
    fprintf(stderr, "%sstep %llu: alarm: %s%s%s; to try: %s\n", fresh_line(display),
            (unsigned long long)step, name, about != NULL ? ", " : "", about != NULL ? about : "",
            advice);
}

/* ---- a style --------------------------------------------------------------------------------- */

/* Without a terminal, a line for each tenth of many pictures. */
static void show_progress(struct cg_cli_display *display, const char *doing,
                          const struct cg_train_report *report)
{
    size_t tenth = 10 * report->done / (report->total > 0 ? report->total : 1);
    bool next = tenth != display->tenth;
    display->tenth = tenth;
    if (display->terminal)
        fprintf(stderr, "\r%s pictures: %zu of %zu\033[K%s", doing, report->done, report->total,
                report->done == report->total ? "\n" : "");
    else if (next && tenth > 0 && report->total >= MANY_PICTURES)
        fprintf(stderr, "%s pictures: %zu of %zu\n", doing, report->done, report->total);
}

static void show_step(const struct cg_cli_display *display, const struct cg_train_report *report)
{
    char left[64] = "", duration[32];
    if (!display->terminal)
        return;
    if (report->steps_limit > report->step && report->steps_per_second > 0.0) {
        double seconds = (double)(report->steps_limit - report->step) / report->steps_per_second;
        snprintf(left, sizeof(left), ", %s left",
                 cg_cli_duration(seconds, duration, sizeof(duration)));
    }
    fprintf(stderr, "\rstep %llu: loss %.4f, %.1f steps/s%s%s\033[K",
            (unsigned long long)report->step, report->total_loss, report->steps_per_second,
            report->adversarial ? ", adversarial" : "", left);
}

static void show_estimate(const struct cg_train_report *report)
{
    char duration[32];
    fprintf(stderr, "estimate: to step %llu in about %s\n",
            (unsigned long long)report->estimate.step,
            cg_cli_duration(report->estimate.seconds, duration, sizeof(duration)));
}

static void show_style(struct cg_cli_display *display, const struct cg_train_report *report)
{
    const char *line = fresh_line(display);
    unsigned long long step = report->step;
    switch (report->event) {
    case CG_TRAIN_INSPECTING:
        show_progress(display, "looking at", report);
        break;
    case CG_TRAIN_INSPECTED:
        fputs(report->text, stderr);
        break;
    case CG_TRAIN_PREPARING:
        show_progress(display, "preparing", report);
        break;
    case CG_TRAIN_READY:
        fprintf(stderr, "%sdata: %s\n", line, report->text);
        break;
    case CG_TRAIN_STEP:
        show_step(display, report);
        break;
    case CG_TRAIN_VALIDATED:
        fprintf(stderr, "%sstep %llu: validation %.4f (%.0f s)\n", line, step,
                report->validation_loss, report->seconds);
        break;
    case CG_TRAIN_ALARM:
        show_alarm(display, report->step, report->text, report->about, report->advice);
        break;
    case CG_TRAIN_ESTIMATED:
        show_estimate(report);
        break;
    case CG_TRAIN_SAMPLED:
    case CG_TRAIN_SAVED:
        break;
    }
}

static void pass_style_on(struct cg_cli_watch *watch, const struct cg_train_report *report)
{
    char text[CG_BOARD_TEXT_NBYTES];
    if (watch->board == NULL)
        return;
    switch (report->event) {
    case CG_TRAIN_INSPECTING:
    case CG_TRAIN_PREPARING:
        snprintf(text, sizeof(text), "%zu of %zu pictures", report->done, report->total);
        cg_board_set_state(watch->board, CG_BOARD_PREPARING, text);
        break;
    case CG_TRAIN_READY:
        cg_board_set_state(watch->board, CG_BOARD_PREPARING, NULL);
        cg_board_set_fact(watch->board, "pictures", report->text);
        break;
    case CG_TRAIN_STEP:
        cg_cli_watch_row(watch, report->step, report->values, report->value_count);
        break;
    case CG_TRAIN_ALARM:
        cg_board_add_alarm(watch->board, report->step, report->text, report->about, report->advice);
        break;
    case CG_TRAIN_INSPECTED:
    case CG_TRAIN_ESTIMATED:
    case CG_TRAIN_VALIDATED:
        break;
    case CG_TRAIN_SAMPLED:
        cg_cli_watch_sample(watch, report->step, report->text, report->sheet);
        break;
    case CG_TRAIN_SAVED:
        cg_board_note_saved(watch->board, report->step);
        break;
    }
}

void cg_cli_show_style(void *context, const struct cg_train_report *report)
{
    struct cg_cli_display *display = context;
    display->step = report->step;
    if (!display->quiet)
        show_style(display, report);
    pass_style_on(&display->watch, report);
}

/* ---- a vector GAN ---------------------------------------------------------------------------- */

static void show_row(const struct cg_cli_display *display, const struct cg_vector_report *report)
{
    const struct cg_vector_row *row = report->row;
    if (display->terminal)
        fprintf(stderr,
                "%sstep %llu: D %.3f, G %.3f, right %.0f %% and %.0f %%, Frechet %.2f, "
                "%.0f samples/s",
                fresh_line(display), (unsigned long long)report->step, row->discriminator_loss,
                row->generator_loss, 100.0 * row->seen.accuracy_real,
                100.0 * row->seen.accuracy_fake, row->frechet, row->samples_per_second);
}

static void show_vector(const struct cg_cli_display *display, const struct cg_vector_report *report)
{
    switch (report->event) {
    case CG_VECTOR_READY:
        fprintf(stderr, "%sdata: %s\n", fresh_line(display), report->text);
        break;
    case CG_VECTOR_LOGGED:
        show_row(display, report);
        break;
    case CG_VECTOR_ALARM:
        show_alarm(display, report->step, report->text, report->about, report->advice);
        break;
    case CG_VECTOR_SAVED:
        break;
    }
}

static void pass_vector_on(struct cg_cli_watch *watch, const struct cg_vector_report *report)
{
    char file[CG_BOARD_NAME_NBYTES];
    switch (report->event) {
    case CG_VECTOR_READY:
        cg_board_set_fact(watch->board, "pictures", report->text);
        break;
    case CG_VECTOR_LOGGED:
        cg_cli_watch_row(watch, report->step, report->values, report->value_count);
        break;
    case CG_VECTOR_ALARM:
        cg_board_add_alarm(watch->board, report->step, report->text, report->about, report->advice);
        break;
    case CG_VECTOR_SAVED:
        snprintf(file, sizeof(file), "step-%07llu.png", (unsigned long long)report->step);
        cg_cli_watch_sample(watch, report->step, file, NULL);
        cg_board_note_saved(watch->board, report->step);
        break;
    }
}

void cg_cli_show_vector(void *context, const struct cg_vector_report *report)
{
    struct cg_cli_display *display = context;
    display->step = report->step;
    if (!display->quiet)
        show_vector(display, report);
    pass_vector_on(&display->watch, report);
}
