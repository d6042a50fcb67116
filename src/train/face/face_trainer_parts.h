/*
 * What the files of the face trainer share: the state of a training, and what is done between
 * rounds. Private to this folder.
 */
#ifndef CG_TRAIN_FACE_FACE_TRAINER_PARTS_H
#define CG_TRAIN_FACE_FACE_TRAINER_PARTS_H

#include "train/face/face_trainer.h"
#include "train/face/face_windows.h"

enum { CG_FACE_STREAM_INIT = 72, CG_FACE_STREAM_BATCH, CG_FACE_STREAM_MINE, CG_FACE_STREAM_CHECK };
enum { CG_FACE_BATCH = 256 };

/* How a stage is trained. */
struct cg_face_course {
    const char *name;
    int rounds;
    float rate;     /* at which a round begins; it falls to nothing */
    size_t a_photo; /* windows that a round takes from a photo at most */
    double passing; /* the share of faces' windows that are to pass */
    struct cg_face_jitter jitter, checked;
};
extern const struct cg_face_course CG_FACE_COURSES[CG_FACE_STAGES];

struct cg_face_trainer {
    const struct cg_face_training *training;
    struct cg_face_photos photos;
    struct cg_pool *pool;
    struct cg_face_finder *finder;       /* its parameters are averages of those in training */
    struct cg_face_finder *dropping;     /* the same networks with dropout */
    struct cg_face_window *free_windows; /* without a face, of the present stage */
    size_t free_count, seen;
    /* From here on lie those that the stage took for faces, or the judge did: half of the time one
     * of them is chosen. */
    size_t own_first;
    /* of the present stage: parameters in training, gradient, moments */
    float *parameters, *gradient, *first, *second;
    uint64_t step;
    float *inputs; /* of a batch */
};

/* A patch that is not doubtful, if there is one. */
enum cg_face_part { CG_FACE_LEARNED, CG_FACE_TESTED, CG_FACE_ALL };
const struct cg_face_patch *cg_face_choose_patch(const struct cg_face_trainer *trainer,
                                                 enum cg_face_part part, struct cg_rng *rng);

/* What the first stages let pass of a photo without showing a face, nor what may be one. *places is
 * to be freed and the pyramid to be cleared, also after an error. */
enum cg_status cg_face_find_free(const struct cg_face_trainer *trainer,
                                 const struct cg_face_photo *photo, int passed_stages,
                                 struct cg_face_pyramid *pyramid, struct cg_face_place **places,
                                 size_t *count, struct cg_error *error);

/* Set a stage's last bias so that the wanted share of faces passes: of those that are tested, but
 * for the scout, which is so small that it knows those it learned from no better, of all. */
enum cg_status cg_face_set_threshold(struct cg_face_trainer *trainer, int stage,
                                     struct cg_error *error);

/* Windows without a face that pass, a tested photo. */
enum cg_status cg_face_count_false(const struct cg_face_trainer *trainer, int passed_stages,
                                   double *out, struct cg_error *error);

/* Set the least evidence so that there are three false finds in four tested photos, and count. */
enum cg_status cg_face_measure(struct cg_face_trainer *trainer, struct cg_face_result *result,
                               struct cg_error *error);

#endif
