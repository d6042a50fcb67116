/*
 * Colour spaces: see colour.h. Rules:
 *   - relative colorimetric with black point compensation: colours in both spaces are exact, white
 *     stays white, and dark parts keep their steps. Perceptual intent would also change colours
 *     that fit, by the taste of the profile's maker, and most cameras' and screens' profiles lack
 *     it.
 *   - a space is sRGB when no colour of a grid moves by more than one level: then nothing is done,
 *     so that photos with one of the many "sRGB" profiles cost nothing and keep their bytes.
 *   - grey pixels go through a table of 256, so that they stay grey under any profile.
 */
#include "image/colour.h"

#include "base/luma.h"
#include "base/memory.h"

#include <lcms2.h>
#include <lcms2_plugin.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MAX_NBYTES ((size_t)512 << 20) /* more is damage; as in lcms itself */
#define GRID 9                               /* colours an axis */
#define GRID_COLOURS (GRID * GRID * GRID)

/* gAMA values, times 100000: those taken for sRGB, and the valid range. */
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

/* Primaries of sRGB unless a cHRM chunk says otherwise. NULL if they are invalid. */
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

/* A gamma that means "as any screen", or is invalid. */
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

/* From this profile to 8-bit sRGB, or NULL. */
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

/* Row by row, as the count of pixels may overflow lcms's. */
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

/* table[v]: grey v of the profile in sRGB, computed exactly: lcms's shortcuts are wrong for steep
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
        table[v] = (uint8_t)((cg_luma_256ths(out) + 128) >> 8);
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

/* ---- memory ---------------------------------------------------------------------------------- */

/* lcms uses memory without checking for NULL. So when memory runs out, lcms is left by a jump, and
 * a list of its blocks serves to free them. */
struct block {
    struct block *last, *next;
};

struct arena {
    struct block blocks; /* a ring */
    bool may_jump;
    jmp_buf failed;
};

static void *leave(struct arena *arena)
{
    if (arena->may_jump)
        longjmp(arena->failed, 1);
    return NULL;
}

static void *link_block(struct arena *arena, struct block *block)
{
    if (block == NULL) {
        cg_memory_tell_short();
        return leave(arena);
    }
    block->last = &arena->blocks;
    block->next = arena->blocks.next;
    block->next->last = arena->blocks.next = block;
    return block + 1;
}

static void unlink_block(struct block *block)
{
    block->last->next = block->next;
    block->next->last = block->last;
}

static void *allocate(cmsContext context, cmsUInt32Number nbytes)
{
    struct arena *arena = cmsGetContextUserData(context);
    if (nbytes > BLOCK_MAX_NBYTES)
        return leave(arena);
    return link_block(arena, malloc(sizeof(struct block) + nbytes));
}

static void release(cmsContext context, void *memory)
{
    (void)context;
    if (memory == NULL)
        return;
    unlink_block((struct block *)memory - 1);
    free((struct block *)memory - 1);
}

static void *reallocate(cmsContext context, void *memory, cmsUInt32Number nbytes)
{
    struct arena *arena = cmsGetContextUserData(context);
    if (memory == NULL)
        return allocate(context, nbytes);
    if (nbytes > BLOCK_MAX_NBYTES)
        return leave(arena);
    struct block *block = (struct block *)memory - 1;
    unlink_block(block);
    struct block *moved = realloc(block, sizeof(*block) + nbytes);
    if (moved == NULL)
        link_block(arena, block);
    return link_block(arena, moved);
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* Work on an opened profile. */
typedef void (*colour_work)(cmsContext context, cmsHPROFILE profile, void *order);

static void open_and_work(cmsContext context, const struct cg_colour_space *space, colour_work work,
                          void *order)
{
    cmsHPROFILE profile = NULL;
    if (space->icc == NULL)
        profile = profile_of_gamma(context, space->tags);
    else if (space->icc_nbytes <= UINT32_MAX)
        profile = cmsOpenProfileFromMemTHR(context, space->icc, (cmsUInt32Number)space->icc_nbytes);
    if (profile == NULL)
        return;
    work(context, profile, order);
    cmsCloseProfile(profile);
}

/* Run work in a context of its own, unless the profile cannot be used. */
static void with_space(const struct cg_colour_space *space, colour_work work, void *order)
{
    cmsPluginMemHandler plugin = {
        .base = {cmsPluginMagicNumber, 2000, cmsPluginMemHandlerSig, NULL},
        .MallocPtr = allocate,
        .FreePtr = release,
        .ReallocPtr = reallocate,
    };
    struct arena arena = {.may_jump = false};
    arena.blocks.last = arena.blocks.next = &arena.blocks;
    cmsContext context = cmsCreateContext(&plugin, &arena);
    if (context == NULL) {
        cg_memory_tell_short(); /* no other reason */
        return;
    }
    if (setjmp(arena.failed) == 0) {
        arena.may_jump = true;
        open_and_work(context, space, work, order);
    }
    arena.may_jump = false;
    cmsDeleteContext(context);
    while (arena.blocks.next != &arena.blocks) {
        struct block *left = arena.blocks.next;
        arena.blocks.next = left->next;
        free(left);
    }
}

struct conversion {
    struct cg_image *image;
    bool is_grey;
    enum cg_colour_result result;
};

static void convert(cmsContext context, cmsHPROFILE profile, void *order)
{
    struct conversion *conversion = order;
    conversion->result = conversion->is_grey ? convert_greys(context, profile, conversion->image)
                                             : convert_colours(context, profile, conversion->image);
}

enum cg_colour_result cg_colour_to_srgb(const struct cg_colour_space *space, bool is_grey,
                                        struct cg_image *image)
{
    struct conversion conversion = {image, is_grey, CG_COLOUR_UNUSABLE};
    if (space->icc == NULL && says_nothing(space->tags))
        return CG_COLOUR_SAME;
    with_space(space, convert, &conversion);
    return conversion.result;
}

struct inks {
    const uint8_t *cmyk;
    bool inverted, done;
    struct cg_image *out;
};

static void mix_by_profile(cmsContext context, cmsHPROFILE profile, void *order)
{
    struct inks *inks = order;
    cmsHTRANSFORM transform =
        transform_of(context, profile, cmsSigCmykData,
                     inks->inverted ? TYPE_CMYK_8_REV : TYPE_CMYK_8, TYPE_RGB_8, 0);
    if (transform == NULL)
        return;
    convert_rows(transform, inks->cmyk, 4, inks->out);
    cmsDeleteTransform(transform);
    inks->done = true;
}

bool cg_colour_from_cmyk(const struct cg_colour_space *space, const uint8_t *cmyk, bool inverted,
                         struct cg_image *out)
{
    struct inks inks = {cmyk, inverted, false, out};
    if (space->icc != NULL)
        with_space(space, mix_by_profile, &inks);
    return inks.done;
}

void cg_colour_mix_inks(const uint8_t *cmyk, bool inverted, struct cg_image *out)
{
    size_t count = (size_t)out->width * (size_t)out->height;
    uint8_t flip = inverted ? 0 : 255, *to = out->pixels;
    for (size_t i = 0; i < count; i++, cmyk += 4, to += 3)
        for (int c = 0; c < 3; c++)
            to[c] = (uint8_t)(((cmyk[c] ^ flip) * (cmyk[3] ^ flip) + 127) / 255);
}

static void try_rgb(cmsContext context, cmsHPROFILE profile, void *works)
{
    cmsHTRANSFORM transform =
        transform_of(context, profile, cmsSigRgbData, TYPE_RGB_8, TYPE_RGB_8, 0);
    *(bool *)works = transform != NULL;
    if (transform != NULL)
        cmsDeleteTransform(transform);
}

bool cg_colour_is_rgb(const struct cg_colour_space *space)
{
    bool works = false;
    if (space->icc != NULL)
        with_space(space, try_rgb, &works);
    return works;
}
