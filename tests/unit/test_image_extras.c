/*
 * image: what is carried from a file into another beside EXIF data and profiles: resolution, XMP,
 * IPTC; and the mark that says what made a picture.
 */
#include "image/image.h"
#include "unit/fixture_image.h"
#include "unit/fixture_kinds.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MARK "comicgan 0.1.0 {\"style\":\"tiny\"}"

static const enum cg_image_format written[] = {CG_IMAGE_PNG, CG_IMAGE_JPEG, CG_IMAGE_WEBP};

static const struct cg_image_read_options with_place = {.keep_exif = true, .keep_gps = true};
static const struct cg_image_read_options without_place = {.keep_exif = true};

static struct cg_image make_image(void)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(16, 8, 3, &image, NULL), CG_OK);
    memset(image.pixels, 90, fixture_image_nbytes(&image));
    return image;
}

/* No bytes for a format that is not built in. */
static struct fixture_bytes encode(enum cg_image_format format,
                                   const struct cg_image_extras *extras, const char *mark)
{
    const struct cg_image_write_options options = {
        .format = format, .quality = 90, .extras = extras, .mark = mark};
    struct cg_image image = make_image();
    struct fixture_bytes file = {0};
    if (cg_image_is_written(format))
        assert_int_equal(cg_image_encode(&image, &options, &file.bytes, &file.nbytes, NULL), CG_OK);
    cg_image_clear(&image);
    return file;
}

static struct fixture_bytes encode_xmp(enum cg_image_format format, const char *xmp,
                                       const char *mark)
{
    char *copy = strdup(xmp);
    const struct cg_image_extras extras = {.xmp = (uint8_t *)copy, .xmp_nbytes = strlen(xmp)};
    struct fixture_bytes file = encode(format, &extras, mark);
    free(copy);
    return file;
}

/* What is read from the file, which is freed; to be cleared. */
static struct cg_image_extras read_extras(struct fixture_bytes *file,
                                          const struct cg_image_read_options *options)
{
    struct cg_image_extras extras;
    struct cg_image image = fixture_take(file, options, &extras);
    cg_image_clear(&image);
    return extras;
}

/* ---- resolution ------------------------------------------------------------------------------ */

static void assert_dpi(struct fixture_bytes *file, int across, int down)
{
    struct cg_image_extras extras = read_extras(file, &(struct cg_image_read_options){0});
    assert_in_range(1000.0 * extras.dpi[0], across > 0 ? 1000 * across - 20 : 0,
                    across > 0 ? 1000 * across + 20 : 0);
    assert_in_range(1000.0 * extras.dpi[1], down > 0 ? 1000 * down - 20 : 0,
                    down > 0 ? 1000 * down + 20 : 0);
    cg_image_extras_clear(&extras);
}

static void resolution_comes_back_and_turns(void **state)
{
    (void)state;
    const struct cg_image_extras extras = {.dpi = {300.0, 150.0}};
    for (int i = 0; i < 2; i++) {
        struct fixture_bytes file = encode(written[i], &extras, NULL);
        assert_dpi(&file, 300, 150);
        file = encode(written[i], NULL, NULL);
        assert_dpi(&file, 0, 0);
    }
    struct fixture_bytes file = encode(CG_IMAGE_JPEG, &extras, NULL);
    fixture_jpeg_add_exif(&file, 6, true);
    assert_dpi(&file, 150, 300);
}

/* EXIF data with a resolution, in a JPEG whose own says only that pixels are square. */
static struct fixture_bytes jpeg_with_exif_resolution(int dots, int unit)
{
    const uint8_t tiff[] = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, '*', 0, 0, 0, 8, 0, 3,
                            /* across and down, a quotient at 50; their unit */
                            0x01, 0x1a, 0, 5, 0, 0, 0, 1, 0, 0, 0, 50, 0x01, 0x1b, 0, 5, 0, 0, 0, 1,
                            0, 0, 0, 50, 0x01, 0x28, 0, 3, 0, 0, 0, 1, 0, (uint8_t)unit, 0, 0, 0, 0,
                            0, 0, 0, 0, (uint8_t)(dots >> 8), (uint8_t)dots, 0, 0, 0, 1};
    struct fixture_bytes file = encode(CG_IMAGE_JPEG, NULL, NULL);
    fixture_jpeg_add_segment(&file, 0xe1, tiff, sizeof(tiff));
    return file;
}

static void resolution_may_stand_in_exif_data(void **state)
{
    (void)state;
    struct fixture_bytes file = jpeg_with_exif_resolution(240, 2);
    assert_dpi(&file, 240, 240);
    file = jpeg_with_exif_resolution(100, 3);
    assert_dpi(&file, 254, 254);
    file = jpeg_with_exif_resolution(72, 2); /* nobody knows */
    assert_dpi(&file, 0, 0);
    file = jpeg_with_exif_resolution(0, 2);
    assert_dpi(&file, 0, 0);
}

/* ---- XMP ------------------------------------------------------------------------------------- */

#define XMP_BEGIN                                                                                  \
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "                                                \
    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
#define XMP_END "</rdf:Description></rdf:RDF></x:xmpmeta>"

static bool has(const struct cg_image_extras *extras, const char *text)
{
    struct fixture_bytes copy = {0};
    fixture_add(&copy, extras->xmp, extras->xmp_nbytes);
    fixture_add(&copy, "", 1);
    bool found = strstr((const char *)copy.bytes, text) != NULL;
    free(copy.bytes);
    return found;
}

static const char packet[] =
    XMP_BEGIN "tiff:Orientation=\"6\" dc:title='Kept' GCamera:MotionPhoto='1'\n"
              " exif:GPSLatitude = '51,30N' photoshop:City=\"London\">"
              "<exif:GPSLongitude>0,7W</exif:GPSLongitude>"
              "<Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li City='a'/></rdf:Bag>"
              "</Iptc4xmpExt:LocationShown><exif:GPSMapDatum/><dc:rights>Mine</dc:rights>" XMP_END;

static void xmp_is_carried_without_the_place_and_the_old_file(void **state)
{
    (void)state;
    static const char *const gone[] = {"Orientation", "MotionPhoto"};
    static const char *const place[] = {"exif:GPSLatitude", "photoshop:City", "exif:GPSLongitude",
                                        "LocationShown",    "rdf:li",         "exif:GPSMapDatum"};
    for (size_t i = 0; i < 3; i++) {
        for (int keep = 0; keep < 2; keep++) {
            struct fixture_bytes file = encode_xmp(written[i], packet, NULL);
            if (file.bytes == NULL)
                continue;
            struct cg_image_extras extras =
                read_extras(&file, keep == 1 ? &with_place : &without_place);
            assert_string_equal(extras.note, "");
            assert_true(has(&extras, "dc:title='Kept'") && has(&extras, "<dc:rights>Mine</"));
            for (size_t k = 0; k < 2; k++)
                assert_false(has(&extras, gone[k]));
            for (size_t k = 0; k < 6; k++)
                assert_int_equal(has(&extras, place[k]), keep);
            cg_image_extras_clear(&extras);
        }
    }
}

static void xmp_that_hides_a_place_is_left_out(void **state)
{
    (void)state;
    static const char odd[] = XMP_BEGIN "my:latitude='51'>" XMP_END;
    for (int keep = 0; keep < 2; keep++) {
        struct fixture_bytes file = encode_xmp(CG_IMAGE_PNG, odd, NULL);
        struct cg_image_extras extras =
            read_extras(&file, keep == 1 ? &with_place : &without_place);
        assert_int_equal(extras.xmp != NULL, keep);
        assert_int_equal(extras.note[0] == '\0', keep);
        cg_image_extras_clear(&extras);
    }
}

static void xmp_is_not_asked_for(void **state)
{
    (void)state;
    struct fixture_bytes file = encode_xmp(CG_IMAGE_JPEG, packet, NULL);
    struct cg_image_extras extras = read_extras(&file, &(struct cg_image_read_options){0});
    assert_null(extras.xmp);
    cg_image_extras_clear(&extras);
}

/* Properties that are cut off anywhere: nothing is read beyond, which a sanitizer sees. */
static void damaged_xmp_does_no_harm(void **state)
{
    (void)state;
    for (size_t length = 1; length < sizeof(packet); length++) {
        char cut[sizeof(packet)] = "";
        memcpy(cut, packet, length);
        struct fixture_bytes file = encode_xmp(CG_IMAGE_PNG, cut, NULL);
        struct cg_image_extras extras = read_extras(&file, &without_place);
        assert_false(extras.xmp != NULL && (has(&extras, "51,30N'") || has(&extras, "atitude")));
        cg_image_extras_clear(&extras);
    }
}

/* ---- XMP in parts ---------------------------------------------------------------------------- */

#define NUMBER "0123456789ABCDEF0123456789ABCDEF"

static const char first_packet[] =
    XMP_BEGIN ">"
              "<xmpNote:HasExtendedXMP>" NUMBER
              "</xmpNote:HasExtendedXMP><dc:rights>Mine</dc:rights>" XMP_END;
static const char further[] =
    XMP_BEGIN "><crs:Note>Developed</crs:Note><exif:GPSLatitude>51,30N'"
              "</exif:GPSLatitude><GDepth:Data>AAAA</GDepth:Data>" XMP_END;

/* A JPEG whose further packet lies in parts of so many bytes. */
static struct fixture_bytes jpeg_with_further_xmp(size_t part_nbytes, const char *number)
{
    static const char head[] = "http://ns.adobe.com/xmp/extension/";
    struct fixture_bytes file = encode_xmp(CG_IMAGE_JPEG, first_packet, NULL);
    size_t total = sizeof(further) - 1, parts = (total + part_nbytes - 1) / part_nbytes;
    for (size_t i = parts; i-- > 0;) { /* each goes before those that are there */
        size_t begin = i * part_nbytes,
               nbytes = total - begin < part_nbytes ? total - begin : part_nbytes;
        const uint8_t places[8] = {0, 0, (uint8_t)(total >> 8), (uint8_t)total,
                                   0, 0, (uint8_t)(begin >> 8), (uint8_t)begin};
        struct fixture_bytes part = {0};
        fixture_add(&part, head, sizeof(head));
        fixture_add(&part, number, 32);
        fixture_add(&part, places, sizeof(places));
        fixture_add(&part, further + begin, nbytes);
        fixture_jpeg_add_segment(&file, 0xe1, part.bytes, part.nbytes);
        free(part.bytes);
    }
    return file;
}

static void xmp_in_parts_becomes_one_packet(void **state)
{
    (void)state;
    for (size_t part_nbytes = 40; part_nbytes < 2000; part_nbytes *= 4) {
        struct fixture_bytes file = jpeg_with_further_xmp(part_nbytes, NUMBER);
        struct cg_image_extras extras = read_extras(&file, &without_place);
        assert_string_equal(extras.note, "");
        assert_true(has(&extras, "<dc:rights>Mine") && has(&extras, "<crs:Note>Developed"));
        assert_false(has(&extras, "51,30N'") || has(&extras, "GDepth") || has(&extras, NUMBER));
        cg_image_extras_clear(&extras);
    }
}

static void xmp_in_damaged_parts_leaves_the_first(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        struct fixture_bytes file =
            jpeg_with_further_xmp(60, kind == 0 ? "another number, 32 digits long.." : NUMBER);
        if (kind == 1) /* a part is missing */
            memcpy(file.bytes + 6, "missing!", 8);
        struct cg_image_extras extras = read_extras(&file, &without_place);
        assert_true(has(&extras, "<dc:rights>Mine") && !has(&extras, "Developed"));
        assert_non_null(strstr(extras.note, "further XMP data"));
        cg_image_extras_clear(&extras);
    }
}

/* ---- IPTC ------------------------------------------------------------------------------------ */

/* A caption and a city, behind another resource with a name. */
static const uint8_t photoshop[] = "Photoshop 3.0\0"
                                   "8BIM\x04\x09\x03"
                                   "one\0\0\0\x03"
                                   "xyz\0"
                                   "8BIM\x04\x04\0\0\0\0\0\x14"
                                   "\x1c\x02\x78\0\x05"
                                   "Words"
                                   "\x1c\x02\x5a\0\x05"
                                   "Place";

static void iptc_is_carried_without_the_place(void **state)
{
    (void)state;
    for (int keep = 0; keep < 2; keep++) {
        struct fixture_bytes file = encode(CG_IMAGE_JPEG, NULL, NULL);
        fixture_jpeg_add_segment(&file, 0xed, photoshop, sizeof(photoshop) - 1);
        struct cg_image_extras extras =
            read_extras(&file, keep == 1 ? &with_place : &without_place);
        assert_string_equal(extras.note, "");
        assert_int_equal(extras.iptc_nbytes, keep == 1 ? 20 : 10);
        for (int i = 0; i < 2; i++) { /* WebP has no place for it */
            file = encode(written[i], &extras, NULL);
            struct cg_image_extras again = read_extras(&file, &with_place);
            assert_int_equal(again.iptc_nbytes, extras.iptc_nbytes);
            assert_memory_equal(again.iptc, photoshop + sizeof(photoshop) - 21, extras.iptc_nbytes);
            cg_image_extras_clear(&again);
        }
        cg_image_extras_clear(&extras);
    }
}

static void damaged_iptc_is_noted(void **state)
{
    (void)state;
    uint8_t bad[sizeof(photoshop)];
    memcpy(bad, photoshop, sizeof(bad));
    bad[sizeof(bad) - 7] = 99; /* the city's length */
    struct fixture_bytes file = encode(CG_IMAGE_JPEG, NULL, NULL);
    fixture_jpeg_add_segment(&file, 0xed, bad, sizeof(bad) - 1);
    struct cg_image_extras extras = read_extras(&file, &with_place);
    assert_null(extras.iptc);
    assert_non_null(strstr(extras.note, "IPTC data is damaged"));
    cg_image_extras_clear(&extras);
}

/* ---- kinds that are read alone --------------------------------------------------------------- */

static void other_kinds_hand_them_out(void **state)
{
    (void)state;
    struct cg_image image;
    assert_int_equal(cg_image_create(64, 64, 3, &image, NULL), CG_OK);
    memset(image.pixels, 90, fixture_image_nbytes(&image));
    uint8_t *xmp = (uint8_t *)strdup(packet);
    const struct fixture_extras put = {.xmp = {xmp, strlen(packet)}, .dpi = 200.0f};
    (void)put;
#ifdef CG_WITH_TIFF
    struct fixture_bytes tiff = fixture_tiff(&image, 8, &put);
    struct cg_image_extras of_tiff = read_extras(&tiff, &without_place);
    assert_true(has(&of_tiff, "dc:title='Kept'"));
    assert_true(of_tiff.dpi[0] == 200.0 && of_tiff.dpi[1] == 200.0);
    cg_image_extras_clear(&of_tiff);
#endif
#ifdef CG_WITH_HEIF
    struct fixture_bytes heic = fixture_heif(&image, false, &put);
    struct cg_image_extras of_heic = read_extras(&heic, &without_place);
    assert_true(has(&of_heic, "dc:title='Kept'"));
    cg_image_extras_clear(&of_heic);
#endif
    free(xmp);
    cg_image_clear(&image);
}

/* ---- the mark -------------------------------------------------------------------------------- */

static void assert_mark(const char *folder, struct fixture_bytes *file, const char *expected)
{
    char found[CG_IMAGE_MARK_NBYTES];
    temp_write(folder, "marked", file->bytes, file->nbytes);
    char *path = temp_path(folder, "marked");
    assert_int_equal(cg_image_read_mark(path, found), expected[0] != '\0');
    assert_string_equal(found, expected);
    free(path);
}

static void a_mark_is_found_beside_xmp(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        struct fixture_bytes file = encode_xmp(written[i], packet, MARK);
        if (file.bytes == NULL)
            continue;
        assert_mark(*state, &file, MARK);
        struct cg_image_extras extras = read_extras(&file, &without_place);
        assert_true(has(&extras, "dc:title='Kept'"));
        assert_false(has(&extras, "comicgan:made"));
        cg_image_extras_clear(&extras);
        file = encode(written[i], NULL, NULL);
        assert_mark(*state, &file, "");
        free(file.bytes);
    }
}

/* Whatever is cut off or turned around: no mark, or a text of no more than its length. */
static void a_damaged_mark_does_no_harm(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        struct fixture_bytes file = encode(written[i], NULL, MARK);
        char found[CG_IMAGE_MARK_NBYTES], *path = temp_path(*state, "damaged");
        for (size_t at = 0; at < file.nbytes; at += 3) {
            temp_write(*state, "damaged", file.bytes, at);
            cg_image_read_mark(path, found);
            file.bytes[at] ^= 0xff;
            temp_write(*state, "damaged", file.bytes, file.nbytes);
            cg_image_read_mark(path, found);
            file.bytes[at] ^= 0xff;
            assert_true(strlen(found) < sizeof(found));
        }
        free(path);
        free(file.bytes);
    }
}

/* ---- size ------------------------------------------------------------------------------------ */

static void a_size_is_fitted(void **state)
{
    (void)state;
    static const int cases[][5] = {/* side, from, to */
                                   {0, 300, 200, 300, 200},   {300, 300, 200, 300, 200},
                                   {150, 300, 200, 150, 100}, {100, 200, 300, 67, 100},
                                   {10, 65535, 1, 10, 1},     {400, 300, 200, 300, 200}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int width = cases[i][1], height = cases[i][2];
        cg_image_fit(cases[i][0], &width, &height);
        assert_int_equal(width, cases[i][3]);
        assert_int_equal(height, cases[i][4]);
    }
}

static void a_picture_is_read_smaller(void **state)
{
    (void)state;
    struct fixture_bytes file = encode(CG_IMAGE_JPEG, NULL, NULL);
    fixture_jpeg_add_exif(&file, 6, false);
    struct cg_image image;
    const struct cg_image_read_options options = {.max_side_px = 4};
    assert_int_equal(cg_image_decode(file.bytes, file.nbytes, &options, &image, NULL, NULL), CG_OK);
    assert_int_equal(image.width, 2);
    assert_int_equal(image.height, 4);
    cg_image_clear(&image);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolution_comes_back_and_turns),
        cmocka_unit_test(resolution_may_stand_in_exif_data),
        cmocka_unit_test(xmp_is_carried_without_the_place_and_the_old_file),
        cmocka_unit_test(xmp_that_hides_a_place_is_left_out),
        cmocka_unit_test(xmp_is_not_asked_for),
        cmocka_unit_test(damaged_xmp_does_no_harm),
        cmocka_unit_test(xmp_in_parts_becomes_one_packet),
        cmocka_unit_test(xmp_in_damaged_parts_leaves_the_first),
        cmocka_unit_test(iptc_is_carried_without_the_place),
        cmocka_unit_test(damaged_iptc_is_noted),
        cmocka_unit_test(other_kinds_hand_them_out),
        cmocka_unit_test_setup_teardown(a_mark_is_found_beside_xmp, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_mark_does_no_harm, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test(a_size_is_fitted),
        cmocka_unit_test(a_picture_is_read_smaller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
