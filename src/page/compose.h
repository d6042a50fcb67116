/*
 * Drawing a comic page: background, panels with frames, captions and a title. The page is an RGB
 * picture; edges that are not level or upright are antialiased.
 */
#ifndef CG_PAGE_COMPOSE_H
#define CG_PAGE_COMPOSE_H

#include "image/image.h"
#include "page/layout.h"
#include "page/letter.h"

/*
 * What matters in a photo. On a small copy, each pixel weighs
 *   (gradient of luma + 0.02 + 0.2 if it has the colour of skin) * nearness to the middle
 *   + 1 if it is part of a face
 * The nearness falls to three quarters at the sides and to a quarter at the lower edge; its middle
 * lies above the photo's, where heads are. Skin in YCbCr: Cb 77 to 127, Cr 133 to 173 (Chai and
 * Ngan 1999).
 */

struct cg_focus;

/* A rectangle of a photo, in pixels. */
struct cg_crop {
    int x, y, width, height;
};

/* photo: RGB, and its faces; needed only during the call. Errors: CG_ERR_MEMORY. */
enum cg_status cg_focus_create(const struct cg_image *photo, const struct cg_crop *faces,
                               int face_count, struct cg_focus **out, struct cg_error *error);
void cg_focus_free(struct cg_focus *focus);

/* The largest part of the photo with this width / height, where most of what matters is. */
struct cg_crop cg_focus_crop(const struct cg_focus *focus, double aspect);

/* The fraction of what matters that lies in a part of the photo. */
double cg_focus_fraction(const struct cg_focus *focus, const struct cg_crop *part);

/* The look of a page; lengths in pixels. */
struct cg_page_ink {
    uint8_t background[3];
    double frame_px;        /* around panels, drawn inside their edges; 0 none */
    double caption_line_px; /* around captions */
    double letter_smallest_px, letter_largest_px;
};

/* Fill the page with its background colour. */
void cg_page_fill(struct cg_image *page, const struct cg_page_ink *ink);

/* picture: RGB, of the size of cg_panel_box(panel). */
void cg_page_draw_panel(struct cg_image *page, const struct cg_page_ink *ink,
                        const struct cg_panel *panel, const struct cg_image *picture);

/*
 * Captions and the title are typeset before anything is drawn, so that a text that does not fit is
 * found early. Errors: those of cg_lettering_create.
 */
enum cg_status cg_page_set_caption(const struct cg_page_ink *ink, const struct cg_panel *panel,
                                   struct cg_fonts *fonts, const char *text,
                                   struct cg_lettering **out, struct cg_error *error);
enum cg_status cg_page_set_title(const struct cg_page_geometry *geometry, struct cg_fonts *fonts,
                                 const char *text, struct cg_lettering **out,
                                 struct cg_error *error);

/*
 * Draw a caption in a box in a corner of its panel, on the side where reading begins. focus and
 * crop are of the panel's photo: of the two corners, the box takes the one that hides less of it,
 * the upper one if in doubt. Errors: those of cg_lettering_draw.
 */
enum cg_status cg_page_draw_caption(struct cg_image *page, const struct cg_page_ink *ink,
                                    const struct cg_panel *panel, bool right_to_left,
                                    const struct cg_focus *focus, const struct cg_crop *crop,
                                    const struct cg_lettering *caption, struct cg_error *error);

/* Draw a title in the middle of the header above the panels, black or white, whichever contrasts
 * with the background. Errors: those of cg_lettering_draw. */
enum cg_status cg_page_draw_title(struct cg_image *page, const struct cg_page_ink *ink,
                                  const struct cg_page_geometry *geometry,
                                  const struct cg_lettering *title, struct cg_error *error);

#endif
