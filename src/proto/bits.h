/* For protocols whose answer is a line or a few: is it text, what stands between two marks or in a member of a JSON
 * object. Lines one by one and numbered replies: proto/lines.h. Numbers in bytes: base/wire.h. */
#ifndef LL_PROTO_BITS_H
#define LL_PROTO_BITS_H

#include "base/wire.h"
#include "proto/lines.h"

/* The first line of an answer that begins with `start`: PARSE_NOT when it does not, or when no line ends within `max`
 * bytes; PARSE_MORE; PARSE_DONE with *line. */
enum parse bits_first_line(struct slice in, bool end, struct slice start, size_t max, struct slice *line);
/* Only printable ASCII, blanks and tabs (line ends, too, when `lines`), and at least one byte. is_text (proto/lines.h)
 * is for text of other languages. */
bool bits_is_text(struct slice s, bool lines);
/* From behind `from` up to `to`; empty and p == NULL when one of them is missing. */
struct slice bits_between(struct slice s, struct slice from, struct slice to);
/* The value of the first member `key` of an object: text without its quotes (escapes stay), or a bare word or number.
 * p == NULL: none. Nested objects are looked into; good enough for values that are only shown. Members by their path:
 * proto/json_scan.h. */
struct slice bits_json(struct slice object, struct slice key);

#endif
