/* Printed text on a page: small dark shapes of one height in rows. */
#ifndef CG_TRAIN_DATA_PRINTED_TEXT_H
#define CG_TRAIN_DATA_PRINTED_TEXT_H

#include "train/data/page_view.h"

struct cg_printed_text;

/* How much of the dark in a part of a page is printed text. */
struct cg_printed_text_share {
    size_t letters; /* shapes that stand in rows with others */
    float ink;      /* their share of what is dark there, 0 to 1 */
};

/* A part of a page with this much of it is text and no picture. */
#define CG_PRINTED_TEXT_TEXT_LETTERS 24
#define CG_PRINTED_TEXT_TEXT_INK 0.5f

/* Error: CG_ERR_MEMORY. */
enum cg_status cg_printed_text_create(const struct cg_page_view *view, struct cg_printed_text **out,
                                      struct cg_error *error);
void cg_printed_text_free(struct cg_printed_text *printed_text);

/* A shape belongs to the part that its middle lies in. */
struct cg_printed_text_share cg_printed_text_in(const struct cg_printed_text *printed_text,
                                                const struct cg_page_box *box);
bool cg_printed_text_is_text(const struct cg_printed_text *printed_text,
                             const struct cg_page_box *box);

#endif
