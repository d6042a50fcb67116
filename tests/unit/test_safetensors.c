/* safetensors: what is written is read, every kind of damage is refused with its own words. */
#include "base/rng.h"
#include "model/safetensors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct bytes {
    unsigned char *data;
    size_t nbytes;
};

/* A file of a header text and data_nbytes of data: the floats 1, 2, 3, ... */
static struct bytes make_file(const char *header, size_t data_nbytes)
{
    uint64_t header_nbytes = strlen(header);
    struct bytes file = {.nbytes = 8 + (size_t)header_nbytes + data_nbytes};
    file.data = malloc(file.nbytes);
    assert_non_null(file.data);
    memcpy(file.data, &header_nbytes, 8);
    memcpy(file.data + 8, header, (size_t)header_nbytes);
    for (size_t i = 0; i < data_nbytes; i++) {
        float value = (float)(i / 4 + 1);
        file.data[8 + header_nbytes + i] = ((unsigned char *)&value)[i % 4];
    }
    return file;
}

static void assert_refused(struct bytes bytes, const char *reason)
{
    struct cg_error error;
    struct cg_safetensors *file;
    enum cg_status status = cg_safetensors_parse(bytes.data, bytes.nbytes, "x.st", &file, &error);
    free(bytes.data);
    assert_int_equal(status, CG_ERR_MODEL);
    assert_int_equal(error.status, CG_ERR_MODEL);
    assert_null(file);
    assert_memory_equal(error.text, "x.st: ", 6);
    if (strstr(error.text, reason) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", reason, error.text);
}

static const float weight_data[6] = {1.0f, -2.0f, 3.5f, 0.0f, 5e-20f, 6e20f};
static const float bias_data[1] = {7.0f};
static const struct cg_tensor sample_tensors[] = {
    {.name = "z.weight", .rank = 2, .shape = {2, 3}, .data = weight_data},
    {.name = "a.bias", .rank = 1, .shape = {1}, .data = bias_data},
    {.name = "scalar", .rank = 0, .data = weight_data},
    {.name = "empty", .rank = 2, .shape = {0, 4}, .data = NULL},
};
static const struct cg_metadata sample_metadata[] = {{"b", "{\"x\": \"\u00e9\"}"}, {"a", ""}};

static void make_path(char path[64])
{
    snprintf(path, 64, "test_safetensors.%ld.st", (long)getpid());
}

static struct bytes load(const char *path)
{
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    struct bytes file = {malloc(1 << 16), 0};
    assert_non_null(file.data);
    file.nbytes = fread(file.data, 1, 1 << 16, stream);
    fclose(stream);
    return file;
}

static struct bytes write_sample(void)
{
    char path[64];
    make_path(path);
    assert_int_equal(
        cg_safetensors_write(path, CG_WRITE_OVER, sample_tensors, 4, sample_metadata, 2, NULL),
        CG_OK);
    struct bytes file = load(path);
    remove(path);
    return file;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    char path[64];
    make_path(path);
    assert_int_equal(
        cg_safetensors_write(path, CG_WRITE_OVER, sample_tensors, 4, sample_metadata, 2, NULL),
        CG_OK);
    struct cg_safetensors *file;
    assert_int_equal(cg_safetensors_read(path, &file, NULL), CG_OK);
    assert_int_equal(cg_safetensors_count(file), 4);
    for (size_t i = 0; i < 4; i++) {
        const struct cg_tensor *expected = &sample_tensors[i];
        const struct cg_tensor *found = cg_safetensors_find(file, expected->name);
        assert_non_null(found);
        assert_int_equal(found->rank, expected->rank);
        size_t count = 1;
        for (int k = 0; k < expected->rank; k++) {
            assert_int_equal(found->shape[k], expected->shape[k]);
            count *= expected->shape[k];
        }
        if (count > 0)
            assert_memory_equal(found->data, expected->data, count * sizeof(float));
    }
    assert_string_equal(cg_safetensors_metadata(file, "b"), sample_metadata[0].value);
    assert_string_equal(cg_safetensors_metadata(file, "a"), "");
    assert_null(cg_safetensors_metadata(file, "c"));
    assert_null(cg_safetensors_find(file, "__metadata__"));
    assert_null(cg_safetensors_get(file, 4));
    cg_safetensors_free(file);
    remove(path);
}

static void writing_twice_gives_the_same_bytes(void **state)
{
    (void)state;
    struct bytes a = write_sample(), b = write_sample();
    assert_int_equal(a.nbytes, b.nbytes);
    assert_memory_equal(a.data, b.data, a.nbytes);
    uint64_t header_nbytes;
    memcpy(&header_nbytes, a.data, 8);
    assert_int_equal((8 + header_nbytes) % 64, 0);
    free(a.data);
    free(b.data);
}

/* As the safetensors library writes it: any order, spaces at the end, no metadata needed. */
static void other_writers_files_are_read(void **state)
{
    (void)state;
    struct bytes bytes =
        make_file("{\"late\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[4,12]},"
                  "\"early\":{\"data_offsets\":[0,4],\"shape\":[1],\"dtype\":\"F32\"}}       ",
                  12);
    for (size_t shift = 0; shift < 4; shift++) {
        unsigned char *moved = malloc(bytes.nbytes + shift);
        assert_non_null(moved);
        memcpy(moved + shift, bytes.data, bytes.nbytes);
        struct cg_safetensors *file;
        assert_int_equal(cg_safetensors_parse(moved + shift, bytes.nbytes, "x", &file, NULL),
                         CG_OK);
        assert_string_equal(cg_safetensors_get(file, 0)->name, "early");
        assert_true(cg_safetensors_find(file, "early")->data[0] == 1.0f);
        assert_true(cg_safetensors_find(file, "late")->data[1] == 3.0f);
        assert_null(cg_safetensors_metadata(file, "any"));
        cg_safetensors_free(file);
        free(moved);
    }
    free(bytes.data);
}

static void broken_frames_are_refused(void **state)
{
    (void)state;
    struct bytes file = make_file("{}", 0);
    file.nbytes = 7;
    assert_refused(file, "found 7 bytes, too few");
    file = make_file("{}", 0);
    file.data[0] = 3;
    assert_refused(file, "header should be 3 bytes long, but only 2");
    file = make_file("{}", 0);
    memset(file.data, 0xff, 8);
    assert_refused(file, "found a length of 18446744073709551615");
    assert_refused(make_file("", 0), "expected JSON");
    assert_refused(make_file("{}", 4), "4 left over");
}

#define T(name, shape, begin, end)                                                                 \
    "\"" name "\":{\"dtype\":\"F32\",\"shape\":[" shape "],\"data_offsets\":[" #begin "," #end "]" \
    "}"

static void broken_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t data_nbytes;
        const char *reason;
    } cases[] = {
        {"{\"a\":", 0, "expected JSON"},
        {"{} x", 0, "expected JSON"},
        {"[1]", 0, "expected a JSON object, found an array"},
        {"{\"a\":{\"b\":[[[1]]]}}", 0, "nest 5 deep"},
        {"{" T("a", "1", 0, 4) "," T("a", "1", 4, 8) "}", 8, "uplicate"},
        {"{\"__metadata__\":3}", 0, "__metadata__: expected an object, found a whole number"},
        {"{\"__metadata__\":{\"k\":1}}", 0, "expected a string as \"k\""},
        {"{\"a\":[1]}", 0, "tensor a: expected an object, found an array"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}", 4,
         "tensor a: unknown field \"more\""},
        {"{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
         "expected numbers of type F32, found F16"},
        {"{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "type F32, found nothing"},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "expected a shape"},
        {"{" T("a", "1,1,1,1,1", 0, 4) "}", 4, "at most 4 numbers, found an array of 5"},
        {"{" T("a", "-1", 0, 4) "}", 4, "whole numbers from 0 as shape"},
        {"{" T("a", "1.0", 0, 4) "}", 4, "as shape, found a fraction"},
        {"{" T("a", "4294967296,4294967296", 0, 4) "}", 4, "larger than can be addressed"},
        {"{" T("a", "99999999999999999999", 0, 4) "}", 4, "expected JSON"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "two whole numbers from 0"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 8, "two whole"},
        {"{" T("a", "1", -4, 0) "}", 4, "two whole numbers from 0"},
        {"{" T("a", "1", 4, 0) "}", 4, "bytes 4 to 0 are not within"},
        {"{" T("a", "2", 0, 8) "}", 4, "bytes 0 to 8 are not within the file's 4 bytes"},
        {"{" T("a", "2", 0, 4) "}", 4, "takes 8 bytes, found 4"},
        {"{" T("a", "2", 0, 8) "," T("b", "1", 4, 8) "}", 8, "tensor b: begins at byte 4"},
        {"{" T("a", "1", 0, 4) "," T("b", "1", 8, 12) "}", 12, "expected 4: a hole"},
        {"{" T("a", "1", 4, 8) "}", 8, "expected 0: a hole"},
        {"{" T("a", "1", 0, 4) "}", 8, "take 4 bytes, found 8 bytes: 4 left over"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_refused(make_file(cases[i].header, cases[i].data_nbytes), cases[i].reason);
}

static void numbers_that_are_not_finite_are_refused(void **state)
{
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        struct bytes file = make_file("{" T("a", "1", 0, 4) "," T("b", "1", 4, 8) "}", 8);
        memcpy(file.data + file.nbytes - 4, &bad[i], 4);
        assert_refused(file, "tensor b: expected finite numbers");
    }
    struct cg_error error;
    const struct cg_tensor tensor = {.name = "a", .rank = 1, .shape = {1}, .data = bad};
    assert_int_equal(cg_safetensors_write("never.st", CG_WRITE_OVER, &tensor, 1, NULL, 0, &error),
                     CG_ERR_NUMERIC);
    assert_int_not_equal(access("never.st", F_OK), 0);
}

static void names_are_written_once(void **state)
{
    (void)state;
    const struct cg_tensor twice[] = {sample_tensors[1], sample_tensors[1]};
    struct cg_error error;
    assert_int_equal(cg_safetensors_write("never.st", CG_WRITE_OVER, twice, 2, NULL, 0, &error),
                     CG_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "a.bias"));
}

static void missing_files_are_named(void **state)
{
    (void)state;
    struct cg_error error;
    struct cg_safetensors *file;
    assert_int_equal(cg_safetensors_read("/nowhere/x.st", &file, &error), CG_ERR_IO);
    assert_non_null(strstr(error.text, "/nowhere/x.st"));
    assert_null(file);
}

/* Whatever the damage, the answer is a status; the sanitizers watch the rest. */
static void damage_at_any_place_is_survived(void **state)
{
    (void)state;
    struct bytes good = write_sample();
    struct cg_rng rng = cg_rng_make(2, 0, 0);
    int refused = 0;
    for (int turn = 0; turn < 20000; turn++) {
        size_t nbytes = turn % 3 == 0 ? cg_rng_below(&rng, (uint32_t)good.nbytes) : good.nbytes;
        unsigned char *bytes = malloc(nbytes + 1);
        assert_non_null(bytes);
        memcpy(bytes, good.data, nbytes);
        uint32_t flips = turn % 3 == 0 ? 0 : 1 + cg_rng_below(&rng, 3);
        for (uint32_t i = 0; i < flips; i++)
            bytes[cg_rng_below(&rng, (uint32_t)nbytes)] ^= (unsigned char)(1u << (turn % 8));
        struct cg_error error;
        struct cg_safetensors *file;
        enum cg_status status = cg_safetensors_parse(bytes, nbytes, "x", &file, &error);
        assert_true(status == CG_OK || status == CG_ERR_MODEL);
        refused += status != CG_OK;
        cg_safetensors_free(file);
        free(bytes);
    }
    assert_true(refused > 6666); /* every cut file, and many of the others */
    free(good.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(writing_twice_gives_the_same_bytes),
        cmocka_unit_test(other_writers_files_are_read),
        cmocka_unit_test(broken_frames_are_refused),
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(numbers_that_are_not_finite_are_refused),
        cmocka_unit_test(names_are_written_once),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(damage_at_any_place_is_survived),
    };
    return cmocka_run_group_tests_name("safetensors", tests, NULL, NULL);
}
