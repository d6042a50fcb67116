/* Small picture files of the kinds that converters trip over, and what is in a file beside its
 * colours. Part of the program fixture, see cli_fixture.c. */
#ifndef CG_TESTS_CLI_FIXTURE_FLAVOUR_H
#define CG_TESTS_CLI_FIXTURE_FLAVOUR_H

/*
 * Write the picture called name to path; returns an exit code. All are green with a dark stripe,
 * 48 x 32 pixels, but for the last.
 *   rgba, rgba-other         clear on the left, half clear in the middle; they differ in nothing
 *                            but the colour that lies under what is clear
 *   grey, grey-alpha, rgb16  the same as greys, as greys half clear, and with 16 bits
 *   profile, broken-profile  with a Display P3 profile, and with one that is senseless
 *   exif                     a JPEG of 8 x 8 pixels with date, place and a camera's name
 */
int fixture_write_flavour(const char *path, const char *name);

/* Print what the file has of "alpha", "profile", "date" and "place", in one line. */
int fixture_print_contents(const char *path);

/* Print the samples of a pixel as they are in the file: one, three or four numbers. */
int fixture_print_samples(const char *path, int x, int y);

#endif
