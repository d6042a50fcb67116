/*
 * Spurious ink: flecks and ticks far from every line of the target. A critic trained on crops of
 * hatched or speckled pages rewards them anywhere, and they increase over a run.
 */
#ifndef CG_TRAIN_STYLE_SPURIOUS_INK_H
#define CG_TRAIN_STYLE_SPURIOUS_INK_H

/* How far from a target's line ink may be, in working pixels to each side: three line widths. */
#define CG_SPURIOUS_INK_REACH_PX 6

/*
 * distant (side x side): 1 minus the maximum of ink (side x side, 0 to 1) over the square that
 * reaches `reach` pixels to each side; 0 where the square leaves the picture, as there may be lines
 * outside. room: side x side floats of scratch.
 */
void cg_spurious_ink_distant(const float *ink, int side, int reach, float *room, float *distant);

#endif
