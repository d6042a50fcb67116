/* Metadata carried into another file: see extras.h. */
#include "image/extras.h"

#include "image/orientation.h"
#include "image/xmp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DPI_MIN 1.0
#define DPI_MAX 65535.0

/* Carrying data from the header into extras. */
struct carrying {
    const struct cg_image_header *header;
    const struct cg_exif_options *about;
    struct cg_image_extras *extras;
    const char **damage;
};

/* A kind of data, with the notes for when it cannot be carried over. */
struct kind {
    const char *what, *too_large, *damaged;
};

void cg_extras_note(struct cg_image_extras *extras, const char *text)
{
    size_t length = strlen(extras->note);
    snprintf(extras->note + length, sizeof(extras->note) - length, "%s%s", length > 0 ? "; " : "",
             text);
}

void cg_image_extras_clear(struct cg_image_extras *extras)
{
    free(extras->icc);
    free(extras->exif);
    free(extras->xmp);
    free(extras->iptc);
    *extras = (struct cg_image_extras){0};
}

static enum cg_status settle(const struct carrying *carrying, enum cg_status status,
                             const struct kind *kind, struct cg_error *error)
{
    if (status == CG_ERR_MEMORY)
        return cg_fail(error, CG_ERR_MEMORY, "the memory for its %s could not be allocated",
                       kind->what);
    if (status != CG_OK)
        cg_extras_note(carrying->extras, status == CG_ERR_LIMIT ? kind->too_large : kind->damaged);
    if (status != CG_OK && status != CG_ERR_LIMIT && *carrying->damage == NULL)
        *carrying->damage = kind->damaged;
    return CG_OK;
}

static enum cg_status carry_exif(const struct carrying *carrying, struct cg_error *error)
{
    static const struct kind kind = {"EXIF data", "its EXIF data is too large and was left out",
                                     "its EXIF data is damaged and was left out"};
    struct cg_image_extras *extras = carrying->extras;
    if (carrying->header->exif.nbytes == 0)
        return CG_OK;
    return settle(carrying,
                  cg_exif_carry(&carrying->header->exif, carrying->about, &extras->exif,
                                &extras->exif_nbytes),
                  &kind, error);
}

/* The packet with its extension; *done: that could be carried. */
static enum cg_status carry_whole_xmp(const struct carrying *carrying, bool *done,
                                      struct cg_error *error)
{
    static const char left_out[] = "its further XMP data is too large or damaged and was left out";
    static const struct kind kind = {"XMP data", left_out, left_out};
    struct cg_image_extras *extras = carrying->extras;
    char *text;
    *done = false;
    if (carrying->header->xmp_extension.count == 0)
        return CG_OK;
    enum cg_status status =
        cg_xmp_join(&carrying->header->xmp, &carrying->header->xmp_extension, &text);
    if (status == CG_OK)
        status = cg_xmp_carry(&(struct cg_span){(const uint8_t *)text, strlen(text)},
                              carrying->about->keep_gps, &extras->xmp, &extras->xmp_nbytes);
    free(text);
    *done = status == CG_OK;
    return settle(carrying, status, &kind, error);
}

static enum cg_status carry_xmp(const struct carrying *carrying, struct cg_error *error)
{
    static const struct kind kind = {
        "XMP data",
        "its XMP data is too large, or names the place in a way not known, and was left out",
        "its XMP data is damaged and was left out"};
    struct cg_image_extras *extras = carrying->extras;
    struct cg_span xmp = carrying->header->xmp;
    uint8_t *copy = NULL;
    bool done;
    if (xmp.nbytes == 0)
        return CG_OK;
    enum cg_status status = carry_whole_xmp(carrying, &done, error);
    if (status != CG_OK || done)
        return status;
    if (carrying->header->format == CG_IMAGE_PNG) {
        copy = cg_png_copy_xmp(&xmp, &xmp.nbytes);
        xmp.bytes = copy;
    }
    status = xmp.bytes == NULL
                 ? CG_ERR_FORMAT
                 : cg_xmp_carry(&xmp, carrying->about->keep_gps, &extras->xmp, &extras->xmp_nbytes);
    free(copy);
    return settle(carrying, status, &kind, error);
}

static enum cg_status carry_iptc(const struct carrying *carrying, struct cg_error *error)
{
    static const struct kind kind = {"IPTC data", "its IPTC data is too large and was left out",
                                     "its IPTC data is damaged and was left out"};
    struct cg_image_extras *extras = carrying->extras;
    struct cg_span iptc = carrying->header->iptc;
    uint8_t *copy = NULL;
    if (iptc.nbytes == 0)
        return CG_OK;
    if (carrying->header->format == CG_IMAGE_PNG)
        copy = cg_png_copy_iptc(&carrying->header->iptc, &iptc);
    enum cg_status status = iptc.bytes == NULL ? CG_ERR_FORMAT
                                               : cg_iptc_carry(&iptc, carrying->about->keep_gps,
                                                               &extras->iptc, &extras->iptc_nbytes);
    free(copy);
    return settle(carrying, status, &kind, error);
}

/* The file's resolution, else that of its EXIF data; none if invalid. */
static void carry_resolution(const struct carrying *carrying)
{
    const struct cg_image_header *header = carrying->header;
    double dpi[2] = {header->dpi[0], header->dpi[1]};
    bool turned = header->orientation >= 5;
    if (!(dpi[0] > 0.0 && dpi[1] > 0.0))
        cg_exif_resolution(header->exif.bytes, header->exif.nbytes, dpi);
    for (int i = 0; i < 2; i++)
        if (!(dpi[i] >= DPI_MIN && dpi[i] <= DPI_MAX))
            return;
    carrying->extras->dpi[0] = dpi[turned];
    carrying->extras->dpi[1] = dpi[!turned];
}

enum cg_status cg_extras_carry(const struct cg_image_header *header,
                               const struct cg_exif_options *about, struct cg_image_extras *extras,
                               const char **damage, struct cg_error *error)
{
    const struct carrying carrying = {header, about, extras, damage};
    carry_resolution(&carrying);
    if (about == NULL)
        return CG_OK;
    enum cg_status status = carry_exif(&carrying, error);
    if (status == CG_OK)
        status = carry_xmp(&carrying, error);
    return status == CG_OK ? carry_iptc(&carrying, error) : status;
}
