/*
 * The converter for frames that follow each other (comicgan.h), top to bottom: a working copy,
 * calmed by the frames before, the generator on it, its layers calmed, and from them the full
 * frame. What is carried from frame to frame is in steady.c.
 */
#include "comic/frames.h"

#include "base/memory.h"
#include "comic/engine.h"
#include "comic/steady.h"
#include "comic/working.h"

#include <stdlib.h>

#define DETAIL_MIN_PX 64
#define DETAIL_MAX_PX 8192

struct cg_frames {
    struct cg_looks looks;
    float stability;
    struct cg_pool *pool;
    struct cg_working *working;
    struct cg_steady *steady;
    struct cg_renderer *renderer;
    float *photo; /* the working copy */
    size_t photo_count;
};

static enum cg_status check_detail(int detail_px, struct cg_error *error)
{
    if (detail_px < DETAIL_MIN_PX || detail_px > DETAIL_MAX_PX)
        return cg_fail(error, CG_ERR_ARGUMENT, "detail: expected %d to %d pixels, got %d",
                       DETAIL_MIN_PX, DETAIL_MAX_PX, detail_px);
    return CG_OK;
}

static enum cg_status check_looks(const struct cg_looks *looks, float stability,
                                  struct cg_error *error)
{
    if (!(looks->ink >= 0.0f && looks->ink <= 2.0f))
        return cg_fail(error, CG_ERR_ARGUMENT, "ink: expected 0 to 2, got %g", (double)looks->ink);
    if (!(looks->strength >= 0.0f && looks->strength <= 1.0f))
        return cg_fail(error, CG_ERR_ARGUMENT, "strength: expected 0 to 1, got %g",
                       (double)looks->strength);
    if (!(stability >= 0.0f && stability <= 1.0f))
        return cg_fail(error, CG_ERR_ARGUMENT, "stability: expected 0 to 1, got %g",
                       (double)stability);
    return check_detail(looks->detail_px, error);
}

enum cg_status cg_frames_create(const struct cg_engine *engine, int threads,
                                const struct cg_looks *looks, float stability,
                                struct cg_frames **out, struct cg_error *error)
{
    *out = NULL;
    enum cg_status status = check_looks(looks, stability, error);
    if (status != CG_OK)
        return status;
    struct cg_frames *frames = cg_alloc_zero(1, sizeof(*frames), "frames", error);
    if (frames == NULL)
        return CG_ERR_MEMORY;
    frames->looks = *looks;
    frames->stability = stability;
    status = cg_pool_create(threads, &frames->pool, error);
    if (status == CG_OK)
        status = cg_working_create(engine->model, frames->pool, &frames->working, error);
    if (status == CG_OK)
        status = cg_steady_create(&frames->steady, error);
    if (status == CG_OK)
        status = cg_renderer_create(&frames->renderer, error);
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
    free(frames->photo);
    cg_renderer_free(frames->renderer);
    cg_steady_free(frames->steady);
    cg_working_free(frames->working);
    cg_pool_free(frames->pool);
    free(frames);
}

enum cg_status cg_frames_set_detail(struct cg_frames *frames, int detail_px, struct cg_error *error)
{
    enum cg_status status = check_detail(detail_px, error);
    if (status == CG_OK)
        frames->looks.detail_px = detail_px;
    return status;
}

void cg_frames_cut(struct cg_frames *frames)
{
    cg_steady_reset(frames->steady);
}

/* The working copy in floats; never larger than the frame. */
static enum cg_status make_photo(struct cg_frames *frames, const struct cg_image *frame, int *width,
                                 int *height, struct cg_error *error)
{
    struct cg_image copy;
    int longest = frame->width > frame->height ? frame->width : frame->height;
    int detail_px = frames->looks.detail_px < longest ? frames->looks.detail_px : longest;
    cg_working_size(frame->width, frame->height, detail_px, width, height);
    size_t count = 3 * (size_t)*width * (size_t)*height;
    if (count > frames->photo_count) {
        free(frames->photo);
        frames->photo_count = 0;
        frames->photo = cg_alloc(count, sizeof(float), "working copy", error);
        if (frames->photo == NULL)
            return CG_ERR_MEMORY;
        frames->photo_count = count;
    }
    enum cg_status status = cg_image_resize(frame, *width, *height, &copy, error);
    if (status != CG_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        frames->photo[i] = (float)copy.pixels[i] * (1.0f / 255.0f);
    cg_image_clear(&copy);
    return CG_OK;
}

static enum cg_status convert(struct cg_frames *frames, struct cg_image *frame, float *trusted,
                              struct cg_error *error)
{
    struct cg_render_options options = {frames->looks.ink, frames->looks.strength};
    struct cg_layers layers;
    const float *calm;
    int width, height;
    enum cg_status status = make_photo(frames, frame, &width, &height, error);
    if (status == CG_OK)
        status = cg_steady_photo(frames->steady, frames->pool, frames->photo, width, height,
                                 frames->stability, &calm, trusted, error);
    if (status == CG_OK)
        status = cg_working_draw_floats(frames->working, calm, width, height, &layers, error);
    if (status != CG_OK)
        return status;
    cg_steady_layers(frames->steady, frames->pool, &layers);
    /* The full frame has the noise of the copy that was not calmed: fitted to that one, the layer
     * comes out as it is. */
    layers.photo = frames->photo;
    return cg_render(frames->renderer, frames->pool, &layers, &options, frame->pixels, frame->width,
                     frame->height, error);
}

enum cg_status cg_frames_convert(struct cg_frames *frames, uint8_t *pixels, int width, int height,
                                 float *trusted, struct cg_error *error)
{
    struct cg_image frame = {width, height, 3, pixels};
    float ignored;
    if (width < 1 || height < 1 || width > CG_IMAGE_SIDE_MAX_PX || height > CG_IMAGE_SIDE_MAX_PX ||
        (size_t)width * (size_t)height > CG_IMAGE_AREA_MAX_PX)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "frame: expected sides of 1 to %d and at most %zu pixels, got %d x %d",
                       CG_IMAGE_SIDE_MAX_PX, CG_IMAGE_AREA_MAX_PX, width, height);
    return convert(frames, &frame, trusted != NULL ? trusted : &ignored, error);
}

enum cg_status cg_frames_save(const struct cg_frames *frames, const char *path,
                              struct cg_error *error)
{
    return cg_steady_save(frames->steady, path, error);
}

enum cg_status cg_frames_restore(struct cg_frames *frames, const char *path, struct cg_error *error)
{
    int width, height;
    enum cg_status status = cg_steady_restore(frames->steady, path, &width, &height, error);
    if (status == CG_OK && width > 0)
        frames->looks.detail_px = width > height ? width : height;
    return status;
}
