/* The monitor: see monitor.h. An alarm needs several rows in a row; one bad batch is none. */
#include "train/monitor.h"

#include <math.h>
#include <string.h>

#define SETTLING_ROWS 6 /* of a new run, in which nothing is judged */
#define LASTING_ROWS 3
#define COLLAPSE_DIVERSITY 0.15f
#define RISING 1.2f /* over the rows that an alarm needs */
#define COLLAPSE_COVERAGE 0.12f
#define LOST_SHARE 0.5f
#define VANISHING_SHARE 0.01f
#define OVERPOWERING_ACCURACY 0.97f
#define SWING_HIGH 0.85f
#define SWING_LOW 0.45f
#define SWING_TURNS 4

enum { REAL, FAKE, GENERATOR, DISCRIMINATOR, DIVERSITY, COVERAGE };

static const struct {
    const char *name, *advice;
} alarms[CG_ALARM_COUNT] = {
    {"mode-collapse", "lower the generator's rate, give D R1 (--r1 1), spectral norm or more "
                      "steps of its own (--d-steps), or augment (--augment)"},
    {"vanishing-gradient", "use another objective than minimax (--objective non-saturating), "
                           "lower D's rate or add instance noise"},
    {"discriminator-overpowers", "lower D's rate, add dropout, label smoothing, R1 or "
                                 "augmentation; or add data"},
    {"oscillation", "lower both rates, lower beta1 (0 to 0.5), or add R1"},
    {"not-a-number", "lower the rates; what was saved before is whole"},
};

static size_t index_of(unsigned alarm)
{
    size_t index = 0;
    while (index + 1 < CG_ALARM_COUNT && (alarm >> index & 1u) == 0)
        index++;
    return index;
}

const char *cg_alarm_name(unsigned alarm)
{
    return alarms[index_of(alarm)].name;
}

const char *cg_alarm_advice(unsigned alarm)
{
    return alarms[index_of(alarm)].advice;
}

/* A field of the row `age` rows ago, 0 the newest. */
static float field(const struct cg_monitor *monitor, int age, int which)
{
    return monitor->rows[(CG_MONITOR_ROWS - 1 - age) * CG_MONITOR_FIELDS + which];
}

static bool lasts(const struct cg_monitor *monitor,
                  bool (*holds)(const struct cg_monitor *monitor, int age))
{
    for (int age = 0; age < LASTING_ROWS; age++)
        if (!holds(monitor, age))
            return false;
    return true;
}

static bool is_uniform(const struct cg_monitor *monitor, int age)
{
    return field(monitor, age, DIVERSITY) < COLLAPSE_DIVERSITY;
}

/* A young generator covers little, too; what counts is that it covered more before. */
static bool has_lost_modes(const struct cg_monitor *monitor, int age)
{
    float coverage = field(monitor, age, COVERAGE);
    return coverage < COLLAPSE_COVERAGE && coverage < LOST_SHARE * monitor->peak_coverage;
}

static bool has_collapsed(const struct cg_monitor *monitor)
{
    bool rises = field(monitor, 0, DIVERSITY) > RISING * field(monitor, LASTING_ROWS, DIVERSITY);
    return (lasts(monitor, is_uniform) && !rises) || lasts(monitor, has_lost_modes);
}

static bool has_vanished(const struct cg_monitor *monitor, int age)
{
    return field(monitor, age, GENERATOR) < VANISHING_SHARE * monitor->peak_gradient;
}

static bool overpowers(const struct cg_monitor *monitor, int age)
{
    return field(monitor, age, REAL) > OVERPOWERING_ACCURACY &&
           field(monitor, age, FAKE) > OVERPOWERING_ACCURACY;
}

/* How often the share of fakes seen through went from high to low or back. */
static bool oscillates(const struct cg_monitor *monitor)
{
    int turns = 0, side = 0;
    for (int age = 0; age < (int)monitor->row_count; age++) {
        float seen_through = field(monitor, age, FAKE);
        int now = seen_through > SWING_HIGH ? 1 : seen_through < SWING_LOW ? -1 : side;
        turns += side != 0 && now != side;
        side = now;
    }
    return turns >= SWING_TURNS;
}

static void remember(struct cg_monitor *monitor, const struct cg_observation *observation)
{
    const double fields[CG_MONITOR_FIELDS] = {
        observation->accuracy_real,      observation->accuracy_fake,
        observation->generator_gradient, observation->discriminator_gradient,
        observation->diversity,          observation->coverage,
    };
    float *newest = monitor->rows + (CG_MONITOR_ROWS - 1) * CG_MONITOR_FIELDS;
    memmove(monitor->rows, monitor->rows + CG_MONITOR_FIELDS,
            (CG_MONITOR_ROWS - 1) * CG_MONITOR_FIELDS * sizeof(float));
    for (int i = 0; i < CG_MONITOR_FIELDS; i++)
        newest[i] = (float)fields[i];
    monitor->row_count = fminf(monitor->row_count + 1.0f, (float)CG_MONITOR_ROWS);
    monitor->peak_coverage = fmaxf(monitor->peak_coverage, newest[COVERAGE]);
    monitor->peak_gradient = fmaxf(monitor->peak_gradient, newest[GENERATOR]);
}

static bool is_finite(const struct cg_observation *o)
{
    return isfinite(o->accuracy_real) && isfinite(o->accuracy_fake) &&
           isfinite(o->generator_gradient) && isfinite(o->discriminator_gradient) &&
           isfinite(o->diversity) && isfinite(o->coverage);
}

static unsigned judge(const struct cg_monitor *monitor)
{
    unsigned standing = 0;
    if (monitor->row_count < SETTLING_ROWS)
        return 0;
    standing |= has_collapsed(monitor) ? CG_ALARM_COLLAPSE : 0;
    standing |= lasts(monitor, has_vanished) ? CG_ALARM_VANISHING : 0;
    standing |= lasts(monitor, overpowers) ? CG_ALARM_OVERPOWERING : 0;
    standing |= oscillates(monitor) ? CG_ALARM_OSCILLATION : 0;
    return standing;
}

unsigned cg_monitor_observe(struct cg_monitor *monitor, const struct cg_observation *observation,
                            unsigned *raised)
{
    unsigned before = (unsigned)monitor->standing, standing = CG_ALARM_NAN;
    if (is_finite(observation)) {
        remember(monitor, observation);
        standing = judge(monitor);
    }
    monitor->standing = (float)standing;
    *raised = standing & ~before;
    return standing;
}
