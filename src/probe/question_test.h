/* Questions of all probes, with cookies made as the engine makes them, for tests of probes. */
#ifndef LL_PROBE_QUESTION_TEST_H
#define LL_PROBE_QUESTION_TEST_H

#include "base/rng.h"
#include "net/cookie.h"
#include "probe/list.h"
#include "probe/peer_test.h"

#define SEED 20261123
#define HAS_PORTS(p) ((p)->proto == PROTO_TCP || (p)->proto == PROTO_UDP)

struct test { /* one asked question */
    size_t number;
    const struct probe *p;
    struct question q;
    struct peer_packet asked;
};

static struct rng rng;
static const struct cookie_key key = {{0x0123456789abcdef, 0xfedcba9876543210}};

static inline uint32_t mask_of(const struct probe *p) {
    return p->echo_bits >= 32 ? UINT32_MAX : (1U << p->echo_bits) - 1;
}

static inline struct addr address(enum addr_family family, uint32_t n) {
    uint8_t b[16] = {0x20,      0x01, 0x0d, 0xb8, [12] = (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
                     (uint8_t)n};
    return family == ADDR_V4 ? addr_v4(n) : addr_v6(b, 0);
}

/* As the engine's: bound to peer, ports and probe. */
static inline uint64_t cookie_for(size_t number, const struct verdict *v) {
    return cookie_of(&key, &v->peer, v->port, v->sport, (uint8_t)number);
}

/* A random question, or an extreme one. */
static inline bool ask(struct test *t, size_t number, enum addr_family family, enum frame_link link, unsigned k) {
    const struct probe *p = probe_list[number];
    static const uint16_t edges[] = {1, 65535, 80, 32768};
    if (p->via != PROBE_FRAME || (family == ADDR_V4 ? !p->v4 : !p->v6))
        return false;
    memset(t, 0, sizeof *t);
    t->number = number;
    t->p = p;
    t->q = (struct question){.src = address(family, 0xc0000201),
                             .dst = address(family, 0xc6336400 + (uint32_t)rng_below(&rng, 256)),
                             .src_mac = peer_own_mac};
    if (HAS_PORTS(p))
        t->q.port = k < LL_COUNT(edges) ? edges[k] : (uint16_t)(1 + rng_below(&rng, 65535));
    if (p->echo_bits || HAS_PORTS(p))
        t->q.sport = k < LL_COUNT(edges) ? edges[LL_COUNT(edges) - 1 - k] : (uint16_t)rng_u64(&rng);
    if (p->payload)
        t->q.payload = slice_sub(SLICE("one question of 31 bytes, asked"), 0, k % 32);
    struct verdict v = {.peer = t->q.dst, .port = t->q.port, .sport = t->q.sport};
    t->q.cookie = cookie_for(number, &v);
    if (k == 1)
        t->q.cookie = UINT64_MAX; /* the echo of sequence number + 1 wraps */
    return peer_ask(p, &t->q, link, &t->asked);
}

/* Calls fn for questions of all probes, families and links. */
static inline void each(void (*fn)(struct test *t), unsigned questions) {
    static const enum addr_family families[] = {ADDR_V4, ADDR_V6};
    static const enum frame_link links[] = {FRAME_ETHERNET, FRAME_RAW_IP};
    rng_seed(&rng, SEED);
    for (size_t i = 0; probe_list[i]; i++)
        for (size_t c = 0; c < 4; c++)
            for (unsigned k = 0; k < questions; k++) {
                struct test t;
                if (ask(&t, i, families[c / 2], links[c % 2], k))
                    fn(&t);
            }
}

static inline bool classify(const struct probe *p, const struct peer_packet *packet, struct verdict *v) {
    struct frame f;
    memset(v, 0, sizeof *v);
    return packet->n && frame_read(packet->link, packet->b, packet->n, 0, &f) && p->classify(&f, v);
}

#endif
