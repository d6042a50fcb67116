/* How programs use memory, for the whole process; a library must not decide that. */
#ifndef CG_STARTUP_ALLOCATOR_H
#define CG_STARTUP_ALLOCATOR_H

/*
 * Keep freed memory for the next picture or frame. Left alone, glibc hands each large block back to
 * the system, which clears it before it lends it again: .03 s for a picture of 8 megapixels. The
 * most memory that is held stays the same. Nothing is done with another C library.
 */
void cg_allocator_keep(void);

/* Hand back what is free, before a long wait. */
void cg_allocator_release(void);

#endif
