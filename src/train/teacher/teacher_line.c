/*
 * Line hygiene: ink falls into 8-connected pieces (coverage of a half or more); a piece stays if it
 * is heavy enough, its weight being the sum of its pixels' strengths.
 * So a short but strong mark (a pupil, a nostril) stays where an equally short faint one goes, and
 * a faint line stays if it is long. This is Canny's hysteresis (1986) with a length added.
 */
#include "train/teacher/teacher_steps.h"

#define PIECE_STRENGTH 1.35f /* least greatest strength */
#define HALF 0.5f

/* Label the piece that holds pixel start; true if it is to stay. label: 0 unseen. */
static int take_piece(const struct cg_plane *ink, const struct cg_plane *strength, int *label,
                      int *queue, int start)
{
    const int width = ink->width, height = ink->height;
    int head = 0, tail = 0;
    float weight = 0.0f, greatest = 0.0f;
    queue[tail++] = start;
    label[start] = 1;
    while (head < tail) {
        int x = queue[head] % width, y = queue[head] / width;
        head++;
        float s = strength->v[y * strength->stride + x];
        weight += s;
        greatest = s > greatest ? s : greatest;
        for (int ny = y > 0 ? y - 1 : 0; ny <= y + 1 && ny < height; ny++)
            for (int nx = x > 0 ? x - 1 : 0; nx <= x + 1 && nx < width; nx++) {
                int near = ny * width + nx;
                if (label[near] != 0 || ink->v[ny * ink->stride + nx] < HALF)
                    continue;
                label[near] = 1;
                queue[tail++] = near;
            }
    }
    int stays = weight >= CG_INK_PIECE_WEIGHT && greatest >= PIECE_STRENGTH;
    for (int i = 0; i < tail; i++)
        label[queue[i]] = stays ? 2 : 1;
    return stays;
}

/* True if a pixel that stays touches (x, y) or is it: the soft border belongs to its line. */
static int touches_kept(const int *label, int width, int height, int x, int y)
{
    for (int ny = y > 0 ? y - 1 : 0; ny <= y + 1 && ny < height; ny++)
        for (int nx = x > 0 ? x - 1 : 0; nx <= x + 1 && nx < width; nx++)
            if (label[ny * width + nx] == 2)
                return 1;
    return 0;
}

void cg_line_clean(const struct cg_plane *ink, const struct cg_plane *strength, int *label,
                   int *queue)
{
    const int width = ink->width, height = ink->height;
    for (int i = 0; i < width * height; i++)
        label[i] = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (label[y * width + x] == 0 && ink->v[y * ink->stride + x] >= HALF)
                take_piece(ink, strength, label, queue, y * width + x);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (!touches_kept(label, width, height, x, y))
                ink->v[y * ink->stride + x] = 0.0f;
}
