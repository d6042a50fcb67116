/* The page: photo and comics with a slider between them, in one self-contained file. */
#ifndef CG_CLI_PREVIEW_PREVIEW_HTML_H
#define CG_CLI_PREVIEW_PREVIEW_HTML_H

#include "cli/preview/preview_pictures.h"

/* photo: its path, for the commands shown on the page. Errors: those of file_writer.h and of
 * cg_image_encode. */
enum cg_status cg_preview_html_write(const char *path, enum cg_writing writing, const char *photo,
                                     const struct cg_preview *preview, struct cg_error *error);

#endif
