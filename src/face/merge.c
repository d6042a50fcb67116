/* From windows to faces: see cascade.h. */
#include "face/cascade.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define EVIDENCE_HALF 15.0f /* that gives a score of 1/2 */
#define NEAR 0.35f          /* of a heap's windows: between centres, in sides of the best */
#define ALIKE 1.6f          /* and between sides */
#define OVERLAP 0.2f /* of two faces' boxes, of the smaller one, from which one of them goes */

float cg_face_window_side(float width, float height)
{
    return 1.2f * sqrtf(width * height);
}

/* Faces are three quarters as wide as high. */
struct cg_face cg_face_of_window(float centre_x, float centre_y, float side)
{
    struct cg_face face = {.width = 0.73f * side, .height = 0.95f * side};
    face.x = centre_x - face.width / 2.0f;
    face.y = centre_y - face.height / 2.0f;
    return face;
}

struct square {
    float x, y, side; /* of the centre; in the picture */
};

static struct square square_of(const struct cg_face_pyramid *pyramid,
                               const struct cg_face_place *place)
{
    float scale = pyramid->scale[place->level];
    return (struct square){((float)place->x + CG_FACE_WINDOW_PX / 2.0f) * scale,
                           ((float)place->y + CG_FACE_WINDOW_PX / 2.0f) * scale,
                           CG_FACE_WINDOW_PX * scale};
}

/* The highest logit first; equal ones by place. */
static int compare_places(const void *first, const void *second)
{
    const struct cg_face_place *a = first, *b = second;
    if (a->logit != b->logit)
        return a->logit > b->logit ? -1 : 1;
    if (a->level != b->level)
        return a->level - b->level;
    return a->y != b->y ? a->y - b->y : a->x - b->x;
}

static bool belongs(const struct square *one, const struct square *best)
{
    float ratio = one->side / best->side;
    return fabsf(one->x - best->x) < NEAR * best->side &&
           fabsf(one->y - best->y) < NEAR * best->side && ratio < ALIKE && ratio * ALIKE > 1.0f;
}

/* The heap of the first place, whose places are taken out: their logits become 0. Returns their
 * sum. */
static float take_heap(const struct cg_face_pyramid *pyramid, struct cg_face_place *places,
                       size_t count, struct cg_face *out)
{
    struct square best = square_of(pyramid, &places[0]), mean = {0};
    float sum = 0.0f;
    for (size_t i = 0; i < count; i++) {
        struct square one = square_of(pyramid, &places[i]);
        float weight = places[i].logit;
        if (weight <= 0.0f || !belongs(&one, &best))
            continue;
        mean.x += weight * one.x;
        mean.y += weight * one.y;
        mean.side += weight * one.side;
        sum += weight;
        places[i].logit = 0.0f;
    }
    *out = cg_face_of_window(mean.x / sum, mean.y / sum, mean.side / sum);
    return sum;
}

static float common(float a, float a_length, float b, float b_length)
{
    float end = fminf(a + a_length, b + b_length), begin = fmaxf(a, b);
    return fmaxf(end - begin, 0.0f);
}

static float common_area(const struct cg_face *a, const struct cg_face *b)
{
    return common(a->x, a->width, b->x, b->width) * common(a->y, a->height, b->y, b->height);
}

float cg_face_overlap(const struct cg_face *a, const struct cg_face *b)
{
    float area = common_area(a, b);
    return area / (a->width * a->height + b->width * b->height - area);
}

static bool overlaps(const struct cg_face *a, const struct cg_face *b)
{
    return common_area(a, b) > OVERLAP * fminf(a->width * a->height, b->width * b->height);
}

/* Put a face where its score belongs; of those that it overlaps the best remains. */
static int insert(struct cg_face *faces, int count, int max, struct cg_face face)
{
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (overlaps(&faces[i], &face) && faces[i].score >= face.score)
            return count;
    for (int i = 0; i < count; i++)
        if (!overlaps(&faces[i], &face))
            faces[kept++] = faces[i];
    if (kept == max && (kept == 0 || faces[kept - 1].score >= face.score))
        return kept;
    int at = kept < max ? kept++ : kept - 1;
    for (; at > 0 && faces[at - 1].score < face.score; at--)
        faces[at] = faces[at - 1];
    faces[at] = face;
    return kept;
}

float cg_face_score(float evidence)
{
    return evidence / (evidence + EVIDENCE_HALF);
}

float cg_face_evidence(float score)
{
    return score * EVIDENCE_HALF / (1.0f - score);
}

int cg_face_merge(const struct cg_face_pyramid *pyramid, float least_evidence,
                  struct cg_face_place *places, size_t count, struct cg_face *faces, int max)
{
    int found = 0;
    qsort(places, count, sizeof(*places), compare_places);
    for (size_t i = 0; i < count; i++) {
        struct cg_face face;
        if (places[i].logit <= 0.0f)
            continue;
        float evidence = take_heap(pyramid, places + i, count - i, &face);
        face.score = cg_face_score(evidence);
        if (evidence >= least_evidence)
            found = insert(faces, found, max, face);
    }
    return found;
}
