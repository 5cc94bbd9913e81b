/* Probes read what strangers send: damaged answers, random bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probe/question_test.h"

#define RANDOM_FRAMES 20000

/* A verdict names nothing that the packet does not say. */
static void verdict_is_honest(const struct probe *p, const struct frame *f, const struct verdict *v) {
    bool error = f->kind == FRAME_ICMP_ERROR, tcp = f->kind == FRAME_TCP;
    assert_int_equal(v->kind, error ? VERDICT_ERROR : VERDICT_ANSWER);
    assert_true(v->peer.family == ADDR_V4 || v->peer.family == ADDR_V6);
    bool udp = f->kind == FRAME_UDP;
    assert_int_equal(v->port, error ? f->quoted.dport : tcp || udp ? f->sport : 0);
    if (tcp || udp)
        assert_int_equal(v->sport, f->dport);
    if (error)
        assert_true(f->quoted.ok && addr_eq(&v->peer, &f->quoted.ip.dst));
    assert_true(!v->has_echo || p->echo_bits > 0);
    assert_true(!v->rst_due || (tcp && v->has_echo && !(f->tcp.flags & TCP_RST)));
    assert_true(v->reason < REASON_COUNT && v->state < PORT_STATE_COUNT && v->host <= HOST_SKIPPED);
}

static void feed_all(enum frame_link link, const uint8_t *bytes, size_t n) {
    uint8_t *exact = malloc(n + 1); /* the address sanitizer watches its end */
    struct frame f;
    assert_non_null(exact);
    memcpy(exact, bytes, n);
    if (frame_read(link, exact, n, 3, &f))
        for (size_t i = 0; probe_list[i]; i++) {
            struct verdict v = {0};
            if (probe_list[i]->via == PROBE_FRAME && probe_list[i]->classify(&f, &v))
                verdict_is_honest(probe_list[i], &f, &v);
        }
    free(exact);
}

static void damaged_packet(const struct test *t, const struct peer_packet *packet) {
    struct peer_packet bad = *packet;
    for (size_t n = 0; n < packet->n; n++) {
        struct verdict v;
        bad.n = n;
        feed_all(bad.link, bad.b, n);
        if (classify(t->p, &bad, &v)) { /* what is left is enough, and says the same */
            assert_int_equal(v.port, t->q.port);
            assert_int_equal(v.sport, t->q.sport);
            assert_true(!v.has_echo || ((v.echo ^ (uint32_t)t->q.cookie) & mask_of(t->p)) == 0);
        }
    }
    for (size_t bit = 0; bit < packet->n * 8; bit++) {
        bad.b[bit / 8] ^= (uint8_t)(1U << bit % 8);
        feed_all(bad.link, bad.b, packet->n);
        bad.b[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

static void damaged_answers(struct test *t) {
    struct peer_packet packet;
    for (int open = 0; open < 2; open++)
        if (peer_reply(&t->asked, open, &packet))
            damaged_packet(t, &packet);
    if (t->p->over != PROBE_OVER_IP)
        return;
    bool v6 = t->q.dst.family == ADDR_V6;
    peer_error(&t->asked, &t->q.dst, v6 ? 1 : 3, 1, PEER_QUOTE_ALL, &packet);
    damaged_packet(t, &packet);
}

static void random_packets(void) {
    uint8_t bytes[160];
    for (unsigned k = 0; k < RANDOM_FRAMES; k++) {
        static const uint8_t protos[] = {IP_PROTO_TCP, IP_PROTO_ICMP, IP_PROTO_ICMP6, IP_PROTO_UDP};
        size_t n = rng_below(&rng, sizeof bytes + 1);
        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)rng_u64(&rng);
        if (n > 40 && k % 4) { /* often enough a head that is believed */
            bytes[0] = k % 2 ? 0x45 : 0x60;
            bytes[6] = k % 2 ? 0 : protos[k / 2 % 4];
            bytes[k % 2 ? 9 : 7] = protos[k / 2 % 4];
            bytes[20] = bytes[40] = (uint8_t)rng_below(&rng, 16);
        }
        feed_all(k % 8 < 6 ? FRAME_RAW_IP : FRAME_ETHERNET, bytes, n);
    }
}

static void hostile_packets_do_no_harm(void **state) {
    (void)state;
    each(damaged_answers, 3);
    random_packets();
}

/* ---- seeds of the fuzz target "probes": LL_SEED_DIR=... conformance_test */

static void save_seed(const char *dir, const char *name, const struct peer_packet *packet) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputc(packet->link == FRAME_RAW_IP, f);
    assert_int_equal(fwrite(packet->b, 1, packet->n, f), packet->n);
    assert_int_equal(fclose(f), 0);
}

static void save_seeds(struct test *t) {
    const char *dir = getenv("LL_SEED_DIR");
    struct peer_packet packet;
    bool v6 = t->q.dst.family == ADDR_V6;
    if (!dir || (t->asked.link == FRAME_RAW_IP) != v6)
        return;
    for (int open = 0; open < 2; open++) {
        char name[64];
        snprintf(name, sizeof name, "%s_v%d_%s", t->p->name, v6 ? 6 : 4, open ? "open" : "closed");
        if (peer_reply(&t->asked, open, &packet) && (open || HAS_PORTS(t->p)))
            save_seed(dir, name, &packet);
        snprintf(name, sizeof name, "%s_v%d_error%d", t->p->name, v6 ? 6 : 4, open);
        if (t->p->over != PROBE_OVER_IP)
            continue;
        peer_error(&t->asked, &t->q.dst, v6 ? 1 : 3, open ? 1 : 3, open ? PEER_QUOTE_ALL : 8, &packet);
        save_seed(dir, name, &packet);
    }
}

static void seeds_are_saved_on_request(void **state) {
    (void)state;
    each(save_seeds, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(hostile_packets_do_no_harm),
                                       cmocka_unit_test(seeds_are_saved_on_request)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
