/* For the binary protocols: numbers in questions, bytes as facts. Reading bytes: base/wire.h. */
#ifndef LL_PROTO_BINARY_H
#define LL_PROTO_BINARY_H

#include "base/wire.h"
#include "proto/parser.h"

void ask_uint(struct buf *ask, uint64_t v, size_t n); /* big-endian, n <= 8 */
/* Overwrites the two bytes at `at`, which are there, with the count of bytes behind them. */
void ask_patch_length(struct buf *ask, size_t at);

#define HEX_LONGEST 64 /* bytes that are shown */
void facts_put_hex(struct facts *f, const char *key, struct slice bytes);
/* UTF-16 (little-endian, or big-endian) as UTF-8, cut at 256 units; broken pairs become U+FFFD. */
void facts_put_utf16(struct facts *f, const char *key, struct slice bytes, bool big);
void facts_put_addr(struct facts *f, const char *key, struct slice bytes); /* 4 or 16 bytes; else nothing */
/* Seconds since 1970 as "2026-11-25T17:00:00Z"; nothing when it is outside the years 1970 to 9999. */
void facts_put_time(struct facts *f, const char *key, int64_t unix_seconds);

/* Printable ASCII only (no tab: bits_is_text allows it), and at least one byte: for fields that hold text. */
bool is_printable(struct slice s);

#endif
