/* Bytes to text: the one place where strangers' bytes become something that a terminal, an XML parser or a JSON
 * parser reads. Every writer uses these functions and no other way.
 *
 * Common rules: valid UTF-8 of printable characters passes; control characters (C0, DEL, C1), line separators
 * (U+2028, U+2029), bidirectional and other format controls (U+061C, U+180E, U+200B..U+200F, U+202A..U+202E,
 * U+2060..U+206F, U+FEFF, U+FFF9..U+FFFB, U+E0000..U+E0FFF), non-characters and bytes that are not UTF-8 become `\xHH`
 * for each byte, and a backslash before `xHH` is not doubled (as Nmap's users know it).
 *
 * On failure (ceiling, memory) the buffer is as before the call and `failed`. */
#ifndef LL_BASE_TEXT_H
#define LL_BASE_TEXT_H

#include "base/buf.h"

/* One line of plain text: no newline or tab survives raw. */
bool text_plain(struct buf *b, struct slice bytes);
/* Inside a double-quoted XML attribute: the common rules, then entities for < > & " ' and `-&#45;` for `--`, so that
 * the same text may stand in a comment (which must not end with the text itself); newline and tab as numeric
 * references. */
bool text_xml(struct buf *b, struct slice bytes);
/* Inside a JSON string, without the quotes: the common rules, then JSON escapes (the `\x` of the common rules is
 * written `\\x`). Newline and tab are `\n` and `\t`, U+2028 and U+2029 are `\u2028` and `\u2029`. */
bool text_json(struct buf *b, struct slice bytes);

#endif
