/* JARM: which suite, version, ALPN protocol and extensions a server chooses when ten different ClientHellos are offered
 * to it tells its TLS library and its settings. The method and its numbers are those that Salesforce published in 2020,
 * so that the 62 characters can be compared with everybody's (docs/decisions/0023-jarm-starttls.md).
 *
 * Pure, like a parser: whoever connects sends jarm_hello(0) to jarm_hello(9), each on a connection of its own. */
#ifndef LL_PROTO_JARM_H
#define LL_PROTO_JARM_H

#include "base/buf.h"

#define JARM_HELLOS 10
#define JARM_ANSWER_MAX 1484     /* bytes of one answer that count */
#define JARM_RAW_MAX (32U << 10) /* ten answers as text */
#define JARM_PRINT 62

enum jarm_answer {
    JARM_MORE,    /* the ServerHello is not whole yet */
    JARM_REFUSED, /* an alert, nothing, or no TLS: "|||" */
    JARM_CHOSE
};

/* Appends ClientHello `number`, 0 to 9. `host` is the server name: the method sends addresses, too. */
void jarm_hello(unsigned number, struct slice host, struct buf *ask);
/* Appends "c02f|0303|h2|0000-ff01-0010" (suite, version, protocol, extensions) or "|||" to `raw`, unless more is
 * needed; never JARM_MORE when `end`. *version: 0x0300 to 0x0304, the one that was really chosen (RFC 8446 4.2.1). */
enum jarm_answer jarm_read(struct slice in, bool end, struct buf *raw, uint16_t *version);
/* The fingerprint of ten answers with commas between them, NUL at the end. False: they are not ten. */
bool jarm_print(struct slice raw, char out[JARM_PRINT + 1]);

#endif
