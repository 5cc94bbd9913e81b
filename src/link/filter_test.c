#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/filter.h"

#include <sys/socket.h>
#include <unistd.h>

/* A small machine for the instructions that the filter uses, after the description in McCanne and Jacobson, "The BSD
 * Packet Filter", 1993. Reading behind the packet ends with 0, as in the kernel. */
static uint32_t interpret(const struct filter_program *p, const uint8_t *d, size_t n) {
    uint64_t a = 0, x = 0;
    for (unsigned pc = 0; pc < p->n; pc++) {
        const struct sock_filter *f = &p->code[pc];
        size_t at = f->k + ((f->code & 0xe0) == BPF_IND ? (size_t)x : 0);
        size_t size = BPF_SIZE(f->code) == BPF_W ? 4 : BPF_SIZE(f->code) == BPF_H ? 2 : 1;
        bool yes = false;
        switch (BPF_CLASS(f->code)) {
        case BPF_LD:
        case BPF_LDX:
            if (at + size > n)
                return 0;
            if (BPF_CLASS(f->code) == BPF_LDX) {
                x = (d[at] & 0x0fu) * 4;
                break;
            }
            for (a = 0; size > 0; size--)
                a = a << 8 | d[at++];
            break;
        case BPF_ALU:
            assert_int_equal(f->code, BPF_ALU | BPF_AND | BPF_K);
            a &= f->k;
            break;
        case BPF_JMP:
            if (BPF_OP(f->code) == BPF_JA) {
                pc += f->k;
                break;
            }
            yes = BPF_OP(f->code) == BPF_JEQ   ? a == f->k
                  : BPF_OP(f->code) == BPF_JGT ? a > f->k
                  : BPF_OP(f->code) == BPF_JGE ? a >= f->k
                                               : (a & f->k) != 0;
            pc += yes ? f->jt : f->jf;
            break;
        case BPF_RET:
            return f->k;
        default:
            fail_msg("instruction %x", f->code);
        }
    }
    fail_msg("ran off the end");
    return 0;
}

static const uint8_t own_mac[MAC_LEN] = {2, 0, 0x5e, 0xaa, 0xbb, 0xcc};
static const struct link_filter ports = {40000, 40999};

/* One IP packet in words: what the filter looks at. */
struct packet_case {
    const char *what;
    uint8_t version, proto;
    uint8_t words;     /* IPv4 header length */
    uint16_t fragment; /* IPv4 flags and offset */
    uint16_t dport;
    size_t length; /* 0 = all */
    bool pass;
};

static const struct packet_case packets[] = {
    {"TCP to the first port", 4, 6, 5, 0, 40000, 0, true},
    {"TCP to the last port", 4, 6, 5, 0, 40999, 0, true},
    {"TCP below", 4, 6, 5, 0, 39999, 0, false},
    {"TCP above", 4, 6, 5, 0, 41000, 0, false},
    {"TCP, DF", 4, 6, 5, 0x4000, 40500, 0, true},
    {"TCP, first fragment", 4, 6, 5, 0x2000, 40500, 0, true},
    {"TCP, later fragment", 4, 6, 5, 0x2001, 40500, 0, false},
    {"TCP behind options", 4, 6, 15, 0, 40500, 0, true},
    {"TCP behind options, other port", 4, 6, 15, 0, 80, 0, false},
    {"TCP, cut before the port", 4, 6, 5, 0, 40500, 22, false},
    {"UDP", 4, 17, 5, 0, 40500, 0, true},
    {"UDP, other port", 4, 17, 5, 0, 53, 0, false},
    {"SCTP", 4, 132, 5, 0, 40500, 0, true},
    {"ICMP", 4, 1, 5, 0, 0, 0, true},
    {"ICMP fragment", 4, 1, 5, 0x00ff, 0, 0, true},
    {"OSPF", 4, 89, 5, 0, 40500, 0, false},
    {"TCP over IPv6", 6, 6, 0, 0, 40500, 0, true},
    {"TCP over IPv6, other port", 6, 6, 0, 0, 443, 0, false},
    {"UDP over IPv6", 6, 17, 0, 0, 40999, 0, true},
    {"SCTP over IPv6", 6, 132, 0, 0, 40999, 0, true},
    {"ICMPv6", 6, 58, 0, 0, 0, 0, true},
    {"IPv6 hop-by-hop options", 6, 0, 0, 0, 1, 0, true},
    {"IPv6 routing header", 6, 43, 0, 0, 1, 0, true},
    {"IPv6 fragment", 6, 44, 0, 0, 1, 0, true},
    {"IPv6 destination options", 6, 60, 0, 0, 1, 0, true},
    {"IPv6 no next header", 6, 59, 0, 0, 40500, 0, false},
    {"not IP", 5, 6, 5, 0, 40500, 0, false},
    {"empty", 4, 6, 5, 0, 40500, 1, false},
};

static size_t make(const struct packet_case *c, bool ethernet, uint8_t out[128]) {
    memset(out, 0, 128);
    uint8_t *ip = out + (ethernet ? 14 : 0);
    size_t header = c->version == 6 ? 40 : c->words * 4u;
    if (ethernet) {
        out[12] = c->version == 6 ? 0x86 : c->version == 4 ? 0x08 : 0x12;
        out[13] = c->version == 6 ? 0xdd : c->version == 4 ? 0x00 : 0x34;
    }
    ip[0] = (uint8_t)(c->version << 4 | c->words);
    ip[6] = c->version == 6 ? c->proto : (uint8_t)(c->fragment >> 8);
    ip[7] = c->version == 6 ? 64 : (uint8_t)c->fragment;
    if (c->version != 6)
        ip[9] = c->proto;
    ip[header + 2] = (uint8_t)(c->dport >> 8);
    ip[header + 3] = (uint8_t)c->dport;
    size_t n = c->length ? c->length : header + 20;
    return n + (ethernet ? 14 : 0);
}

static void packets_are_chosen_by_protocol_and_port(void **state) {
    (void)state;
    for (int ethernet = 0; ethernet < 2; ethernet++) {
        struct filter_program p;
        filter_build(&p, ethernet ? FRAME_ETHERNET : FRAME_RAW_IP, own_mac, &ports);
        for (size_t i = 0; i < LL_COUNT(packets); i++) {
            uint8_t d[128];
            size_t n = make(&packets[i], ethernet, d);
            if ((interpret(&p, d, n) != 0) != packets[i].pass)
                fail_msg("%s (%s)", packets[i].what, ethernet ? "Ethernet" : "raw IP");
        }
    }
}

static void arp_passes_when_it_can_be_an_answer(void **state) {
    (void)state;
    static const struct {
        uint8_t op;
        bool to_us, pass;
    } cases[] = {{2, true, true}, {2, false, true}, {1, true, true}, {1, false, false}};
    struct filter_program p;
    filter_build(&p, FRAME_ETHERNET, own_mac, &ports);
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        uint8_t d[42] = {0};
        memset(d, 0xff, 6);
        if (cases[i].to_us)
            memcpy(d, own_mac, 6);
        d[12] = 0x08;
        d[13] = 0x06;
        d[21] = cases[i].op;
        assert_int_equal(interpret(&p, d, sizeof d) != 0, cases[i].pass);
    }
    uint8_t near[42] = {2, 0, 0x5e, 0xaa, 0xbb, 0xcd, 0, 0, 0, 0, 0, 0, 0x08, 0x06};
    assert_int_equal(interpret(&p, near, sizeof near), 0);
}

/* The kernel takes the program and agrees with the machine above. */
static void the_kernel_agrees(void **state) {
    (void)state;
    struct filter_program p;
    struct err e = {0};
    int fds[2];
    filter_build(&p, FRAME_RAW_IP, own_mac, &ports);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fds), 0);
    assert_true(filter_attach(fds[1], &p, &e));
    for (size_t i = 0; i < LL_COUNT(packets); i++) {
        uint8_t d[128], got[128];
        size_t n = make(&packets[i], false, d);
        (void)send(fds[0], d, n, MSG_DONTWAIT);
        bool passed = recv(fds[1], got, sizeof got, MSG_DONTWAIT) == (ssize_t)n;
        if (passed != packets[i].pass)
            fail_msg("%s", packets[i].what);
    }
    close(fds[0]);
    close(fds[1]);
    assert_false(filter_attach(-1, &p, &e));
    assert_int_equal(e.code, ERR_OS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_chosen_by_protocol_and_port),
        cmocka_unit_test(arp_passes_when_it_can_be_an_answer),
        cmocka_unit_test(the_kernel_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
