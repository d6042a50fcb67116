/*
 * Telling paper from picture: see page_view.h.
 *
 * Paper is one colour, give or take a tolerance that grain, JPEG and the shade of a book's fold
 * stay within. It is the colour of the page's rim where the rim is even: white on most pages, cream
 * on old scans, black on some. Where pictures run to the rim, it is the most common light colour
 * without much hue, else white.
 */
#include "train/data/page_view.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define RIM_SHARE 0.025
#define TOLERANCE 30
#define RIM_EVEN_LIGHT 0.6
#define RIM_EVEN_DARK 0.85 /* a dark rim is more often the picture's */
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

/* The most common light colour, of 16 steps a channel: the mean of what falls into that bin. */
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
