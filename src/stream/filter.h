/* Inside of src/stream: what stream.c and tls.c know of each other. */
#ifndef LL_STREAM_FILTER_H
#define LL_STREAM_FILTER_H

#include "stream/stream.h"

#define TLS_HANDSHAKE_MAX (64U << 10) /* bytes from the peer before the handshake is over; more: EMSGSIZE */

struct tls; /* one TLS session on memory: bytes in, bytes out */
struct tls_context;

struct tls_context *tls_context_create(struct err *e);
void tls_context_destroy(struct tls_context *c);

enum tls_state {
    TLS_SHAKING,
    TLS_OPEN,
    TLS_CLOSED /* by the peer, orderly */,
    TLS_NO /* not TLS, an alert */,
    TLS_NO_ALPN /* the alert of RFC 7301 3.2 */,
    TLS_TOO_LONG
};

struct tls *tls_create(struct tls_context *c, bool datagrams, struct slice server_name, struct slice alpn);
/* Takes bytes of the peer (NULL p: none) and goes on. */
enum tls_state tls_feed(struct tls *t, struct slice bytes);
/* DTLS: ns until what was sent must be sent again, unless an answer comes (RFC 6347 4.2.4); -1: nothing waits. When
 * that is over, tls_again; what is pending is to be sent then. */
int64_t tls_repeats_in(const struct tls *t);
void tls_again(struct tls *t);
/* Plain text that has come: up to `room` bytes. 0: no more now. */
size_t tls_read(struct tls *t, char *to, size_t room);
bool tls_write(struct tls *t, struct slice plain);
void tls_bye(struct tls *t); /* the orderly end (RFC 8446 6.1) is pending then */
/* What must be sent to the peer, a piece at a time: of a DTLS session one datagram. */
#define TLS_PIECE_MAX 4096
size_t tls_pending(struct tls *t, char to[TLS_PIECE_MAX]);
const struct stream_tls *tls_facts(const struct tls *t);
void tls_destroy(struct tls *t);

#endif
