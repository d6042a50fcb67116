/*
 * Boundaries by libmatio: see boundary_truth.h. The library passes over damage, and falls over
 * some; so a file's parts are looked through first: those of a MATLAB 5 file are whole, and what is
 * compressed has its checksum ("MAT-File Format", The MathWorks).
 */
#include "measure/boundary_truth.h"

#include "base/file.h"
#include "base/memory.h"

#include <matio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define HEADER_NBYTES 128
#define TAG_NBYTES 8
#define COMPRESSED 15
#define FILE_LIMIT_NBYTES ((size_t)64 << 20)

bool cg_boundary_truth_is_read(void)
{
    return true;
}

/* ---- is it whole? ---------------------------------------------------------------------------- */

static uint32_t little32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static bool inflates(const uint8_t *bytes, uint32_t nbytes)
{
    uint8_t out[1 << 14];
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = nbytes};
    if (inflateInit(&stream) != Z_OK)
        return false;
    int result = Z_OK;
    while (result == Z_OK) {
        stream.next_out = out;
        stream.avail_out = sizeof(out);
        result = inflate(&stream, Z_NO_FLUSH);
    }
    inflateEnd(&stream);
    return result == Z_STREAM_END;
}

/* Each part is a tag of type and size, both in 32 bits, and so many bytes. */
static bool parts_are_whole(const uint8_t *bytes, size_t nbytes)
{
    size_t at = HEADER_NBYTES;
    while (nbytes - at >= TAG_NBYTES) {
        uint32_t type = little32(bytes + at), size = little32(bytes + at + 4);
        at += TAG_NBYTES;
        if (size > nbytes - at || (type == COMPRESSED && !inflates(bytes + at, size)))
            return false;
        at += size;
    }
    return at == nbytes;
}

static enum cg_status check_file(const char *path, struct cg_error *error)
{
    uint8_t *bytes;
    size_t nbytes;
    enum cg_status status = cg_file_read(path, FILE_LIMIT_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    if (nbytes < HEADER_NBYTES || memcmp(bytes + HEADER_NBYTES - 4, "\0\1IM", 4) != 0)
        status = cg_fail(error, CG_ERR_FORMAT, "%s: no file of MATLAB 5 (little-endian)", path);
    else if (!parts_are_whole(bytes, nbytes))
        status = cg_fail(error, CG_ERR_FORMAT, "%s: damaged, or cut off", path);
    free(bytes);
    return status;
}

/* ---- what is in it --------------------------------------------------------------------------- */

/* An annotator's map, or NULL where there is none of bytes in rows and columns. */
static const matvar_t *find_map(matvar_t *cells, size_t annotator)
{
    matvar_t *person = Mat_VarGetCell(cells, (int)annotator);
    if (person == NULL || person->class_type != MAT_C_STRUCT || person->data == NULL)
        return NULL;
    const matvar_t *map = Mat_VarGetStructFieldByName(person, "Boundaries", 0);
    bool good = map != NULL && map->data != NULL && map->class_type == MAT_C_UINT8 &&
                map->rank == 2 && map->dims[0] > 0 && map->nbytes / map->dims[0] == map->dims[1];
    return good ? map : NULL;
}

/* Maps lie column by column in the file. */
static void take_map(const matvar_t *map, uint8_t *marked)
{
    const uint8_t *value = map->data;
    size_t height = map->dims[0], width = map->dims[1];
    for (size_t x = 0; x < width; x++)
        for (size_t y = 0; y < height; y++)
            marked[y * width + x] = *value++ != 0;
}

static enum cg_status take_maps(const char *path, matvar_t *cells, struct cg_boundary_truth *out,
                                struct cg_error *error)
{
    size_t pixels = (size_t)out->width * (size_t)out->height, total;
    if (!cg_mul_size(pixels, out->annotators, &total))
        return cg_fail(error, CG_ERR_FORMAT, "%s: too many annotators", path);
    out->marked = cg_alloc(total, 1, "boundaries", error);
    if (out->marked == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; i < out->annotators; i++) {
        const matvar_t *map = find_map(cells, i);
        if (map == NULL)
            return cg_fail(error, CG_ERR_FORMAT, "%s: no map Boundaries of annotator %zu", path,
                           i + 1);
        if (map->dims[0] != (size_t)out->height || map->dims[1] != (size_t)out->width)
            return cg_fail(error, CG_ERR_FORMAT,
                           "%s: boundaries of %zu x %zu pixels, but the photo is measured at %d x "
                           "%d",
                           path, map->dims[1], map->dims[0], out->width, out->height);
        take_map(map, out->marked + i * pixels);
    }
    return CG_OK;
}

enum cg_status cg_boundary_truth_read(const char *path, int width, int height,
                                      struct cg_boundary_truth *out, struct cg_error *error)
{
    *out = (struct cg_boundary_truth){.width = width, .height = height};
    enum cg_status status = check_file(path, error);
    if (status != CG_OK)
        return status;
    mat_t *file = Mat_Open(path, MAT_ACC_RDONLY);
    if (file == NULL)
        return cg_fail(error, CG_ERR_FORMAT, "reading %s: libmatio cannot open it", path);
    matvar_t *cells = Mat_VarRead(file, "groundTruth");
    if (cells != NULL && cells->class_type == MAT_C_CELL && cells->data_size > 0)
        out->annotators = cells->nbytes / (size_t)cells->data_size;
    if (out->annotators == 0)
        status = cg_fail(error, CG_ERR_FORMAT, "%s: no cell array groundTruth in it", path);
    if (status == CG_OK)
        status = take_maps(path, cells, out, error);
    if (status != CG_OK) {
        free(out->marked);
        out->marked = NULL;
    }
    Mat_VarFree(cells);
    Mat_Close(file);
    return status;
}
