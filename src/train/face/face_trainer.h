/*
 * Training of the finder of faces (face/cascade.h), stage by stage. Each learns to tell copies of
 * the known faces from windows without one; what the cascade then still takes for faces in the
 * photos joins the windows without, and so on for some rounds ("bootstrapping": Sung and Poggio
 * 1994; Rowley, Baluja and Kanade 1998, section 2.2). It takes minutes, so there are no
 * checkpoints.
 */
#ifndef CG_TRAIN_FACE_FACE_TRAINER_H
#define CG_TRAIN_FACE_FACE_TRAINER_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Whole numbers of what has been done so far, for people. */
struct cg_face_report {
    int photos_read, photo_count; /* while photos are read; else stage is not NULL */
    const char *stage;
    int round, rounds;
    double loss; /* mean of the round */
    /* Of the photos that are never learned from: the share of faces' windows that pass the
     * stages so far, and the windows without a face that do, a photo. */
    double passed, false_windows;
    uint64_t windows; /* without a face, learned from */
};

/* The end of it: faces of the photos that were never learned from. */
struct cg_face_result {
    int photos, faces;               /* learned from: photos, patches of faces */
    int tested_photos, tested_faces; /* of at least 28 pixels of a picture of 1300 */
    int found, false_finds;
};

struct cg_face_training {
    const char *photos, *faces; /* a folder; a list (train/data/face_list.h) */
    uint64_t seed, steps;       /* steps of each round */
    int threads;                /* 0: all processors */
    void *context;              /* of both */
    void (*report)(void *context, const struct cg_face_report *report);
    bool (*stopped)(void *context); /* asked now and then */
};

/*
 * Train, and write the model to path, whole or not at all. The result depends on the seed, not on
 * the number of threads. Errors: CG_ERR_IO, CG_ERR_FORMAT (the list), CG_ERR_ARGUMENT (too few
 * faces), CG_ERR_MEMORY, CG_ERR_CANCELLED (stopped).
 */
enum cg_status cg_face_train(const struct cg_face_training *training, const char *path,
                             struct cg_face_result *result, struct cg_error *error);

#endif
