/* How a service that began in clear is asked to go on in TLS, one row a protocol (starttls.c). Pure, like a parser:
 * whoever connects gives it what the server says and does what it says. */
#ifndef LL_PROTO_STARTTLS_H
#define LL_PROTO_STARTTLS_H

#include "proto/parser.h"

#define STARTTLS_ANSWER_MAX 8192 /* bytes of one answer; longer ones are none */

enum starttls_kind {
    STARTTLS_CODES,  /* replies with three digits */
    STARTTLS_TAGGED, /* IMAP */
    STARTTLS_LINE,   /* POP3 */
    STARTTLS_SIEVE,
    STARTTLS_XML,
    STARTTLS_LDAP,
    STARTTLS_BYTE, /* PostgreSQL */
    STARTTLS_TPKT, /* RDP */
    STARTTLS_MYSQL
};

struct starttls {
    const char *parser;  /* whose services they are */
    const char *key;     /* its fact that holds the offer; NULL: only asking tells */
    struct slice word;   /* in that fact */
    struct slice say[2]; /* one after the other; empty: nothing. NULL in say[0]: the parser's own hello */
    bool greets;         /* the server speaks first */
    enum starttls_kind kind;
    const char *inside; /* a parser whose question follows inside of TLS; NULL: none */
    struct slice go;    /* how the go-ahead begins; empty: none follows the last word */
};

/* NULL: there is no such way in this protocol. */
const struct starttls *starttls_find(struct slice parser);
bool starttls_offered(const struct starttls *t, const struct facts *f);

enum starttls_next {
    STARTTLS_MORE,
    STARTTLS_SAY,       /* `say` is to be sent; the next `in` begins behind it */
    STARTTLS_SAY_SHAKE, /* the same, and the handshake follows at once */
    STARTTLS_SHAKE,     /* the handshake begins */
    STARTTLS_NO         /* refused, or not understood */
};

/* `in`: everything since the last word; `*step`: 0 before the first call, which is made with an empty `in` when the
 * connection is there. `say`: empty at call. */
enum starttls_next starttls_next(const struct starttls *t, const struct parser_peer *peer, unsigned *step,
                                 struct slice in, struct buf *say);

#endif
