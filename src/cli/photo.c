/* Reading a photo: see photo.h. */
#include "cli/photo.h"

#include "cli/cli.h"

enum cg_status cg_cli_read_photo(const char *path, bool strict, bool quiet, struct cg_image *out,
                                 struct cg_error *error)
{
    const struct cg_image_read_options options = {.channels = 3, .strict = strict};
    struct cg_image_extras extras;
    enum cg_status status = cg_image_read(path, &options, out, &extras, error);
    if (extras.note[0] != '\0' && !quiet)
        cg_cli_say("comicgan: warning: %s: %s", cg_path_tail(path), extras.note);
    cg_image_extras_clear(&extras);
    return status;
}
