/*
 * Training runs of small vector GANs on an IDX file made here: that they learn, that they can be
 * interrupted, that threads make no difference, that a bad recipe raises the alarm; and what is
 * done with the models.
 */
#include "base/file.h"
#include "base/memory.h"
#include "gan/anomaly.h"
#include "gan/gan.h"
#include "gan/vector_sample.h"
#include "unit/temp_folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SIDE 6
#define PICTURES 256

/*
 * Dark pictures that grow lighter to the right or downwards, each at its own rate, with some noise.
 */
static void write_ramps(const char *folder)
{
    uint8_t file[16 + SIDE * SIDE * PICTURES] = {0, 0,    8, 3, 0, 0,   PICTURES / 256, 0, 0, 0,
                                                 0, SIDE, 0, 0, 0, SIDE};
    struct cg_rng rng = cg_rng_make(1, 0, 0);
    for (int i = 0; i < PICTURES; i++) {
        float rate = 35.0f * cg_rng_uniform(&rng);
        for (int p = 0; p < SIDE * SIDE; p++) {
            int along = i % 2 == 0 ? p / SIDE : p % SIDE;
            file[16 + i * SIDE * SIDE + p] =
                (uint8_t)(5.0f + rate * (float)along + (float)cg_rng_below(&rng, 20));
        }
    }
    temp_write(folder, "ramps", file, sizeof(file));
}

struct run {
    struct cg_vector_options options;
    char *out, *data;
    unsigned alarms;
    double first_frechet, last_frechet;
};

static struct run run_new(const char *folder, const char *name)
{
    struct run run = {.out = temp_path(folder, name), .data = temp_path(folder, "ramps")};
    run.options = (struct cg_vector_options){.out_dir = run.out,
                                             .data = run.data,
                                             .name = "ramps",
                                             .config = {.side_px = SIDE,
                                                        .channels = 1,
                                                        .latent = 8,
                                                        .generator = {2, {32, 32}},
                                                        .discriminator = {2, {32, 32}}},
                                             .crop = 0.5f,
                                             .seed = 1,
                                             .threads = 1,
                                             .recipe = CG_VECTOR_RECIPE_DEFAULT};
    run.options.recipe.batch = 16;
    run.options.recipe.log_steps = 20;
    run.options.recipe.generator_rate = run.options.recipe.discriminator_rate = 2e-3f;
    run.options.recipe.ema = 0.98f;
    return run;
}

static void run_clear(struct run *run)
{
    free(run->data);
    free(run->out);
}

static void note(void *context, const struct cg_vector_report *report)
{
    struct run *run = context;
    if (report->event == CG_VECTOR_LOGGED) {
        run->last_frechet = report->row->frechet;
        if (report->step == 0)
            run->first_frechet = report->row->frechet;
        run->alarms |= report->row->alarms;
    }
}

static enum cg_status try_train(struct run *run, bool resume, uint64_t steps,
                                struct cg_error *error)
{
    struct cg_train_limits limits = {.steps = steps};
    return resume ? cg_vector_resume(run->out, run->options.threads, &limits, note, run, error)
                  : cg_vector_start(&run->options, &limits, note, run, error);
}

static void must_train(struct run *run, bool resume, uint64_t steps)
{
    struct cg_error error;
    if (try_train(run, resume, steps, &error) != CG_OK)
        fail_msg("%s", error.text);
}

static void check_same_file(const struct run *a, const struct run *b, const char *name)
{
    uint8_t *bytes[2];
    size_t nbytes[2];
    const struct run *runs[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        char *path = cg_string_format("%s/%s", runs[i]->out, name);
        assert_int_equal(cg_file_read(path, SIZE_MAX / 2, &bytes[i], &nbytes[i], NULL), CG_OK);
        free(path);
    }
    assert_int_equal(nbytes[0], nbytes[1]);
    assert_memory_equal(bytes[0], bytes[1], nbytes[0]);
    free(bytes[1]);
    free(bytes[0]);
}

static struct cg_vector_model *model_of(const struct run *run)
{
    struct cg_vector_model *model;
    struct cg_error error;
    char *path = cg_string_format("%s/model.safetensors", run->out);
    if (cg_vector_model_read(path, &model, &error) != CG_OK)
        fail_msg("%s", error.text);
    free(path);
    return model;
}

static void a_run_learns(void **state)
{
    write_ramps(*state);
    struct run run = run_new(*state, "run");
    must_train(&run, false, 300);
    if (!(run.last_frechet < run.first_frechet / 5.0))
        fail_msg("Frechet distance %g at first, %g at last", run.first_frechet, run.last_frechet);
    assert_int_equal(run.alarms & CG_ALARM_COLLAPSE, 0);
    bool is_run = false;
    assert_int_equal(cg_vector_is_run(run.out, &is_run, NULL), CG_OK);
    assert_true(is_run);
    run_clear(&run);
}

static void an_interrupted_run_gives_the_same_bytes(void **state)
{
    write_ramps(*state);
    struct run once = run_new(*state, "once"), twice = run_new(*state, "twice");
    struct cg_vector_recipe *recipe = &once.options.recipe;
    recipe->spectral_norm = 1;
    recipe->augment = 7;
    recipe->instance_noise = 0.1f;
    once.options.config.dropout = 0.2f;
    twice.options.recipe = *recipe;
    twice.options.config = once.options.config;
    must_train(&once, false, 80);
    must_train(&twice, false, 40);
    must_train(&twice, true, 80);
    check_same_file(&once, &twice, "model.safetensors");
    check_same_file(&once, &twice, "checkpoints/step-0000080.safetensors");
    run_clear(&twice);
    run_clear(&once);
}

static void threads_make_no_difference(void **state)
{
    write_ramps(*state);
    struct run one = run_new(*state, "one"), three = run_new(*state, "three");
    three.options.threads = 3;
    must_train(&one, false, 30);
    must_train(&three, false, 30);
    check_same_file(&one, &three, "model.safetensors");
    check_same_file(&one, &three, "checkpoints/step-0000030.safetensors");
    run_clear(&three);
    run_clear(&one);
}

/* Every objective and rule moves the parameters and keeps them finite. */
static void every_recipe_runs(void **state)
{
    write_ramps(*state);
    for (int i = 0; i < 4; i++) {
        char *name = cg_string_format("recipe-%d", i);
        struct run run = run_new(*state, name);
        struct cg_vector_recipe *recipe = &run.options.recipe;
        recipe->objective = (enum cg_gan_objective)i;
        recipe->rule = (enum cg_update_rule)(i % 3);
        recipe->schedule = (enum cg_schedule)i;
        recipe->label_smoothing = i < 2 ? 0.1f : 0.0f;
        recipe->mirror = i % 2;
        recipe->d_steps = 1 + i % 2;
        must_train(&run, false, 20);
        run_clear(&run);
        free(name);
    }
}

/* G far faster than D: it goes to where D is weak, with all its pictures. */
static void a_collapsing_recipe_raises_the_alarm(void **state)
{
    write_ramps(*state);
    struct run run = run_new(*state, "collapse");
    struct cg_vector_recipe *recipe = &run.options.recipe;
    recipe->generator_rate = 2e-2f;
    recipe->discriminator_rate = 1e-4f;
    recipe->r1 = 0.0f;
    must_train(&run, false, 400);
    assert_true((run.alarms & CG_ALARM_COLLAPSE) != 0);
    run_clear(&run);
}

static void a_run_that_is_there_is_not_overwritten(void **state)
{
    write_ramps(*state);
    struct run run = run_new(*state, "run");
    struct cg_error error;
    must_train(&run, false, 2);
    assert_int_equal(try_train(&run, false, 4, &error), CG_ERR_STATE);
    assert_non_null(strstr(error.text, "--resume"));
    run_clear(&run);
}

static void other_data_is_refused(void **state)
{
    write_ramps(*state);
    struct run run = run_new(*state, "run");
    struct cg_error error;
    must_train(&run, false, 2);
    uint8_t file[16 + SIDE * SIDE * 20] = {0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, SIDE, 0, 0, 0, SIDE};
    file[100] = 1;
    temp_write(*state, "ramps", file, sizeof(file));
    assert_int_equal(try_train(&run, true, 4, &error), CG_ERR_FORMAT);
    assert_non_null(strstr(error.text, "not those that this run began with"));
    run_clear(&run);
}

static void smoothing_needs_a_sigmoid(void **state)
{
    write_ramps(*state);
    struct run run = run_new(*state, "run");
    struct cg_error error;
    run.options.recipe.objective = CG_GAN_HINGE;
    run.options.recipe.label_smoothing = 0.1f;
    assert_int_equal(try_train(&run, false, 2, &error), CG_ERR_ARGUMENT);
    run_clear(&run);
}

static void the_same_seed_gives_the_same_pictures(void **state)
{
    write_ramps(*state);
    struct run run = run_new(*state, "run");
    struct cg_pool *pool;
    float *few, *many, noise[70 * 8], between[8];
    must_train(&run, false, 2);
    struct cg_vector_model *model = model_of(&run);
    assert_int_equal(cg_pool_create(2, &pool, NULL), CG_OK);
    for (int i = 0; i < 70; i++)
        cg_vector_latent(9, (uint64_t)i, 1.5f, 8, noise + 8 * i);
    for (int i = 0; i < 70 * 8; i++)
        assert_true(fabsf(noise[i]) <= 1.5f);
    assert_int_equal(cg_vector_generate(model, pool, noise, 3, &few, NULL), CG_OK);
    assert_int_equal(cg_vector_generate(model, pool, noise, 70, &many, NULL), CG_OK);
    assert_memory_equal(few, many, 3 * SIDE * SIDE * sizeof(float));
    cg_vector_latent_between(noise, noise + 8, 0.0f, 8, between);
    for (int i = 0; i < 8; i++)
        assert_true(fabsf(between[i] - noise[i]) < 1e-5f);
    free(many);
    free(few);
    cg_pool_free(pool);
    cg_vector_model_free(model);
    run_clear(&run);
}

/* Pictures of fine stripes after a fit to coarse ones. */
static void write_stripes(const char *folder, const char *name, int width, int phase)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(48, 48, 1, &image, NULL), CG_OK);
    for (int i = 0; i < 48 * 48; i++)
        image.pixels[i] = (i % 48 + phase) / width % 2 ? 230 : 30;
    temp_write_png(folder, name, &image);
    cg_image_clear(&image);
}

static double score_of(struct cg_anomaly *anomaly, const char *folder, const char *name)
{
    double score = 0.0;
    char *path = temp_path(folder, name);
    assert_int_equal(cg_anomaly_score(anomaly, path, &score, NULL), CG_OK);
    free(path);
    return score;
}

static void strange_pictures_score_higher(void **state)
{
    write_ramps(*state);
    struct run run = run_new(*state, "run");
    struct cg_pool *pool;
    struct cg_anomaly *anomaly, *again;
    struct cg_error error;
    must_train(&run, false, 60);
    struct cg_vector_model *model = model_of(&run);
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    for (int i = 0; i < 12; i++) {
        char *name = cg_string_format("normal/%d.png", i);
        write_stripes(*state, name, 12, i);
        free(name);
    }
    write_stripes(*state, "strange.png", 2, 0);
    char *normal = temp_path(*state, "normal"), *fit = temp_path(*state, "fit.safetensors");
    assert_int_equal(cg_anomaly_create(model,
                                       &(struct cg_samples_options){.crops = 8, .crop = 0.6f}, pool,
                                       &anomaly, NULL),
                     CG_OK);
    assert_int_equal(cg_anomaly_fit(anomaly, normal, NULL), CG_OK);
    double strange = score_of(anomaly, *state, "strange.png");
    assert_true(strange > 2.0 * score_of(anomaly, *state, "normal/3.png"));
    assert_int_equal(cg_anomaly_save(anomaly, fit, CG_WRITE_OVER, NULL), CG_OK);
    assert_int_equal(cg_anomaly_create(model,
                                       &(struct cg_samples_options){.crops = 3, .crop = 1.0f}, pool,
                                       &again, NULL),
                     CG_OK);
    assert_int_equal(cg_anomaly_load(again, fit, NULL), CG_OK);
    assert_true(score_of(again, *state, "strange.png") == strange);
    char *weights = cg_string_format("%s/model.safetensors", run.out);
    assert_int_equal(cg_anomaly_load(again, weights, &error), CG_ERR_MODEL);
    free(weights);
    cg_anomaly_free(again);
    cg_anomaly_free(anomaly);
    free(fit);
    free(normal);
    cg_pool_free(pool);
    cg_vector_model_free(model);
    run_clear(&run);
}

static void the_area_under_the_curve_counts_pairs(void **state)
{
    (void)state;
    const double scores[] = {1.0, 2.0, 3.0, 2.0};
    const bool anomaly[] = {false, false, true, true}, none[4] = {false};
    assert_true(cg_anomaly_auc(scores, anomaly, 4) == 0.875);
    assert_true(cg_anomaly_auc(scores, none, 4) == 0.5);
}

#define IN_A_FOLDER(test)                                                                          \
    cmocka_unit_test_setup_teardown(test, temp_folder_setup, temp_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_run_learns),
        IN_A_FOLDER(an_interrupted_run_gives_the_same_bytes),
        IN_A_FOLDER(threads_make_no_difference),
        IN_A_FOLDER(every_recipe_runs),
        IN_A_FOLDER(a_collapsing_recipe_raises_the_alarm),
        IN_A_FOLDER(a_run_that_is_there_is_not_overwritten),
        IN_A_FOLDER(other_data_is_refused),
        IN_A_FOLDER(smoothing_needs_a_sigmoid),
        IN_A_FOLDER(the_same_seed_gives_the_same_pictures),
        IN_A_FOLDER(strange_pictures_score_higher),
        cmocka_unit_test(the_area_under_the_curve_counts_pairs),
    };
    return cmocka_run_group_tests_name("vector", tests, NULL, NULL);
}
