/*
 * Faces: the same lines as everywhere, with a pen that is a share of the face's width, thresholds
 * low enough for lids and lips, and the marks that make a face: what is darker than the skin around
 * by much (brows, lashes, pupils, nostrils, the line of the mouth) is black.
 */
#include "train/teacher/teacher_steps.h"

#define PEN_SHARE 110.0f /* faces are this many pens wide */
#define PEN_MIN_PX 0.6f
#define PEN_MAX_PX 2.6f
#define AROUND_SHARE 14.0f /* deviation of the mean around, in these shares of a face's width */
#define MARK_FROM 0.12f    /* how much darker than around is a mark, */
#define MARK_MORE 0.05f    /* and by how much more on a large face, whose shadows are wide */
#define LARGE_PX 200.0f    /* width from which faces count as such, and fully: */
#define LARGEST_PX 500.0f
#define MARK_SOFT 0.022f
/*
 * Pieces of ink stay from this share of the square of the face's width on: a tiny face's eyes do.
 */
#define PIECE_SHARE 0.002f
#define STRENGTH_MIN 2.0f
#define STRENGTH_MAX 12.0f
#define HEAD_GROW 0.75f

static struct cg_plane part_of(const struct cg_plane *plane, const struct cg_box *box)
{
    return (struct cg_plane){box->width, box->height, plane->stride,
                             plane->v + box->y * plane->stride + box->x};
}

/* Marks: ink = the larger of it and what is darker than around by from and more. */
static void add_marks(const struct cg_plane *lightness, const struct cg_plane *around,
                      const struct cg_plane *ink, float from)
{
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++) {
            ptrdiff_t i = y * ink->stride + x;
            float deep = around->v[i] - lightness->v[i];
            float mark = cg_smoothstep(from - MARK_SOFT, from + MARK_SOFT, deep);
            ink->v[i] = mark > ink->v[i] ? mark : ink->v[i];
        }
}

/* 1 on the head of this face, 0 away from it. */
static float head_weight(const struct cg_box *box, int x, int y)
{
    float u = 2.0f * ((float)x + 0.5f) / (float)box->width - 1.0f;
    float v = 2.0f * ((float)y + 0.5f) / (float)box->height - 0.94f;
    return 1.0f - cg_smoothstep(0.36f, 0.64f, u * u + v * v);
}

/* What a pixel of ink counts on a face of this width. */
static float strength_on(float width_px)
{
    float strength = CG_INK_PIECE_WEIGHT / (PIECE_SHARE * width_px * width_px + 1.0f);
    return strength < STRENGTH_MIN   ? STRENGTH_MIN
           : strength > STRENGTH_MAX ? STRENGTH_MAX
                                     : strength;
}

static void blend(const struct cg_box *box, const struct cg_plane *drawn, float drawn_strength,
                  const struct cg_plane *ink, const struct cg_plane *strength)
{
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++) {
            float weight = head_weight(box, x, y);
            ptrdiff_t i = y * ink->stride + x;
            ink->v[i] += weight * (drawn->v[y * drawn->stride + x] - ink->v[i]);
            strength->v[i] += weight * (drawn_strength - strength->v[i]);
        }
}

void cg_feature_draw(const struct cg_plane *lightness, const struct cg_flow *flow,
                     const struct cg_teacher_face *face, const struct cg_plane *ink,
                     const struct cg_plane *strength, const struct cg_plane scratch[6])
{
    const struct cg_box box = cg_face_box(face, HEAD_GROW, ink->width, ink->height);
    if (box.width < 4 || box.height < 4)
        return;
    const float width_px = face->width * (float)ink->width;
    float pen_px = width_px / PEN_SHARE;
    pen_px = pen_px < PEN_MIN_PX ? PEN_MIN_PX : pen_px > PEN_MAX_PX ? PEN_MAX_PX : pen_px;
    const struct cg_ink_scale scale = {.sigma_px = pen_px,
                                       .along_px = 2.5f * pen_px,
                                       .threshold = 0.011f,
                                       .crowding = 0.55f,
                                       .core = 0.5f};
    struct cg_plane part[6], from = part_of(lightness, &box);
    for (int i = 0; i < 6; i++)
        part[i] = part_of(&scratch[i], &box);
    const struct cg_flow near = {part_of(&flow->x, &box), part_of(&flow->y, &box)};
    for (int y = 0; y < box.height; y++)
        for (int x = 0; x < box.width; x++)
            part[0].v[y * part[0].stride + x] = 1.0f;
    cg_ink_lines(&from, &near, &scale, &part[0], &part[1], &part[2], &part[3]);
    cg_plane_blur(NULL, &from, &part[3], &part[4], width_px / AROUND_SHARE);
    add_marks(&from, &part[3], &part[1],
              MARK_FROM + MARK_MORE * cg_smoothstep(LARGE_PX, LARGEST_PX, width_px));
    const struct cg_plane ink_part = part_of(ink, &box), strength_part = part_of(strength, &box);
    blend(&box, &part[1], strength_on(width_px), &ink_part, &strength_part);
}
