/* Folders of small painted photos and comics, and a small model to start from. */
#ifndef CG_TESTS_UNIT_FIXTURE_TRAIN_H
#define CG_TESTS_UNIT_FIXTURE_TRAIN_H

#define FIXTURE_PHOTO_WIDTH_PX 80
#define FIXTURE_PHOTO_HEIGHT_PX 72

/* folder/photos/N.png: discs and slopes with noise; folder/comics/N.png: flat areas in black
 * outlines. The same for the same number. */
void fixture_paint_photos(const char *folder, int count);
void fixture_paint_comics(const char *folder, int count);

/* A model file with the parameters that a small generator starts from. */
void fixture_write_model(const char *path);

#endif
