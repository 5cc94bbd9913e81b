#include "link/filter.h"

#include "net/arp.h"
#include "net/eth.h"
#include "net/ip.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>

#define ACCEPT_BYTES 0x40000 /* more than any frame */

enum label { NEXT, ARP, IP4, IP4_TRANSPORT, IP6, IP6_TRANSPORT, PORT, ACCEPT, DROP, LABELS };

/* While the program is built, jt and jf hold labels; `resolve` turns them into distances. */
struct builder {
    struct filter_program *out;
    unsigned short at[LABELS];
    unsigned base; /* offset of the IP header */
};

static void emit(struct builder *b, unsigned code, uint32_t k, enum label jt, enum label jf) {
    assert(b->out->n < FILTER_MAX);
    b->out->code[b->out->n++] = (struct sock_filter){(uint16_t)code, (uint8_t)jt, (uint8_t)jf, k};
}

static void mark(struct builder *b, enum label l) {
    b->at[l] = b->out->n;
}

static void load(struct builder *b, unsigned size, uint32_t offset) {
    emit(b, BPF_LD | BPF_ABS | size, offset, NEXT, NEXT);
}

static void if_equal(struct builder *b, uint32_t k, enum label yes, enum label no) {
    emit(b, BPF_JMP | BPF_JEQ | BPF_K, k, yes, no);
}

static void resolve(struct builder *b) {
    for (unsigned short i = 0; i < b->out->n; i++) {
        struct sock_filter *f = &b->out->code[i];
        if (BPF_CLASS(f->code) != BPF_JMP)
            continue;
        f->jt = f->jt == NEXT ? 0 : (uint8_t)(b->at[f->jt] - i - 1);
        f->jf = f->jf == NEXT ? 0 : (uint8_t)(b->at[f->jf] - i - 1);
    }
}

/* RFC 826: op at byte 6. A request for our own address is broadcast or sent to our MAC; only the latter tells us
 * something about the asker. */
static void emit_arp(struct builder *b, const uint8_t mac[MAC_LEN]) {
    uint32_t high = (uint32_t)mac[0] << 24 | (uint32_t)mac[1] << 16 | (uint32_t)mac[2] << 8 | mac[3];
    uint32_t low = (uint32_t)mac[4] << 8 | mac[5];
    mark(b, ARP);
    load(b, BPF_H, ETH_LEN + 6);
    if_equal(b, ARP_REPLY, ACCEPT, NEXT);
    load(b, BPF_W, 0);
    if_equal(b, high, NEXT, DROP);
    load(b, BPF_H, 4);
    if_equal(b, low, ACCEPT, DROP);
}

static void emit_transports(struct builder *b, enum label transport) {
    if_equal(b, IP_PROTO_TCP, transport, NEXT);
    if_equal(b, IP_PROTO_UDP, transport, NEXT);
    if_equal(b, IP_PROTO_SCTP, transport, DROP);
}

static void emit_ip4(struct builder *b) {
    mark(b, IP4);
    load(b, BPF_B, b->base + 9);
    if_equal(b, IP_PROTO_ICMP, ACCEPT, NEXT);
    emit_transports(b, IP4_TRANSPORT);
    mark(b, IP4_TRANSPORT);
    load(b, BPF_H, b->base + 6);
    emit(b, BPF_JMP | BPF_JSET | BPF_K, 0x1fff, DROP, NEXT); /* fragment offset */
    emit(b, BPF_LDX | BPF_MSH | BPF_B, b->base, NEXT, NEXT); /* X = header length with options */
    emit(b, BPF_LD | BPF_IND | BPF_H, b->base + 2, NEXT, NEXT);
    emit(b, BPF_JMP | BPF_JA, 0, NEXT, NEXT); /* to PORT; see emit_ports */
}

static void emit_ip6(struct builder *b) {
    /* RFC 8200 4: hop-by-hop, routing, fragment, destination options */
    static const uint8_t extensions[] = {0, 43, 44, 60};
    mark(b, IP6);
    load(b, BPF_B, b->base + 6);
    if_equal(b, IP_PROTO_ICMP6, ACCEPT, NEXT);
    for (size_t i = 0; i < LL_COUNT(extensions); i++)
        if_equal(b, extensions[i], ACCEPT, NEXT);
    emit_transports(b, IP6_TRANSPORT);
    mark(b, IP6_TRANSPORT);
    load(b, BPF_H, b->base + IP6_LEN + 2);
}

static void emit_ports(struct builder *b, const struct link_filter *f, unsigned short jump_from) {
    mark(b, PORT);
    b->out->code[jump_from].k = (uint32_t)(b->at[PORT] - jump_from - 1);
    emit(b, BPF_JMP | BPF_JGE | BPF_K, f->port_first, NEXT, DROP);
    emit(b, BPF_JMP | BPF_JGT | BPF_K, f->port_last, DROP, ACCEPT);
    mark(b, ACCEPT);
    emit(b, BPF_RET | BPF_K, ACCEPT_BYTES, NEXT, NEXT);
    mark(b, DROP);
    emit(b, BPF_RET | BPF_K, 0, NEXT, NEXT);
}

void filter_build(struct filter_program *out, enum frame_link frame, const uint8_t mac[MAC_LEN],
                  const struct link_filter *f) {
    struct builder b = {.out = out, .base = frame == FRAME_ETHERNET ? ETH_LEN : 0};
    out->n = 0;
    if (frame == FRAME_ETHERNET) {
        load(&b, BPF_H, 12);
        if_equal(&b, ETH_TYPE_IP4, IP4, NEXT);
        if_equal(&b, ETH_TYPE_IP6, IP6, NEXT);
        if_equal(&b, ETH_TYPE_ARP, ARP, DROP);
        emit_arp(&b, mac);
    } else {
        load(&b, BPF_B, 0);
        emit(&b, BPF_ALU | BPF_AND | BPF_K, 0xf0, NEXT, NEXT);
        if_equal(&b, 0x40, IP4, NEXT);
        if_equal(&b, 0x60, IP6, DROP);
    }
    emit_ip4(&b);
    unsigned short jump = (unsigned short)(out->n - 1);
    emit_ip6(&b);
    emit_ports(&b, f, jump);
    resolve(&b);
}

bool filter_attach(int fd, const struct filter_program *p, struct err *e) {
    struct sock_filter copy[FILTER_MAX];
    memcpy(copy, p->code, sizeof copy);
    struct sock_fprog prog = {.len = p->n, .filter = copy};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof prog) != 0)
        return err_os(e, errno, "cannot attach the packet filter");
    return true;
}
