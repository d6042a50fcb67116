/* What a board holds, for board.c and board_json.c. */
#ifndef CG_MONITOR_BOARD_PRIVATE_H
#define CG_MONITOR_BOARD_PRIVATE_H

#include "monitor/board.h"

struct cg_board_series {
    char name[CG_BOARD_NAME_NBYTES];
    size_t count;
    /* Points are means of `stride` values; those of the one in the making are summed. */
    unsigned stride, pending;
    double pending_sum;
    uint64_t pending_step;
    uint64_t steps[CG_BOARD_POINTS_MAX];
    double values[CG_BOARD_POINTS_MAX];
};

struct cg_board_fact {
    char name[CG_BOARD_NAME_NBYTES], text[CG_BOARD_TEXT_NBYTES];
};

struct cg_board_alarm {
    uint64_t step;
    char name[CG_BOARD_NAME_NBYTES], about[CG_BOARD_NAME_NBYTES], advice[CG_BOARD_TEXT_NBYTES];
};

struct cg_board_sample {
    uint64_t step;
    char file[CG_BOARD_NAME_NBYTES];
};

struct cg_board_contents {
    /* the status */
    enum cg_board_state state;
    char state_text[CG_BOARD_TEXT_NBYTES];
    bool save_wanted;
    uint64_t step, steps_limit, saved_step, version;
    double seconds, minutes_limit;
    /* everything else; series last, so that a copy can end with the last one used */
    char title[CG_BOARD_TEXT_NBYTES];
    size_t fact_count, alarm_count, sample_count, series_count;
    struct cg_board_layout layout;
    struct cg_board_fact facts[CG_BOARD_FACTS_MAX];
    struct cg_board_alarm alarms[CG_BOARD_ALARMS_MAX];
    struct cg_board_sample samples[CG_BOARD_SAMPLES_MAX];
    struct cg_board_series series[CG_BOARD_SERIES_MAX];
};

/* A copy of what is there now, to be freed; NULL when memory is short. */
struct cg_board_contents *cg_board_copy(struct cg_board *board);

#endif
