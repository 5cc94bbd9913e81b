/* Members and elements of JSON, one function a kind of value. The comma before is put when the text so far needs one,
 * so callers only open, put and close. `key` is NULL for elements of an array. */
#ifndef LL_REPORT_JSON_PUT_H
#define LL_REPORT_JSON_PUT_H

#include "net/addr.h"

void json_open(struct buf *b, const char *key, char bracket); /* '{' or '[' */
void json_close(struct buf *b, char bracket);                 /* '}' or ']' */
void json_null(struct buf *b, const char *key);
void json_bool(struct buf *b, const char *key, bool v);
void json_uint(struct buf *b, const char *key, uint64_t v);
void json_real(struct buf *b, const char *key, double v, int decimals); /* null when it is not finite */
void json_float(struct buf *b, const char *key, double v);              /* six significant digits */
void json_word(struct buf *b, const char *key, const char *text);       /* one of our own words: nothing to escape */
void json_text(struct buf *b, const char *key, struct slice text);      /* null when empty */
void json_addr(struct buf *b, const char *key, const struct addr *a);   /* null when NULL or without family */
void json_time(struct buf *b, const char *key, int64_t wall);           /* RFC 3339, UTC; null for 0 */

#endif
