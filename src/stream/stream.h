/* Streams: conversations as the stages see them. A stream is a connection (io/conn.h) with filters over it: plain TCP
 * or UDP, TLS over TCP, DTLS over UDP. TLS takes whatever the peer offers, from TLS 1.0 with weak suites to 1.3, and
 * verifies nothing: it is there to see, not to trust. */
#ifndef LL_STREAM_STREAM_H
#define LL_STREAM_STREAM_H

#include "base/err.h"
#include "io/conn.h"
#include "io/loop.h"

struct streams; /* what streams of a run share: the connector, the TLS contexts */
struct stream;

enum stream_kind { STREAM_TCP, STREAM_TLS, STREAM_UDP, STREAM_DTLS };

#define STREAM_NOT_TLS (-1) /* `ended`: the peer's bytes are no TLS, or it sent an alert before the handshake ended */
#define STREAM_NO_ALPN (-2) /* `ended`: it speaks TLS, but none of the protocols that `alpn` offered (RFC 7301 3.2) */

/* Called from the loop, never from inside a function below. */
struct stream_events {
    void (*opened)(void *ctx); /* ready to send; TLS: the handshake is over; once more after stream_start_tls */
    void (*received)(void *ctx, struct slice bytes);
    void (*ended)(void *ctx, int os); /* once: 0 = closed by the peer, STREAM_NO..., else an errno value */
};

struct stream_request {
    enum stream_kind kind;
    struct addr dst;
    uint16_t dport;
    const struct addr *source; /* as in struct conn_request */
    const char *interface;
    bool elsewhere;           /* UDP: as in struct conn_request */
    struct slice server_name; /* TLS: SNI; empty: none (an address is no name) */
    struct slice alpn;        /* TLS: names in the wire form of RFC 7301 3.1 (length, name ...); empty: none */
    const struct stream_events *events;
    void *ctx;
};

/* What a TLS handshake showed; borrowed until the stream is closed. */
#define STREAM_CHAIN_MAX 8
struct stream_tls {
    uint16_t version;                     /* 0x0301 .. 0x0304; DTLS as its TLS equivalent */
    uint16_t cipher;                      /* IANA number of the suite */
    struct slice alpn;                    /* chosen; empty: none */
    struct slice chain[STREAM_CHAIN_MAX]; /* certificates as sent, DER; further ones are dropped */
    size_t n_chain;
};

struct streams *streams_create(struct loop *loop, struct connector *connector, struct err *e);
/* NULL: errno value in *os, temporary ones as in io/conn.h. */
struct stream *stream_open(struct streams *s, const struct stream_request *r, int *os);
bool stream_send(struct stream *s, struct slice bytes);
/* A STREAM_TCP that is open becomes a STREAM_TLS, as both sides have agreed. False: no memory, or not open. */
bool stream_start_tls(struct stream *s, struct slice server_name);
/* While paused nothing is `received`, and of the ends only those by error are told. */
void stream_pause(struct stream *s, bool paused);
/* NULL: not TLS, or nothing was shown yet. After a handshake that failed: what was shown until then. */
const struct stream_tls *stream_tls(const struct stream *s);
bool stream_connected(const struct stream *s); /* the connection under it is there, though it may still shake hands */
size_t stream_raw_received(const struct stream *s); /* bytes that came through the connection, tunnel included */
void stream_close(struct stream *s);                /* no callback follows */
size_t streams_capacity(const struct streams *s);
void streams_destroy(struct streams *s); /* every stream has been closed */

#endif
