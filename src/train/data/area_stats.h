/* How much there is to see in a part of a picture. */
#ifndef CG_TRAIN_DATA_AREA_STATS_H
#define CG_TRAIN_DATA_AREA_STATS_H

#include <stdint.h>

struct cg_area_stats {
    float white;     /* share of pixels with all channels above 240 */
    float deviation; /* standard deviation of luma, 0 to 0.5 */
};

/* Less luma deviation than this is a blank: paper, or a flat area. */
#define CG_AREA_BLANK_DEVIATION 0.04f

/* Every second pixel of every second row of the part of an RGB picture, row_px pixels wide, that
 * starts at pixels and is width x height. */
struct cg_area_stats cg_area_stats(const uint8_t *pixels, int row_px, int width, int height);

#endif
