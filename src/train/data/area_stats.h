/* Statistics of a part of a picture: how much there is to see in it. */
#ifndef CG_TRAIN_DATA_AREA_STATS_H
#define CG_TRAIN_DATA_AREA_STATS_H

#include <stdint.h>

struct cg_area_stats {
    float white;     /* fraction of pixels with all channels above 240 */
    float deviation; /* standard deviation of luma, 0 to 0.5 */
};

/* An area with less luma deviation is blank: paper, or flat. */
#define CG_AREA_BLANK_DEVIATION 0.04f

/* From every second pixel of every second row of the width x height part at pixels, in an RGB
 * picture row_px wide. */
struct cg_area_stats cg_area_stats(const uint8_t *pixels, int row_px, int width, int height);

#endif
