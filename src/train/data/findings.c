/*
 * Inspecting pictures: see findings.h. A file is decoded once for this; its findings are cached in
 * a file of some hundred bytes named by the picture's content.
 */
#include "train/data/findings.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "train/data/area_stats.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Raise it when the same picture gives other findings. */
#define VERSION 1u
#define STROKES_LONG_PX 2400
#define COLOURED_BY 24 /* between a pixel's channels */
#define COLOURED_SHARE 0.005
#define ALIKE_CORRELATION 0.99f
#define ALIKE_SHAPE 0.03f
#define THUMB_PIXELS (CG_FINDINGS_THUMB_PX * CG_FINDINGS_THUMB_PX)

/* ---- looking --------------------------------------------------------------------------------- */

/* A copy whose long side is at most long_px, or *picture itself; clear *copy afterwards. */
static enum cg_status reduce(const struct cg_image *picture, int long_px, struct cg_image *copy,
                             const struct cg_image **out, struct cg_error *error)
{
    int longer = picture->width > picture->height ? picture->width : picture->height;
    *copy = (struct cg_image){0};
    *out = picture;
    if (longer <= long_px)
        return CG_OK;
    double scale = (double)long_px / longer;
    int width = (int)(picture->width * scale + 0.5), height = (int)(picture->height * scale + 0.5);
    *out = copy;
    return cg_image_resize(picture, width < 1 ? 1 : width, height < 1 ? 1 : height, copy, error);
}

static bool is_coloured(const struct cg_image *picture)
{
    const size_t area = (size_t)picture->width * (size_t)picture->height;
    size_t count = 0;
    for (size_t i = 0; i < area; i++) {
        const uint8_t *p = picture->pixels + 3 * i;
        count += abs(p[0] - p[1]) > COLOURED_BY || abs(p[1] - p[2]) > COLOURED_BY ||
                 abs(p[0] - p[2]) > COLOURED_BY;
    }
    return (double)count > COLOURED_SHARE * (double)area;
}

static enum cg_status make_thumb(const struct cg_image *picture, uint8_t *thumb,
                                 struct cg_error *error)
{
    struct cg_image small;
    enum cg_status status =
        cg_image_resize(picture, CG_FINDINGS_THUMB_PX, CG_FINDINGS_THUMB_PX, &small, error);
    if (status != CG_OK)
        return status;
    for (size_t i = 0; i < THUMB_PIXELS; i++) {
        const uint8_t *p = small.pixels + 3 * i;
        thumb[i] = (uint8_t)((77u * p[0] + 150u * p[1] + 29u * p[2]) >> 8);
    }
    cg_image_clear(&small);
    return CG_OK;
}

static float fraction_of_paper(const struct cg_page_view *view, const struct cg_panels *panels)
{
    size_t paper = 0, pixels = 0;
    for (int i = 0; i < panels->count; i++) {
        const struct cg_page_box *box = &panels->boxes[i];
        for (int y = box->top; y < box->bottom; y++)
            for (int x = box->left; x < box->right; x++) {
                paper += view->paper[(size_t)y * (size_t)view->width + (size_t)x];
                pixels++;
            }
    }
    return pixels > 0 ? (float)((double)paper / (double)pixels) : 1.0f;
}

static void take_panels(const struct cg_page_view *view, const struct cg_printed_text *printed_text,
                        struct cg_findings *out)
{
    struct cg_panels panels;
    const struct cg_page_box page = {0, 0, view->width, view->height};
    const float width = (float)view->width, height = (float)view->height;
    cg_panels_find(view, printed_text, &panels);
    out->paper = fraction_of_paper(view, &panels);
    out->panel_count = panels.count;
    out->text =
        cg_printed_text_is_text(printed_text, &page) || (panels.count == 0 && panels.texts > 0);
    for (int i = 0; i < panels.count; i++) {
        const struct cg_page_box *box = &panels.boxes[i];
        out->panels[i] =
            (struct cg_findings_panel){(float)box->left / width, (float)box->top / height,
                                       (float)box->right / width, (float)box->bottom / height};
    }
}

/* The findings for a comic page; small: the page reduced. */
static enum cg_status look_at_page(const struct cg_image *page, const struct cg_image *small,
                                   struct cg_findings *out, struct cg_error *error)
{
    struct cg_page_view view = {0};
    struct cg_printed_text *printed_text = NULL;
    struct cg_image copy;
    const struct cg_image *drawing;
    enum cg_status status = cg_page_view_create(small, &view, error);
    if (status == CG_OK)
        status = cg_printed_text_create(&view, &printed_text, error);
    if (status == CG_OK)
        take_panels(&view, printed_text, out);
    cg_printed_text_free(printed_text);
    cg_page_view_clear(&view);
    if (status != CG_OK)
        return status;
    status = reduce(page, STROKES_LONG_PX, &copy, &drawing, error);
    if (status == CG_OK)
        status = cg_strokes_width(drawing, &out->line_px, error);
    if (status == CG_OK)
        out->line_px *= (float)page->width / (float)drawing->width;
    cg_image_clear(&copy);
    return status;
}

enum cg_status cg_findings_make(const struct cg_image *picture, enum cg_cache_kind kind,
                                struct cg_findings *out, struct cg_error *error)
{
    struct cg_image copy;
    const struct cg_image *small;
    *out = (struct cg_findings){.width = picture->width, .height = picture->height};
    enum cg_status status = reduce(picture, CG_PAGE_VIEW_LONG_PX, &copy, &small, error);
    if (status == CG_OK) {
        struct cg_area_stats seen =
            cg_area_stats(small->pixels, small->width, small->width, small->height);
        out->white = seen.white;
        out->deviation = seen.deviation;
        out->coloured = is_coloured(small);
        status = make_thumb(small, out->thumb, error);
    }
    if (status == CG_OK && kind == CG_CACHE_COMIC)
        status = look_at_page(picture, small, out, error);
    cg_image_clear(&copy);
    return status;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static bool same_shape(const struct cg_findings *a, const struct cg_findings *b)
{
    float here = (float)a->width / (float)a->height, there = (float)b->width / (float)b->height;
    return fabsf(here - there) <= ALIKE_SHAPE * fmaxf(here, there);
}

bool cg_findings_alike(const struct cg_findings *a, const struct cg_findings *b)
{
    int32_t sum_a = 0, sum_b = 0;
    int64_t square_a = 0, square_b = 0, product = 0;
    if (!same_shape(a, b))
        return false;
    for (size_t i = 0; i < THUMB_PIXELS; i++) {
        int32_t x = a->thumb[i], y = b->thumb[i];
        sum_a += x;
        sum_b += y;
        square_a += x * x;
        square_b += y * y;
        product += x * y;
    }
    double mean_a = (double)sum_a / THUMB_PIXELS, mean_b = (double)sum_b / THUMB_PIXELS;
    double variance_a = (double)square_a / THUMB_PIXELS - mean_a * mean_a;
    double variance_b = (double)square_b / THUMB_PIXELS - mean_b * mean_b;
    double covariance = (double)product / THUMB_PIXELS - mean_a * mean_b;
    /* flat pictures, whose thumbnails are mostly rounding, are never alike */
    return variance_a > 16.0 && variance_b > 16.0 && fabs(mean_a - mean_b) < 8.0 &&
           covariance >= ALIKE_CORRELATION * sqrt(variance_a * variance_b);
}

/* ---- keeping --------------------------------------------------------------------------------- */

/* Findings of strict reading are kept apart: the others may be of damaged files. */
#define KIND_STRICT 0x100u

struct kept {
    char magic[8];
    uint32_t version, kind;
    struct cg_content_id source;
    struct cg_findings findings;
    uint64_t check; /* hash of everything before it */
};

_Static_assert(sizeof(struct cg_findings) == 36 + 16 * CG_PANELS_MAX + THUMB_PIXELS,
               "findings have no padding");

static struct kept make_kept(const struct cg_findings_request *request,
                             const struct cg_findings *findings)
{
    struct kept kept;
    memset(&kept, 0, sizeof(kept)); /* padding, too: it is hashed and written */
    memcpy(kept.magic, "CGFOUND", 8);
    kept.version = VERSION;
    kept.kind = (uint32_t)request->kind | (request->strict ? KIND_STRICT : 0);
    kept.source = request->source;
    kept.findings = *findings;
    kept.check = cg_content_hash(&kept, offsetof(struct kept, check), 0).low;
    return kept;
}

/* The name is the hash of an entry without findings. */
static char *kept_path(const struct cg_findings_request *request, struct cg_error *error)
{
    const struct cg_findings nothing = {0};
    struct kept kept = make_kept(request, &nothing);
    struct cg_content_id name = cg_content_hash(&kept, sizeof(kept), 0);
    char *path = cg_string_format("%s/%016" PRIx64 "%016" PRIx64 ".findings", request->cache_dir,
                                  name.high, name.low);
    if (path == NULL)
        cg_fail(error, CG_ERR_MEMORY, "cache %s: out of memory", request->cache_dir);
    return path;
}

/* Invalid entries count as missing. */
static bool read_kept(const char *path, const struct cg_findings_request *request,
                      struct cg_findings *out)
{
    uint8_t *bytes;
    size_t nbytes;
    struct kept found, expected;
    if (cg_file_read(path, sizeof(found), &bytes, &nbytes, NULL) != CG_OK)
        return false;
    bool whole = nbytes == sizeof(found);
    if (whole)
        memcpy(&found, bytes, sizeof(found));
    free(bytes);
    if (!whole)
        return false;
    expected = make_kept(request, &found.findings);
    *out = found.findings;
    return memcmp(&found, &expected, sizeof(found)) == 0;
}

/* Decode the picture and look at it. */
static enum cg_status look(const struct cg_findings_request *request, struct cg_findings *out,
                           bool *unreadable, struct cg_error *error)
{
    const struct cg_image_read_options options = {.channels = 3, .strict = request->strict};
    struct cg_image picture;
    enum cg_status status = cg_image_read(request->path, &options, &picture, NULL, error);
    *unreadable = status != CG_OK && status != CG_ERR_MEMORY;
    if (status == CG_OK)
        status = cg_findings_make(&picture, request->kind, out, error);
    cg_image_clear(&picture);
    return status;
}

enum cg_status cg_findings_of_file(const struct cg_findings_request *request,
                                   struct cg_findings *out, bool *unreadable,
                                   struct cg_error *error)
{
    *unreadable = false;
    char *kept_in = kept_path(request, error);
    if (kept_in == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = CG_OK;
    if (read_kept(kept_in, request, out)) {
        cg_cache_touch(kept_in);
    } else {
        status = look(request, out, unreadable, error);
        if (status == CG_OK) {
            struct kept kept = make_kept(request, out);
            status = cg_file_write(kept_in, &kept, sizeof(kept), error);
        }
    }
    free(kept_in);
    return status;
}
