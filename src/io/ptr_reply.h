/* Reads the name out of a DNS answer to a PTR question (RFC 1035 3.3.12, 4.1). */
#ifndef LL_IO_PTR_REPLY_H
#define LL_IO_PTR_REPLY_H

#include "base/base.h"

#define PTR_NAME_MAX 253 /* RFC 1035 2.3.4, as text without the final dot */

/* The first PTR record of the answer section, whoever owns it: behind a CNAME (RFC 2317) the owner is another name.
 * The bytes are raw: escaping is the business of whoever prints them. False: no such record, malformed, empty, or a
 * label that holds a NUL or a dot, which no text could show. */
bool ptr_reply_read(const uint8_t *p, size_t n, char out[PTR_NAME_MAX], size_t *out_n);

#endif
