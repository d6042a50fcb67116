/* Tables of options: what a command line makes of its settings, and what is refused. */
#include "cli/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct inner {
    int count;
    float share;
};

struct settings {
    bool flag, mirror;
    const char *out;
    int choice, set;
    uint64_t steps, given;
    size_t size;
    uint8_t colour[3];
    struct inner inner;
};

static const char *const words[] = {"", "png", "jpg|jpeg", NULL};

static const struct cg_option inner_rows[] = {
    {"count", 0, CG_OPTION_INT, offsetof(struct inner, count), "N", "%r (default: %d)", 2, 64,
     .or_zero = true},
    {"share", 0, CG_OPTION_FLOAT, offsetof(struct inner, share), "X", "of all", 0, 1, .unit = 0.5},
    CG_OPTION_END,
};

#define AT(member) offsetof(struct settings, member)

static const struct cg_option rows[] = {
    {"A part:", .kind = CG_OPTION_HEADING},
    {"flag", 'x', CG_OPTION_FLAG, AT(flag), NULL, "a flag"},
    {"no-mirror", 0, CG_OPTION_UNSET, AT(mirror), NULL, "another"},
    {"out", 'o', CG_OPTION_FILE, AT(out), "OUT", "a file"},
    {"format", 0, CG_OPTION_CHOICE, AT(choice), "F", "a word", .words = words},
    {"formats", 0, CG_OPTION_SET, AT(set), "F,F", "words", .words = words},
    {"steps", 0, CG_OPTION_STEPS, AT(steps), "N", "steps", 0, 1e9},
    {"size", 0, CG_OPTION_SIZE, AT(size), "SIZE", "a size"},
    {"colour", 0, CG_OPTION_COLOUR, AT(colour), "C", "a colour"},
    {.kind = CG_OPTION_GROUP, .rows = inner_rows, .field = AT(inner), .given = AT(given)},
    CG_OPTION_END,
};

static const struct cg_command command = {.name = "test", .usage = "", .options = rows};

/* The command line "test first second third", ended by NULL; what it makes of the settings. */
static bool read_line(struct settings *settings, const char *first, const char *second,
                      const char *third)
{
    char *argv[] = {(char *)"test", (char *)first, (char *)second, (char *)third, NULL};
    int argc = 0, code;
    while (argv[argc] != NULL)
        argc++;
    bool go_on = cg_command_read(&command, argc, argv, settings, &code);
    assert_int_equal(code, go_on ? CG_EXIT_DONE : CG_EXIT_USAGE);
    return go_on;
}

static void each_kind_sets_its_field(void **state)
{
    (void)state;
    struct settings s = {.mirror = true};
    assert_true(read_line(&s, "-x", "--no-mirror", "--steps=1000000000"));
    assert_true(s.flag && !s.mirror && s.steps == 1000000000);
    assert_true(read_line(&s, "--format=JPEG", "--formats", "png,jpg"));
    assert_true(s.choice == 2 && s.set == 6);
    assert_true(read_line(&s, "-oa.png", "--count=7", NULL));
    assert_string_equal(s.out, "a.png");
    assert_true(s.inner.count == 7 && s.given == 1);
    assert_true(read_line(&s, "--count", "0", NULL) && s.inner.count == 0);
    assert_true(read_line(&s, "--share", "50%", NULL));
    assert_true(s.inner.share == 0.25f && s.given == 3);
}

static void sizes_are_powers_of_1024(void **state)
{
    (void)state;
    struct settings s = {.size = 7};
    assert_true(read_line(&s, "--size=800M", NULL, NULL) && s.size == (size_t)800 << 20);
    assert_true(read_line(&s, "--size=2g", NULL, NULL) && s.size == (size_t)2 << 30);
    assert_true(read_line(&s, "--size=3GB", NULL, NULL) && s.size == (size_t)3 << 30);
    assert_true(read_line(&s, "--size=4GiB", NULL, NULL) && s.size == (size_t)4 << 30);
    assert_true(read_line(&s, "--size=12345", NULL, NULL) && s.size == 12345);
    assert_false(read_line(&s, "--size=16777216T", NULL, NULL)); /* 2^64 */
    assert_false(read_line(&s, "--size=12iB", NULL, NULL));
    assert_true(s.size == 12345);
}

static void expect_colour(const char *text, int red, int green, int blue)
{
    struct settings s = {0};
    assert_true(read_line(&s, "--colour", text, NULL));
    assert_int_equal(s.colour[0], red);
    assert_int_equal(s.colour[1], green);
    assert_int_equal(s.colour[2], blue);
}

static void colours_are_numbers_or_names(void **state)
{
    (void)state;
    expect_colour("#f80", 255, 136, 0);
    expect_colour("#12aBcD", 0x12, 0xab, 0xcd);
    expect_colour("White", 255, 255, 255);
    expect_colour("green", 0, 128, 0);
}

static void wrong_lines_change_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "--count=1",   "--count=65",   "--count=7.5",  "--share=1.1",    "--share=0,5",
        "--share=nan", "--format=",    "--format=gif", "--formats=png,", "--steps=-1",
        "--size=0",    "--colour=#12", "--flag=yes",   "--forma=png",    "--nothing",
        "-q",          "-o",           "--steps=1%",
    };
    const struct settings before = {.mirror = true};
    struct settings s = before;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(read_line(&s, wrong[i], NULL, NULL));
    assert_memory_equal(&s, &before, sizeof(s));
}

static void out_takes_the_last_place(void **state)
{
    (void)state;
    struct settings s = {0};
    char *argv[] = {(char *)"test", (char *)"a", (char *)"-o", (char *)"out", (char *)"b", NULL};
    int code;
    assert_true(cg_command_read(&command, 5, argv, &s, &code));
    cg_command_put_out(s.out, 5, argv);
    assert_int_equal(5 - optind, 3);
    assert_string_equal(argv[optind], "a");
    assert_string_equal(argv[optind + 1], "b");
    assert_string_equal(argv[optind + 2], "out");
}

static void given_rows_are_laid_over(void **state)
{
    (void)state;
    const struct inner from = {5, 0.5f};
    struct inner to = {1, 1.0f};
    cg_options_overlay(inner_rows, 2, &from, &to);
    assert_true(to.count == 1 && to.share == 0.5f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_sets_its_field),
        cmocka_unit_test(sizes_are_powers_of_1024),
        cmocka_unit_test(colours_are_numbers_or_names),
        cmocka_unit_test(wrong_lines_change_nothing),
        cmocka_unit_test(out_takes_the_last_place),
        cmocka_unit_test(given_rows_are_laid_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
