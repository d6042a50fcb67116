/* Profiles: see fixture_profile.h. */
#include "unit/fixture_profile.h"

#include <lcms2.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("fixture: out of memory, or no profile could be made\n", stderr);
        exit(EXIT_FAILURE);
    }
    return memory;
}

static struct fixture_bytes bytes_of(cmsHPROFILE profile)
{
    struct fixture_bytes bytes = {0};
    cmsUInt32Number nbytes = 0;
    cmsSaveProfileToMem(must(profile), NULL, &nbytes);
    bytes.bytes = must(malloc(nbytes));
    bytes.nbytes = nbytes;
    cmsSaveProfileToMem(profile, bytes.bytes, &nbytes);
    cmsCloseProfile(profile);
    return bytes;
}

static const cmsCIExyY d65 = {0.3127, 0.3290, 1.0};
static const cmsCIExyY red = {0.640, 0.330, 1.0}, green = {0.300, 0.600, 1.0};
static const cmsCIExyY blue = {0.150, 0.060, 1.0};

static cmsHPROFILE rgb_profile(cmsCIExyY first, cmsCIExyY second, cmsCIExyY third)
{
    const double srgb[] = {2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045};
    cmsToneCurve *curve = must(cmsBuildParametricToneCurve(NULL, 4, srgb));
    cmsToneCurve *curves[] = {curve, curve, curve};
    cmsCIExyYTRIPLE primaries = {first, second, third};
    cmsHPROFILE profile = cmsCreateRGBProfile(&d65, &primaries, curves);
    cmsFreeToneCurve(curve);
    return profile;
}

static cmsHPROFILE p3_profile(void)
{
    return rgb_profile((cmsCIExyY){0.680, 0.320, 1.0}, (cmsCIExyY){0.265, 0.690, 1.0}, blue);
}

struct fixture_bytes fixture_profile_srgb(void)
{
    return bytes_of(rgb_profile(red, green, blue));
}

struct fixture_bytes fixture_profile_p3(void)
{
    return bytes_of(p3_profile());
}

struct fixture_bytes fixture_profile_swapped(void)
{
    return bytes_of(rgb_profile(green, red, blue));
}

struct fixture_bytes fixture_profile_grey(double gamma)
{
    cmsToneCurve *curve = must(cmsBuildGamma(NULL, gamma));
    cmsHPROFILE profile = cmsCreateGrayProfile(cmsD50_xyY(), curve);
    cmsFreeToneCurve(curve);
    return bytes_of(profile);
}

struct fixture_bytes fixture_profile_large(size_t nbytes)
{
    cmsHPROFILE profile = must(p3_profile());
    cmsMLU *text = must(cmsMLUalloc(NULL, 1));
    char *noise = must(malloc(nbytes / 2 + 2)); /* two bytes a letter in the profile */
    uint32_t random = 1;
    for (size_t i = 0; i <= nbytes / 2; i++) {
        random = random * 1664525u + 1013904223u;
        noise[i] = (char)(' ' + (random >> 24) % 90);
    }
    noise[nbytes / 2 + 1] = '\0';
    cmsMLUsetASCII(text, "en", "US", noise);
    cmsWriteTag(profile, cmsSigCopyrightTag, text);
    cmsMLUfree(text);
    free(noise);
    return bytes_of(profile);
}

/* ---- inks ------------------------------------------------------------------------------------ */

static cmsInt32Number mix_inks(const cmsUInt16Number *in, cmsUInt16Number *out, void *to_lab)
{
    double rgb[3], lab[3], black = in[3] / 65535.0;
    rgb[0] = (1 - in[1] / 65535.0) * (1 - black);
    rgb[1] = (1 - in[0] / 65535.0) * (1 - black);
    rgb[2] = (1 - in[2] / 65535.0) * (1 - black);
    cmsDoTransform(to_lab, rgb, lab, 1);
    cmsFloat2LabEncodedV2(out, &(cmsCIELab){lab[0], lab[1], lab[2]});
    return 1;
}

struct fixture_bytes fixture_profile_cmyk(void)
{
    cmsHPROFILE srgb = must(cmsCreate_sRGBProfile()), lab = must(cmsCreateLab2Profile(NULL));
    cmsHTRANSFORM to_lab = must(
        cmsCreateTransform(srgb, TYPE_RGB_DBL, lab, TYPE_Lab_DBL, INTENT_RELATIVE_COLORIMETRIC, 0));
    cmsPipeline *pipeline = must(cmsPipelineAlloc(NULL, 4, 3));
    cmsStage *table = must(cmsStageAllocCLut16bit(NULL, 9, 4, 3, NULL));
    cmsStageSampleCLut16bit(table, mix_inks, to_lab, 0);
    cmsPipelineInsertStage(pipeline, cmsAT_BEGIN, table);
    cmsHPROFILE profile = must(cmsCreateProfilePlaceholder(NULL));
    cmsSetProfileVersion(profile, 2.1);
    cmsSetDeviceClass(profile, cmsSigOutputClass);
    cmsSetColorSpace(profile, cmsSigCmykData);
    cmsSetPCS(profile, cmsSigLabData);
    cmsWriteTag(profile, cmsSigAToB0Tag, pipeline);
    cmsWriteTag(profile, cmsSigAToB1Tag, pipeline);
    cmsPipelineFree(pipeline);
    cmsDeleteTransform(to_lab);
    cmsCloseProfile(lab);
    cmsCloseProfile(srgb);
    return bytes_of(profile);
}

/* ---- in files -------------------------------------------------------------------------------- */

void fixture_png_profile(struct fixture_bytes *file, const struct fixture_bytes *profile)
{
    struct libdeflate_compressor *compressor = must(libdeflate_alloc_compressor(6));
    size_t bound = libdeflate_zlib_compress_bound(compressor, profile->nbytes);
    uint8_t *data = must(calloc(1, 3 + bound));
    data[0] = 'p';
    size_t length =
        libdeflate_zlib_compress(compressor, profile->bytes, profile->nbytes, data + 3, bound);
    fixture_png_chunk(file, "iCCP", data, 3 + length);
    free(data);
    libdeflate_free_compressor(compressor);
}

void fixture_jpeg_add_profile(struct fixture_bytes *file, const struct fixture_bytes *profile,
                              int parts, int missing)
{
    size_t part_nbytes = (profile->nbytes + (size_t)parts - 1) / (size_t)parts;
    for (int i = 0; i < parts; i++) {
        size_t begin = (size_t)i * part_nbytes, left = profile->nbytes - begin;
        size_t nbytes = left < part_nbytes ? left : part_nbytes;
        uint8_t *data = must(malloc(14 + nbytes));
        memcpy(data, "ICC_PROFILE", 12);
        data[12] = (uint8_t)(i + 1);
        data[13] = (uint8_t)parts;
        memcpy(data + 14, profile->bytes + begin, nbytes);
        if (i + 1 != missing)
            fixture_jpeg_add_segment(file, 0xe2, data, 14 + nbytes);
        free(data);
    }
}
