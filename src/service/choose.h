/* Which questions a port gets, and in which order: the user's own for this port, those of its usual protocols, then the
 * others from likely to rare, up to the intensity. */
#ifndef LL_SERVICE_CHOOSE_H
#define LL_SERVICE_CHOOSE_H

#include "proto/list.h"
#include "service/versiondb.h"

enum ask_kind {
    ASK_LISTEN, /* nothing is asked */
    ASK_PARSER,
    ASK_TLS, /* a handshake */
    ASK_USER /* a probe of --versiondb */
};

struct ask {
    enum ask_kind kind;
    const struct parser *parser; /* ASK_PARSER; ASK_LISTEN: asks on the same connection when nobody speaks, or NULL */
    const struct versiondb_probe *probe; /* ASK_USER */
    size_t place;                        /* ASK_USER: of the probe */
    bool usual;                          /* for this port: asked at once */
    bool waits;                          /* the one before it has a second to itself */
};

#define ASKS_MAX 256

struct ask_list {
    struct ask v[ASKS_MAX];
    size_t n;
    const struct parser *gone_on; /* asked by ASK_LISTEN; NULL: nobody */
};

struct ask_port {
    uint16_t port;
    bool udp;
    bool tunnel; /* inside TLS or DTLS */
    unsigned intensity;
    struct slice alpn;            /* the name that TLS chose; empty: none */
    const struct versiondb *user; /* NULL: none */
};

void choose_asks(const struct ask_port *p, struct ask_list *out);
/* The parser of the handshake: what it understands is a tunnel, not yet a service. */
bool parser_is_tls(const struct parser *p);
bool parser_is_dtls(const struct parser *p);
/* Does a service of this port usually speak first? */
bool choose_greets(uint16_t port);
const char *ask_name(const struct ask *a);

#endif
