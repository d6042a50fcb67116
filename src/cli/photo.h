/* Reading a photo for a command that shows it in colour. */
#ifndef CG_CLI_PHOTO_H
#define CG_CLI_PHOTO_H

#include "image/image.h"

/* cg_image_read as RGB, printing its note as a warning unless quiet. strict: refuse damage.
 * Errors: those of cg_image_read. */
enum cg_status cg_cli_read_photo(const char *path, bool strict, bool quiet, struct cg_image *out,
                                 struct cg_error *error);

#endif
