/*
 * Detects the common failure modes of GAN training. Works on scalars alone, one observation per row
 * of the log, so that any trainer can use it. Its memory is an array of floats that goes into the
 * checkpoint.
 */
#ifndef CG_TRAIN_CORE_STABILITY_H
#define CG_TRAIN_CORE_STABILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Means since the last observation. */
struct cg_observation {
    uint64_t step;
    double accuracy_real, accuracy_fake;               /* fraction that D classified correctly */
    double generator_gradient, discriminator_gradient; /* lengths */
    /* 1 if not measured: */
    double diversity; /* mean distance between samples over that between pictures of the data */
    double coverage;  /* distinct nearest pictures in the data, over those found by other
                       * pictures of the data */
};

/* Bits; the order is that of the names. */
enum {
    CG_ALARM_COLLAPSE = 1,     /* little diversity, not rising; or modes lost again */
    CG_ALARM_VANISHING = 2,    /* G's gradient is a hundredth of what it was */
    CG_ALARM_OVERPOWERING = 4, /* D is nearly always right */
    CG_ALARM_OSCILLATION = 8,  /* D's accuracy swings back and forth */
    CG_ALARM_NAN = 16          /* a number is not finite */
};
#define CG_ALARM_COUNT 5

/* "mode-collapse", ... and what to try, for the alarm of one bit. Static storage. */
const char *cg_alarm_name(unsigned alarm);
const char *cg_alarm_advice(unsigned alarm);

/* Those of a set, joined by '+'; returns text. */
#define CG_ALARM_NAMES_NBYTES 128
const char *cg_alarm_names(unsigned set, char text[CG_ALARM_NAMES_NBYTES]);

/* The window of rows, newest last; fields in the order of cg_observation. */
#define CG_STABILITY_ROWS 16
#define CG_STABILITY_FIELDS 6
struct cg_stability {
    float rows[CG_STABILITY_ROWS * CG_STABILITY_FIELDS];
    float row_count, peak_gradient, peak_coverage;
    float standing; /* the alarms of the last observation */
};
#define CG_STABILITY_FLOATS (sizeof(struct cg_stability) / sizeof(float))

/*
 * Record an observation. Returns the active alarms; *raised receives those newly active. The first
 * rows of a run raise no alarm, as a generator begins without diversity.
 */
unsigned cg_stability_observe(struct cg_stability *memory, const struct cg_observation *observation,
                              unsigned *raised);

#endif
