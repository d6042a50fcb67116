/* Text that may hold anything, such as file names. */
#ifndef CG_BASE_TEXT_H
#define CG_BASE_TEXT_H

/*
 * Make text one line that a terminal shows and does not obey: control characters (C0, C1, DEL),
 * line and paragraph separators, marks that turn the direction of writing (which make a name look
 * like another), and bytes that are not UTF-8 become '?', in place.
 */
void cg_text_clean(char *text);

#endif
