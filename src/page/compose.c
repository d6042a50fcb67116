/*
 * Drawing a page: see compose.h. Panels and caption boxes are quadrilaterals; a pixel's distance to
 * the nearest edge, positive inside, gives its coverage: distance + 1/2, held to 0 to 1.
 */
#include "page/compose.h"

#include "base/luma.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COPY_SIDE_PX 128
#define BASE_WEIGHT 0.02f
#define SKIN_WEIGHT 0.2f
#define FACE_WEIGHT 1.0f
#define MIDDLE_X 0.5f
#define MIDDLE_Y 0.4f

struct cg_focus {
    int photo_width, photo_height;
    int width, height; /* of the copy */
    double *sums;      /* (height + 1) x (width + 1): weight above and left of each corner */
};

static float skin(const uint8_t *pixel)
{
    float y = 255.0f * cg_luma_unit(pixel);
    float cb = 128.0f + 0.564f * (pixel[2] - y), cr = 128.0f + 0.713f * (pixel[0] - y);
    bool is_skin = y > 40.0f && cb >= 77.0f && cb <= 127.0f && cr >= 133.0f && cr <= 173.0f;
    return is_skin ? 1.0f : 0.0f;
}

static float nearness(float x, float y)
{
    float dx = x - MIDDLE_X, dy = y - MIDDLE_Y;
    return 1.0f - dx * dx - 2.0f * dy * dy;
}

static float weigh(const struct cg_image *copy, int x, int y)
{
    int right = x + 1 < copy->width ? x + 1 : x, below = y + 1 < copy->height ? y + 1 : y;
    const uint8_t *pixel = copy->pixels + 3 * (y * copy->width + x);
    float here = cg_luma_unit(pixel);
    float dx = cg_luma_unit(copy->pixels + 3 * (y * copy->width + right)) - here;
    float dy = cg_luma_unit(copy->pixels + 3 * (below * copy->width + x)) - here;
    float weight = sqrtf(dx * dx + dy * dy) + BASE_WEIGHT + SKIN_WEIGHT * skin(pixel);
    return weight * nearness(((float)x + 0.5f) / (float)copy->width,
                             ((float)y + 0.5f) / (float)copy->height);
}

/* Whether the middle of a copy's pixel lies in one of the photo's faces. */
static bool in_a_face(const struct cg_focus *focus, int x, int y, const struct cg_crop *faces,
                      int face_count)
{
    int photo_x = (int)(((double)x + 0.5) * focus->photo_width / focus->width);
    int photo_y = (int)(((double)y + 0.5) * focus->photo_height / focus->height);
    for (int i = 0; i < face_count; i++)
        if (photo_x >= faces[i].x && photo_x - faces[i].x < faces[i].width &&
            photo_y >= faces[i].y && photo_y - faces[i].y < faces[i].height)
            return true;
    return false;
}

static void fill_sums(struct cg_focus *focus, const struct cg_image *copy,
                      const struct cg_crop *faces, int face_count)
{
    int line = focus->width + 1;
    for (int y = 0; y < copy->height; y++) {
        double in_row = 0.0;
        for (int x = 0; x < copy->width; x++) {
            in_row += (double)weigh(copy, x, y);
            if (in_a_face(focus, x, y, faces, face_count))
                in_row += (double)FACE_WEIGHT;
            focus->sums[(y + 1) * line + x + 1] = focus->sums[y * line + x + 1] + in_row;
        }
    }
}

enum cg_status cg_focus_create(const struct cg_image *photo, const struct cg_crop *faces,
                               int face_count, struct cg_focus **out, struct cg_error *error)
{
    *out = NULL;
    int longest = photo->width > photo->height ? photo->width : photo->height;
    double scale = fmin(1.0, (double)COPY_SIDE_PX / longest);
    int width = (int)fmax(1.0, round(photo->width * scale));
    int height = (int)fmax(1.0, round(photo->height * scale));
    struct cg_image copy;
    enum cg_status status = cg_image_resize(photo, width, height, &copy, error);
    if (status != CG_OK)
        return status;
    struct cg_focus *focus = cg_alloc_zero(1, sizeof(*focus), "focus of a photo", error);
    if (focus != NULL) {
        *focus = (struct cg_focus){photo->width, photo->height, width, height, NULL};
        focus->sums = cg_alloc_zero((size_t)(width + 1) * (size_t)(height + 1),
                                    sizeof(*focus->sums), "focus of a photo", error);
    }
    if (focus != NULL && focus->sums != NULL) {
        fill_sums(focus, &copy, faces, face_count);
        *out = focus;
    } else {
        cg_focus_free(focus);
        status = CG_ERR_MEMORY;
    }
    cg_image_clear(&copy);
    return status;
}

void cg_focus_free(struct cg_focus *focus)
{
    if (focus == NULL)
        return;
    free(focus->sums);
    free(focus);
}

/* Weight above and left of a point of the photo, by linear interpolation. */
static double sum_at(const struct cg_focus *focus, double photo_x, double photo_y)
{
    double x = photo_x * focus->width / focus->photo_width;
    double y = photo_y * focus->height / focus->photo_height;
    int left = (int)fmin(x, focus->width - 1), upper = (int)fmin(y, focus->height - 1);
    int line = focus->width + 1;
    const double *at = focus->sums + upper * line + left;
    double tx = x - left, ty = y - upper;
    return (1.0 - ty) * ((1.0 - tx) * at[0] + tx * at[1]) +
           ty * ((1.0 - tx) * at[line] + tx * at[line + 1]);
}

double cg_focus_fraction(const struct cg_focus *focus, const struct cg_crop *part)
{
    int right = part->x + part->width, lower = part->y + part->height;
    double inside = sum_at(focus, right, lower) - sum_at(focus, part->x, lower) -
                    sum_at(focus, right, part->y) + sum_at(focus, part->x, part->y);
    return inside / sum_at(focus, focus->photo_width, focus->photo_height);
}

struct cg_crop cg_focus_crop(const struct cg_focus *focus, double aspect)
{
    struct cg_crop crop = {0, 0, focus->photo_width, focus->photo_height};
    if (aspect < (double)crop.width / crop.height)
        crop.width = (int)fmax(1.0, round(crop.height * aspect));
    else
        crop.height = (int)fmax(1.0, round(crop.width / aspect));
    crop.width = crop.width < focus->photo_width ? crop.width : focus->photo_width;
    crop.height = crop.height < focus->photo_height ? crop.height : focus->photo_height;
    int free_x = focus->photo_width - crop.width, free_y = focus->photo_height - crop.height;
    struct cg_crop best = crop;
    double best_fraction = -1.0;
    for (int step = 0; step <= COPY_SIDE_PX; step++) {
        crop.x = free_x * step / COPY_SIDE_PX;
        crop.y = free_y * step / COPY_SIDE_PX;
        double share = cg_focus_fraction(focus, &crop);
        if (share > best_fraction + 1e-9) {
            best_fraction = share;
            best = crop;
        }
    }
    return best;
}

/*
 * A caption's box: of the panel's width and height at most, and the room around its text, in ems.
 */
#define CAPTION_WIDTH 0.86
#define CAPTION_HEIGHT 0.42
#define CAPTION_SIDE_EM 0.55
#define CAPTION_ABOVE_EM 0.3
/* The lower corner is chosen only if the upper one hides this many times as much. */
#define UPPER_CORNER_WORTH 1.25

/* A title: at most this part of the header's height, and the smallest size as a part of that. */
#define TITLE_SMALLEST 0.25
#define TITLE_HEIGHT 0.86

static const uint8_t frame_colour[3] = {16, 14, 16};
static const uint8_t caption_colour[3] = {255, 249, 224};
static const uint8_t white[3] = {255, 255, 255};

void cg_page_fill(struct cg_image *page, const struct cg_page_ink *ink)
{
    size_t count = (size_t)page->width * (size_t)page->height;
    for (size_t i = 0; i < count; i++)
        memcpy(page->pixels + 3 * i, ink->background, 3);
}

/* ---- quadrilaterals -------------------------------------------------------------------------- */

/* The edges of a quadrilateral: the distance of (x, y) from edge i is x nx + y ny + d, positive
 * inside. */
struct edges {
    double nx[4], ny[4], d[4];
};

static struct edges edges_of(const struct cg_panel *quad)
{
    struct edges edges;
    for (int i = 0; i < 4; i++) {
        int next = (i + 1) % 4;
        double dx = quad->x[next] - quad->x[i], dy = quad->y[next] - quad->y[i];
        double length = hypot(dx, dy);
        edges.nx[i] = -dy / length;
        edges.ny[i] = dx / length;
        edges.d[i] = -(edges.nx[i] * quad->x[i] + edges.ny[i] * quad->y[i]);
    }
    return edges;
}

static double distance_inside(const struct edges *edges, double x, double y)
{
    double nearest = INFINITY;
    for (int i = 0; i < 4; i++)
        nearest = fmin(nearest, edges->nx[i] * x + edges->ny[i] * y + edges->d[i]);
    return nearest;
}

static double coverage_of(double distance)
{
    return fmin(fmax(distance + 0.5, 0.0), 1.0);
}

static void blend(uint8_t *pixel, const uint8_t colour[3], double coverage)
{
    for (int c = 0; c < 3; c++)
        pixel[c] = (uint8_t)lround(pixel[c] + coverage * (colour[c] - pixel[c]));
}

/* One pixel of a quadrilateral: fill, edge line, surroundings. */
static void draw_pixel(uint8_t *pixel, const uint8_t fill[3], double distance, double line_px)
{
    if (distance >= line_px + 0.5) {
        memcpy(pixel, fill, 3);
        return;
    }
    uint8_t inside[3];
    memcpy(inside, fill, 3);
    if (line_px > 0.0)
        blend(inside, frame_colour, 1.0 - coverage_of(distance - line_px));
    blend(pixel, inside, coverage_of(distance));
}

/* Fill a quadrilateral with the pixels of picture, or with a colour if picture is NULL. */
static void draw_quad(struct cg_image *page, const struct cg_panel *quad, double line_px,
                      const struct cg_image *picture, const uint8_t colour[3])
{
    struct cg_panel_box box = cg_panel_box(quad);
    struct edges edges = edges_of(quad);
    for (int y = 0; y < box.height; y++) {
        for (int x = 0; x < box.width; x++) {
            int to_x = box.x + x, to_y = box.y + y;
            if (to_x < 0 || to_y < 0 || to_x >= page->width || to_y >= page->height)
                continue;
            const uint8_t *fill = colour;
            if (picture != NULL)
                fill = picture->pixels + 3 * ((size_t)y * (size_t)picture->width + (size_t)x);
            draw_pixel(page->pixels + 3 * ((size_t)to_y * (size_t)page->width + (size_t)to_x), fill,
                       distance_inside(&edges, to_x + 0.5, to_y + 0.5), line_px);
        }
    }
}

void cg_page_draw_panel(struct cg_image *page, const struct cg_page_ink *ink,
                        const struct cg_panel *panel, const struct cg_image *picture)
{
    draw_quad(page, panel, ink->frame_px, picture, NULL);
}

/* ---- captions -------------------------------------------------------------------------------- */

static double least_width(const struct cg_panel *panel)
{
    return fmin(panel->x[1], panel->x[2]) - fmax(panel->x[0], panel->x[3]);
}

enum cg_status cg_page_set_caption(const struct cg_page_ink *ink, const struct cg_panel *panel,
                                   struct cg_fonts *fonts, const char *text,
                                   struct cg_lettering **out, struct cg_error *error)
{
    double line = ink->caption_line_px, em = ink->letter_largest_px;
    struct cg_letter_box box = {
        .width = CAPTION_WIDTH * least_width(panel) - 2.0 * (line + CAPTION_SIDE_EM * em),
        .height =
            CAPTION_HEIGHT * (panel->y[2] - panel->y[0]) - 2.0 * (line + CAPTION_ABOVE_EM * em),
        .smallest_px = ink->letter_smallest_px,
        .largest_px = em};
    return cg_lettering_create(fonts, text, &box, out, error);
}

/* x of a panel's side at a height: side 0 its left, 1 its right. */
static double side_x(const struct cg_panel *panel, int side, double y)
{
    double upper = side == 0 ? panel->x[0] : panel->x[1];
    double lower = side == 0 ? panel->x[3] : panel->x[2];
    return upper + (lower - upper) * (y - panel->y[0]) / (panel->y[2] - panel->y[0]);
}

/* The box of width x height in a corner of the panel; its outer side is the panel's. */
static struct cg_panel place_box(const struct cg_panel *panel, bool right_to_left, bool is_lower,
                                 double width, double height)
{
    double upper = is_lower ? panel->y[2] - height : panel->y[0];
    double lower = upper + height;
    double ends[2] = {side_x(panel, right_to_left, upper), side_x(panel, right_to_left, lower)};
    if (right_to_left) {
        double left = round(fmin(ends[0], ends[1]) - width);
        return (struct cg_panel){{left, ends[0], ends[1], left}, {upper, upper, lower, lower}};
    }
    double right = round(fmax(ends[0], ends[1]) + width);
    return (struct cg_panel){{ends[0], right, right, ends[1]}, {upper, upper, lower, lower}};
}

/* The part of the photo that a box on the page hides. */
static struct cg_crop hidden_part(const struct cg_panel *panel, const struct cg_panel *quad,
                                  const struct cg_crop *crop)
{
    struct cg_panel_box whole = cg_panel_box(panel), box = cg_panel_box(quad);
    double scale_x = (double)crop->width / whole.width;
    double scale_y = (double)crop->height / whole.height;
    return (struct cg_crop){crop->x + (int)((box.x - whole.x) * scale_x),
                            crop->y + (int)((box.y - whole.y) * scale_y),
                            (int)(box.width * scale_x), (int)(box.height * scale_y)};
}

enum cg_status cg_page_draw_caption(struct cg_image *page, const struct cg_page_ink *ink,
                                    const struct cg_panel *panel, bool right_to_left,
                                    const struct cg_focus *focus, const struct cg_crop *crop,
                                    const struct cg_lettering *caption, struct cg_error *error)
{
    double em = cg_lettering_size(caption);
    double side = ink->caption_line_px + CAPTION_SIDE_EM * em;
    double above = ink->caption_line_px + CAPTION_ABOVE_EM * em;
    double width = cg_lettering_width(caption) + 2.0 * side;
    double height = round(cg_lettering_height(caption) + 2.0 * above);
    struct cg_panel boxes[2];
    double hidden[2];
    for (int lower = 0; lower < 2; lower++) {
        boxes[lower] = place_box(panel, right_to_left, lower == 1, width, height);
        struct cg_crop part = hidden_part(panel, &boxes[lower], crop);
        hidden[lower] = cg_focus_fraction(focus, &part);
    }
    const struct cg_panel *box = &boxes[hidden[0] > UPPER_CORNER_WORTH * hidden[1] ? 1 : 0];
    draw_quad(page, box, ink->caption_line_px, NULL, caption_colour);
    double x = right_to_left ? box->x[0] + side : box->x[1] - side - cg_lettering_width(caption);
    return cg_lettering_draw(caption, page, x, box->y[0] + above, CG_LETTER_LEFT, frame_colour,
                             error);
}

/* ---- title ----------------------------------------------------------------------------------- */

enum cg_status cg_page_set_title(const struct cg_page_geometry *geometry, struct cg_fonts *fonts,
                                 const char *text, struct cg_lettering **out,
                                 struct cg_error *error)
{
    struct cg_letter_box box = {.width = geometry->width - 2.0 * geometry->margin_px,
                                .height = TITLE_HEIGHT * geometry->header_px,
                                .smallest_px = TITLE_SMALLEST * geometry->header_px,
                                .largest_px = geometry->header_px};
    return cg_lettering_create(fonts, text, &box, out, error);
}

enum cg_status cg_page_draw_title(struct cg_image *page, const struct cg_page_ink *ink,
                                  const struct cg_page_geometry *geometry,
                                  const struct cg_lettering *title, struct cg_error *error)
{
    double x = 0.5 * (geometry->width - cg_lettering_width(title));
    double free_px = TITLE_HEIGHT * geometry->header_px - cg_lettering_height(title);
    int light = 3 * ink->background[0] + 6 * ink->background[1] + ink->background[2];
    return cg_lettering_draw(title, page, x, geometry->margin_px + 0.5 * free_px, CG_LETTER_MIDDLE,
                             light > 1275 ? frame_colour : white, error);
}
