/*
 * The converter for frames that follow each other (comicgan.h), top to bottom: a working copy,
 * calmed by the frames before, the generator on it, its layers calmed, and from them the full
 * frame. What is carried from frame to frame is in stabilizer.c.
 */
#include "comic/frames.h"

#include "base/file.h"
#include "base/memory.h"
#include "comic/engine.h"
#include "comic/full.h"
#include "comic/pixels.h"
#include "comic/stabilizer.h"
#include "comic/working.h"
#include "model/render_params.h"

#include <stdbool.h>
#include <stdlib.h>

/*
 * The generator draws every CG_DEFAULT_REDRAW-th frame; between, the layers are carried. It draws
 * sooner when more than DOUBT_MAX of the frame, summed over the frames since, was not trusted.
 */
#define DOUBT_MAX 0.08f

/* What the next frame depends on beside the former one. */
struct course {
    struct cg_palette palette; /* of the scene */
    int kept;                  /* frames since the last one that was drawn */
    float doubt;
};

struct cg_frames {
    struct cg_render_params looks;
    float stability;
    int redraw;
    struct cg_pool *pool;
    struct cg_buffer shared; /* what working and full need in turn */
    struct cg_working *working;
    struct cg_stabilizer *stabilizer;
    struct cg_full *full;
    struct course course;
    struct cg_buffer copy;
    float *photo; /* the working copy, in copy */
};

enum cg_status cg_frames_create(const struct cg_engine *engine, int threads,
                                const struct cg_render_params *looks, float stability,
                                struct cg_frames **out, struct cg_error *error)
{
    *out = NULL;
    enum cg_status status = cg_render_params_check(looks, error);
    if (status != CG_OK)
        return status;
    if (!(stability >= 0.0f && stability <= 1.0f))
        return cg_fail(error, CG_ERR_ARGUMENT, "stability: expected 0 to 1, got %g",
                       (double)stability);
    struct cg_frames *frames = cg_alloc_zero(1, sizeof(*frames), "frames", error);
    if (frames == NULL)
        return CG_ERR_MEMORY;
    frames->looks = *looks;
    frames->stability = stability;
    frames->redraw = CG_DEFAULT_REDRAW;
    status = cg_pool_create(threads, &frames->pool, error);
    if (status == CG_OK)
        status = cg_working_create(engine->model, frames->pool, &frames->shared, &frames->working,
                                   error);
    if (status == CG_OK)
        status = cg_stabilizer_create(&frames->stabilizer, error);
    if (status == CG_OK)
        status = cg_full_create(frames->pool, &frames->shared, &frames->full, error);
    if (status != CG_OK) {
        cg_frames_free(frames);
        return status;
    }
    *out = frames;
    return CG_OK;
}

void cg_frames_free(struct cg_frames *frames)
{
    if (frames == NULL)
        return;
    free(frames->copy.memory);
    cg_full_free(frames->full);
    cg_stabilizer_free(frames->stabilizer);
    cg_working_free(frames->working);
    free(frames->shared.memory);
    cg_pool_free(frames->pool);
    free(frames);
}

enum cg_status cg_frames_set_detail(struct cg_frames *frames, int detail_px, struct cg_error *error)
{
    struct cg_render_params looks = frames->looks;
    looks.detail_px = detail_px;
    enum cg_status status = cg_render_params_check(&looks, error);
    if (status == CG_OK)
        frames->looks = looks;
    return status;
}

enum cg_status cg_frames_set_redraw(struct cg_frames *frames, int redraw, struct cg_error *error)
{
    if (redraw < 1 || redraw > CG_REDRAW_MAX)
        return cg_fail(error, CG_ERR_ARGUMENT, "redraw: expected 1 to %d, got %d", CG_REDRAW_MAX,
                       redraw);
    frames->redraw = redraw;
    return CG_OK;
}

void cg_frames_cut(struct cg_frames *frames)
{
    cg_stabilizer_reset(frames->stabilizer);
}

int cg_frames_working_px(const struct cg_frames *frames, int width, int height)
{
    cg_working_size(width, height, frames->looks.detail_px, &width, &height);
    return width > height ? width : height;
}

/* The working copy, also in floats. */
static enum cg_status make_photo(struct cg_frames *frames, const struct cg_image *frame,
                                 struct cg_image *copy, struct cg_error *error)
{
    int width, height;
    cg_working_size(frame->width, frame->height, frames->looks.detail_px, &width, &height);
    size_t count = 3 * (size_t)width * (size_t)height;
    enum cg_status status =
        cg_buffer_reserve(&frames->copy, 1, count, sizeof(float), "working copy", error);
    if (status == CG_OK)
        status = cg_image_resize(frame, width, height, copy, error);
    if (status != CG_OK)
        return status;
    frames->photo = frames->copy.memory;
    for (size_t i = 0; i < count; i++)
        frames->photo[i] = (float)copy->pixels[i] * (1.0f / 255.0f);
    return CG_OK;
}

/* Whether this frame is drawn, by what was trusted of it; counts it. */
static bool is_due(struct course *course, int redraw, float trusted)
{
    course->doubt += 1.0f - trusted;
    if (trusted > 0.0f && ++course->kept < redraw && course->doubt <= DOUBT_MAX)
        return false;
    course->kept = 0;
    course->doubt = 0.0f;
    return true;
}

/* The layers of a working copy in frames->photo. */
static enum cg_status make_layers(struct cg_frames *frames, int width, int height,
                                  struct cg_layers *layers, float *trusted, struct cg_error *error)
{
    const float *smooth;
    enum cg_status status =
        cg_stabilizer_photo(frames->stabilizer, frames->pool, frames->photo, width, height,
                            frames->stability, &smooth, trusted, error);
    bool due = status == CG_OK && is_due(&frames->course, frames->redraw, *trusted);
    if (due)
        status = cg_working_draw_floats(frames->working, smooth, width, height, &frames->looks,
                                        layers, error);
    if (status != CG_OK)
        return status;
    if (due)
        cg_stabilizer_layers(frames->stabilizer, frames->pool, layers);
    else
        cg_stabilizer_keep(frames->stabilizer, frames->pool, layers);
    /* The full frame has the noise of the copy that was not calmed: fitted to that one, the layer
     * comes out as it is. */
    layers->photo = frames->photo;
    return CG_OK;
}

static enum cg_status convert(struct cg_frames *frames, struct cg_image *frame, float *trusted,
                              struct cg_error *error)
{
    struct cg_layers layers;
    struct cg_image copy = {0};
    enum cg_status status = make_photo(frames, frame, &copy, error);
    if (status == CG_OK)
        status = make_layers(frames, copy.width, copy.height, &layers, trusted, error);
    if (status == CG_OK && *trusted <= 0.0f)
        frames->course.palette.count = 0;
    if (status == CG_OK)
        status = cg_full_render(frames->full, &frames->looks, &frames->course.palette, &layers,
                                &copy, frame, error);
    cg_image_clear(&copy);
    return status;
}

enum cg_status cg_frames_convert(struct cg_frames *frames, struct cg_pixels pixels, float *trusted,
                                 struct cg_error *error)
{
    struct cg_loan loan;
    float ignored;
    enum cg_status status = cg_pixels_lend(pixels, &loan, error);
    if (status != CG_OK)
        return status;
    status = convert(frames, &loan.rgb, trusted != NULL ? trusted : &ignored, error);
    return cg_pixels_return(&loan, status, error);
}

enum cg_status cg_frames_save(const struct cg_frames *frames, const char *path,
                              struct cg_error *error)
{
    return cg_stabilizer_save(frames->stabilizer, &frames->course, sizeof(frames->course), path,
                              error);
}

enum cg_status cg_frames_restore(struct cg_frames *frames, const char *path, struct cg_error *error)
{
    struct course course;
    int width, height;
    enum cg_status status = cg_stabilizer_restore(frames->stabilizer, &course, sizeof(course), path,
                                                  &width, &height, error);
    int colours = status == CG_OK ? course.palette.count : 0;
    if (colours < 0 || colours > CG_PALETTE_MAX) {
        cg_stabilizer_reset(frames->stabilizer);
        return cg_fail(error, CG_ERR_FORMAT,
                       "reading %s: expected a saved palette, found %d colours", cg_path_tail(path),
                       colours);
    }
    if (status == CG_OK)
        frames->course = course;
    if (status == CG_OK && width > 0)
        frames->looks.detail_px = width > height ? width : height;
    return status;
}
