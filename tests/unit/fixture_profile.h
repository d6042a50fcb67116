/* ICC profiles made by Little CMS, and files with a profile in them. */
#ifndef CG_TESTS_UNIT_FIXTURE_PROFILE_H
#define CG_TESTS_UNIT_FIXTURE_PROFILE_H

#include "unit/fixture_image.h"

/* A profile's bytes, to be freed. All have the curve of sRGB, but fixture_profile_grey. */
struct fixture_bytes fixture_profile_srgb(void);
struct fixture_bytes fixture_profile_p3(void);      /* Display P3 */
struct fixture_bytes fixture_profile_swapped(void); /* sRGB with red and green exchanged */
struct fixture_bytes fixture_profile_grey(double gamma);

/* Inks that take away red, green and blue as they should, but cyan and magenta exchanged. */
struct fixture_bytes fixture_profile_cmyk(void);

/* The same colours as fixture_profile_p3, in a profile of more than nbytes that do not compress. */
struct fixture_bytes fixture_profile_large(size_t nbytes);

/* An iCCP chunk. */
void fixture_png_profile(struct fixture_bytes *file, const struct fixture_bytes *profile);

/* Put APP2 segments into a JPEG after its start marker: the profile in parts, the last one first;
 * without part number missing (from 1; 0: none is). */
void fixture_jpeg_add_profile(struct fixture_bytes *file, const struct fixture_bytes *profile,
                              int parts, int missing);

#endif
