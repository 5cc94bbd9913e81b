/* Small things that several parsers read: whole lines, little-endian numbers, members of flat JSON objects. */
#ifndef LL_PROTO_BITS_H
#define LL_PROTO_BITS_H

#include "base/wire.h"
#include "proto/parser.h"

/* Takes the next whole line off the front, without CR LF; false when there is no whole one. */
bool bits_line(struct slice *rest, struct slice *line);
/* The first line of an answer that begins with `start`: PARSE_NOT when it does not, or when no line ends within `max`
 * bytes; PARSE_MORE; PARSE_DONE with *line. */
enum parse bits_first_line(struct slice in, bool end, struct slice start, size_t max, struct slice *line);
/* Position of `what` in s, or s.n. */
size_t bits_find(struct slice s, struct slice what);
bool bits_have(struct slice s, struct slice what);
/* Only printable ASCII, blanks and tabs (line ends, too, when `lines`), and at least one byte. */
bool bits_is_text(struct slice s, bool lines);
/* From behind `from` up to `to`; empty and p == NULL when one of them is missing. */
struct slice bits_between(struct slice s, struct slice from, struct slice to);
/* The value of the first member `key` of an object: text without its quotes (escapes stay), or a bare word or number.
 * p == NULL: none. Nested objects are looked into; good enough for values that are only shown. */
struct slice bits_json(struct slice object, struct slice key);
uint64_t bits_le(struct rd *r, size_t n); /* n <= 8; as rd_uint, the other way round */

#endif
