/*
 * What the finder of faces learns from: photos, reduced and grey, with boxes of their faces; copies
 * of these faces as its windows see them; windows without a face.
 */
#ifndef CG_TRAIN_FACE_FACE_WINDOWS_H
#define CG_TRAIN_FACE_FACE_WINDOWS_H

#include "base/rng.h"
#include "face/cascade.h"

#include <stdbool.h>

/* A window about a face, in pixels of the photo's working copy. */
struct cg_face_box {
    float x, y, side; /* of the centre */
    bool doubtful;    /* neither a face nor the lack of one */
};

/* Of a photo, where nobody has looked for faces. */
struct cg_face_area {
    float left, top, right, bottom;
};

struct cg_face_photo {
    struct cg_face_base base; /* of a working copy as the converter makes it */
    struct cg_face_box *boxes;
    struct cg_face_area *areas;
    int box_count, area_count;
    bool tested; /* never learned from: thresholds and figures come from it */
};

/* A face in a level where windows may find it, and what is around it. */
#define CG_FACE_PATCH_PX 48
#define CG_FACE_PATCH_CELLS (CG_FACE_PATCH_PX / CG_FACE_CELL_PX)
struct cg_face_patch {
    float x, y, side;      /* of the window's centre in the patch */
    bool tested, doubtful; /* as its photo, as its box; a doubtful one is not learned from */
    uint8_t grey[CG_FACE_PATCH_PX * CG_FACE_PATCH_PX];
    uint8_t colour[CG_FACE_PATCH_CELLS * CG_FACE_PATCH_CELLS][3];
};

struct cg_face_photos {
    struct cg_face_photo *photos;
    int count;
    struct cg_face_patch *patches;
    size_t patch_count, patch_capacity;
};

/* Called while photos are read, with how many are; false: stop. */
typedef bool (*cg_face_progress_fn)(void *context, int done, int count);

/*
 * Read the photos below a folder that a list has (train/data/face_list.h), and their boxes: those
 * with a score of 0 are areas, those below 0.85 doubtful. One photo in six, chosen by seed, is
 * tested. What cannot be read is left out. Errors: CG_ERR_IO, CG_ERR_FORMAT (the list),
 * CG_ERR_ARGUMENT (fewer than two photos with faces), CG_ERR_MEMORY, CG_ERR_CANCELLED.
 */
enum cg_status cg_face_photos_read(const char *folder, const char *list, uint64_t seed,
                                   cg_face_progress_fn progress, void *context,
                                   struct cg_face_photos *out, struct cg_error *error);
void cg_face_photos_clear(struct cg_face_photos *photos);

/* Whether a point of the working copy lies where somebody has looked for faces. */
bool cg_face_photo_is_known(const struct cg_face_photo *photo, float x, float y);

/* Whether a place shows none of the faces, not even in part. */
bool cg_face_photo_is_free(const struct cg_face_photo *photo, const struct cg_face_pyramid *pyramid,
                           const struct cg_face_place *place);

/* How copies differ from their patch. */
struct cg_face_jitter {
    float shift_px, degrees; /* up to, either way */
    bool light;              /* tones, tints, blur and noise differ, too */
};

/* A window that shows the patch's face: shifted, turned, scaled, mirrored. */
void cg_face_patch_draw(const struct cg_face_patch *patch, const struct cg_face_jitter *jitter,
                        struct cg_rng *rng, struct cg_face_window *out);

/* Blend a window into another across a soft edge, or evenly: part of a face is the one's,
 * part the other's. */
void cg_face_window_mix(struct cg_face_window *window, const struct cg_face_window *other,
                        struct cg_rng *rng);

/* Take its colour from a window, a quarter of the time: grey photos must do as well. */
void cg_face_window_fade(struct cg_face_window *window, struct cg_rng *rng);

#endif
