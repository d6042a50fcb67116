/*
 * Line hygiene: ink falls into 8-connected pieces (coverage of a half or more). A piece stays if it
 * is heavy enough, its weight being the sum of its pixels' strengths, so that a short but strong
 * mark (a pupil, a button) stays where an equally short faint one goes, and a faint line stays if
 * it is long: Canny's hysteresis (1986) with a length added. Off the faces two more rules hold: a
 * piece that is neither long nor a solid mark goes, and so does a short one among many (grass,
 * gravel, foliage), where an artist groups strokes instead of drawing each.
 */
#include "train/teacher/teacher_steps.h"

#define PIECE_STRENGTH 1.35f /* least greatest strength */
#define HALF 0.5f
#define DASH_PX 18         /* length from which a piece is a line */
#define MARK_WEIGHT 220.0f /* weight from which a shorter one is a mark */
#define SOLID_PX 6         /* mean width from which a piece is a shape */
#define SURE_PX 12
#define SHORT_PX 64 /* length up to which a line may be one of a crowd */
#define CROWD_SIGMA_PX 12.0f
#define SURE 2.0f         /* mean strength from which a short line is no texture */
#define CROWD_SHARE 0.05f /* share of the area around that others may take of one */

/* Labels of pixels. GONE and SHORT are of ink as well. */
enum { UNSEEN, GONE, KEPT, SHORT };

struct piece {
    float weight, greatest, crowd;
    int left, right, top, bottom, on_face, pixels;
};

struct cleaning {
    const struct cg_plane *ink, *strength, *face, *crowd;
    int *label, *queue;
};

static void add_pixel(const struct cleaning *cleaning, int x, int y, struct piece *piece)
{
    float s = cleaning->strength->v[y * cleaning->strength->stride + x];
    piece->weight += s;
    piece->greatest = s > piece->greatest ? s : piece->greatest;
    piece->crowd += cleaning->crowd->v[y * cleaning->crowd->stride + x];
    piece->on_face |= cleaning->face->v[y * cleaning->face->stride + x] > 0.0f;
    piece->left = x < piece->left ? x : piece->left;
    piece->right = x > piece->right ? x : piece->right;
    piece->top = y < piece->top ? y : piece->top;
    piece->bottom = y > piece->bottom ? y : piece->bottom;
    piece->pixels++;
}

/* Gather the piece that holds pixel start, all of label from, which becomes to. Its pixels are in
 * the queue then. */
static struct piece gather(const struct cleaning *cleaning, int start, int from, int to)
{
    const struct cg_plane *ink = cleaning->ink;
    const int width = ink->width, height = ink->height;
    struct piece piece = {.left = width, .top = height};
    int head = 0, tail = 0;
    cleaning->queue[tail++] = start;
    cleaning->label[start] = to;
    while (head < tail) {
        int x = cleaning->queue[head] % width, y = cleaning->queue[head] / width;
        head++;
        add_pixel(cleaning, x, y, &piece);
        for (int ny = y > 0 ? y - 1 : 0; ny <= y + 1 && ny < height; ny++)
            for (int nx = x > 0 ? x - 1 : 0; nx <= x + 1 && nx < width; nx++) {
                int near = ny * width + nx;
                if (cleaning->label[near] != from || ink->v[ny * ink->stride + nx] < HALF)
                    continue;
                cleaning->label[near] = to;
                cleaning->queue[tail++] = near;
            }
    }
    return piece;
}

static void name_piece(const struct cleaning *cleaning, const struct piece *piece, int label)
{
    for (int i = 0; i < piece->pixels; i++)
        cleaning->label[cleaning->queue[i]] = label;
}

static int length_px(const struct piece *piece)
{
    int width = piece->right - piece->left + 1, height = piece->bottom - piece->top + 1;
    return width > height ? width : height;
}

static int judge_alone(const struct piece *piece)
{
    if (piece->weight < CG_INK_PIECE_WEIGHT || piece->greatest < PIECE_STRENGTH)
        return GONE;
    if (piece->on_face ||
        (piece->weight >= SURE * (float)piece->pixels && length_px(piece) >= SURE_PX))
        return KEPT;
    if (piece->pixels >= SOLID_PX * length_px(piece) && piece->weight >= MARK_WEIGHT)
        return KEPT;
    if (length_px(piece) < DASH_PX)
        return piece->weight >= MARK_WEIGHT ? SHORT : GONE;
    return length_px(piece) < SHORT_PX ? SHORT : KEPT;
}

/* Whether a short piece has more than a few others around; what it adds to the blur itself is that
 * of a line of its width. */
static int is_crowded(const struct piece *piece)
{
    float width_px = (float)piece->pixels / (float)length_px(piece);
    float own = width_px / (2.5066f * CROWD_SIGMA_PX);
    return piece->crowd / (float)piece->pixels > own + CROWD_SHARE;
}

/* True if a pixel that stays touches (x, y) or is it: the soft border belongs to its line. */
static int touches_kept(const int *label, int width, int height, int x, int y)
{
    for (int ny = y > 0 ? y - 1 : 0; ny <= y + 1 && ny < height; ny++)
        for (int nx = x > 0 ? x - 1 : 0; nx <= x + 1 && nx < width; nx++)
            if (label[ny * width + nx] == KEPT)
                return 1;
    return 0;
}

void cg_line_clean(const struct cg_plane *ink, const struct cg_plane *strength,
                   const struct cg_plane *face, const struct cg_plane scratch[2], int *label,
                   int *queue)
{
    const int width = ink->width, height = ink->height;
    const struct cg_plane *crowd = &scratch[0];
    const struct cleaning cleaning = {ink, strength, face, crowd, label, queue};
    for (int i = 0; i < width * height; i++)
        label[i] = UNSEEN;
    for (int i = 0; i < width * height; i++)
        if (label[i] == UNSEEN && ink->v[i / width * ink->stride + i % width] >= HALF) {
            struct piece piece = gather(&cleaning, i, UNSEEN, GONE);
            name_piece(&cleaning, &piece, judge_alone(&piece));
        }
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            crowd->v[y * crowd->stride + x] = label[y * width + x] == SHORT ? 1.0f : 0.0f;
    cg_plane_replicate(crowd);
    cg_plane_blur(NULL, crowd, crowd, &scratch[1], CROWD_SIGMA_PX);
    for (int i = 0; i < width * height; i++)
        if (label[i] == SHORT) {
            struct piece piece = gather(&cleaning, i, SHORT, GONE);
            if (!is_crowded(&piece))
                name_piece(&cleaning, &piece, KEPT);
        }
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (!touches_kept(label, width, height, x, y))
                ink->v[y * ink->stride + x] = 0.0f;
}
