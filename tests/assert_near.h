/* One comparison of numbers for all tests. */
#ifndef CG_TESTS_ASSERT_NEAR_H
#define CG_TESTS_ASSERT_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* NaN is near nothing; with tolerance 0 the numbers are equal. */
static inline void assert_near_at(double value, double expected, double tolerance, const char *what,
                                  const char *file, int line)
{
    if (fabs(value - expected) <= tolerance)
        return;
    print_error("%s: expected %.9g within %g, got %.9g\n", what, expected, tolerance, value);
    _fail(file, line);
}

#define assert_near(value, expected, tolerance)                                                    \
    assert_near_at(value, expected, tolerance, #value, __FILE__, __LINE__)

#endif
