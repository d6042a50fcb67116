/*
 * What comicgan-quality measures, beside a photo: the comic of a style, that of the teacher, one
 * that another program made, or the photo itself.
 */
#ifndef CG_MEASURE_QUALITY_SUBJECT_H
#define CG_MEASURE_QUALITY_SUBJECT_H

#include "measure/quality_run.h"

/* The photo as RGB, at its own size. */
enum cg_status quality_photo_read(const char *path, struct cg_image *out, struct cg_error *error);

/* The boundaries that people drew in the photo of that name, dir/STEM.mat. */
enum cg_status quality_truth_read(const char *dir, const char *name, const struct cg_image *photo,
                                  struct cg_boundary_truth *out, struct cg_error *error);

/* picture becomes its copy of at most long_px pixels on the longer side. */
enum cg_status quality_reduce(struct cg_image *picture, int long_px, struct cg_error *error);

/* The subject's picture of a photo, at the photo's own size or another; name: the photo's, of which
 * a folder holds STEM.png, .jpg or .jpeg. detail_px: working size; 0: the style's own. */
enum cg_status quality_subject_make(const struct quality_style *subject, const char *name,
                                    const struct cg_image *photo, int detail_px,
                                    struct cg_image *out, struct cg_error *error);

#endif
