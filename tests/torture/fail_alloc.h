/* Failing allocations on purpose: see fail_alloc.c. */
#ifndef CG_TESTS_TORTURE_FAIL_ALLOC_H
#define CG_TESTS_TORTURE_FAIL_ALLOC_H

#include <stdbool.h>

/*
 * Let the nth allocation from now on fail, counted over all threads; 1 is the next one, 0: none.
 * all: those after it too, as when memory has run out.
 */
void fail_alloc_arm(long nth, bool all);

/* How many were asked for since then. */
long fail_alloc_count(void);

#endif
