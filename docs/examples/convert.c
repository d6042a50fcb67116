/* One picture with libcomicgan, as PPM (P6) from the standard input to the standard output. */
#include <comicgan/comicgan.h>

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    int width, height;
    if (scanf("P6 %5d %5d 255%*1[ \n]", &width, &height) != 2 || width < 1 || height < 1)
        return fputs("expected a PPM picture (P6, 255)\n", stderr), 2;
    size_t nbytes = 3 * (size_t)width * (size_t)height;
    uint8_t *pixels = malloc(nbytes);
    if (pixels == NULL || fread(pixels, 1, nbytes, stdin) != nbytes)
        return fputs("expected all pixels\n", stderr), 2;

    struct cg_error error = {CG_OK, ""};
    struct cg_engine *engine = NULL;   /* the style */
    struct cg_session *session = NULL; /* the threads and the memory to work with */
    enum cg_status status = cg_engine_open(CG_DEFAULT_STYLE, &engine, &error);
    if (status == CG_OK)
        status = cg_session_create(engine, 0, &session, &error);
    if (status == CG_OK) {
        struct cg_render_params looks = cg_engine_render_params(engine);
        looks.line = 1.5f;
        status = cg_session_convert(session, pixels, width, height, &looks, &error);
    }
    if (status == CG_OK && (printf("P6\n%d %d\n255\n", width, height) < 0 ||
                            fwrite(pixels, 1, nbytes, stdout) != nbytes))
        status = CG_ERR_IO;
    if (status != CG_OK)
        fprintf(stderr, "%s: %s\n", cg_status_name(status), error.text);
    cg_session_free(session);
    cg_engine_free(engine);
    free(pixels);
    return status == CG_OK ? 0 : 1;
}
