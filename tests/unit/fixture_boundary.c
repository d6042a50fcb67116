/* Files of boundaries: see fixture_boundary.h. */
#include "unit/fixture_boundary.h"

#include <matio.h>
#include <stdlib.h>

/* A struct with a map, which lies column by column in it. */
static matvar_t *make_annotator(const char *field, size_t width, size_t height,
                                const uint8_t *marked)
{
    size_t one[2] = {1, 1}, size[2] = {height, width};
    uint8_t *map = malloc(width * height), *next = map;
    if (map == NULL)
        return NULL;
    for (size_t x = 0; x < width; x++)
        for (size_t y = 0; y < height; y++)
            *next++ = marked[y * width + x];
    matvar_t *fields[2] = {
        Mat_VarCreate(field, MAT_C_UINT8, MAT_T_UINT8, 2, size, map, MAT_F_LOGICAL), NULL};
    free(map);
    return Mat_VarCreate(NULL, MAT_C_STRUCT, MAT_T_STRUCT, 2, one, fields, 0);
}

bool fixture_write_boundaries(const char *path, const char *name, const char *field, int width,
                              int height, const uint8_t *marked)
{
    mat_t *file = Mat_CreateVer(path, NULL, MAT_FT_MAT5);
    if (file == NULL)
        return false;
    size_t count[2] = {1, FIXTURE_ANNOTATORS}, pixels = (size_t)width * (size_t)height;
    matvar_t *people[FIXTURE_ANNOTATORS];
    for (size_t i = 0; i < FIXTURE_ANNOTATORS; i++)
        people[i] = make_annotator(field, (size_t)width, (size_t)height, marked + i * pixels);
    matvar_t *cells = Mat_VarCreate(name, MAT_C_CELL, MAT_T_CELL, 2, count, people, 0);
    bool good = Mat_VarWrite(file, cells, MAT_COMPRESSION_ZLIB) == 0;
    Mat_VarFree(cells);
    return Mat_Close(file) == 0 && good;
}
