/* A loaded style (comicgan.h), as the converters see it. */
#ifndef CG_COMIC_ENGINE_H
#define CG_COMIC_ENGINE_H

#include "base/error.h"
#include "model/looks.h"
#include "model/model.h"

struct cg_engine {
    struct cg_model *model;
    struct cg_style_info info;
    struct cg_looks looks; /* what the card asks for */
};

#endif
