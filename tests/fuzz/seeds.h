/* Inputs to begin fuzzing with: made here and by the fixtures of the tests, none is taken from
 * elsewhere. Part of the program fuzz_seeds. */
#ifndef CG_TESTS_FUZZ_SEEDS_H
#define CG_TESTS_FUZZ_SEEDS_H

#include "unit/fixture_image.h"

/* Keep the bytes as a seed of a target and free them. */
void seed_save(const char *target, const char *name, struct fixture_bytes *file);

/* The same for a text. */
void seed_save_text(const char *target, const char *name, const char *text);

void seed_pictures(void);
void seed_profiles(void);
void seed_exif(void);
void seed_texts(void);
void seed_models(void);
void seed_fonts(void);

#endif
