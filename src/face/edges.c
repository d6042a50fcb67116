/* Directions of edges in a window: see pyramid.h. */
#include "face/pyramid.h"

#include "base/multiversion.h"

#include <math.h>

enum {
    AXES = CG_FACE_DIRECTIONS / 2,
    BLOCK_PX = 3,
    BLOCKS = 6,
    ROW_PX = CG_FACE_WINDOW_PX,
    INNER = BLOCK_PX * BLOCKS * ROW_PX /* pixels of the rows that have one above and below */
};

#define FIELD_PX (2 * BLOCK_PX)
#define GAIN 8.0f
#define NOISE (3.0f * 2.0f * FIELD_PX * FIELD_PX) /* that a field's slopes sum to */
#define DIAGONAL 0.70710678f

struct field {
    float slope[CG_FACE_DIRECTIONS];
};

/* A slope along an axis, by its cosine, goes to one of the axis's directions. */
static inline void split(float along, float by, float *forth, float *back)
{
    float part = along * by;
    *forth = part > 0.0f ? part * along : 0.0f;
    *back = part > 0.0f ? 0.0f : part * along;
}

/* How steep it is in all: the larger part and some of the smaller one, within a twelfth. A row's
 * first and last pixel look into other rows, and are not used. */
CG_MULTIVERSION
static void find_slopes(const uint8_t *restrict p, float (*restrict out)[INNER])
{
    for (int i = 0; i < INNER; i++) {
        float right = (float)(p[i + 1] - p[i - 1]);
        float down = (float)(p[i + ROW_PX] - p[i - ROW_PX]);
        float across = right < 0.0f ? -right : right, along = down < 0.0f ? -down : down;
        float more = across > along ? across : along, less = across > along ? along : across;
        float by = 1.0f / (more + 0.41f * less + 1.0f);
        split(right, by, &out[0][i], &out[AXES][i]);
        split(down, by, &out[1][i], &out[AXES + 1][i]);
        split(DIAGONAL * (right + down), by, &out[2][i], &out[AXES + 2][i]);
        split(DIAGONAL * (down - right), by, &out[3][i], &out[AXES + 3][i]);
    }
}

static void sum_blocks(const uint8_t *grey, struct field blocks[BLOCKS * BLOCKS])
{
    float slopes[CG_FACE_DIRECTIONS][INNER], columns[ROW_PX];
    find_slopes(grey + ROW_PX, slopes);
    for (int direction = 0; direction < CG_FACE_DIRECTIONS; direction++)
        for (int row = 0; row < BLOCKS; row++) {
            const float *from = &slopes[direction][row * BLOCK_PX * ROW_PX];
            for (int x = 0; x < ROW_PX; x++)
                columns[x] = from[x] + from[ROW_PX + x] + from[2 * ROW_PX + x];
            for (int i = 0; i < BLOCKS; i++) {
                const float *three = columns + 1 + i * BLOCK_PX;
                blocks[row * BLOCKS + i].slope[direction] = three[0] + three[1] + three[2];
            }
        }
}

/* Returns their sum. */
static float sum_field(const struct field *block, float out[CG_FACE_DIRECTIONS])
{
    float sum = 0.0f;
    for (int i = 0; i < CG_FACE_DIRECTIONS; i++) {
        out[i] = block[0].slope[i] + block[1].slope[i] + block[BLOCKS].slope[i] +
                 block[BLOCKS + 1].slope[i];
        sum += out[i];
    }
    return sum;
}

void cg_face_window_edges(const uint8_t grey[CG_FACE_WINDOW_VALUES], float out[CG_FACE_EDGE_VALUES])
{
    enum { FIELDS = CG_FACE_FIELDS_ACROSS * CG_FACE_FIELDS_ACROSS };
    struct field blocks[BLOCKS * BLOCKS];
    float sum[FIELDS], mean = 0.0f;
    sum_blocks(grey, blocks);
    for (int i = 0; i < FIELDS; i++) {
        const struct field *block =
            &blocks[i / CG_FACE_FIELDS_ACROSS * BLOCKS + i % CG_FACE_FIELDS_ACROSS];
        sum[i] = sum_field(block, out + i * CG_FACE_DIRECTIONS);
        mean += sum[i] / FIELDS;
    }
    for (int i = 0; i < FIELDS; i++) {
        float by = GAIN / (0.5f * (sum[i] + mean) + NOISE);
        for (int j = 0; j < CG_FACE_DIRECTIONS; j++)
            out[i * CG_FACE_DIRECTIONS + j] *= by;
    }
}
