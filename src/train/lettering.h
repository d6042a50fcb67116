/* Printed text on a page: small dark shapes of one height in rows. */
#ifndef CG_TRAIN_LETTERING_H
#define CG_TRAIN_LETTERING_H

#include "train/page_view.h"

struct cg_lettering;

/* How much of the dark in a part of a page is lettering. */
struct cg_lettering_share {
    size_t letters; /* shapes that stand in rows with others */
    float ink;      /* their share of what is dark there, 0 to 1 */
};

/* A part of a page with this much of it is text and no picture. */
#define CG_LETTERING_TEXT_LETTERS 24
#define CG_LETTERING_TEXT_INK 0.5f

/* Error: CG_ERR_MEMORY. */
enum cg_status cg_lettering_create(const struct cg_page_view *view, struct cg_lettering **out,
                                   struct cg_error *error);
void cg_lettering_free(struct cg_lettering *lettering);

/* A shape belongs to the part that its middle lies in. */
struct cg_lettering_share cg_lettering_in(const struct cg_lettering *lettering,
                                          const struct cg_page_box *box);
bool cg_lettering_is_text(const struct cg_lettering *lettering, const struct cg_page_box *box);

#endif
