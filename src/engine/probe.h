/* Contract: a probe is one question to one address, in one file under src/probe, listed in probe/list.h.
 *
 * A probe is pure: no allocation, no clock, no globals; both address families go through net/. The engine owns the
 * windows, retries, loss ledger, pacing and the answers' bookkeeping and knows no probe by name.
 *
 * via FRAME: `build` writes what stands behind the network header (or, with `over` PROBE_OVER_ETHERNET, behind the
 * Ethernet header); the engine writes the headers in front of it. `classify` looks at one received frame and says
 * whether it could be an answer, to which question, and what it means. The engine then checks the echoed cookie: an
 * answer whose echo does not match never existed. via DIAL: the engine opens a connection; `dialled` says what its end
 * means.
 *
 * The questions of one probe are numbered by `port` (TCP port; 0 for probes that have no ports). */
#ifndef LL_ENGINE_PROBE_H
#define LL_ENGINE_PROBE_H

#include "base/slice.h"
#include "base/wire.h"
#include "model/event.h"
#include "net/frame.h"

enum probe_via { PROBE_FRAME, PROBE_DIAL };
enum probe_over { PROBE_OVER_IP, PROBE_OVER_ETHERNET };

struct question {
    struct addr src, dst;
    const uint8_t *src_mac; /* own MAC; only for PROBE_OVER_ETHERNET and ND */
    uint16_t port;          /* asked port */
    uint16_t sport;         /* own port, or the sequence number of probes without ports: carries the wire epoch */
    uint64_t cookie;        /* low `echo_bits` bits go where the peer echoes them */
    struct slice payload;   /* what the question carries; only for probes with `payload` */
};

enum verdict_kind {
    VERDICT_NONE = 0, /* not an answer to this probe */
    VERDICT_ANSWER,   /* the target itself (or its neighbour cache) answered */
    VERDICT_ERROR     /* an ICMP error about the question */
};

struct verdict {
    enum verdict_kind kind;
    struct addr peer;      /* whom the question was addressed to */
    struct addr from;      /* who sent the answer */
    uint16_t port;         /* the question */
    uint16_t sport;        /* as in struct question */
    bool has_echo;         /* false: the protocol echoes nothing; counts only while the question is outstanding */
    uint32_t echo;         /* what the peer echoed */
    enum port_state state; /* meaning as a port scan; PORT_UNKNOWN = changes nothing */
    enum host_state host;  /* meaning as discovery; HOST_UNKNOWN = changes nothing */
    enum reason reason;
    struct slice said; /* UDP: what the answer carries; borrowed from the frame */
    uint8_t ttl;       /* of the answer's network header */
    bool rst_due;      /* the peer holds a half-open connection: the engine must answer with an RST */
    uint32_t rst_seq;  /* sequence number for that RST */
    bool has_mac;
    uint8_t mac[MAC_LEN];
};

struct probe {
    const char *name; /* "syn"; the name in lists and XML */
    enum phase phase; /* phase name when used as a port scan */
    enum proto proto;
    enum probe_via via;
    enum probe_over over;
    uint16_t ethertype;      /* PROBE_OVER_ETHERNET */
    uint8_t ip_proto[2];     /* PROBE_OVER_IP: for IPv4, IPv6 */
    bool v4, v6;             /* families it works for */
    unsigned echo_bits;      /* 0, 16 or 32 */
    bool payload;            /* carries what the run has for the port (engine_config.payload_of) */
    enum port_state silence; /* what no answer means for a port */
    unsigned canary_value;   /* 0 = never; an answered question of this probe as a loss canary: higher is preferred */
    void (*build)(struct wr *w, const struct question *q);
    bool (*classify)(const struct frame *f, struct verdict *out);
    void (*dialled)(int result, struct verdict *out); /* fills state, host, reason; kind NONE = no answer (temporary) */
    /* Neighbour probes: where the frame goes (solicited-node multicast); NULL = the next hop. */
    void (*aim)(const struct addr *dst, uint8_t mac[MAC_LEN], struct addr *ip_dst);
};

#endif
