/* Adapting XMP packets and IPTC records to another picture. Private to src/image. */
#ifndef CG_IMAGE_XMP_H
#define CG_IMAGE_XMP_H

#include "image/header_fields.h"

/* The prefix of an XMP packet in a JPEG's APP1 segment, with its zero byte, and the longest packet
 * that fits after it. */
#define CG_XMP_HEAD "http://ns.adobe.com/xap/1.0/"
#define CG_XMP_MAX_NBYTES (65535 - 2 - sizeof(CG_XMP_HEAD))

/* What is looked through at most, to find what can be left out. */
#define CG_XMP_WHOLE_MAX_NBYTES ((CG_XMP_PARTS_MAX + 1) * CG_XMP_MAX_NBYTES)

/* The same for IPTC records in APP13, where they are a Photoshop resource. */
#define CG_IPTC_HEAD "Photoshop 3.0"
#define CG_IPTC_RESOURCE_NBYTES 12 /* "8BIM", number, no name, length */
#define CG_IPTC_MAX_NBYTES (65535 - 2 - sizeof(CG_IPTC_HEAD) - CG_IPTC_RESOURCE_NBYTES - 1)

/*
 * A copy of the packet without what describes the old file (size, orientation, thumbnails, attached
 * pictures) and, unless keep_gps, the place. *out is to be freed. Errors, without a text:
 * CG_ERR_FORMAT (not text), CG_ERR_LIMIT (too large, or the place cannot be removed),
 * CG_ERR_MEMORY.
 */
enum cg_status cg_xmp_carry(const struct cg_span *from, bool keep_gps, uint8_t **out,
                            size_t *out_nbytes);

/* XMP that one segment does not hold: the prefix of its parts in APP1 segments,
 * with its zero byte. */
#define CG_XMP_PART_HEAD "http://ns.adobe.com/xmp/extension/"

/* Take note of a part, which is what follows the prefix. */
void cg_xmp_add_part(struct cg_xmp_extension *extension, const uint8_t *bytes, size_t nbytes);

/*
 * The packet, ended by a zero, with the descriptions of its extension (which has a part) put in.
 * *out is to be freed. Errors, without a text: CG_ERR_FORMAT, CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_xmp_join(const struct cg_span *packet, const struct cg_xmp_extension *extension,
                           char **out);

/* The IPTC records among Photoshop's resources, which are the data of an APP13 segment after
 * CG_IPTC_HEAD; empty if there are none. */
struct cg_span cg_iptc_find(const struct cg_span *resources);

/* A copy of the records, without the place unless keep_gps; NULL if nothing is left. Errors: as
 * above, CG_ERR_FORMAT for a record that is cut off. */
enum cg_status cg_iptc_carry(const struct cg_span *from, bool keep_gps, uint8_t **out,
                             size_t *out_nbytes);

#endif
