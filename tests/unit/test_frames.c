/*
 * comic/frames with the built-in style, on films of known motion: what holds still stays still,
 * what moves moves without flicker, nothing is left behind by what has gone.
 */
#include "base/memory.h"
#include "comic/engine.h"
#include "comic/frames.h"
#include "measure/clip.h"
#include "measure/frame_flicker.h"
#include "temp_folder.h"

#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Sanitizers make this many times slower and look at accesses, for which less will do. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { WIDTH = 160, HEIGHT = 40, FRAMES = 6 };
#else
enum { WIDTH = 176, HEIGHT = 96, FRAMES = 8 };
#endif
enum { VALUES = WIDTH * HEIGHT * 3 };

static struct cg_engine *engine;
static struct cg_image picture;

/* Discs of many sizes and shades before a gradient. */
static void draw_picture(void)
{
    assert_int_equal(cg_image_create(3 * WIDTH, 3 * HEIGHT, 3, &picture, NULL), CG_OK);
    for (int y = 0; y < picture.height; y++)
        for (int x = 0; x < picture.width; x++) {
            uint8_t *pixel = picture.pixels + 3 * ((size_t)y * (size_t)picture.width + (size_t)x);
            float colour[3] = {120.0f + 0.1f * (float)x, 150.0f, 200.0f - 0.2f * (float)y};
            for (int disc = 0; disc < 40; disc++) {
                float dx = (float)(x - disc * 211 % picture.width);
                float dy = (float)(y - disc * 149 % picture.height);
                float radius = 14.0f + (float)(disc * 7 % 31);
                float shade = 1.1f - (dx + dy) / (3.0f * radius);
                if (dx * dx + dy * dy < radius * radius)
                    for (int c = 0; c < 3; c++)
                        colour[c] = shade * (float)(40 + (disc * 53 + c * 71) % 170);
            }
            for (int c = 0; c < 3; c++)
                pixel[c] = (uint8_t)fminf(fmaxf(colour[c], 0.0f), 255.0f);
        }
}

static int set_up(void **state)
{
    (void)state;
    draw_picture();
    return cg_engine_open(CG_DEFAULT_STYLE, &engine, NULL) == CG_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    cg_engine_free(engine);
    cg_image_clear(&picture);
    return 0;
}

/* They work on frames at their own size, as larger ones than these are worked on. */
static struct cg_frames *frames_make(float stability, int threads)
{
    struct cg_frames *frames;
    struct cg_render_params looks = engine->looks;
    looks.detail_px = WIDTH;
    assert_int_equal(cg_frames_create(engine, threads, &looks, stability, &frames, NULL), CG_OK);
    return frames;
}

static float convert(struct cg_frames *frames, uint8_t *pixels)
{
    float trusted;
    assert_int_equal(
        cg_frames_convert(frames, (struct cg_pixels){pixels, WIDTH, HEIGHT, 3, 0}, &trusted, NULL),
        CG_OK);
    return trusted;
}

static void frame_of(enum cg_clip_kind kind, int index, uint8_t *pixels)
{
    cg_clip_frame(kind, &picture, index, FRAMES, WIDTH, HEIGHT, pixels);
}

static struct cg_flicker flicker_of(enum cg_clip_kind kind, float stability)
{
    struct cg_flicker_meter *meter;
    struct cg_frames *frames = frames_make(stability, 1);
    uint8_t in[VALUES], out[VALUES];
    assert_int_equal(cg_flicker_meter_create(WIDTH, HEIGHT, 1, &meter, NULL), CG_OK);
    for (int i = 0; i < FRAMES; i++) {
        frame_of(kind, i, in);
        memcpy(out, in, VALUES);
        convert(frames, out);
        if (i >= 2) /* when there is something to carry */
            assert_int_equal(cg_flicker_meter_add(meter, in, out, NULL), CG_OK);
    }
    struct cg_flicker flicker = cg_flicker_meter_result(meter);
    cg_flicker_meter_free(meter);
    cg_frames_free(frames);
    return flicker;
}

/* ---- smooth ---------------------------------------------------------------------------------- */

static void a_still_with_noise_gives_a_still(void **state)
{
    (void)state;
    struct cg_flicker smooth = flicker_of(CG_CLIP_STILL, CG_DEFAULT_STABILITY);
    struct cg_flicker alone = flicker_of(CG_CLIP_STILL, 0.0f);
    assert_true(smooth.output < 0.12 * smooth.input);
    assert_true(smooth.output < 0.2 * alone.output);
}

/* The bound that the program promises for films, 1.15 times the input's own difference, and well
 * below that of frames converted one by one; these discs have jagged edges that crawl when they
 * move, in the input too. */
static void motion_does_not_flicker(void **state)
{
    (void)state;
    static const enum cg_clip_kind kinds[] = {CG_CLIP_PAN, CG_CLIP_ZOOM};
    for (size_t i = 0; i < 2; i++) {
        struct cg_flicker smooth = flicker_of(kinds[i], CG_DEFAULT_STABILITY);
        struct cg_flicker alone = flicker_of(kinds[i], 0.0f);
        if (smooth.output > 1.15 * smooth.input || smooth.output > 0.65 * alone.output)
            fail_msg("%s: input %.2f, output %.2f, frame by frame %.2f", cg_clip_name(kinds[i]),
                     smooth.input, smooth.output, alone.output);
    }
}

/* ---- nothing left behind --------------------------------------------------------------------- */

/* A still under light that flickers by an eighth: how much one comic differs from the next. */
static double flicker_under_light(float stability)
{
    struct cg_frames *frames = frames_make(stability, 1);
    uint8_t frame[VALUES], former[VALUES];
    double sum = 0.0;
    for (int i = 0; i < FRAMES; i++) {
        frame_of(CG_CLIP_STILL, i, frame);
        for (int k = 0; k < VALUES; k++)
            frame[k] = (uint8_t)(frame[k] * (i % 2 == 0 ? 8 : 7) / 8);
        convert(frames, frame);
        for (int k = 0; k < VALUES && i > 1; k++)
            sum += abs(frame[k] - former[k]);
        memcpy(former, frame, VALUES);
    }
    cg_frames_free(frames);
    return sum / VALUES / (FRAMES - 2);
}

/* The end of the scale can be told from the default. */
static void the_calmest_is_calmer(void **state)
{
    (void)state;
    double plain = flicker_under_light(0.75f), calmest = flicker_under_light(1.0f);
    if (calmest > 0.8 * plain)
        fail_msg("it flickers by %.3f at 0.75 and by %.3f at 1", plain, calmest);
}

/* Small ones, too, which are worked on enlarged, and any part of the way to the comic. */
static void check_alone(int detail_px, float strength, int colors)
{
    struct cg_frames *frames;
    struct cg_session *session;
    struct cg_render_params looks = engine->looks;
    looks.detail_px = detail_px;
    looks.strength = strength;
    looks.colors = colors;
    looks.cel = 0.0f; /* frames are never painted flat */
    assert_int_equal(cg_frames_create(engine, 1, &looks, 0.0f, &frames, NULL), CG_OK);
    assert_int_equal(cg_session_create(engine, 1, &session, NULL), CG_OK);
    for (int i = 0; i < 2; i++) {
        uint8_t frame[VALUES], alone[VALUES];
        frame_of(CG_CLIP_PAN, i, frame);
        memcpy(alone, frame, VALUES);
        convert(frames, frame);
        assert_int_equal(cg_session_convert(session, (struct cg_pixels){alone, WIDTH, HEIGHT, 3, 0},
                                            &looks, NULL),
                         CG_OK);
        assert_memory_equal(frame, alone, VALUES);
    }
    cg_session_free(session);
    cg_frames_free(frames);
}

static void without_stability_a_frame_is_a_picture(void **state)
{
    (void)state;
    check_alone(WIDTH, 1.0f, 0);
    check_alone(2 * WIDTH, 1.0f, 0);
    check_alone(2 * WIDTH, 0.4f, 6);
}

/* Where nothing moves, one drawing for three frames is as good as three: 38 dB and more. */
static void a_still_shows_no_shared_drawing(void **state)
{
    (void)state;
    struct cg_frames *shared = frames_make(CG_DEFAULT_STABILITY, 1);
    struct cg_frames *drawn = frames_make(CG_DEFAULT_STABILITY, 1);
    double squares = 0.0;
    assert_int_equal(cg_frames_set_redraw(drawn, 1, NULL), CG_OK);
    for (int i = 0; i < FRAMES; i++) {
        uint8_t frame[VALUES], other[VALUES];
        frame_of(CG_CLIP_STILL, i, frame);
        memcpy(other, frame, VALUES);
        convert(shared, frame);
        convert(drawn, other);
        for (int k = 0; k < VALUES; k++)
            squares += (frame[k] - other[k]) * (frame[k] - other[k]);
    }
    assert_true(10.0 * log10(255.0 * 255.0 * VALUES * FRAMES / (squares + 1.0)) >= 38.0);
    cg_frames_free(drawn);
    cg_frames_free(shared);
}

static void a_cut_begins_anew(void **state)
{
    (void)state;
    struct cg_frames *smooth = frames_make(1.0f, 1), *alone = frames_make(0.0f, 1);
    for (int i = FRAMES / 2 - 3; i <= FRAMES / 2 + 1; i++) {
        uint8_t frame[VALUES], plain[VALUES];
        frame_of(CG_CLIP_CUT, i, frame);
        memcpy(plain, frame, VALUES);
        float trusted = convert(smooth, frame);
        convert(alone, plain);
        bool new_scene = i == FRAMES / 2 - 3 || i == FRAMES / 2;
        if (new_scene) {
            assert_true(trusted <= 0.0f);
            assert_memory_equal(frame, plain, VALUES);
        } else {
            assert_true(trusted > 0.8f);
        }
    }
    cg_frames_free(alone);
    cg_frames_free(smooth);
}

/* Mean difference of two frames in the columns left to left + width - 1. */
static double difference_in(const uint8_t *a, const uint8_t *b, int left, int width)
{
    double sum = 0.0;
    for (int y = 0; y < HEIGHT; y++)
        for (int k = 3 * left; k < 3 * (left + width); k++)
            sum += abs(a[3 * y * WIDTH + k] - b[3 * y * WIDTH + k]);
    return sum / (3.0 * HEIGHT * width);
}

/*
 * A bright bar that jumps 40 pixels a frame over a still picture with noise. The bound: where the
 * bar was in the former frame, the smooth frame differs from the frame alone by at most so much
 * more of 255 than it does without a bar (there the difference is the noise that was taken away,
 * and the generator sees some 200 pixels and lines are drawn whole or not, so that the bar changes
 * what is around it); a trail would be as strong as the bar, some 100.
 */
static void check_trail(float stability)
{
    enum { BAR = 20, JUMP = 40, MORE_MAX = 12 };
    struct cg_frames *sessions[4]; /* smooth and alone, with a bar and without */
    for (int i = 0; i < 4; i++)
        sessions[i] = frames_make(i % 2 == 0 ? stability : 0.0f, 1);
    for (int i = 0; i < 4; i++) {
        uint8_t frame[4][VALUES];
        int left = 10 + JUMP * i;
        for (int k = 0; k < 4; k++) {
            frame_of(CG_CLIP_STILL, i, frame[k]);
            for (int y = 0; y < HEIGHT && k < 2; y++)
                memset(frame[k] + 3 * (y * WIDTH + left), 250, 3 * BAR);
            convert(sessions[k], frame[k]);
        }
        if (i == 0)
            continue;
        double trail = difference_in(frame[0], frame[1], left - JUMP, BAR);
        double noise = difference_in(frame[2], frame[3], left - JUMP, BAR);
        if (trail > noise + MORE_MAX)
            fail_msg("frame %d: a trail of %.2f, where noise makes %.2f", i, trail, noise);
    }
    for (int i = 0; i < 4; i++)
        cg_frames_free(sessions[i]);
}

static void fast_motion_leaves_no_trail(void **state)
{
    (void)state;
    check_trail(0.75f);
    check_trail(1.0f);
}

/* Flat colours that lie on each other by chance may be blended; over the whole frame that stays
 * below 6 of 255. */
static void a_scene_that_jumps_about_is_not_carried(void **state)
{
    (void)state;
    struct cg_frames *smooth = frames_make(1.0f, 1), *alone = frames_make(0.0f, 1);
    for (int i = 0; i < 4; i++) {
        uint8_t frame[VALUES], plain[VALUES];
        double sum = 0.0;
        frame_of(CG_CLIP_FAST, i, frame);
        memcpy(plain, frame, VALUES);
        convert(smooth, frame);
        convert(alone, plain);
        for (int k = 0; k < VALUES; k++)
            sum += abs(frame[k] - plain[k]);
        if (sum / VALUES >= 6.0)
            fail_msg("frame %d: off by %.2f", i, sum / VALUES);
    }
    cg_frames_free(alone);
    cg_frames_free(smooth);
}

/* ---- sessions -------------------------------------------------------------------------------- */

static void threads_do_not_matter(void **state)
{
    (void)state;
    struct cg_frames *one = frames_make(0.8f, 1), *three = frames_make(0.8f, 3);
    for (int i = 0; i < 4; i++) {
        uint8_t frame[VALUES], other[VALUES];
        frame_of(CG_CLIP_PAN, i, frame);
        memcpy(other, frame, VALUES);
        convert(one, frame);
        convert(three, other);
        assert_memory_equal(frame, other, VALUES);
    }
    cg_frames_free(three);
    cg_frames_free(one);
}

static void another_session_goes_on(void **state)
{
    char *path = temp_path(*state, "state");
    struct cg_frames *first, *second;
    struct cg_render_params looks = engine->looks;
    looks.colors = 6; /* chosen from the scene's first frame */
    assert_int_equal(cg_frames_create(engine, 1, &looks, 0.8f, &first, NULL), CG_OK);
    assert_int_equal(cg_frames_create(engine, 1, &looks, 0.8f, &second, NULL), CG_OK);
    uint8_t frame[VALUES], other[VALUES];
    for (int i = 0; i < 3; i++) {
        frame_of(CG_CLIP_ZOOM, i, frame);
        convert(first, frame);
    }
    assert_int_equal(cg_frames_save(first, path, NULL), CG_OK);
    assert_int_equal(cg_frames_restore(second, path, NULL), CG_OK);
    frame_of(CG_CLIP_ZOOM, 3, frame);
    memcpy(other, frame, VALUES);
    convert(first, frame);
    convert(second, other);
    assert_memory_equal(frame, other, VALUES);

    /* what is not a state is refused */
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fputs("nonsense", file);
    fclose(file);
    assert_int_equal(cg_frames_restore(second, path, NULL), CG_ERR_FORMAT);
    cg_frames_free(second);
    cg_frames_free(first);
    free(path);
}

static void another_size_begins_anew(void **state)
{
    (void)state;
    struct cg_frames *frames = frames_make(1.0f, 1), *fresh = frames_make(1.0f, 1);
    uint8_t frame[VALUES], other[VALUES];
    float trusted = 1.0f;
    frame_of(CG_CLIP_STILL, 0, frame);
    convert(frames, frame);
    frame_of(CG_CLIP_STILL, 1, frame);
    memcpy(other, frame, VALUES);
    assert_int_equal(
        cg_frames_convert(frames, (struct cg_pixels){frame, 101, 37, 3, 0}, &trusted, NULL), CG_OK);
    assert_true(trusted <= 0.0f);
    assert_int_equal(cg_frames_convert(fresh, (struct cg_pixels){other, 101, 37, 3, 0}, NULL, NULL),
                     CG_OK);
    assert_memory_equal(frame, other, VALUES);
    /* the smallest one */
    assert_int_equal(cg_frames_convert(frames, (struct cg_pixels){frame, 1, 1, 3, 0}, NULL, NULL),
                     CG_OK);
    assert_int_equal(cg_frames_convert(frames, (struct cg_pixels){frame, 1, 1, 3, 0}, NULL, NULL),
                     CG_OK);
    cg_frames_free(fresh);
    cg_frames_free(frames);
}

/* What twelve frames need is kept; the same frames take no more. */
static void memory_does_not_grow(void **state)
{
    (void)state;
    struct cg_frames *frames = frames_make(0.8f, 1);
    size_t after_twelve = 0;
    for (int i = 0; i < 24; i++) {
        uint8_t frame[VALUES];
        frame_of(CG_CLIP_CUT, i % 12 % FRAMES, frame);
        convert(frames, frame);
        if (i == 11)
            after_twelve = mallinfo2().uordblks;
    }
    assert_int_equal(mallinfo2().uordblks, after_twelve);
    cg_frames_free(frames);
}

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    struct cg_frames *frames;
    struct cg_render_params looks = engine->looks;
    uint8_t pixel[3] = {0};
    assert_int_equal(cg_frames_create(engine, 1, &looks, 1.5f, &frames, NULL), CG_ERR_ARGUMENT);
    assert_int_equal(cg_frames_create(engine, 1, &looks, NAN, &frames, NULL), CG_ERR_ARGUMENT);
    frames = frames_make(0.5f, 1);
    assert_int_equal(cg_frames_convert(frames, (struct cg_pixels){pixel, 0, 1, 3, 0}, NULL, NULL),
                     CG_ERR_ARGUMENT);
    assert_int_equal(cg_frames_set_detail(frames, 10, NULL), CG_ERR_ARGUMENT);
    assert_int_equal(cg_frames_set_redraw(frames, 0, NULL), CG_ERR_ARGUMENT);
    cg_frames_free(frames);
    cg_frames_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_still_with_noise_gives_a_still),
        cmocka_unit_test(motion_does_not_flicker),
        cmocka_unit_test(the_calmest_is_calmer),
        cmocka_unit_test(without_stability_a_frame_is_a_picture),
        cmocka_unit_test(a_still_shows_no_shared_drawing),
        cmocka_unit_test(a_cut_begins_anew),
        cmocka_unit_test(fast_motion_leaves_no_trail),
        cmocka_unit_test(a_scene_that_jumps_about_is_not_carried),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test_setup_teardown(another_session_goes_on, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test(another_size_begins_anew),
        cmocka_unit_test(memory_does_not_grow),
        cmocka_unit_test(wrong_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("frames", tests, set_up, tear_down);
}
