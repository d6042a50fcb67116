/* Seeds: ICC profiles, by curves and by tables, of versions 2 and 4. */
#include "fuzz/seeds.h"
#include "unit/fixture_profile.h"

#include <lcms2.h>
#include <stdio.h>
#include <stdlib.h>

#define GRID 3

static void save(const char *name, cmsHPROFILE profile)
{
    struct fixture_bytes file = {0};
    cmsUInt32Number nbytes = 0;
    cmsSaveProfileToMem(profile, NULL, &nbytes);
    void *bytes = calloc(1, nbytes + 1);
    if (bytes == NULL || !cmsSaveProfileToMem(profile, bytes, &nbytes)) {
        fprintf(stderr, "fuzz_seeds: the profile %s could not be made\n", name);
        exit(EXIT_FAILURE);
    }
    fixture_add(&file, bytes, nbytes);
    free(bytes);
    cmsCloseProfile(profile);
    seed_save("icc", name, &file);
}

static cmsInt32Number sample(const cmsUInt16Number *in, cmsUInt16Number *out, void *context)
{
    (void)context;
    out[0] = in[0];
    out[1] = (cmsUInt16Number)(0x8000 + in[0] / 4 - in[1] / 4);
    out[2] = (cmsUInt16Number)(0x8000 + in[1] / 4 - in[2] / 4);
    return 1;
}

/* From device to the connection space by curves, a table, curves. */
static cmsPipeline *table_of(cmsUInt32Number inks, bool eight_bits)
{
    cmsUInt16Number steps[256]; /* as many as an 8-bit table must have */
    for (int i = 0; i < 256; i++)
        steps[i] = (cmsUInt16Number)(i * i);
    cmsToneCurve *curve = cmsBuildTabulatedToneCurve16(NULL, 256, steps);
    cmsToneCurve *curves[] = {curve, curve, curve, curve};
    cmsPipeline *pipeline = cmsPipelineAlloc(NULL, inks, 3);
    cmsStage *grid = cmsStageAllocCLut16bit(NULL, GRID, inks, 3, NULL);
    cmsStageSampleCLut16bit(grid, sample, NULL, 0);
    cmsPipelineInsertStage(pipeline, cmsAT_END, cmsStageAllocToneCurves(NULL, inks, curves));
    cmsPipelineInsertStage(pipeline, cmsAT_END, grid);
    cmsPipelineInsertStage(pipeline, cmsAT_END, cmsStageAllocToneCurves(NULL, 3, curves));
    cmsPipelineSetSaveAs8bitsFlag(pipeline, eight_bits);
    cmsFreeToneCurve(curve);
    return pipeline;
}

static void save_table(const char *name, double version, cmsColorSpaceSignature space,
                       cmsColorSpaceSignature connection, bool eight_bits)
{
    cmsPipeline *pipeline = table_of((cmsUInt32Number)cmsChannelsOf(space), eight_bits);
    cmsHPROFILE profile = cmsCreateProfilePlaceholder(NULL);
    cmsSetProfileVersion(profile, version);
    cmsSetDeviceClass(profile, space == cmsSigCmykData ? cmsSigOutputClass : cmsSigDisplayClass);
    cmsSetColorSpace(profile, space);
    cmsSetPCS(profile, connection);
    cmsWriteTag(profile, cmsSigMediaWhitePointTag, cmsD50_XYZ());
    cmsWriteTag(profile, cmsSigAToB0Tag, pipeline);
    cmsWriteTag(profile, cmsSigAToB1Tag, pipeline);
    cmsPipelineFree(pipeline);
    save(name, profile);
}

static void save_curves(const char *name, double version, int kind)
{
    static const double parameters[] = {2.4, 0.9, 0.1, 0.08, 0.04, 0.01, 0.02};
    const cmsCIExyY white = {0.3127, 0.3290, 1.0};
    const cmsCIExyYTRIPLE primaries = {
        {0.680, 0.320, 1.0}, {0.265, 0.690, 1.0}, {0.150, 0.060, 1.0}};
    cmsToneCurve *curve =
        kind == 0
            ? cmsBuildTabulatedToneCurve16(NULL, 4, (cmsUInt16Number[]){0, 5000, 30000, 65535})
            : cmsBuildParametricToneCurve(NULL, kind, parameters);
    cmsToneCurve *curves[] = {curve, curve, curve};
    cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
    cmsFreeToneCurve(curve);
    cmsSetProfileVersion(profile, version);
    save(name, profile);
}

void seed_profiles(void)
{
    struct fixture_bytes (*const makers[])(void) = {fixture_profile_srgb, fixture_profile_p3,
                                                    fixture_profile_swapped};
    for (int i = 0; i < 3; i++) {
        struct fixture_bytes file = makers[i]();
        char name[] = {(char)('0' + i), '\0'};
        seed_save("icc", name, &file);
    }
    struct fixture_bytes grey = fixture_profile_grey(1.8);
    seed_save("icc", "grey", &grey);
    for (int kind = 0; kind <= 5; kind++) {
        char name[] = {'c', (char)('0' + kind), '\0'};
        save_curves(name, kind == 0 ? 2.1 : 4.3, kind);
    }
    save_table("rgb-lut16", 2.1, cmsSigRgbData, cmsSigLabData, false);
    save_table("rgb-lut8", 2.1, cmsSigRgbData, cmsSigLabData, true);
    save_table("rgb-mab", 4.3, cmsSigRgbData, cmsSigLabData, false);
    save_table("rgb-xyz", 4.3, cmsSigRgbData, cmsSigXYZData, false);
    save_table("cmyk-lut16", 2.1, cmsSigCmykData, cmsSigLabData, false);
    save_table("cmyk-mab", 4.3, cmsSigCmykData, cmsSigLabData, false);
    save_table("grey-mab", 4.3, cmsSigGrayData, cmsSigLabData, false);
}
