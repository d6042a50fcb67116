/* A loaded style (comicgan.h), as the converters and the programs see it. */
#ifndef CG_COMIC_ENGINE_H
#define CG_COMIC_ENGINE_H

#include "base/error.h"
#include "face/finder.h"
#include "model/model.h"

struct cg_engine {
    struct cg_model *model;
    struct cg_face_finder *finder; /* NULL: none is built in */
    struct cg_style_info info;
    struct cg_render_params looks; /* the card's */
};

/* cg_engine_open with a folder where styles are sought before all others; NULL: none. */
enum cg_status cg_engine_open_in(const char *folder, const char *style, struct cg_engine **out,
                                 struct cg_error *error);

/*
 * Faces of an RGB photo of any size, in its pixels, the best first, at most max; none where no
 * finder is built in. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_session_find_faces(struct cg_session *session, const struct cg_image *photo,
                                     struct cg_face *faces, int max, int *count,
                                     struct cg_error *error);

#endif
