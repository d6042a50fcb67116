/* XMP packets and IPTC records made fit for another picture. Inside src/image only. */
#ifndef CG_IMAGE_XMP_H
#define CG_IMAGE_XMP_H

#include "image/header_fields.h"

/* What stands before an XMP packet in a JPEG's APP1 segment, with its zero byte, and the longest
 * packet that has room behind it. */
#define CG_XMP_HEAD "http://ns.adobe.com/xap/1.0/"
#define CG_XMP_MAX_NBYTES (65535 - 2 - sizeof(CG_XMP_HEAD))

/* The same of IPTC records in APP13, where they are one of Photoshop's resources. */
#define CG_IPTC_HEAD "Photoshop 3.0"
#define CG_IPTC_RESOURCE_NBYTES 12 /* "8BIM", number, no name, length */
#define CG_IPTC_MAX_NBYTES (65535 - 2 - sizeof(CG_IPTC_HEAD) - CG_IPTC_RESOURCE_NBYTES - 1)

/*
 * A copy of the packet without what is about the old file (size, turning, thumbnails, pictures behind
 * it) and, unless keep_gps, about the place. *out is to be freed with free(). Errors, without a text:
 * CG_ERR_FORMAT not text; CG_ERR_LIMIT too large, or names the place in a way that is not known;
 * CG_ERR_MEMORY.
 */
enum cg_status cg_xmp_carry(const struct cg_span *from, bool keep_gps, uint8_t **out,
                            size_t *out_nbytes);

/* The IPTC records among Photoshop's resources, the data of an APP13 segment behind CG_IPTC_HEAD; no
 * bytes: none. */
struct cg_span cg_iptc_find(const struct cg_span *resources);

/* A copy of the records, without the place unless keep_gps; NULL if nothing is left. Errors: as above,
 * CG_ERR_FORMAT for a record that is cut off. */
enum cg_status cg_iptc_carry(const struct cg_span *from, bool keep_gps, uint8_t **out,
                             size_t *out_nbytes);

#endif
