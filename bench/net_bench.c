/* What the hot path of a scan costs: frames built, frames taken apart, cookies computed; nanoseconds each, the best of
 * several rounds. Usage: net_bench [operations a round, default 50000] */
#include <time.h>

#include "base/num.h"
#include "net/checksum.h"
#include "net/cookie.h"
#include "net/frame.h"

enum { ROUNDS = 50, ROOM = 256, DEFAULT_OPERATIONS = 50000 };

struct sample {
    struct addr own, peer;
    struct cookie_key key;
    uint8_t bytes[ROOM]; /* the frame that the readers read */
    size_t n;
};

/* Every operation returns something that depends on its work, so that none of it can be left out. */
typedef uint64_t (*operation)(struct sample *s, uint64_t i);

static void begin_frame(struct wr *w, const struct sample *s, uint8_t proto, uint32_t payload) {
    struct eth e = {.dst = {2, 0, 0, 0, 0, 1}, .src = {2, 0, 0, 0, 0, 2}};
    e.type = s->own.family == ADDR_V6 ? ETH_TYPE_IP6 : ETH_TYPE_IP4;
    struct ip h = {.src = s->own, .dst = s->peer, .proto = proto, .ttl = 64, .payload = payload};
    eth_write(w, &e);
    ip_write(w, &h);
}

static uint64_t build_syn(struct sample *s, uint64_t i) {
    uint8_t bytes[ROOM];
    struct wr w = wr_of(bytes, ROOM);
    begin_frame(&w, s, IP_PROTO_TCP, TCP_LEN + 4);
    struct tcp t = {.sport = 50000, .dport = (uint16_t)i, .seq = (uint32_t)i, .flags = TCP_SYN, .window = 1024};
    t.mss = 1460;
    tcp_write(&w, &t, &s->own, &s->peer);
    return bytes[w.n - 8];
}

static uint64_t build_echo(struct sample *s, uint64_t i) {
    bool v6 = s->own.family == ADDR_V6;
    uint8_t bytes[ROOM];
    struct wr w = wr_of(bytes, ROOM);
    begin_frame(&w, s, v6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP, 8);
    struct icmp m = {.type = v6 ? ICMP6_ECHO : ICMP_ECHO, .id = (uint16_t)i, .seq = 1};
    icmp_write_query(&w, &m, &s->own, &s->peer);
    return bytes[w.n - 5];
}

static uint64_t parse(struct sample *s, uint64_t i) {
    struct frame f;
    bool ok = frame_read(FRAME_ETHERNET, s->bytes, s->n, 0, &f);
    return i + (uint64_t)ok + f.sport + f.tcp.seq + f.quoted.ok;
}

static uint64_t sum_1460(struct sample *s, uint64_t i) {
    static uint8_t bytes[1460];
    bytes[i % sizeof bytes]++;
    return checksum_finish(checksum_add((uint32_t)s->n, bytes, sizeof bytes));
}

static uint64_t cookie(struct sample *s, uint64_t i) {
    return cookie_of(&s->key, &s->peer, (uint16_t)i, 50000, 1);
}

static struct sample sample_of(bool v6) {
    static const uint8_t own6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, peer6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 2};
    struct sample s = {.own = addr_v4(0xc0000201), .peer = addr_v4(0xc6336402), .key = {{1, 2}}};
    if (v6) {
        s.own = addr_v6(own6, 0);
        s.peer = addr_v6(peer6, 0);
    }
    return s;
}

static struct sample sample_syn_ack(bool v6) {
    struct sample s = sample_of(v6);
    struct wr w = wr_of(s.bytes, ROOM);
    begin_frame(&w, &s, IP_PROTO_TCP, TCP_LEN + 4);
    struct tcp t = {.sport = 443, .dport = 50000, .flags = TCP_SYN | TCP_ACK, .mss = 1460};
    tcp_write(&w, &t, &s.own, &s.peer);
    s.n = w.n;
    return s;
}

static struct sample sample_unreachable(bool v6) {
    struct sample s = sample_of(v6), quoted = sample_syn_ack(v6);
    size_t quote = quoted.n - ETH_LEN;
    struct wr w = wr_of(s.bytes, ROOM);
    begin_frame(&w, &s, v6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP, (uint32_t)(8 + quote));
    wr_u8(&w, v6 ? ICMP6_UNREACHABLE : ICMP_UNREACHABLE);
    wr_zero(&w, 7);
    wr_bytes(&w, quoted.bytes + ETH_LEN, quote);
    s.n = w.n;
    return s;
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static double best_ns(operation run, struct sample *s, uint64_t count) {
    double best = 0;
    volatile uint64_t sink = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t sum = 0;
        int64_t start = now_ns();
        for (uint64_t i = 0; i < count; i++)
            sum += run(s, i);
        double ns = (double)(now_ns() - start) / (double)count;
        sink = sink + sum;
        if (round == 0 || ns < best)
            best = ns;
    }
    return best;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        operation run;
        struct sample (*sample)(bool v6);
    } rows[] = {
        {"build SYN frame", build_syn, sample_of},
        {"build echo frame", build_echo, sample_of},
        {"parse SYN/ACK", parse, sample_syn_ack},
        {"parse unreachable", parse, sample_unreachable},
        {"cookie", cookie, sample_of},
        {"checksum 1460 bytes", sum_1460, sample_of},
    };
    uint64_t count = DEFAULT_OPERATIONS;
    if (argc > 2 || (argc == 2 && (!num_u64_max(slice_of(argv[1]), 1000000000, &count) || count == 0))) {
        fprintf(stderr, "usage: %s [operations a round]\n", argv[0]);
        return 2;
    }
    printf("%-22s %10s %10s\n", "ns each", "IPv4", "IPv6");
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        struct sample four = rows[i].sample(false), six = rows[i].sample(true);
        printf("%-22s %10.1f %10.1f\n", rows[i].name, best_ns(rows[i].run, &four, count),
               best_ns(rows[i].run, &six, count));
    }
    return 0;
}
