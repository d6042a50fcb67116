/* The hue shift of picture_quality.h. */
#ifndef CG_MEASURE_PICTURE_HUE_H
#define CG_MEASURE_PICTURE_HUE_H

#include "measure/picture_quality.h"

/* Fills hue_deg, hue_skin_deg, hue_blocks and skin_blocks. */
void cg_quality_measure_hue(const struct cg_image *photo, const struct cg_image *comic,
                            struct cg_quality *out);

#endif
