/* One received packet taken apart: link header, network header, transport header, and for ICMP errors the quoted
 * packet. Nothing is copied but fixed-size headers; `payload` borrows from the packet bytes. */
#ifndef LL_NET_FRAME_H
#define LL_NET_FRAME_H

#include "net/arp.h"
#include "net/eth.h"
#include "net/icmp.h"
#include "net/ip.h"
#include "net/tcp.h"

enum frame_link { FRAME_ETHERNET, FRAME_RAW_IP }; /* what the bytes start with */

enum frame_kind {
    FRAME_OTHER = 0, /* IP of another protocol, or a fragment */
    FRAME_ARP,
    FRAME_TCP,
    FRAME_UDP,
    FRAME_ICMP,       /* query, reply, or ND */
    FRAME_ICMP_ERROR, /* with `quoted` */
    FRAME_SCTP
};

struct frame_quoted { /* valid for FRAME_ICMP_ERROR when `ok` */
    bool ok;
    struct ip ip;          /* src = whoever sent the packet that the error is about */
    uint16_t sport, dport; /* TCP, UDP, SCTP */
    uint32_t seq;          /* TCP sequence number */
    struct icmp icmp;      /* when ip.proto is ICMP(v6) */
};

/* What the kind does not have is undefined, except that ip.src.family is 0 for ARP and that ports, tcp.flags, icmp,
 * has_mac, nd_has_mac and quoted.ok are zero. */
struct frame {
    int64_t t; /* receive time, ns; filled in by the caller, untouched by frame_read */
    enum frame_kind kind;
    bool has_mac;
    uint8_t src_mac[MAC_LEN];
    struct ip ip; /* not for ARP */
    struct arp arp;
    struct tcp tcp;
    uint16_t sport, dport; /* TCP, UDP, SCTP */
    struct icmp icmp;
    struct addr nd_target; /* ND messages */
    bool nd_has_mac;
    uint8_t nd_mac[MAC_LEN];
    struct frame_quoted quoted;
    struct rd payload;
    size_t length; /* bytes of the network packet (for counters) */
};

/* False: not a packet that a scanner could use. Checksums are not verified (the kernel and the link do, and offload
 * leaves them unset on virtual links). */
bool frame_read(enum frame_link link, const uint8_t *p, size_t n, uint32_t zone, struct frame *out);

#endif
