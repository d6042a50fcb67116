/* Monotonic time, in seconds. */
#ifndef CG_BASE_CLOCK_H
#define CG_BASE_CLOCK_H

double cg_clock_seconds(void);

#endif
