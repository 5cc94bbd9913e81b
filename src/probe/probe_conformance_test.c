/* What every probe of the list owes to the engine (engine/probe.h). A new probe needs a row in `answers`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "probe/question_test.h"

#define QUESTIONS 40 /* a probe, family and link */

/* What the answers of a host mean: to an open and to a closed port, or the same row for probes without ports. */
static const struct answer_row {
    const char *probe;
    bool open;
    enum port_state state;
    enum reason reason;
    bool rst_due, has_mac;
} answers[] = {
    {"arp", true, PORT_UNKNOWN, REASON_ARP_RESPONSE, false, true},
    {"nd", true, PORT_UNKNOWN, REASON_ND_RESPONSE, false, true},
    {"echo", true, PORT_UNKNOWN, REASON_ECHO_REPLY, false, false},
    {"timestamp", true, PORT_UNKNOWN, REASON_TIMESTAMP_REPLY, false, false},
    {"address-mask", true, PORT_UNKNOWN, REASON_ADDRESSMASK_REPLY, false, false},
    {"ack", true, PORT_UNFILTERED, REASON_RESET, false, false},
    {"ack", false, PORT_UNFILTERED, REASON_RESET, false, false},
    {"syn", true, PORT_OPEN, REASON_SYN_ACK, true, false},
    {"syn", false, PORT_CLOSED, REASON_RESET, false, false},
    {"udp", true, PORT_OPEN, REASON_UDP_RESPONSE, false, false},
    {"udp", false, PORT_CLOSED, REASON_PORT_UNREACH, false, false},
};

/* Reference 2.3 (RFC 792, RFC 1812 5.2.7.1, RFC 4443 3): REASON_UNKNOWN = changes nothing. */
static const struct error_row {
    enum addr_family family;
    uint8_t type, code;
    enum reason reason;
} errors[] = {
    {ADDR_V4, 3, 0, REASON_NET_UNREACH},      {ADDR_V4, 3, 1, REASON_HOST_UNREACH},
    {ADDR_V4, 3, 2, REASON_PROTO_UNREACH},    {ADDR_V4, 3, 3, REASON_PORT_UNREACH},
    {ADDR_V4, 3, 4, REASON_DEST_UNREACH},     {ADDR_V4, 3, 5, REASON_DEST_UNREACH},
    {ADDR_V4, 3, 6, REASON_DEST_UNREACH},     {ADDR_V4, 3, 7, REASON_DEST_UNREACH},
    {ADDR_V4, 3, 8, REASON_DEST_UNREACH},     {ADDR_V4, 3, 9, REASON_NET_PROHIBITED},
    {ADDR_V4, 3, 10, REASON_HOST_PROHIBITED}, {ADDR_V4, 3, 11, REASON_DEST_UNREACH},
    {ADDR_V4, 3, 12, REASON_DEST_UNREACH},    {ADDR_V4, 3, 13, REASON_ADMIN_PROHIBITED},
    {ADDR_V4, 3, 14, REASON_DEST_UNREACH},    {ADDR_V4, 3, 15, REASON_DEST_UNREACH},
    {ADDR_V4, 11, 0, REASON_TIME_EXCEEDED},   {ADDR_V4, 11, 1, REASON_TIME_EXCEEDED},
    {ADDR_V4, 4, 0, REASON_UNKNOWN},          {ADDR_V4, 12, 0, REASON_UNKNOWN},
    {ADDR_V4, 5, 1, REASON_UNKNOWN},          {ADDR_V6, 1, 0, REASON_NO_ROUTE},
    {ADDR_V6, 1, 1, REASON_ADMIN_PROHIBITED}, {ADDR_V6, 1, 2, REASON_BEYOND_SCOPE},
    {ADDR_V6, 1, 3, REASON_HOST_UNREACH},     {ADDR_V6, 1, 4, REASON_PORT_UNREACH},
    {ADDR_V6, 1, 5, REASON_ADMIN_PROHIBITED}, {ADDR_V6, 1, 6, REASON_REJECT_ROUTE},
    {ADDR_V6, 3, 0, REASON_TIME_EXCEEDED},    {ADDR_V6, 3, 1, REASON_TIME_EXCEEDED},
    {ADDR_V6, 4, 0, REASON_PARAM_PROBLEM},    {ADDR_V6, 4, 1, REASON_PARAM_PROBLEM},
    {ADDR_V6, 4, 2, REASON_PARAM_PROBLEM},    {ADDR_V6, 2, 0, REASON_UNKNOWN},
};

static const size_t quotes[] = {8, PEER_QUOTE_ALL};

/* ---- the slots */

static void slots_of_frame(const struct probe *p) {
    assert_non_null(p->build);
    assert_non_null(p->classify);
    assert_null(p->dialled);
    if (p->over == PROBE_OVER_ETHERNET)
        assert_true(p->ethertype > 0x5ff);
    if (p->over == PROBE_OVER_IP && p->v4)
        assert_true(p->ip_proto[0] != 0);
    if (p->over == PROBE_OVER_IP && p->v6)
        assert_true(p->ip_proto[1] != 0);
    if (p->echo_bits == 0)
        assert_int_equal(p->canary_value, 0); /* its answer would prove nothing */
}

static void slots_are_filled(void **state) {
    (void)state;
    for (size_t i = 0; probe_list[i]; i++) {
        const struct probe *p = probe_list[i];
        assert_true(p->name && p->name[0] && strlen(p->name) < 16);
        assert_ptr_equal(probe_find(p->name), p); /* so the name is unique */
        assert_true(p->phase > PHASE_LIST && p->phase < PHASE_COUNT && p->proto < PROTO_COUNT);
        assert_true(p->v4 || p->v6);
        assert_true(p->echo_bits == 0 || p->echo_bits == 16 || p->echo_bits == 32);
        assert_true(!HAS_PORTS(p) || p->silence != PORT_UNKNOWN);
        if (p->via == PROBE_FRAME) {
            slots_of_frame(p);
        } else {
            assert_non_null(p->dialled);
            assert_true(!p->build && !p->classify && !p->aim);
        }
    }
    assert_null(probe_find("nothing"));
    assert_null(probe_find(""));
}

/* ---- questions */

static void checksum_is_right(const struct test *t, const struct frame *f, const uint8_t *body, size_t n) {
    bool plain = f->ip.proto == IP_PROTO_ICMP; /* no pseudo header (RFC 792) */
    uint32_t sum = plain ? 0 : checksum_pseudo(&f->ip.src, &f->ip.dst, f->ip.proto, (uint32_t)n);
    if (checksum_finish(checksum_add(sum, body, n)) != 0)
        fail_msg("%s: checksum", t->p->name);
}

static void question_is_well_formed(struct test *t) {
    struct frame f;
    bool v6 = t->q.dst.family == ADDR_V6;
    size_t l2 = t->asked.link == FRAME_ETHERNET ? ETH_LEN : 0, l3 = ip_header_len(&t->q.dst);
    assert_true(frame_read(t->asked.link, t->asked.b, t->asked.n, 0, &f));
    if (t->p->over == PROBE_OVER_ETHERNET) {
        assert_int_equal(f.kind, FRAME_ARP);
        assert_int_equal(t->asked.n, ETH_LEN + ARP_LEN);
        assert_true(addr_eq(&f.arp.sender, &t->q.src) && addr_eq(&f.arp.target, &t->q.dst));
        assert_memory_equal(f.arp.sender_mac, t->q.src_mac, MAC_LEN);
        return;
    }
    assert_int_equal(f.length, t->asked.n - l2);
    assert_int_equal(f.ip.proto, t->p->ip_proto[v6]);
    checksum_is_right(t, &f, t->asked.b + l2 + l3, t->asked.n - l2 - l3);
    if (HAS_PORTS(t->p)) {
        assert_int_equal(f.kind, t->p->proto == PROTO_TCP ? FRAME_TCP : FRAME_UDP);
        assert_int_equal(f.dport, t->q.port);
        assert_int_equal(f.sport, t->q.sport);
        assert_int_equal(f.payload.n, t->q.payload.n);
        if (t->q.payload.n)
            assert_memory_equal(f.payload.p, t->q.payload.p, t->q.payload.n);
    } else {
        assert_int_equal(f.kind, FRAME_ICMP);
        assert_int_equal(f.icmp.code, 0);
    }
    if (t->p->aim)
        assert_true(addr_eq(&f.nd_target, &t->q.dst) && f.nd_has_mac);
}

/* The same bytes whatever was in the buffer; a buffer that is too small is noticed and not overrun. */
static void build_is_pure(struct test *t) {
    uint8_t a[256], b[256];
    memset(a, 0xff, sizeof a);
    memset(b, 0x00, sizeof b);
    struct wr wa = wr_of(a, sizeof a), wb = wr_of(b, sizeof b);
    t->p->build(&wa, &t->q);
    t->p->build(&wb, &t->q);
    assert_false(wa.bad);
    assert_int_equal(wa.n, wb.n);
    assert_memory_equal(a, b, wa.n);
    for (size_t cap = 0; cap < wa.n; cap++) {
        memset(b, 0x5a, sizeof b);
        struct wr small = wr_of(b, cap);
        t->p->build(&small, &t->q);
        assert_true(small.bad);
        assert_int_equal(b[cap], 0x5a);
    }
}

static void questions_are_well_formed(void **state) {
    (void)state;
    each(question_is_well_formed, QUESTIONS);
    each(build_is_pure, 4);
}

/* A question is none of our answers, should the kernel show it to us. */
static void question_is_no_answer(struct test *t) {
    struct verdict v;
    for (size_t i = 0; probe_list[i]; i++) {
        const struct probe *p = probe_list[i];
        if (p->via == PROBE_FRAME && classify(p, &t->asked, &v) && v.has_echo) /* a SYN is one from a split handshake */
            fail_msg("%s takes the question of %s for an answer", p->name, t->p->name);
    }
}

/* ---- answers */

static void verdict_fits(const struct test *t, const struct verdict *v, enum verdict_kind kind) {
    assert_int_equal(v->kind, kind);
    assert_true(addr_eq(&v->peer, &t->q.dst));
    assert_int_equal(v->port, t->q.port);
    assert_int_equal(v->sport, t->q.sport);
    assert_int_equal(v->has_echo, t->p->echo_bits > 0);
    if (v->has_echo)
        assert_int_equal((v->echo ^ (uint32_t)t->q.cookie) & mask_of(t->p), 0);
}

/* Every other probe leaves the packet alone, or the cookie unmasks it. */
static void others_do_not_claim(const struct test *t, const struct peer_packet *packet, const char *what) {
    for (size_t i = 0; probe_list[i]; i++) {
        struct verdict v, again;
        const struct probe *p = probe_list[i];
        if (i == t->number || p->via != PROBE_FRAME || !classify(p, packet, &v))
            continue;
        if (!v.has_echo || ((uint32_t)cookie_for(i, &v) & mask_of(p)) == (v.echo & mask_of(p)))
            fail_msg("%s accepts %s to %s", p->name, what, t->p->name);
        classify(p, packet, &again);
        assert_memory_equal(&v, &again, sizeof v);
    }
}

static void answers_are_understood(struct test *t) {
    unsigned rows = 0;
    for (size_t i = 0; i < LL_COUNT(answers); i++) {
        const struct answer_row *row = &answers[i];
        struct peer_packet reply;
        struct verdict v;
        if (strcmp(row->probe, t->p->name) != 0)
            continue;
        rows++;
        assert_true(peer_reply(&t->asked, row->open, &reply));
        if (!classify(t->p, &reply, &v))
            fail_msg("%s does not know its answer", t->p->name);
        verdict_fits(t, &v, row->reason == REASON_PORT_UNREACH ? VERDICT_ERROR : VERDICT_ANSWER);
        assert_true(addr_eq(&v.from, &t->q.dst));
        assert_int_equal(v.host, HOST_UP);
        assert_int_equal(v.state, row->state);
        assert_int_equal(v.reason, row->reason);
        assert_int_equal(v.rst_due, row->rst_due);
        if (v.rst_due)
            assert_int_equal(v.rst_seq, (uint32_t)t->q.cookie + 1);
        assert_int_equal(v.has_mac, row->has_mac);
        if (v.has_mac)
            assert_memory_equal(v.mac, peer_mac, MAC_LEN);
        if (t->p->over == PROBE_OVER_IP)
            assert_int_equal(v.ttl, t->p->aim ? 255 : PEER_TTL);
        others_do_not_claim(t, &reply, "the answer");
    }
    if (rows == 0)
        fail_msg("%s has no row in `answers`", t->p->name);
}

static void every_answer_has_one_taker(void **state) {
    (void)state;
    each(answers_are_understood, QUESTIONS);
    each(question_is_no_answer, QUESTIONS);
}

/* ---- ICMP errors */

static enum host_state host_after(const struct error_row *row, bool own) {
    if (row->reason == REASON_TIME_EXCEEDED)
        return HOST_DOWN;
    bool proof = row->reason == REASON_PORT_UNREACH || row->reason == REASON_PROTO_UNREACH;
    return own && proof ? HOST_UP : HOST_UNKNOWN;
}

static void error_is_understood(const struct test *t, const struct error_row *row, const struct addr *from,
                                size_t quote) {
    struct peer_packet packet;
    struct verdict v;
    peer_error(&t->asked, from, row->type, row->code, quote, &packet);
    bool claimed = classify(t->p, &packet, &v);
    if (claimed != (row->reason != REASON_UNKNOWN && !t->p->aim))
        fail_msg("%s and ICMP %u/%u: %s", t->p->name, row->type, row->code, claimed ? "claimed" : "not claimed");
    if (!claimed)
        return;
    verdict_fits(t, &v, VERDICT_ERROR);
    assert_true(addr_eq(&v.from, from));
    assert_int_equal(v.reason, row->reason);
    bool closed = t->p->proto == PROTO_UDP && row->reason == REASON_PORT_UNREACH && addr_eq(from, &t->q.dst);
    assert_int_equal(v.state, closed ? PORT_CLOSED : HAS_PORTS(t->p) ? PORT_FILTERED : PORT_UNKNOWN);
    assert_int_equal(v.host, host_after(row, addr_eq(from, &t->q.dst)));
    assert_int_equal(v.ttl, PEER_TTL);
    assert_false(v.rst_due || v.has_mac);
    others_do_not_claim(t, &packet, "an ICMP error");
}

static void errors_are_understood(struct test *t) {
    if (t->p->over != PROBE_OVER_IP)
        return;
    struct addr router = address((enum addr_family)t->q.dst.family, 0xcb007101);
    for (size_t i = 0; i < LL_COUNT(errors); i++)
        for (size_t k = 0; k < 4; k++)
            if (errors[i].family == (enum addr_family)t->q.dst.family)
                error_is_understood(t, &errors[i], k & 2 ? &router : &t->q.dst, quotes[k & 1]);
}

static void errors_are_attributed(void **state) {
    (void)state;
    each(errors_are_understood, 6);
}

/* ---- dialled probes */

static const struct dial_row {
    int os;
    enum verdict_kind kind;
    enum port_state state;
    enum host_state host;
    enum reason reason;
} dials[] = {
    {0, VERDICT_ANSWER, PORT_OPEN, HOST_UP, REASON_SYN_ACK},
    {ECONNRESET, VERDICT_ANSWER, PORT_OPEN, HOST_UP, REASON_SYN_ACK},
    {ECONNREFUSED, VERDICT_ANSWER, PORT_CLOSED, HOST_UP, REASON_CONN_REFUSED},
    {EHOSTUNREACH, VERDICT_ERROR, PORT_FILTERED, HOST_UNKNOWN, REASON_HOST_UNREACH},
    {ENETUNREACH, VERDICT_ERROR, PORT_FILTERED, HOST_UNKNOWN, REASON_NET_UNREACH},
    {EACCES, VERDICT_ERROR, PORT_FILTERED, HOST_UNKNOWN, REASON_ADMIN_PROHIBITED},
    {EPERM, VERDICT_ERROR, PORT_FILTERED, HOST_UNKNOWN, REASON_ADMIN_PROHIBITED},
    {ENOPROTOOPT, VERDICT_ERROR, PORT_FILTERED, HOST_UNKNOWN, REASON_PROTO_UNREACH},
    {EPROTO, VERDICT_ERROR, PORT_FILTERED, HOST_UNKNOWN, REASON_DEST_UNREACH},
    {ENETDOWN, VERDICT_ERROR, PORT_FILTERED, HOST_UNKNOWN, REASON_DEST_UNREACH},
    {ETIMEDOUT, VERDICT_NONE, PORT_UNKNOWN, HOST_UNKNOWN, REASON_UNKNOWN},
    {EHOSTDOWN, VERDICT_NONE, PORT_UNKNOWN, HOST_UNKNOWN, REASON_UNKNOWN},
    /* a shortage of ours says nothing about the target */
    {EMFILE, VERDICT_NONE, PORT_UNKNOWN, HOST_UNKNOWN, REASON_UNKNOWN},
    {ENFILE, VERDICT_NONE, PORT_UNKNOWN, HOST_UNKNOWN, REASON_UNKNOWN},
    {ENOBUFS, VERDICT_NONE, PORT_UNKNOWN, HOST_UNKNOWN, REASON_UNKNOWN},
    {ENOMEM, VERDICT_NONE, PORT_UNKNOWN, HOST_UNKNOWN, REASON_UNKNOWN},
    {EAGAIN, VERDICT_NONE, PORT_UNKNOWN, HOST_UNKNOWN, REASON_UNKNOWN},
    {EADDRNOTAVAIL, VERDICT_NONE, PORT_UNKNOWN, HOST_UNKNOWN, REASON_UNKNOWN},
    {EADDRINUSE, VERDICT_NONE, PORT_UNKNOWN, HOST_UNKNOWN, REASON_UNKNOWN},
};

static void ends_of_connections_are_understood(void **state) {
    (void)state;
    for (size_t i = 0; probe_list[i]; i++)
        for (size_t k = 0; probe_list[i]->via == PROBE_DIAL && k < LL_COUNT(dials); k++) {
            const struct dial_row *row = &dials[k];
            struct verdict v = {.port = 7, .sport = 9}, want = {.port = 7, .sport = 9};
            want.kind = row->kind;
            want.state = row->state;
            want.host = row->host;
            want.reason = row->reason;
            probe_list[i]->dialled(row->os, &v);
            if (memcmp(&v, &want, sizeof v) != 0)
                fail_msg("%s, errno %d: kind %d state %d host %d reason %s", probe_list[i]->name, row->os, (int)v.kind,
                         (int)v.state, (int)v.host, reason_text(v.reason));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_filled),
        cmocka_unit_test(questions_are_well_formed),
        cmocka_unit_test(every_answer_has_one_taker),
        cmocka_unit_test(errors_are_attributed),
        cmocka_unit_test(ends_of_connections_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
