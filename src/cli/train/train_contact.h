/* The contact sheet of a run: what it learned from, and what it made of photos it never saw. */
#ifndef CG_CLI_TRAIN_TRAIN_CONTACT_H
#define CG_CLI_TRAIN_TRAIN_CONTACT_H

#include "train/data/dataset.h"

#define CG_CLI_CONTACT_PANELS_MAX 6
#define CG_CLI_CONTACT_PHOTOS_MAX 6

/* Collected while the data set is there. Empty: all zero. */
struct cg_cli_contact {
    struct cg_image panels[CG_CLI_CONTACT_PANELS_MAX];
    int panel_count;
    char *photos[CG_CLI_CONTACT_PHOTOS_MAX]; /* paths */
    int photo_count;
};

/* Panels of some comics and the paths of some held-out photos; what does not fit into memory is
 * left out. */
void cg_cli_contact_collect(struct cg_cli_contact *contact, const struct cg_dataset *dataset);
void cg_cli_contact_clear(struct cg_cli_contact *contact);

/*
 * Turn the photos into comics with the style in the file model_path, at full size as comicgan
 * convert does, and write all that was collected as a JPEG to path: a row of panels, then photos,
 * each with its comic to its right. threads: 0 for all. Errors: those of reading photos, models and
 * writing; CG_ERR_STATE when nothing was collected.
 */
enum cg_status cg_cli_contact_write(const struct cg_cli_contact *contact, const char *model_path,
                                    const char *path, int threads, struct cg_error *error);

#endif
