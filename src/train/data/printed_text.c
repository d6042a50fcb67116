/*
 * Finding printed text: see findings.h. Pixels clearly darker than the paper form connected shapes.
 * A shape may be a letter, or a few that touch, if it is small and not much wider than high.
 * Letters stand in rows: a shape counts if at least ROW_MIN such shapes of about its height follow
 * each other at small gaps.
 *
 * Letters are not recognised. Light text on dark, joined handwriting and very large or very small
 * print are not found; a row of railings or windows may be.
 */
#include "train/data/findings.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define RIM_SHARE 0.025
#define TOLERANCE 30
#define RIM_EVEN_LIGHT 0.6
#define RIM_EVEN_DARK 0.85 /* a dark rim is more often part of the picture */
#define LIGHT_LUMA 190
#define HUELESS 50 /* between the largest and the smallest channel */
#define COMMON_SHARE 0.01

struct colour {
    uint8_t channel[3];
};

static uint8_t luma_of(const uint8_t *pixel)
{
    return (uint8_t)((77u * pixel[0] + 150u * pixel[1] + 29u * pixel[2]) >> 8);
}

static bool is_near(const uint8_t *pixel, struct colour colour)
{
    for (int c = 0; c < 3; c++)
        if (abs((int)pixel[c] - (int)colour.channel[c]) > TOLERANCE)
            return false;
    return true;
}

/* How far the rim reaches into the page. */
static int rim_px(const struct cg_image *page)
{
    int shorter = page->width < page->height ? page->width : page->height;
    int rim = (int)(shorter * RIM_SHARE);
    return rim < 1 ? 1 : rim;
}

static bool in_rim(const struct cg_image *page, int x, int y, int rim)
{
    return y < rim || y >= page->height - rim || x < rim || x >= page->width - rim;
}

static struct colour median_of_rim(const struct cg_image *page, size_t *count)
{
    size_t counts[3][256] = {{0}};
    const int rim = rim_px(page);
    *count = 0;
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++) {
            const uint8_t *pixel = page->pixels + 3 * ((size_t)y * (size_t)page->width + (size_t)x);
            if (!in_rim(page, x, y, rim))
                continue;
            for (int c = 0; c < 3; c++)
                counts[c][pixel[c]]++;
            ++*count;
        }
    struct colour median = {{0}};
    for (int c = 0; c < 3; c++) {
        size_t sum = 0;
        int value = 0;
        while ((sum += counts[c][value]) * 2 < *count)
            value++;
        median.channel[c] = (uint8_t)value;
    }
    return median;
}

static bool find_even_rim(const struct cg_image *page, struct colour *out)
{
    size_t count, near = 0;
    const int rim = rim_px(page);
    *out = median_of_rim(page, &count);
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++)
            near += in_rim(page, x, y, rim) &&
                    is_near(page->pixels + 3 * ((size_t)y * (size_t)page->width + (size_t)x), *out);
    double wanted = luma_of(out->channel) >= LIGHT_LUMA ? RIM_EVEN_LIGHT : RIM_EVEN_DARK;
    return (double)near >= wanted * (double)count;
}

static bool may_be_paper(const uint8_t *pixel)
{
    int most = 0, least = 255;
    for (int c = 0; c < 3; c++) {
        most = pixel[c] > most ? pixel[c] : most;
        least = pixel[c] < least ? pixel[c] : least;
    }
    return luma_of(pixel) >= LIGHT_LUMA && most - least <= HUELESS;
}

/* The most common light colour: the mean of the fullest bin, of 16 steps a channel. */
static struct colour common_light(const struct cg_image *page)
{
    enum { BINS = 16 * 16 * 16 };
    static const struct colour white = {{255, 255, 255}};
    uint32_t counts[BINS] = {0};
    const size_t area = (size_t)page->width * (size_t)page->height;
    size_t best = 0, sums[3] = {0};
    for (size_t i = 0; i < area; i++) {
        const uint8_t *p = page->pixels + 3 * i;
        if (may_be_paper(p))
            counts[(p[0] >> 4) << 8 | (p[1] >> 4) << 4 | p[2] >> 4]++;
    }
    for (size_t bin = 1; bin < BINS; bin++)
        best = counts[bin] > counts[best] ? bin : best;
    if (counts[best] == 0 || counts[best] < COMMON_SHARE * (double)area)
        return white;
    for (size_t i = 0; i < area; i++) {
        const uint8_t *p = page->pixels + 3 * i;
        bool inside = ((size_t)(p[0] >> 4) << 8 | (size_t)(p[1] >> 4) << 4 | p[2] >> 4) == best;
        for (int c = 0; inside && c < 3; c++)
            sums[c] += p[c];
    }
    struct colour mean;
    for (int c = 0; c < 3; c++)
        mean.channel[c] = (uint8_t)(sums[c] / counts[best]);
    return mean;
}

enum cg_status cg_page_view_create(const struct cg_image *page, struct cg_page_view *out,
                                   struct cg_error *error)
{
    const size_t area = (size_t)page->width * (size_t)page->height;
    struct colour paper;
    *out = (struct cg_page_view){.width = page->width, .height = page->height};
    out->luma = cg_alloc(area, 1, "page", error);
    out->paper = cg_alloc(area, 1, "page", error);
    if (out->luma == NULL || out->paper == NULL) {
        cg_page_view_clear(out);
        return CG_ERR_MEMORY;
    }
    if (!find_even_rim(page, &paper))
        paper = common_light(page);
    out->paper_luma = luma_of(paper.channel);
    for (size_t i = 0; i < area; i++) {
        out->luma[i] = luma_of(page->pixels + 3 * i);
        out->paper[i] = is_near(page->pixels + 3 * i, paper);
    }
    return CG_OK;
}

void cg_page_view_clear(struct cg_page_view *view)
{
    free(view->paper);
    free(view->luma);
    *view = (struct cg_page_view){0};
}

#define DARKER_BY 70
#define HEIGHT_MIN_PX 5
#define HEIGHT_MAX_PX 36
#define WIDTH_MAX_HEIGHTS 8
#define SHAPES_MAX 65536u
#define ROW_MIN 5
#define GAP_MAX_HEIGHTS 1.5f
#define HEIGHT_RATIO_MAX 2.5f

struct shape {
    struct cg_page_box box;
    uint32_t ink;  /* pixels */
    uint32_t next; /* the next shape in its row; NONE */
    bool letter;
};

#define NONE UINT32_MAX

struct cg_printed_text {
    struct shape *shapes; /* by left edge */
    uint32_t count;
};

/* ---- shapes: connected components by runs ---------------------------------------------------- */

struct flood {
    const struct cg_page_view *view;
    uint8_t *dark; /* 1 if dark and in no shape yet */
    uint32_t *stack;
};

static void mark_dark(const struct cg_page_view *view, uint8_t *dark)
{
    const size_t area = (size_t)view->width * (size_t)view->height;
    int limit = (int)view->paper_luma - DARKER_BY;
    for (size_t i = 0; i < area; i++)
        dark[i] = (int)view->luma[i] < limit;
}

static void widen(struct cg_page_box *box, int x, int y)
{
    box->left = x < box->left ? x : box->left;
    box->top = y < box->top ? y : box->top;
    box->right = x + 1 > box->right ? x + 1 : box->right;
    box->bottom = y + 1 > box->bottom ? y + 1 : box->bottom;
}

/* Remove everything connected with the dark pixel start, also by corners. */
static struct shape take_shape(const struct flood *flood, uint32_t start)
{
    const int width = flood->view->width, height = flood->view->height;
    int x = (int)(start % (uint32_t)width), y = (int)(start / (uint32_t)width);
    struct shape shape = {.box = {x, y, x + 1, y + 1}, .next = NONE};
    size_t depth = 0;
    flood->stack[depth++] = start;
    flood->dark[start] = 0;
    while (depth > 0) {
        uint32_t at = flood->stack[--depth];
        x = (int)(at % (uint32_t)width);
        y = (int)(at / (uint32_t)width);
        widen(&shape.box, x, y);
        shape.ink++;
        for (int ny = y > 0 ? y - 1 : y; ny <= y + 1 && ny < height; ny++)
            for (int nx = x > 0 ? x - 1 : x; nx <= x + 1 && nx < width; nx++) {
                uint32_t next = (uint32_t)ny * (uint32_t)width + (uint32_t)nx;
                if (flood->dark[next] == 0)
                    continue;
                flood->dark[next] = 0;
                flood->stack[depth++] = next;
            }
    }
    return shape;
}

static int height_of(const struct shape *shape)
{
    return shape->box.bottom - shape->box.top;
}

static bool may_be_letter(const struct shape *shape)
{
    int height = height_of(shape), width = shape->box.right - shape->box.left;
    return height >= HEIGHT_MIN_PX && height <= HEIGHT_MAX_PX &&
           width <= WIDTH_MAX_HEIGHTS * height;
}

/* All shapes, as far as there is room. */
static enum cg_status find_shapes(const struct cg_page_view *view,
                                  struct cg_printed_text *printed_text, struct cg_error *error)
{
    const size_t area = (size_t)view->width * (size_t)view->height;
    struct flood flood = {.view = view,
                          .dark = cg_alloc(area, 1, "printed_text", error),
                          .stack = cg_alloc(area, sizeof(uint32_t), "printed_text", error)};
    enum cg_status status = CG_ERR_MEMORY;
    if (flood.dark != NULL && flood.stack != NULL) {
        mark_dark(view, flood.dark);
        for (uint32_t i = 0; i < area && printed_text->count < SHAPES_MAX; i++)
            if (flood.dark[i] != 0)
                printed_text->shapes[printed_text->count++] = take_shape(&flood, i);
        status = CG_OK;
    }
    free(flood.stack);
    free(flood.dark);
    return status;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static int compare_left(const void *a, const void *b)
{
    const struct shape *x = a, *y = b;
    if (x->box.left != y->box.left)
        return x->box.left < y->box.left ? -1 : 1;
    return x->box.top != y->box.top ? (x->box.top < y->box.top ? -1 : 1) : 0;
}

static bool follows(const struct shape *shape, const struct shape *next)
{
    float here = (float)height_of(shape), there = (float)height_of(next);
    float taller = here > there ? here : there, lower = here > there ? there : here;
    int top = shape->box.top > next->box.top ? shape->box.top : next->box.top;
    int bottom = shape->box.bottom < next->box.bottom ? shape->box.bottom : next->box.bottom;
    return taller <= HEIGHT_RATIO_MAX * lower && 2.0f * (float)(bottom - top) >= lower &&
           next->box.left > shape->box.left;
}

/* The nearest shape to the right in the same row. */
static uint32_t find_next(const struct cg_printed_text *printed_text, uint32_t index)
{
    const struct shape *shape = &printed_text->shapes[index];
    float reach = (float)shape->box.right + GAP_MAX_HEIGHTS * (float)height_of(shape);
    for (uint32_t i = index + 1; i < printed_text->count; i++) {
        const struct shape *next = &printed_text->shapes[i];
        if ((float)next->box.left > reach)
            break;
        if (may_be_letter(next) && follows(shape, next))
            return i;
    }
    return NONE;
}

/* Shapes in long enough rows become letters. A chain leads to the right only, so its length from
 * here on is known once those further right are done. */
static void mark_letters(struct cg_printed_text *printed_text, uint8_t *behind)
{
    struct shape *shapes = printed_text->shapes;
    for (uint32_t i = 0; i < printed_text->count; i++)
        if (may_be_letter(&shapes[i]))
            shapes[i].next = find_next(printed_text, i);
    for (uint32_t i = 0; i < printed_text->count; i++) {
        uint32_t next = shapes[i].next;
        if (next != NONE && behind[next] <= behind[i])
            behind[next] = (uint8_t)(behind[i] < ROW_MIN ? behind[i] + 1 : ROW_MIN);
    }
    for (uint32_t i = printed_text->count; i-- > 0;) {
        uint32_t next = shapes[i].next;
        if (next != NONE && shapes[next].letter)
            shapes[i].letter = true;
        else
            shapes[i].letter = behind[i] + 1 >= ROW_MIN;
    }
}

enum cg_status cg_printed_text_create(const struct cg_page_view *view, struct cg_printed_text **out,
                                      struct cg_error *error)
{
    *out = NULL;
    struct cg_printed_text *printed_text =
        cg_alloc_zero(1, sizeof(*printed_text), "printed_text", error);
    if (printed_text == NULL)
        return CG_ERR_MEMORY;
    uint8_t *behind = cg_alloc_zero(SHAPES_MAX, 1, "printed_text", error);
    printed_text->shapes =
        cg_alloc(SHAPES_MAX, sizeof(*printed_text->shapes), "printed_text", error);
    enum cg_status status = behind != NULL && printed_text->shapes != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        status = find_shapes(view, printed_text, error);
    if (status == CG_OK) {
        if (printed_text->count > 1)
            qsort(printed_text->shapes, printed_text->count, sizeof(*printed_text->shapes),
                  compare_left);
        mark_letters(printed_text, behind);
        *out = printed_text;
    } else {
        cg_printed_text_free(printed_text);
    }
    free(behind);
    return status;
}

void cg_printed_text_free(struct cg_printed_text *printed_text)
{
    if (printed_text == NULL)
        return;
    free(printed_text->shapes);
    free(printed_text);
}

struct cg_printed_text_share cg_printed_text_in(const struct cg_printed_text *printed_text,
                                                const struct cg_page_box *box)
{
    struct cg_printed_text_share share = {0};
    uint64_t all = 0, letters = 0;
    for (uint32_t i = 0; i < printed_text->count; i++) {
        const struct shape *shape = &printed_text->shapes[i];
        int x = (shape->box.left + shape->box.right) / 2;
        int y = (shape->box.top + shape->box.bottom) / 2;
        if (x < box->left || x >= box->right || y < box->top || y >= box->bottom)
            continue;
        all += shape->ink;
        letters += shape->letter ? shape->ink : 0;
        share.letters += shape->letter;
    }
    share.ink = all > 0 ? (float)((double)letters / (double)all) : 0.0f;
    return share;
}

bool cg_printed_text_is_text(const struct cg_printed_text *printed_text,
                             const struct cg_page_box *box)
{
    struct cg_printed_text_share share = cg_printed_text_in(printed_text, box);
    return share.letters >= CG_PRINTED_TEXT_TEXT_LETTERS && share.ink >= CG_PRINTED_TEXT_TEXT_INK;
}
