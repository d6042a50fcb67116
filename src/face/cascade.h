/*
 * The finder's networks, one after another, each for the windows that the one before lets pass:
 *
 *   scout   10 x 10 (halved) -> 32 -> 1                  every fourth pixel of each level
 *   judge   20 x 20, colours, edges -> 32 -> 1            every second one about the scout's finds
 *   critic  20 x 20, colours, edges -> 128 -> 32 -> 1
 *
 * A window passes if its logit is above 0: where that lies for a wanted share of faces is in the
 * last bias. The model file is a safetensors file of the three networks, its metadata
 * "comicgan.architecture" (kind "faces", and the least "evidence").
 */
#ifndef CG_FACE_CASCADE_H
#define CG_FACE_CASCADE_H

#include "face/finder.h"
#include "face/pyramid.h"
#include "nn/network.h"

enum { CG_FACE_SCOUT, CG_FACE_JUDGE, CG_FACE_CRITIC, CG_FACE_STAGES };

#define CG_FACE_VALUES_MAX                                                                         \
    (CG_FACE_WINDOW_VALUES + 2 * CG_FACE_WINDOW_CELLS + CG_FACE_EDGE_VALUES) /* of an input */

struct cg_face_finder {
    struct cg_network *networks[CG_FACE_STAGES];
    float *parameters[CG_FACE_STAGES];
    float least_evidence; /* for a face: the sum of its windows' logits */
};

/* Networks without parameters. dropout: of the critic's
 * hidden layers, while it is trained. Error:
 * CG_ERR_MEMORY. */
enum cg_status cg_face_finder_create(float dropout, struct cg_face_finder **out,
                                     struct cg_error *error);

/* Write atomically. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_face_finder_write(const char *path, const struct cg_face_finder *finder,
                                    struct cg_error *error);

/* A window: left, top, of a level, and what the last network said of it. */
struct cg_face_place {
    int level, x, y;
    float logit;
};

/* How many values a stage sees of a window; which, and how many. */
size_t cg_face_stage_values(int stage);
size_t cg_face_stage_input(int stage, const struct cg_face_window *window,
                           float out[CG_FACE_VALUES_MAX]);

/* The window at a place. */
void cg_face_window_copy(const struct cg_face_pyramid *pyramid, const struct cg_face_place *place,
                         struct cg_face_window *out);

/* The windows that the first stages let pass, in a fixed order; of 0 stages: all of the scout's.
 * *places: to be freed. Errors: CG_ERR_MEMORY, CG_ERR_CANCELLED. */
enum cg_status cg_face_cascade_run(const struct cg_face_finder *finder, int stages,
                                   struct cg_pool *pool, const struct cg_face_pyramid *pyramid,
                                   struct cg_face_place **places, size_t *count,
                                   struct cg_error *error);

/* Windows are somewhat larger than faces: the side of the window about a box, and the box. */
float cg_face_window_side(float width, float height);
struct cg_face cg_face_of_window(float centre_x, float centre_y, float side);

/* What two boxes have in common, as a share of all they cover. */
float cg_face_overlap(const struct cg_face *a, const struct cg_face *b);

/*
 * One face for each heap of windows: at their mean, weighed by their logits, if these sum to
 * least_evidence. Of heaps that overlap the best remains. places: reordered. Returns how many, at
 * most max, the best first.
 */
int cg_face_merge(const struct cg_face_pyramid *pyramid, float least_evidence,
                  struct cg_face_place *places, size_t count, struct cg_face *faces, int max);

/* A face's score by its evidence, and back. */
float cg_face_score(float evidence);
float cg_face_evidence(float score);

#endif
