/* A drawn photo for whole conversions: a ball on a striped floor before a sky, texture on it all.
 */
#ifndef CG_TESTS_GOLDEN_SCENE_H
#define CG_TESTS_GOLDEN_SCENE_H

#include "image/image.h"
#include "model/render_params.h"

/* What fails here fails the test. */
struct cg_image scene_draw(int width, int height);

/* The style (a name or path) on a copy of photo; looks NULL: those of its card. */
struct cg_image scene_convert(const char *style, const struct cg_image *photo,
                              const struct cg_render_params *looks, int threads);

#endif
