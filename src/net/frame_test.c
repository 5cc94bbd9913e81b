/* Tests of whole received packets, built with our own writers, then bent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/checksum.h"
#include "net/frame.h"

enum { ZONE = 7, ROOM = 512 };

struct pair {
    struct addr own, peer;
};

static const uint8_t own_mac[MAC_LEN] = {2, 0, 0, 0, 0, 1}, peer_mac[MAC_LEN] = {2, 0, 0, 0, 0, 2};
static uint8_t bytes[ROOM];
static struct wr w;
static struct frame f;

static struct pair addresses(bool v6) {
    static const uint8_t own6[16] = {0xfe, 0x80, [15] = 1}, peer6[16] = {0xfe, 0x80, [15] = 2};
    if (v6)
        return (struct pair){addr_v6(own6, ZONE), addr_v6(peer6, ZONE)};
    return (struct pair){addr_v4(0xc0000201), addr_v4(0xc0000202)};
}

static void begin(uint16_t type) {
    w = wr_of(bytes, sizeof bytes);
    memset(&f, 0xa5, sizeof f);
    struct eth e = {.type = type};
    memcpy(e.src, peer_mac, MAC_LEN);
    memcpy(e.dst, own_mac, MAC_LEN);
    if (type)
        eth_write(&w, &e);
}

static void put_ip(const struct addr *src, const struct addr *dst, uint8_t proto, uint32_t payload) {
    struct ip h = {.src = *src, .dst = *dst, .proto = proto, .ttl = 255, .payload = payload};
    ip_write(&w, &h);
}

static void begin_ip(bool v6, uint8_t proto, uint32_t payload) {
    struct pair a = addresses(v6);
    begin(v6 ? ETH_TYPE_IP6 : ETH_TYPE_IP4);
    put_ip(&a.peer, &a.own, proto, payload);
}

static bool read_copy(enum frame_link link, size_t n) {
    static uint8_t *copy; /* of exactly n bytes, so that the sanitizer sees a step too far; kept for the payload */
    free(copy);
    copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    bool ok = frame_read(link, copy, n, ZONE, &f);
    if (ok && f.payload.n > 0)
        assert_true(f.payload.p >= copy && f.payload.p + f.payload.n <= copy + n);
    return ok;
}

static void assert_from_peer(bool v6) {
    struct pair a = addresses(v6);
    assert_true(addr_eq(&f.ip.src, &a.peer));
    assert_true(addr_eq(&f.ip.dst, &a.own));
    assert_true(f.has_mac);
    assert_memory_equal(f.src_mac, peer_mac, MAC_LEN);
}

static void write_answer(bool v6, uint8_t flags, uint16_t mss) {
    struct pair a = addresses(v6);
    struct tcp t = {.sport = 443, .dport = 50000, .seq = 7, .ack = 0x89abcdf0, .flags = flags, .mss = mss};
    begin_ip(v6, IP_PROTO_TCP, mss ? 24 : 20);
    tcp_write(&w, &t, &a.peer, &a.own);
}

static void test_tcp(void **state) {
    (void)state;
    for (int v6 = 0; v6 < 2; v6++) {
        write_answer(v6, TCP_SYN | TCP_ACK, 1460);
        wr_zero(&w, 6); /* what Ethernet pads does not belong to the packet */
        assert_true(read_copy(FRAME_ETHERNET, w.n));
        assert_int_equal(f.kind, FRAME_TCP);
        assert_from_peer(v6);
        assert_int_equal(f.sport, 443);
        assert_int_equal(f.dport, 50000);
        assert_int_equal(f.tcp.flags, TCP_SYN | TCP_ACK);
        assert_int_equal(f.tcp.mss, 1460);
        assert_true(f.tcp.ack == 0x89abcdf0);
        assert_int_equal(f.payload.n, 0);
        assert_int_equal(f.length, (v6 ? 40 : 20) + 24);
        assert_true(f.t == (int64_t)0xa5a5a5a5a5a5a5a5);
        for (size_t n = 0; n < w.n - 6; n++)
            assert_false(read_copy(FRAME_ETHERNET, n));
    }
}

static void test_raw_ip(void **state) {
    (void)state;
    for (int v6 = 0; v6 < 2; v6++) {
        write_answer(v6, TCP_RST | TCP_ACK, 0);
        memmove(bytes, bytes + ETH_LEN, w.n - ETH_LEN);
        assert_true(read_copy(FRAME_RAW_IP, w.n - ETH_LEN));
        assert_int_equal(f.kind, FRAME_TCP);
        assert_false(f.has_mac);
        assert_int_equal(f.tcp.flags, TCP_RST | TCP_ACK);
    }
    assert_false(frame_read(FRAME_RAW_IP, NULL, 0, 0, &f));
    assert_false(frame_read(FRAME_ETHERNET, NULL, 0, 0, &f));
}

static void test_vlan_and_types(void **state) {
    (void)state;
    write_answer(false, TCP_SYN | TCP_ACK, 0);
    size_t n = w.n;
    memmove(bytes + 16, bytes + 12, n - 12);
    memcpy(bytes + 12, (const uint8_t[]){0x81, 0x00, 0x20, 0x05}, 4);
    assert_true(read_copy(FRAME_ETHERNET, n + 4));
    assert_int_equal(f.kind, FRAME_TCP);
    assert_from_peer(false);
    write_answer(false, TCP_SYN | TCP_ACK, 0);
    static const uint16_t others[] = {ETH_TYPE_IP6, 0x88cc, 0x0026, ETH_TYPE_ARP};
    for (size_t i = 0; i < LL_COUNT(others); i++) {
        bytes[12] = (uint8_t)(others[i] >> 8);
        bytes[13] = (uint8_t)others[i];
        assert_false(read_copy(FRAME_ETHERNET, w.n));
    }
}

static void test_arp(void **state) {
    (void)state;
    struct pair a = addresses(false);
    struct arp reply = {.op = ARP_REPLY, .sender = a.peer, .target = a.own};
    memcpy(reply.sender_mac, peer_mac, MAC_LEN);
    begin(ETH_TYPE_ARP);
    arp_write(&w, &reply);
    wr_zero(&w, 18);
    assert_true(read_copy(FRAME_ETHERNET, w.n));
    assert_int_equal(f.kind, FRAME_ARP);
    assert_int_equal(f.arp.op, ARP_REPLY);
    assert_true(addr_eq(&f.arp.sender, &a.peer));
    assert_int_equal(f.ip.src.family, ADDR_NONE);
    assert_int_equal(f.length, ARP_LEN);
}

static void test_udp_and_sctp(void **state) {
    (void)state;
    static const struct {
        uint16_t length;
        bool ok;
        size_t payload;
    } rows[] = {{0, false, 0}, {7, false, 0}, {8, true, 0}, {10, true, 2}, {12, true, 4}, {0xffff, true, 4}};
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        begin_ip(i % 2, IP_PROTO_UDP, 12);
        wr_u32(&w, 53 << 16 | 50000);
        wr_u16(&w, rows[i].length);
        wr_zero(&w, 6);
        assert_int_equal(read_copy(FRAME_ETHERNET, w.n), rows[i].ok);
        if (!rows[i].ok)
            continue;
        assert_int_equal(f.kind, FRAME_UDP);
        assert_int_equal(f.sport, 53);
        assert_int_equal(f.dport, 50000);
        assert_int_equal(f.payload.n, rows[i].payload);
    }
    begin_ip(true, IP_PROTO_SCTP, 16);
    wr_u32(&w, 3868 << 16 | 50001);
    wr_zero(&w, 12);
    assert_true(read_copy(FRAME_ETHERNET, w.n));
    assert_int_equal(f.kind, FRAME_SCTP);
    assert_int_equal(f.sport, 3868);
    assert_int_equal(f.dport, 50001);
    assert_int_equal(f.payload.n, 4);
    assert_false(read_copy(FRAME_ETHERNET, w.n - 5));
}

static void test_echo_reply(void **state) {
    (void)state;
    for (int v6 = 0; v6 < 2; v6++) {
        struct pair a = addresses(v6);
        struct icmp m = {.type = v6 ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY, .id = 0xbeef, .seq = 3};
        begin_ip(v6, v6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP, 8);
        icmp_write_query(&w, &m, &a.peer, &a.own);
        assert_true(read_copy(FRAME_ETHERNET, w.n));
        assert_int_equal(f.kind, FRAME_ICMP);
        assert_int_equal(f.icmp.type, m.type);
        assert_int_equal(f.icmp.id, 0xbeef);
        assert_int_equal(f.icmp.seq, 3);
        assert_false(f.nd_has_mac || f.quoted.ok);
        /* ICMP in the other family is just some protocol. */
        begin_ip(v6, v6 ? IP_PROTO_ICMP : IP_PROTO_ICMP6, 8);
        icmp_write_query(&w, &m, &a.peer, &a.own);
        assert_true(read_copy(FRAME_ETHERNET, w.n));
        assert_int_equal(f.kind, FRAME_OTHER);
        assert_int_equal(f.payload.n, 8);
    }
}

/* An error about a packet of ours, of which `upper` bytes are quoted; returns where the quoted header begins. */
static size_t write_error(bool v6, uint8_t type, uint8_t proto, size_t upper) {
    struct pair a = addresses(v6);
    size_t header = v6 ? IP6_LEN : IP4_LEN;
    begin_ip(v6, v6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP, (uint32_t)(8 + header + upper));
    wr_u8(&w, type);
    wr_u8(&w, 3);
    wr_zero(&w, 6);
    size_t at = w.n;
    put_ip(&a.own, &a.peer, proto, 24);
    uint8_t segment[24];
    struct wr inner = wr_of(segment, sizeof segment);
    struct tcp syn = {.sport = 50000, .dport = 80, .seq = 0x89abcdef, .flags = TCP_SYN, .mss = 1460};
    tcp_write(&inner, &syn, &a.own, &a.peer);
    wr_bytes(&w, segment, upper);
    return at;
}

static void test_error_quotes_a_syn(void **state) {
    (void)state;
    static const uint8_t types4[] = {ICMP_UNREACHABLE, ICMP_TIME_EXCEEDED, ICMP_PARAM_PROBLEM, ICMP_SOURCE_QUENCH};
    for (uint8_t i = 0; i < 8; i++) {
        bool v6 = i % 2;
        struct pair a = addresses(v6);
        for (size_t upper = 0; upper <= 24; upper += 4) {
            write_error(v6, v6 ? i / 2 + 1 : types4[i / 2], IP_PROTO_TCP, upper);
            assert_true(read_copy(FRAME_ETHERNET, w.n));
            assert_int_equal(f.kind, FRAME_ICMP_ERROR);
            assert_from_peer(v6);
            assert_int_equal(f.icmp.code, 3);
            assert_int_equal(f.quoted.ok, upper >= 8);
            if (!f.quoted.ok)
                continue;
            assert_true(addr_eq(&f.quoted.ip.src, &a.own));
            assert_true(addr_eq(&f.quoted.ip.dst, &a.peer));
            assert_int_equal(f.quoted.ip.proto, IP_PROTO_TCP);
            assert_int_equal(f.quoted.sport, 50000);
            assert_int_equal(f.quoted.dport, 80);
            assert_true(f.quoted.seq == 0x89abcdef);
        }
    }
}

static void test_error_quotes_others(void **state) {
    (void)state;
    for (int v6 = 0; v6 < 2; v6++) {
        uint8_t type = v6 ? ICMP6_UNREACHABLE : ICMP_UNREACHABLE;
        write_error(v6, type, IP_PROTO_UDP, 8);
        assert_true(read_copy(FRAME_ETHERNET, w.n) && f.quoted.ok);
        assert_int_equal(f.quoted.dport, 80);
        assert_int_equal(f.quoted.seq, 0);
        write_error(v6, type, IP_PROTO_SCTP, 4);
        assert_true(read_copy(FRAME_ETHERNET, w.n) && f.quoted.ok);
        assert_int_equal(f.quoted.sport, 50000);
        write_error(v6, type, v6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP, 8);
        assert_true(read_copy(FRAME_ETHERNET, w.n) && f.quoted.ok);
        assert_int_equal(f.quoted.icmp.type, 50000 >> 8);
        assert_int_equal(f.quoted.icmp.id, 0x89ab);
        assert_int_equal(f.quoted.sport, 0);
        write_error(v6, type, 47, 0);
        assert_true(read_copy(FRAME_ETHERNET, w.n) && f.quoted.ok);
        assert_int_equal(f.quoted.ip.proto, 47);
    }
}

static void test_error_quotes_garbage(void **state) {
    (void)state;
    /* The quote is of the other family. */
    size_t at = write_error(false, ICMP_UNREACHABLE, IP_PROTO_TCP, 24);
    bytes[at] = 0x60;
    assert_true(read_copy(FRAME_ETHERNET, w.n));
    assert_int_equal(f.kind, FRAME_ICMP_ERROR);
    assert_false(f.quoted.ok);
    /* A length that the other stack has already decreased. */
    at = write_error(false, ICMP_UNREACHABLE, IP_PROTO_TCP, 8);
    bytes[at + 2] = 0;
    bytes[at + 3] = 4;
    assert_true(read_copy(FRAME_ETHERNET, w.n) && f.quoted.ok);
    assert_true(f.quoted.seq == 0x89abcdef);
    /* A later fragment has no ports. */
    at = write_error(false, ICMP_UNREACHABLE, IP_PROTO_TCP, 8);
    bytes[at + 7] = 1;
    assert_true(read_copy(FRAME_ETHERNET, w.n) && f.quoted.ok);
    assert_true(f.quoted.ip.fragment);
    assert_int_equal(f.quoted.dport, 0);
    /* Cut anywhere. */
    for (int v6 = 0; v6 < 2; v6++) {
        write_error(v6, v6 ? ICMP6_TOO_BIG : ICMP_UNREACHABLE, IP_PROTO_TCP, 8);
        size_t header = v6 ? IP6_LEN : IP4_LEN;
        for (size_t n = 0; n < w.n; n++) {
            assert_int_equal(read_copy(FRAME_ETHERNET, n), n >= ETH_LEN + header + 8);
            assert_false(f.quoted.ok);
        }
    }
}

/* A neighbour message with the option that fits it. */
static void write_nd(uint8_t type) {
    struct pair a = addresses(true);
    begin_ip(true, IP_PROTO_ICMP6, 32);
    nd_write_solicit(&w, &a.peer, &a.own, &a.peer, peer_mac);
    bytes[ETH_LEN + IP6_LEN] = type;
    bytes[ETH_LEN + IP6_LEN + 24] = type == ICMP6_NEIGHBOR_SOLICIT ? 1 : 2;
}

static void test_neighbour_messages(void **state) {
    (void)state;
    struct pair a = addresses(true);
    static const uint8_t types[] = {ICMP6_NEIGHBOR_SOLICIT, ICMP6_NEIGHBOR_ADVERT};
    for (size_t i = 0; i < LL_COUNT(types); i++) {
        write_nd(types[i]);
        assert_true(read_copy(FRAME_ETHERNET, w.n));
        assert_int_equal(f.kind, FRAME_ICMP);
        assert_int_equal(f.icmp.type, types[i]);
        assert_true(addr_eq(&f.nd_target, &a.peer)); /* with the zone */
        assert_true(f.nd_has_mac);
        assert_memory_equal(f.nd_mac, peer_mac, MAC_LEN);
        bytes[ETH_LEN + 7] = 254; /* hop limit: it came through a router */
        assert_false(read_copy(FRAME_ETHERNET, w.n));
        write_nd(types[i]);
        bytes[ETH_LEN + IP6_LEN + 1] = 1; /* code */
        assert_false(read_copy(FRAME_ETHERNET, w.n));
        write_nd(types[i]);
        bytes[ETH_LEN + IP6_LEN + 25] = 0; /* option of length zero */
        assert_false(read_copy(FRAME_ETHERNET, w.n));
        write_nd(types[i]);
        bytes[ETH_LEN + 5] = 24; /* without the option */
        assert_true(read_copy(FRAME_ETHERNET, w.n));
        assert_false(f.nd_has_mac);
    }
}

static void test_fragments_and_other_protocols(void **state) {
    (void)state;
    write_answer(false, TCP_SYN | TCP_ACK, 0);
    bytes[ETH_LEN + 7] = 1;
    assert_true(read_copy(FRAME_ETHERNET, w.n));
    assert_int_equal(f.kind, FRAME_OTHER);
    assert_int_equal(f.payload.n, 20);
    assert_int_equal(f.sport, 0);
    begin_ip(true, 59, 0);
    assert_true(read_copy(FRAME_ETHERNET, w.n));
    assert_int_equal(f.kind, FRAME_OTHER);
    assert_int_equal(f.payload.n, 0);
}

static void test_nothing_is_left_from_the_frame_before(void **state) {
    (void)state;
    write_error(true, ICMP6_UNREACHABLE, IP_PROTO_TCP, 8);
    assert_true(read_copy(FRAME_ETHERNET, w.n) && f.quoted.ok);
    struct frame before = f;
    begin_ip(false, 47, 0);
    f = before;
    memmove(bytes, bytes + ETH_LEN, IP4_LEN);
    assert_true(read_copy(FRAME_RAW_IP, IP4_LEN));
    assert_int_equal(f.kind, FRAME_OTHER);
    assert_false(f.has_mac || f.nd_has_mac || f.quoted.ok);
    assert_int_equal(f.icmp.type, 0);
    assert_int_equal(f.tcp.flags, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_raw_ip),
        cmocka_unit_test(test_vlan_and_types),
        cmocka_unit_test(test_arp),
        cmocka_unit_test(test_udp_and_sctp),
        cmocka_unit_test(test_echo_reply),
        cmocka_unit_test(test_error_quotes_a_syn),
        cmocka_unit_test(test_error_quotes_others),
        cmocka_unit_test(test_error_quotes_garbage),
        cmocka_unit_test(test_neighbour_messages),
        cmocka_unit_test(test_fragments_and_other_protocols),
        cmocka_unit_test(test_nothing_is_left_from_the_frame_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
