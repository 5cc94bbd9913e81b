/* What is known of the service behind a port. Strings are strangers' bytes, borrowed from the host's arena; writers
 * escape them (base/text.h). */
#ifndef LL_MODEL_SERVICE_H
#define LL_MODEL_SERVICE_H

#include "base/arena.h"

#define SERVICE_CPE_MAX 3
#define SERVICE_TEXT_MAX 256   /* bytes of one field; longer ones are cut where they are made */
#define SERVICE_PRINT_MAX 4096 /* bytes of `print` */
#define SERVICE_FACTS_MAX 64

enum service_tunnel { TUNNEL_NONE, TUNNEL_SSL, TUNNEL_DTLS };

/* Why a conversation ended before the service was known. */
enum service_end {
    SERVICE_END_NONE,
    SERVICE_END_EXCLUDED,   /* a port of printers, without --allports */
    SERVICE_END_WRAPPED,    /* every connection was closed at once, without a byte */
    SERVICE_END_BYTES,      /* the answer never ended: the budget of bytes is used up */
    SERVICE_END_PORT_BYTES, /* all the answers of this port together: its budget of bytes is used up */
    SERVICE_END_HOST_BYTES, /* all the answers of this host together */
    SERVICE_END_TIME,       /* it drips, or does not end a message: the budget of time is used up */
    SERVICE_END_SILENT,     /* it takes connections and says nothing to any question */
    SERVICE_END_SAMPLED,    /* a host that answers alike on every port: not asked */
    SERVICE_END_CUT         /* the host or the run ended first */
};

/* What the finding rests on. */
struct service_evidence {
    struct slice probe;     /* name of the question that was answered; "banner": nothing was asked */
    struct slice parser;    /* that understood the answer; empty: none */
    struct slice signature; /* that named the product; empty: none */
    bool documented;        /* the signature rests on documents, not on a server that we have seen */
    uint32_t rtt_us;        /* from the question (or the connection) to the first byte */
    uint32_t bytes;         /* received in the conversation that decided */
    uint64_t hash;          /* FNV-1a, 64 bits, over those bytes */
};

/* One thing that was found beside product and version: "tls.subject" and the like (proto/facts.h). A key may stand
 * several times. */
struct service_fact {
    struct slice key, value;
};

struct service_result {
    uint16_t port;
    uint8_t proto;  /* enum proto */
    uint8_t tunnel; /* enum service_tunnel */
    uint8_t
        confidence;    /* 0..10: 3 from the table, 8 tcpwrapped, 10 understood; documented signatures are capped at 7 */
    bool probed;       /* the name comes from the conversation, not from the table */
    uint8_t end;       /* enum service_end */
    struct slice name; /* "http"; empty: as the table says */
    struct slice product, version, extra, hostname, os, device;
    struct slice cpe[SERVICE_CPE_MAX];
    size_t n_cpe;
    struct slice print; /* fingerprint of an unknown service, ready for a user to send us; one line; empty: none */
    struct service_evidence evidence;
    const struct service_fact *facts; /* what TLS shows */
    size_t n_facts;                   /* at most SERVICE_FACTS_MAX */
};

/* A deep copy of `n` results into `a`; NULL: no memory, or its ceiling. */
struct service_result *service_results_copy(struct arena *a, const struct service_result *v, size_t n);
/* "OpenSSH 9.2p1 (protocol 2.0)": product, version, extra, as readers of the VERSION column know it; appended as bytes
 * of strangers, not escaped. */
struct buf;
void service_version_text(struct buf *b, const struct service_result *s);

#endif
