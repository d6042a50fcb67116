/*
 * What fuzz targets share. A target is a file fuzz_*.c with LLVMFuzzerTestOneInput, which gives
 * its bytes to the functions under test and aborts where they break a promise. libFuzzer drives it
 * in a build for fuzzing; in all others replay.c feeds it the seeds and what was once found.
 *
 * An input is a file of its kind and nothing else. Where there are options to choose, the target
 * chooses them by fuzz_choice, so that the same bytes always mean the same.
 */
#ifndef CG_TESTS_FUZZ_FUZZ_H
#define CG_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's names. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes);

/* A number made from all bytes. */
uint32_t fuzz_choice(const uint8_t *bytes, size_t nbytes);

/* End the program with a message unless a promise was kept. */
void fuzz_expect(int kept, const char *promise);

/* A file with these bytes in a folder in memory that goes when the program ends. The path holds
 * until the next call. */
const char *fuzz_file(const char *name, const uint8_t *bytes, size_t nbytes);

/* The folder. */
const char *fuzz_folder(void);

#endif
