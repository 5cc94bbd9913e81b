/* Contract: a parser is one application protocol, in one file under src/proto, listed in proto/parsers.def. It knows
 * what to ask, recognises the peer's bytes and turns them into facts. Services, OS detection and scripts use it.
 *
 * A parser is pure: bytes and its dialogue in, bytes and facts out. No allocation but the facts' arena, no clock, no
 * globals, no sockets. Everything that it reads is hostile: cursors (base/wire.h), slices, ceilings. What it asks is
 * harmless: it reads public things, logs in nowhere, guesses no password, changes nothing at the peer.
 *
 * The caller (service/talk.c) owns the stream, the time and the budgets. It opens a stream, sends what `hello` wrote,
 * and gives `read` everything that came since the last question; on PARSE_ASK it sends the next one on the same stream,
 * or on a new one when the parser says so (`fresh`): what one answer tells may be asked for in a second conversation.
 */
#ifndef LL_PROTO_PARSER_H
#define LL_PROTO_PARSER_H

#include "base/buf.h"
#include "net/addr.h"
#include "proto/facts.h"

#define PARSER_ASK_MAX 2048 /* ceiling of one question */

enum parser_transport { PARSER_TCP = 1, PARSER_UDP = 2, PARSER_TLS = 4 /* also spoken inside TLS */ };

enum parse {
    PARSE_NOT,  /* this is another protocol; facts are to be thrown away */
    PARSE_MORE, /* so far it fits; more bytes are needed (never when `end`) */
    PARSE_ASK,  /* `ask` holds the next question; the answer decides or adds facts */
    PARSE_DONE  /* it is this protocol, and everything that was wanted is in the facts */
};

/* With whom we talk: for Host lines, URIs, SNI. */
struct parser_peer {
    struct slice host; /* the name that the user gave, else the address as text (IPv6 without brackets) */
    struct addr addr;
    uint16_t port;
    bool udp, tls;
};

/* One conversation of one parser; zeroed before hello. */
struct dialogue {
    const struct parser_peer *peer;
    unsigned asked; /* questions so far: 0 before the first one; counted by the caller */
    size_t used;    /* set with PARSE_ASK: bytes of `in` that are done with; the rest stands at the front of the next
                       `in`. 0 = all of them */
    bool fresh;     /* set with PARSE_ASK: the question goes out on a connection of its own. All of `in` is done with */
    bool slow;      /* set with PARSE_ASK, for good: the peer is known and may take seconds to answer, more of them when
                       it is asked other things meanwhile */
    uint64_t memo[6]; /* the parser's own */
};

struct parser_key {
    const char *key; /* "ssh.software" */
    const char *says;
};

struct parser {
    const char *name;       /* "ssh": of the file, in lists, in evidence */
    const char *service;    /* name in reports, as IANA or Nmap's users know it: "ssh", "domain", "microsoft-ds" */
    const char *source;     /* "RFC 4253" */
    unsigned transports;    /* enum parser_transport */
    bool answers_elsewhere; /* UDP: the answer comes from another port of the same host */
    bool greets;            /* the server speaks first: no question is needed (TCP) */
    /* 1..9: from this --version-intensity on it is asked at ports that are not its own; 1 = nearly everywhere. Parsers
     * without `hello` are never asked, only recognised. */
    unsigned rarity;
    const uint16_t *ports;     /* usual ones, 0 at the end: asked there first; NULL = none */
    const uint16_t *tls_ports; /* usual ones of its form inside TLS */
    const char
        *alpn; /* "\x02h2": its name in TLS, with its length (RFC 7301 3.1), where servers insist on it; or NULL */
    const struct parser_key *keys; /* every key that it puts; key NULL at the end */
    /* Are these bytes, the first that a peer sent (unasked, or after anybody's question), this protocol? Strict: a
     * false yes is worse than a no. Must be cheap: it is called with every parser's answers. NULL: never recognised
     * unasked. */
    bool (*recognise)(struct slice in);
    /* Appends the first question. NULL: asks nothing. */
    void (*hello)(struct dialogue *d, struct buf *ask);
    /* `in`: every byte since the last question (UDP: one datagram). `end`: nothing more will come, as the peer closed
     * or has been quiet for long; then never PARSE_MORE. `ask`: empty at call. May be called again with more bytes
     * after PARSE_MORE (the same ones at the front): facts put before are gone then. Whatever order of chunks, the same
     * facts. */
    enum parse (*read)(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask);
};

#endif
