/* The command line of comicgan-quality. */
#ifndef CG_MEASURE_QUALITY_OPTIONS_H
#define CG_MEASURE_QUALITY_OPTIONS_H

#include "measure/quality_run.h"

/* Those of comicgan: all done, a photo failed, usage, no such style. */
enum quality_exit { QUALITY_DONE, QUALITY_INPUT, QUALITY_USAGE, QUALITY_MODEL };

struct quality_options {
    const char *photos, *root; /* a folder; or a list, of paths below root */
    const char *styles[QUALITY_STYLES_MAX];
    size_t style_count;
    struct quality_folders {
        struct quality_comics each[QUALITY_STYLES_MAX]; /* name and dir alone; names are owned */
        size_t count;
    } comics, pictures;
    const char *sheet, *boundaries; /* boundaries: a folder */
    int threads, detail_px;         /* detail_px 0: each style's own */
    bool all, teacher, json;
};

/* False, with the reason on stderr, when the arguments cannot be used. out is all zeros before; it
 * is cleared in either case. */
bool quality_options_parse(int argc, char *argv[], struct quality_options *out);
void quality_options_clear(struct quality_options *options);

#endif
