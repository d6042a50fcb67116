/*
 * Stray ink: flecks and ticks far from every line of the target. A critic that sees crops of
 * hatched or speckled pages asks for some, wherever they may be, and they grow with the length of a
 * run.
 */
#ifndef CG_TRAIN_STYLE_SPURIOUS_INK_H
#define CG_TRAIN_STYLE_SPURIOUS_INK_H

/* How far from a target's line ink may be, in working pixels to each side: thrice a line's width.
 */
#define CG_STRAY_REACH_PX 6

/*
 * distant (side x side): 1 less the most ink (side x side, 0 to 1) in the square that reaches so
 * many pixels to each side; 0 where the square leaves the picture, as lines may lie out there.
 * room: side x side floats to work in.
 */
void cg_spurious_ink_distant(const float *ink, int side, int reach, float *room, float *distant);

#endif
