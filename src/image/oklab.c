/* Oklab: see oklab.h. The matrices are those of the article. */
#include "image/oklab.h"

#include "base/clamp.h"

#include <math.h>
#include <stdbool.h>

#define GAMUT_SLACK 0.002f
#define GAMUT_HALVINGS 8

float cg_srgb_decode(float encoded)
{
    return encoded <= 0.04045f ? encoded / 12.92f : powf((encoded + 0.055f) / 1.055f, 2.4f);
}

float cg_srgb_encode(float linear)
{
    float v = cg_clamp_unit(linear);
    return v <= 0.0031308f ? 12.92f * v : 1.055f * powf(v, 1.0f / 2.4f) - 0.055f;
}

uint8_t cg_srgb_encode_byte(float linear)
{
    return (uint8_t)(cg_srgb_encode(linear) * 255.0f + 0.5f);
}

void cg_oklab_from_linear(const float rgb[3], float lab[3])
{
    float l = cbrtf(0.4122214708f * rgb[0] + 0.5363325363f * rgb[1] + 0.0514459929f * rgb[2]);
    float m = cbrtf(0.2119034982f * rgb[0] + 0.6806995451f * rgb[1] + 0.1073969566f * rgb[2]);
    float s = cbrtf(0.0883024619f * rgb[0] + 0.2817188376f * rgb[1] + 0.6299787005f * rgb[2]);
    lab[0] = 0.2104542553f * l + 0.7936177850f * m - 0.0040720468f * s;
    lab[1] = 1.9779984951f * l - 2.4285922050f * m + 0.4505937099f * s;
    lab[2] = 0.0259040371f * l + 0.7827717662f * m - 0.8086757660f * s;
}

void cg_oklab_to_linear(const float lab[3], float rgb[3])
{
    float l = lab[0] + 0.3963377774f * lab[1] + 0.2158037573f * lab[2];
    float m = lab[0] - 0.1055613458f * lab[1] - 0.0638541728f * lab[2];
    float s = lab[0] - 0.0894841775f * lab[1] - 1.2914855480f * lab[2];
    l = l * l * l;
    m = m * m * m;
    s = s * s * s;
    rgb[0] = 4.0767416621f * l - 3.3077115913f * m + 0.2309699292f * s;
    rgb[1] = -1.2684380046f * l + 2.6097574011f * m - 0.3413193965f * s;
    rgb[2] = -0.0041960863f * l - 0.7034186147f * m + 1.7076147010f * s;
}

static bool in_gamut(const float rgb[3])
{
    for (int c = 0; c < 3; c++)
        if (!(rgb[c] > -GAMUT_SLACK && rgb[c] < 1.0f + GAMUT_SLACK))
            return false;
    return true;
}

void cg_oklab_to_gamut(const float lab[3], float rgb[3])
{
    cg_oklab_to_linear(lab, rgb);
    if (in_gamut(rgb))
        return;
    float inside = 0.0f, outside = 1.0f;
    for (int i = 0; i < GAMUT_HALVINGS; i++) {
        float share = 0.5f * (inside + outside);
        cg_oklab_to_linear((const float[3]){lab[0], lab[1] * share, lab[2] * share}, rgb);
        *(in_gamut(rgb) ? &inside : &outside) = share;
    }
    cg_oklab_to_linear((const float[3]){lab[0], lab[1] * inside, lab[2] * inside}, rgb);
}
