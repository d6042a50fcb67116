/* A photo into a comic with libcomicgan, from file to file: convert PHOTO COMIC */
#include <comicgan/comicgan.h>

#include <stdio.h>

int main(int argc, char *argv[])
{
    struct cg_error error = {CG_OK, "usage: convert PHOTO COMIC"};
    struct cg_engine *engine = NULL;   /* the style */
    struct cg_session *session = NULL; /* the threads and the memory to work with */
    struct cg_render_params *looks = NULL;
    struct cg_picture *picture = NULL;
    enum cg_status status = argc == 3 ? CG_OK : CG_ERR_ARGUMENT;
    if (status == CG_OK)
        status = cg_engine_open(CG_DEFAULT_STYLE, &engine, &error);
    if (status == CG_OK)
        status = cg_session_create(engine, 0, &session, &error);
    if (status == CG_OK)
        status = cg_render_params_create(engine, &looks, &error);
    if (status == CG_OK)
        status = cg_render_params_set(looks, "line", 1.5, &error);
    if (status == CG_OK)
        status = cg_picture_read(argv[1], CG_PICTURE_KEEP_EXIF, &picture, &error);
    if (status == CG_OK)
        status = cg_session_convert(session, cg_picture_pixels(picture), looks, &error);
    if (status == CG_OK)
        status = cg_picture_write(picture, argv[2], 0, &error);
    fprintf(stderr, "%s\n", status == CG_OK ? "done" : error.text);
    cg_picture_free(picture);
    cg_render_params_free(looks);
    cg_session_free(session);
    cg_engine_free(engine);
    return status == CG_OK ? 0 : 1;
}
