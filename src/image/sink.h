/* Where the bytes of an encoded picture go to, piece by piece. Inside src/image only. */
#ifndef CG_IMAGE_SINK_H
#define CG_IMAGE_SINK_H

#include "image/image.h"

struct cg_sink {
    enum cg_status (*add)(void *context, const void *bytes, size_t nbytes, struct cg_error *error);
    void *context;
};

#endif
