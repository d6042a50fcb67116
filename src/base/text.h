/* Untrusted text, such as file names. */
#ifndef CG_BASE_TEXT_H
#define CG_BASE_TEXT_H

/*
 * Sanitise text for a terminal, in place: control characters (C0, C1, DEL), line and paragraph
 * separators, bidirectional formatting characters (which can disguise a name) and bytes that are
 * not UTF-8 become '?'.
 */
void cg_text_clean(char *text);

#endif
