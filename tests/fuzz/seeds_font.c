/*
 * Seeds: a TrueType font of three letters, put together table by table (OpenType specification
 * 1.9, chapters head, hhea, maxp, hmtx, cmap, loca and glyf): nothing, a triangle with a curve, and
 * two triangles as a composite glyph.
 */
#include "fuzz/seeds.h"

#include <stdlib.h>
#include <string.h>

#define LETTERS 3
#define EM 1000

static void put16(struct fixture_bytes *table, int value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 8), (uint8_t)value};
    fixture_add(table, bytes, sizeof(bytes));
}

static void put32(struct fixture_bytes *table, uint32_t value)
{
    put16(table, (int)(value >> 16));
    put16(table, (int)(value & 0xffff));
}

static void put_all(struct fixture_bytes *table, const int *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put16(table, values[i]);
}
#define PUT(table, ...)                                                                            \
    put_all(table, (const int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int))

/* ---- tables ---------------------------------------------------------------------------------- */

static void make_head(struct fixture_bytes *table)
{
    put32(table, 0x00010000);
    put32(table, 0x00010000);
    put32(table, 0); /* checksum of the file, which nobody minds */
    put32(table, 0x5f0f3cf5);
    PUT(table, 0, EM, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 700, 700, 0, 8, 2, 1, 0);
}

static void make_hhea(struct fixture_bytes *table)
{
    put32(table, 0x00010000);
    PUT(table, 800, -200, 0, 800, 0, 0, 700, 1, 0, 0, 0, 0, 0, 0, 0, LETTERS);
}

static void make_maxp(struct fixture_bytes *table)
{
    put32(table, 0x00010000);
    PUT(table, LETTERS, 4, 1, 8, 2, 1, 0, 0, 0, 0, 0, 0, 2, 1);
}

static void make_hmtx(struct fixture_bytes *table)
{
    PUT(table, 500, 0, 600, 50, 700, 0);
}

/* Format 4: 'A' and 'B' are letters 1 and 2. */
static void make_cmap(struct fixture_bytes *table)
{
    PUT(table, 0, 1, 3, 1);
    put32(table, 12);
    PUT(table, 4, 32, 0, 4, 4, 1, 0, 'B', 0xffff, 0, 'A', 0xffff, 1 - 'A', 1, 0, 0);
}

static void make_kern(struct fixture_bytes *table)
{
    PUT(table, 0, 1, 0, 20, 1, 1, 6, 0, 0, 1, 2, -50);
}

static void make_glyf(struct fixture_bytes *table, struct fixture_bytes *loca)
{
    static const uint8_t flags[] = {1, 1, 0, 1}; /* the third is a curve's control point */
    PUT(loca, 0, 0);
    PUT(table, 1, 0, 0, 600, 600, 3, 0);
    fixture_add(table, flags, sizeof(flags));
    PUT(table, 50, 500, 0, -250, 0, 0, 600, -100);
    put16(loca, (int)table->nbytes / 2);
    PUT(table, -1, 0, 0, 700, 700, 0x0023, 1, 0, 0, 0x000b, 1, 100, 100, 0x2000);
    put16(loca, (int)table->nbytes / 2);
}

/* ---- the file -------------------------------------------------------------------------------- */

void seed_fonts(void)
{
    static const char names[][5] = {"cmap", "glyf", "head", "hhea", "hmtx", "kern", "loca", "maxp"};
    enum { TABLES = sizeof(names) / sizeof(names[0]) };
    struct fixture_bytes tables[TABLES] = {0}, file = {0};
    make_cmap(&tables[0]);
    make_glyf(&tables[1], &tables[6]);
    make_head(&tables[2]);
    make_hhea(&tables[3]);
    make_hmtx(&tables[4]);
    make_kern(&tables[5]);
    make_maxp(&tables[7]);
    put32(&file, 0x00010000);
    PUT(&file, TABLES, 128, 3, 0);
    size_t offset = 12 + 16 * TABLES;
    for (int i = 0; i < TABLES; i++) {
        fixture_add(&file, names[i], 4);
        put32(&file, 0);
        put32(&file, (uint32_t)offset);
        put32(&file, (uint32_t)tables[i].nbytes);
        offset += (tables[i].nbytes + 3) & ~(size_t)3;
    }
    for (int i = 0; i < TABLES; i++) {
        fixture_add(&file, tables[i].bytes, tables[i].nbytes);
        fixture_add(&file, "\0\0", (4 - tables[i].nbytes % 4) % 4);
        free(tables[i].bytes);
    }
    seed_save("font", "letters", &file);
}
