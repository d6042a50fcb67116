/* Part of quality.c: strokes, flecks and fog of a comic, by its luma alone; picture_quality.h
 * defines them. */
#ifndef CG_MEASURE_PICTURE_LINE_H
#define CG_MEASURE_PICTURE_LINE_H

#include "measure/field.h"
#include "measure/picture_quality.h"

#define CG_QUALITY_LINE_SCRATCH 3

/* Sets strokes, continuity and flecks. scratch: fields of luma's size, overwritten; stack: room for
 * a pixel number each. */
void cg_quality_measure_lines(const struct cg_field *luma,
                              const struct cg_field scratch[CG_QUALITY_LINE_SCRATCH], size_t *stack,
                              struct cg_quality *out);

/* Sets fog. gradient: luma's. */
void cg_quality_measure_fog(const struct cg_field *luma, const struct cg_field *gradient,
                            const struct cg_field scratch[CG_QUALITY_LINE_SCRATCH],
                            struct cg_quality *out);

#endif
