/*
 * Colour spaces: see colour.h. Rules:
 *   - relative colorimetric with black point compensation: what both spaces hold comes out exactly,
 *     white stays white, and dark parts keep their steps. Perceptual intent would also change what
 *     fits, by the taste of the profile's maker, and most cameras' and screens' profiles have none.
 *   - a space is sRGB when no colour of a grid moves by more than one level: then nothing is done,
 *     so that photos with the many makes of "sRGB" profiles cost nothing and keep their bytes.
 *   - grey pixels go through a table of 256, so that they stay grey under any profile.
 */
#include "image/colour.h"

#include "base/memory.h"

#include <lcms2.h>
#include <lcms2_plugin.h>
#include <stdlib.h>
#include <string.h>

#define GRID 9 /* colours an axis */
#define GRID_COLOURS (GRID * GRID * GRID)

/* gAMA values, 100000 times: what is taken for sRGB, and what makes sense at all. */
#define GAMMA_SRGB_LEAST 43000
#define GAMMA_SRGB_MOST 48000
#define GAMMA_LEAST 10000
#define GAMMA_MOST 1000000

/* As in a cHRM chunk: x, y of white, red, green, blue. */
static const uint32_t srgb_chromaticities[8] = {31270, 32900, 64000, 33000,
                                                30000, 60000, 15000, 6000};

/* ---- profiles -------------------------------------------------------------------------------- */

static cmsCIExyY point_of(const uint32_t *xy)
{
    return (cmsCIExyY){xy[0] / 100000.0, xy[1] / 100000.0, 1.0};
}

/* Primaries of sRGB unless a cHRM chunk says otherwise. NULL if they make no sense. */
static cmsHPROFILE profile_of_gamma(cmsContext context, const struct cg_colour_tags *tags)
{
    const uint32_t *points =
        tags->chromaticities[1] != 0 ? tags->chromaticities : srgb_chromaticities;
    cmsCIExyY white = point_of(points);
    cmsCIExyYTRIPLE primaries = {point_of(points + 2), point_of(points + 4), point_of(points + 6)};
    cmsToneCurve *curve = cmsBuildGamma(context, 100000.0 / tags->gamma);
    if (curve == NULL)
        return NULL;
    cmsToneCurve *curves[] = {curve, curve, curve};
    cmsHPROFILE profile = cmsCreateRGBProfileTHR(context, &white, &primaries, curves);
    cmsFreeToneCurve(curve);
    return profile;
}

/* sRGB's own primaries, each within 0.005. */
static bool are_srgb_chromaticities(const uint32_t *points)
{
    for (int i = 0; i < 8; i++)
        if (points[i] > 100000 || abs((int)points[i] - (int)srgb_chromaticities[i]) > 500)
            return false;
    return true;
}

/* A gamma that says no more than "as any screen", or nothing that can be meant. */
static bool says_nothing(const struct cg_colour_tags *tags)
{
    if (tags->gamma < GAMMA_LEAST || tags->gamma > GAMMA_MOST)
        return true;
    bool own_primaries =
        tags->chromaticities[1] != 0 && !are_srgb_chromaticities(tags->chromaticities);
    return tags->gamma >= GAMMA_SRGB_LEAST && tags->gamma <= GAMMA_SRGB_MOST && !own_primaries;
}

static bool is_of_device(cmsHPROFILE profile)
{
    switch (cmsGetDeviceClass(profile)) {
    case cmsSigInputClass:
    case cmsSigDisplayClass:
    case cmsSigOutputClass:
    case cmsSigColorSpaceClass:
        return true;
    default:
        return false;
    }
}

/* From a profile of this kind of colours into 8-bit RGB, or NULL. */
static cmsHTRANSFORM transform_of(cmsContext context, cmsHPROFILE profile,
                                  cmsColorSpaceSignature kind, cmsUInt32Number in,
                                  cmsUInt32Number out, cmsUInt32Number flags)
{
    if (!is_of_device(profile) || cmsGetColorSpace(profile) != kind)
        return NULL;
    cmsHPROFILE srgb = cmsCreate_sRGBProfileTHR(context);
    if (srgb == NULL)
        return NULL;
    cmsHTRANSFORM transform =
        cmsCreateTransformTHR(context, profile, in, srgb, out, INTENT_RELATIVE_COLORIMETRIC,
                              cmsFLAGS_BLACKPOINTCOMPENSATION | flags);
    cmsCloseProfile(srgb);
    return transform;
}

/* ---- pixels ---------------------------------------------------------------------------------- */

static bool moves_no_colour(cmsHTRANSFORM transform, int channels)
{
    uint8_t before[4 * GRID_COLOURS] = {0}, after[4 * GRID_COLOURS] = {0};
    for (int i = 0; i < GRID_COLOURS; i++) {
        uint8_t *colour = before + i * channels;
        colour[0] = (uint8_t)(i % GRID * 255 / (GRID - 1));
        colour[1] = (uint8_t)(i / GRID % GRID * 255 / (GRID - 1));
        colour[2] = (uint8_t)(i / GRID / GRID * 255 / (GRID - 1));
    }
    cmsDoTransform(transform, before, after, GRID_COLOURS);
    for (int i = 0; i < channels * GRID_COLOURS; i++)
        if (abs(before[i] - after[i]) > 1)
            return false;
    return true;
}

/* Row by row, as a count of pixels may not fit lcms's. */
static void convert_rows(cmsHTRANSFORM transform, const uint8_t *from, size_t samples,
                         struct cg_image *to)
{
    size_t width = (size_t)to->width;
    for (size_t y = 0; y < (size_t)to->height; y++)
        cmsDoTransform(transform, from + y * width * samples,
                       to->pixels + y * width * (size_t)to->channels, (cmsUInt32Number)to->width);
}

static enum cg_colour_result convert_colours(cmsContext context, cmsHPROFILE profile,
                                             struct cg_image *image)
{
    cmsUInt32Number format = image->channels == 4 ? TYPE_RGBA_8 : TYPE_RGB_8;
    cmsHTRANSFORM transform = transform_of(context, profile, cmsSigRgbData, format, format, 0);
    if (transform == NULL)
        return CG_COLOUR_UNUSABLE;
    enum cg_colour_result result =
        moves_no_colour(transform, image->channels) ? CG_COLOUR_SAME : CG_COLOUR_CONVERTED;
    if (result == CG_COLOUR_CONVERTED)
        convert_rows(transform, image->pixels, (size_t)image->channels, image);
    cmsDeleteTransform(transform);
    return result;
}

/* table[v]: what grey v of the profile is in sRGB; exact, as lcms's faster ways are not for steep
 * curves. */
static bool make_grey_table(cmsContext context, cmsHPROFILE profile, uint8_t *table)
{
    bool rgb = cmsGetColorSpace(profile) == cmsSigRgbData;
    cmsHTRANSFORM transform =
        transform_of(context, profile, rgb ? cmsSigRgbData : cmsSigGrayData,
                     rgb ? TYPE_RGB_8 : TYPE_GRAY_8, TYPE_RGB_8, cmsFLAGS_NOOPTIMIZE);
    if (transform == NULL)
        return false;
    for (int v = 0; v < 256; v++) {
        uint8_t in[3] = {(uint8_t)v, (uint8_t)v, (uint8_t)v}, out[3];
        cmsDoTransform(transform, in, out, 1);
        table[v] = (uint8_t)((out[0] * 77 + out[1] * 150 + out[2] * 29 + 128) >> 8);
    }
    cmsDeleteTransform(transform);
    return true;
}

static enum cg_colour_result convert_greys(cmsContext context, cmsHPROFILE profile,
                                           struct cg_image *image)
{
    uint8_t table[256];
    int moved = 0;
    if (!make_grey_table(context, profile, table))
        return CG_COLOUR_UNUSABLE;
    for (int v = 0; v < 256; v++)
        moved = abs(table[v] - v) > moved ? abs(table[v] - v) : moved;
    if (moved <= 1)
        return CG_COLOUR_SAME;
    size_t count = (size_t)image->width * (size_t)image->height;
    int colours = image->channels == 1 ? 1 : 3;
    uint8_t *pixel = image->pixels;
    for (size_t i = 0; i < count; i++, pixel += image->channels)
        for (int c = 0; c < colours; c++)
            pixel[c] = table[pixel[c]];
    return CG_COLOUR_CONVERTED;
}

/* ---- calls ----------------------------------------------------------------------------------- */

struct opened {
    cmsContext context;
    cmsHPROFILE profile;
};

static void close_space(struct opened *opened)
{
    if (opened->profile != NULL)
        cmsCloseProfile(opened->profile);
    if (opened->context != NULL)
        cmsDeleteContext(opened->context);
}

static void *allocate(cmsContext context, cmsUInt32Number nbytes)
{
    (void)context;
    return cg_watched_malloc(nbytes);
}

static void *reallocate(cmsContext context, void *memory, cmsUInt32Number nbytes)
{
    (void)context;
    return cg_watched_realloc(memory, nbytes);
}

static void release(cmsContext context, void *memory)
{
    (void)context;
    free(memory);
}

/* False if it cannot be used; to be closed in any case. */
static bool open_space(const struct cg_colour_space *space, struct opened *opened)
{
    static const cmsPluginMemHandler memory = {
        .base = {cmsPluginMagicNumber, 2000, cmsPluginMemHandlerSig, NULL},
        .MallocPtr = allocate,
        .FreePtr = release,
        .ReallocPtr = reallocate,
    };
    cmsPluginMemHandler plugin = memory;
    *opened = (struct opened){.context = cmsCreateContext(&plugin, NULL)};
    if (opened->context == NULL) {
        cg_memory_tell_short(); /* no other reason; the context itself is not from its allocator */
        return false;
    }
    if (space->icc == NULL)
        opened->profile = profile_of_gamma(opened->context, space->tags);
    else if (space->icc_nbytes <= UINT32_MAX)
        opened->profile = cmsOpenProfileFromMemTHR(opened->context, space->icc,
                                                   (cmsUInt32Number)space->icc_nbytes);
    return opened->profile != NULL;
}

enum cg_colour_result cg_colour_to_srgb(const struct cg_colour_space *space, bool is_grey,
                                        struct cg_image *image)
{
    struct opened opened;
    if (space->icc == NULL && says_nothing(space->tags))
        return CG_COLOUR_SAME;
    enum cg_colour_result result = CG_COLOUR_UNUSABLE;
    if (open_space(space, &opened))
        result = is_grey ? convert_greys(opened.context, opened.profile, image)
                         : convert_colours(opened.context, opened.profile, image);
    close_space(&opened);
    return result;
}

bool cg_colour_from_cmyk(const struct cg_colour_space *space, const uint8_t *cmyk, bool inverted,
                         struct cg_image *out)
{
    struct opened opened;
    if (space->icc == NULL)
        return false;
    cmsHTRANSFORM transform = NULL;
    if (open_space(space, &opened))
        transform = transform_of(opened.context, opened.profile, cmsSigCmykData,
                                 inverted ? TYPE_CMYK_8_REV : TYPE_CMYK_8, TYPE_RGB_8, 0);
    if (transform != NULL) {
        convert_rows(transform, cmyk, 4, out);
        cmsDeleteTransform(transform);
    }
    close_space(&opened);
    return transform != NULL;
}

void cg_colour_mix_inks(const uint8_t *cmyk, bool inverted, struct cg_image *out)
{
    size_t count = (size_t)out->width * (size_t)out->height;
    uint8_t flip = inverted ? 0 : 255, *to = out->pixels;
    for (size_t i = 0; i < count; i++, cmyk += 4, to += 3)
        for (int c = 0; c < 3; c++)
            to[c] = (uint8_t)(((cmyk[c] ^ flip) * (cmyk[3] ^ flip) + 127) / 255);
}

bool cg_colour_is_rgb(const struct cg_colour_space *space)
{
    struct opened opened;
    if (space->icc == NULL)
        return false;
    cmsHTRANSFORM transform = NULL;
    if (open_space(space, &opened))
        transform =
            transform_of(opened.context, opened.profile, cmsSigRgbData, TYPE_RGB_8, TYPE_RGB_8, 0);
    if (transform != NULL)
        cmsDeleteTransform(transform);
    close_space(&opened);
    return transform != NULL;
}
