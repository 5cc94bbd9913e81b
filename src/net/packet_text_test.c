#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/arp.h"
#include "net/icmp.h"
#include "net/ip.h"
#include "net/packet_text.h"
#include "net/tcp.h"

static uint8_t packet[256];

static struct addr parsed(const char *text) {
    struct addr a;
    assert_true(addr_parse(slice_of(text), &a));
    return a;
}

static size_t with_header(const char *src, const char *dst, uint8_t proto, uint8_t ttl, const struct wr *body) {
    struct ip h = {
        .src = parsed(src), .dst = parsed(dst), .proto = proto, .ttl = ttl, .id = 7, .payload = (uint32_t)body->n};
    uint8_t copy[128];
    assert_false(body->bad);
    memcpy(copy, body->p, body->n);
    struct wr w = wr_of(packet, sizeof packet);
    ip_write(&w, &h);
    wr_bytes(&w, copy, body->n);
    assert_false(w.bad);
    return w.n;
}

static void check(size_t n, const char *want) {
    struct buf b;
    buf_init(&b, 512);
    packet_text(&b, packet, n);
    assert_string_equal(buf_cstr(&b), want);
    buf_finish(&b);
}

static void tcp_of_both_families(void **state) {
    (void)state;
    uint8_t bytes[128];
    struct addr a = parsed("10.0.0.1"), b = parsed("10.0.0.2"), c = parsed("fd00::1"), d = parsed("fd00::2");
    struct tcp t = {.sport = 61000, .dport = 22, .seq = 42, .flags = TCP_SYN, .window = 1024, .mss = 1460};
    struct wr w = wr_of(bytes, sizeof bytes);
    tcp_write(&w, &t, &a, &b);
    check(with_header("10.0.0.1", "10.0.0.2", IP_PROTO_TCP, 41, &w),
          "TCP 10.0.0.1:61000 > 10.0.0.2:22 S ttl=41 id=7 iplen=44  seq=42 win=1024 <mss 1460>");
    t = (struct tcp){.sport = 22, .dport = 61000, .flags = TCP_RST | TCP_ACK};
    w = wr_of(bytes, sizeof bytes);
    tcp_write(&w, &t, &d, &c);
    check(with_header("fd00::2", "fd00::1", IP_PROTO_TCP, 64, &w),
          "TCP fd00::2:22 > fd00::1:61000 RA hopl=64 flow=0 payloadlen=20 seq=0 win=0");
}

static void icmp_queries_and_errors(void **state) {
    (void)state;
    uint8_t bytes[128];
    struct addr a = parsed("10.0.0.1"), b = parsed("10.0.0.2");
    struct icmp m = {.type = ICMP_ECHO, .id = 5, .seq = 6};
    struct wr w = wr_of(bytes, sizeof bytes);
    icmp_write_query(&w, &m, &a, &b);
    check(with_header("10.0.0.1", "10.0.0.2", IP_PROTO_ICMP, 50, &w),
          "ICMP [10.0.0.1 > 10.0.0.2 Echo request (type=8/code=0) id=5 seq=6] IP [ttl=50 id=7 iplen=28 ]");
    uint8_t inner[64], udp[] = {0x10, 0, 0, 53, 0, 8, 0, 0};
    struct wr q = wr_of(udp, sizeof udp);
    q.n = sizeof udp;
    size_t n = with_header("10.0.0.1", "10.0.0.2", IP_PROTO_UDP, 50, &q);
    check(n, "UDP 10.0.0.1:4096 > 10.0.0.2:53 ttl=50 id=7 iplen=28");
    memcpy(inner, packet, n);
    w = wr_of(bytes, sizeof bytes);
    wr_u32(&w, 0x03030000);
    wr_u32(&w, 0);
    wr_bytes(&w, inner, n);
    check(with_header("10.0.0.2", "10.0.0.1", IP_PROTO_ICMP, 64, &w),
          "ICMP [10.0.0.2 > 10.0.0.1 Port 53 unreachable (type=3/code=3) ] IP [ttl=64 id=7 iplen=56 ]");
    w = wr_of(bytes, sizeof bytes);
    wr_u32(&w, 0x030d0000);
    wr_u32(&w, 0);
    check(with_header("10.0.0.2", "10.0.0.1", IP_PROTO_ICMP, 64, &w),
          "ICMP [10.0.0.2 > 10.0.0.1 Communication administratively prohibited (type=3/code=13) ] IP [ttl=64 id=7 "
          "iplen=28 ]");
    w = wr_of(bytes, sizeof bytes);
    wr_u32(&w, 0x87000000);
    wr_u32(&w, 0);
    check(with_header("fd00::1", "fd00::2", IP_PROTO_ICMP6, 255, &w),
          "ICMPv6 (58) fd00::1 > fd00::2 (type=135/code=0) hopl=255 flow=0 payloadlen=8");
}

static void arp_and_the_rest(void **state) {
    (void)state;
    struct arp a = {.op = ARP_REQUEST,
                    .sender_mac = {2, 0, 0, 0, 0, 1},
                    .sender = addr_v4(0xc0000201),
                    .target = addr_v4(0xc0000209)};
    struct wr w = wr_of(packet, sizeof packet);
    arp_write(&w, &a);
    check(w.n, "ARP who-has 192.0.2.9 tell 192.0.2.1");
    a.op = ARP_REPLY;
    w = wr_of(packet, sizeof packet);
    arp_write(&w, &a);
    check(w.n, "ARP reply 192.0.2.1 is-at 02:00:00:00:00:01");
    check(3, "ARP malformed (3 bytes)");
    check(0, "Packet of another kind (0 bytes)");
    uint8_t body[4] = {0};
    w = wr_of(body, sizeof body);
    w.n = sizeof body;
    check(with_header("10.0.0.1", "10.0.0.2", 89, 1, &w), "IP 10.0.0.1 > 10.0.0.2 proto=89 ttl=1 id=7 iplen=24");
    check(with_header("10.0.0.1", "10.0.0.2", IP_PROTO_TCP, 1, &w),
          "IP 10.0.0.1 > 10.0.0.2 proto=6 ttl=1 id=7 iplen=24");
    check(12, "IP malformed (12 bytes)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp_of_both_families),
        cmocka_unit_test(icmp_queries_and_errors),
        cmocka_unit_test(arp_and_the_rest),
    };
    return cmocka_run_group_tests_name("packet_text", tests, NULL, NULL);
}
