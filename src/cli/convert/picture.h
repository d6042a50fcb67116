/*
 * One picture from file to file, and its outcome. The stages: read (and decode), convert (network
 * and renderer), write (encode, and flush to the disk).
 */
#ifndef CG_CLI_CONVERT_PICTURE_H
#define CG_CLI_CONVERT_PICTURE_H

#include "cli/convert/plan.h"

/* Settings for all pictures of a call. */
struct cg_picture_settings {
    struct cg_render_params looks;
    int quality;           /* of JPEG */
    uint8_t background[3]; /* behind transparency in a JPEG */
    bool beside;           /* photo and comic in one picture */
    const char *mark;      /* to be written into the file; NULL: none */
    int max_side_px;       /* reduce larger pictures; 0: none */
    bool keep_times;       /* the comic gets the photo's file time */
    bool keep_profile, keep_exif, keep_gps, strict;
};

enum cg_picture_end {
    CG_PICTURE_CONVERTED,
    CG_PICTURE_FAILED,  /* with its error */
    CG_PICTURE_EXISTS,  /* --skip-existing: another call made it meanwhile */
    CG_PICTURE_GIVEN_UP /* interrupted; nothing is written */
};

struct cg_picture_result {
    enum cg_picture_end end;
    struct cg_error error;
    int width, height; /* 0 until known */
    double read_ms, convert_ms, write_ms;
    char note[160]; /* a warning, or "" */
};

/* Convert one picture; checks cg_interrupted() between stages. */
void cg_picture_convert(struct cg_session *session, const struct cg_picture_settings *settings,
                        const struct cg_job *job, struct cg_picture_result *result);

#endif
