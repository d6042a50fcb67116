/*
 * Model files and the cards in them: styles, which then draw a small picture, and GANs of vectors.
 * Whatever the numbers in a file are, only small networks are run, and only some of them, as
 * drawing takes long.
 */
#include "comic/engine.h"
#include "fuzz/fuzz.h"

#include "comicgan/comicgan.h"
#include "gan/vector_model.h"
#include "model/model.h"
#include "model/render_params.h"

#include <stdlib.h>
#include <string.h>

#define SIDE_PX 24
#define PARAMETERS_MAX 20000

static void draw(const char *path)
{
    struct cg_engine *engine;
    struct cg_session *session;
    uint8_t pixels[SIDE_PX * SIDE_PX * 3];
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)(i * 5);
    fuzz_expect(cg_engine_open(path, &engine, NULL) == CG_OK, "a model that parses is a style");
    struct cg_render_params looks = engine->looks;
    fuzz_expect(cg_render_params_check(&looks, NULL) == CG_OK,
                "a card's looks are within their ranges");
    looks.detail_px = 64;
    fuzz_expect(cg_session_create(engine, 1, &session, NULL) == CG_OK &&
                    cg_session_convert(session, (struct cg_pixels){pixels, SIDE_PX, SIDE_PX, 3, 0},
                                       &looks, NULL) == CG_OK,
                "a style draws");
    cg_session_free(session);
    cg_engine_free(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
    struct cg_error error;
    struct cg_model *style;
    struct cg_vector_model *gan;
    if (cg_model_parse(bytes, nbytes, "input", &style, &error) == CG_OK) {
        bool chosen = style->network->parameter_count <= PARAMETERS_MAX &&
                      fuzz_choice(bytes, nbytes) % 16 == 0;
        cg_model_free(style);
        if (chosen)
            draw(fuzz_file("style.safetensors", bytes, nbytes));
        return 0;
    }
    if (strstr(error.text, "generate") != NULL &&
        cg_vector_model_read(fuzz_file("gan.safetensors", bytes, nbytes), &gan, &error) == CG_OK)
        cg_vector_model_free(gan);
    return 0;
}
