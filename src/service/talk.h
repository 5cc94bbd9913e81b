/* One conversation with one port: a stream, a question (or only listening), a parser that reads the answer, and the
 * budgets that end it. A parser may want a new stream for a further question (`fresh` in proto/parser.h). Nothing here
 * waits a fixed time for what a round trip bounds. */
#ifndef LL_SERVICE_TALK_H
#define LL_SERVICE_TALK_H

#include "proto/list.h"
#include "service/budget.h"
#include "service/trace.h"
#include "stream/stream.h"

#define TALK_TIME_MAX (8 * NS_PER_S)

enum talk_end {
    TALK_UNDERSTOOD, /* `parser` read it; the facts are there */
    TALK_OTHER,      /* the answer is another protocol's: `parser` recognised it and wants a conversation of its own */
    TALK_BYTES,      /* an answer that nobody understood */
    TALK_ECHO,       /* it sent back what we had said */
    TALK_TUNNEL,     /* the TLS handshake worked (only with `only_handshake`) */
    TALK_SILENT,     /* connected, and nothing came while we were patient */
    TALK_CLOSED,     /* connected, and closed by the peer without a byte */
    TALK_NO_TLS,     /* no TLS there; `os` is STREAM_NO_ALPN when only the names in it were wrong */
    TALK_FAILED,     /* no connection; errno value in `os` */
    TALK_TOO_MUCH,   /* TALK_BYTES_MAX came without an end, or the budget is used up */
    TALK_TOO_SLOW    /* bytes came, but no message within TALK_TIME_MAX */
};

struct talk_result {
    enum talk_end end;
    int os;
    const struct parser *parser;
    const struct facts *facts;    /* UNDERSTOOD */
    const struct stream_tls *tls; /* what a handshake showed, also of one that failed; NULL: nothing */
    struct slice bytes;           /* the last answer, or what came of it */
    struct slice alpn;            /* that the peer's TLS chose; empty: none */
    bool asked;                   /* something had been sent before the answer */
    uint64_t total, hash;         /* of the whole conversation */
    int64_t rtt;                  /* to the first byte, ns; 0 = none came */
    int64_t connected;            /* how long the connection took; 0 = it did not */
};

struct talk;
/* The result is borrowed for the call; afterwards the talk is gone. Never called from inside talk_start. */
typedef void (*talk_fn)(void *ctx, struct talk *t, const struct talk_result *r);

struct talk_request {
    struct streams *streams;
    struct loop *loop;
    const struct service_trace *trace; /* NULL: nobody looks */
    struct stream_request stream;      /* kind, dst, dport, source, interface, server_name, alpn; live as `peer` */
    const struct parser_peer *peer;    /* lives as long as the talk */
    const struct parser *parser;       /* asks; NULL: only listens, or sends `payload` */
    struct slice payload;              /* of a user's own question; borrowed as `peer` */
    const char *name;                  /* of the question: in traces and evidence */
    bool only_handshake;               /* TLS: whether it works is all that counts */
    int64_t listen_first;              /* ns that the peer may use to speak first, before the question goes out */
    int64_t patience;                  /* ns without a byte after which it is silent */
    int64_t rtt;                       /* as far as it is known, ns */
    struct byte_budget *budget;        /* of the port; outlives the talk */
    talk_fn done;
    void *ctx;
};

struct talk *talk_start(const struct talk_request *r, int *os); /* NULL: errno value as of stream_open */
const struct talk_request *talk_asked(const struct talk *t);
int64_t talk_begun(const struct talk *t);     /* loop time */
int64_t talk_connected(const struct talk *t); /* loop time; 0: not yet */
bool talk_shakes(const struct talk *t);       /* connected, and TLS is not yet agreed on */
int64_t talk_heard(const struct talk *t);     /* loop time of the last bytes */
bool talk_has_bytes(const struct talk *t);    /* also of a handshake */
bool talk_is_known(const struct talk *t);     /* understood already, and asking on: it will end with that */
bool talk_is_read(const struct talk *t);      /* the beginning of a message that fits; what ends it is awaited */
void talk_cancel(struct talk *t);             /* no callback follows */

#endif
