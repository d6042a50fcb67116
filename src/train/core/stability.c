/* Alarms: see stability.h. An alarm needs several rows in sequence; one bad batch does not raise
 * it. */
#include "train/core/stability.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SETTLING_ROWS 6 /* of a new run, before any alarm */
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

const char *cg_alarm_names(unsigned set, char text[CG_ALARM_NAMES_NBYTES])
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned bit = 1; bit < 1u << CG_ALARM_COUNT; bit <<= 1)
        if (set & bit)
            used += (size_t)snprintf(text + used, CG_ALARM_NAMES_NBYTES - used, "%s%s",
                                     used > 0 ? "+" : "", cg_alarm_name(bit));
    return text;
}

/* A field of the row `age` rows ago, 0 the newest. */
static float field(const struct cg_stability *memory, int age, int which)
{
    return memory->rows[(CG_STABILITY_ROWS - 1 - age) * CG_STABILITY_FIELDS + which];
}

static bool lasts(const struct cg_stability *memory,
                  bool (*holds)(const struct cg_stability *memory, int age))
{
    for (int age = 0; age < LASTING_ROWS; age++)
        if (!holds(memory, age))
            return false;
    return true;
}

static bool is_uniform(const struct cg_stability *memory, int age)
{
    return field(memory, age, DIVERSITY) < COLLAPSE_DIVERSITY;
}

/* A young generator covers little, too; what counts is whether it covered more before. */
static bool has_lost_modes(const struct cg_stability *memory, int age)
{
    float coverage = field(memory, age, COVERAGE);
    return coverage < COLLAPSE_COVERAGE && coverage < LOST_SHARE * memory->peak_coverage;
}

static bool has_collapsed(const struct cg_stability *memory)
{
    bool rises = field(memory, 0, DIVERSITY) > RISING * field(memory, LASTING_ROWS, DIVERSITY);
    return (lasts(memory, is_uniform) && !rises) || lasts(memory, has_lost_modes);
}

static bool has_vanished(const struct cg_stability *memory, int age)
{
    return field(memory, age, GENERATOR) < VANISHING_SHARE * memory->peak_gradient;
}

static bool overpowers(const struct cg_stability *memory, int age)
{
    return field(memory, age, REAL) > OVERPOWERING_ACCURACY &&
           field(memory, age, FAKE) > OVERPOWERING_ACCURACY;
}

/* How often the fraction of fakes recognised changed from high to low or back. */
static bool oscillates(const struct cg_stability *memory)
{
    int turns = 0, side = 0;
    for (int age = 0; age < (int)memory->row_count; age++) {
        float seen_through = field(memory, age, FAKE);
        int now = seen_through > SWING_HIGH ? 1 : seen_through < SWING_LOW ? -1 : side;
        turns += side != 0 && now != side;
        side = now;
    }
    return turns >= SWING_TURNS;
}

static void remember(struct cg_stability *memory, const struct cg_observation *observation)
{
    const double fields[CG_STABILITY_FIELDS] = {
        observation->accuracy_real,      observation->accuracy_fake,
        observation->generator_gradient, observation->discriminator_gradient,
        observation->diversity,          observation->coverage,
    };
    float *newest = memory->rows + (CG_STABILITY_ROWS - 1) * CG_STABILITY_FIELDS;
    memmove(memory->rows, memory->rows + CG_STABILITY_FIELDS,
            (CG_STABILITY_ROWS - 1) * CG_STABILITY_FIELDS * sizeof(float));
    for (int i = 0; i < CG_STABILITY_FIELDS; i++)
        newest[i] = (float)fields[i];
    memory->row_count = fminf(memory->row_count + 1.0f, (float)CG_STABILITY_ROWS);
    memory->peak_coverage = fmaxf(memory->peak_coverage, newest[COVERAGE]);
    memory->peak_gradient = fmaxf(memory->peak_gradient, newest[GENERATOR]);
}

static bool is_finite(const struct cg_observation *o)
{
    return isfinite(o->accuracy_real) && isfinite(o->accuracy_fake) &&
           isfinite(o->generator_gradient) && isfinite(o->discriminator_gradient) &&
           isfinite(o->diversity) && isfinite(o->coverage);
}

static unsigned judge(const struct cg_stability *memory)
{
    unsigned standing = 0;
    if (memory->row_count < SETTLING_ROWS)
        return 0;
    standing |= has_collapsed(memory) ? CG_ALARM_COLLAPSE : 0;
    standing |= lasts(memory, has_vanished) ? CG_ALARM_VANISHING : 0;
    standing |= lasts(memory, overpowers) ? CG_ALARM_OVERPOWERING : 0;
    standing |= oscillates(memory) ? CG_ALARM_OSCILLATION : 0;
    return standing;
}

unsigned cg_stability_observe(struct cg_stability *memory, const struct cg_observation *observation,
                              unsigned *raised)
{
    unsigned before = (unsigned)memory->standing, standing = CG_ALARM_NAN;
    if (is_finite(observation)) {
        remember(memory, observation);
        standing = judge(memory);
    }
    memory->standing = (float)standing;
    *raised = standing & ~before;
    return standing;
}
