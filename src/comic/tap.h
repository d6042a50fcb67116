/* Between the pixels of a small map: where those of the full picture lie. */
#ifndef CG_COMIC_TAP_H
#define CG_COMIC_TAP_H

/* Where a full row or column lies among the working ones. */
struct cg_tap {
    int index;      /* the working pixel at or before it: -1 to size - 1 */
    float linear;   /* weight of pixel index + 1; index has the rest */
    float cubic[4]; /* weights of the pixels index - 1 to index + 2 (Catmull and Rom 1974) */
};

/* Pixel centres meet: full pixel i lies at (i + 0.5) * size / full_size - 0.5. */
struct cg_tap cg_tap_make(int i, int size, int full_size);

#endif
