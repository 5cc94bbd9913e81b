/* What is asked of a known port, against OpenSSL servers in the same thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service/state.h"
#include "stream/tls_peer.h"

#include <string.h>

struct world {
    struct loop *loop;
    struct peer peer;
    struct connector_ops ops; /* one connection after the other to that peer */
    SSL_CTX *server;
    struct settings settings;
    struct service_scan scan;
    struct arena arena;
    struct told told;
    struct extra extra;
    struct loop_timer guard;
    struct slice raw, inside;
    bool clear, refuse;
    unsigned opened, done;
};

static struct world *world;

static struct conn *dial(struct connector *c, const struct conn_request *r, int *os) {
    struct peer *p = &world->peer;
    assert_true(world->opened == 0 || p->closed); /* never two at once */
    peer_finish(p);
    peer_init(p, world->loop, world->server);
    p->face.ops = &world->ops;
    p->raw = world->raw;
    p->inside = world->inside;
    p->clear = world->clear;
    p->end = world->refuse ? ECONNREFUSED : -1;
    p->opened = p->said = world->refuse;
    world->opened++;
    return peer_open(c, r, os);
}

static void over(void *ctx) {
    struct world *w = ctx;
    w->loop->ops->stop(w->loop);
}

static void on_done(void *ctx) {
    struct world *w = ctx;
    w->done++;
    w->loop->ops->stop(w->loop);
}

static void begin(struct world *w, SSL_CTX *server, unsigned intensity) {
    struct err e = {0};
    *w = (struct world){.server = server, .ops = peer_ops};
    world = w;
    w->loop = loop_uv_create(&e);
    peer_init(&w->peer, w->loop, NULL);
    w->ops.open = dial;
    w->peer.face.ops = &w->ops;
    w->settings.version_intensity = intensity;
    w->scan = (struct service_scan){.c = {.settings = &w->settings, .loop = w->loop},
                                    .streams = streams_create(w->loop, &w->peer.face, &e)};
    assert_non_null(w->scan.streams);
    arena_init(&w->arena, "host", 1 << 20);
    loop_timer_init(&w->guard, over, w);
}

static bool ask(struct world *w, enum service_tunnel tunnel, int64_t ns) {
    static const struct parser_peer peer = {.host = {"name.example", 12}, .addr = {.family = ADDR_V4}, .port = 25};
    struct service_result result = {.tunnel = (uint8_t)tunnel};
    struct extra_request r = {.scan = &w->scan,
                              .arena = &w->arena,
                              .peer = &peer,
                              .result = &result,
                              .told = &w->told,
                              .done = on_done,
                              .ctx = w};
    if (!extra_begin(&w->extra, &r))
        return false;
    assert_int_equal(w->done, 0);
    loop_timer_at(w->loop, &w->guard, loop_now(w->loop) + ns);
    w->loop->ops->run(w->loop);
    loop_timer_off(w->loop, &w->guard);
    return true;
}

static void finish(struct world *w) {
    assert_true(w->opened == 0 || w->peer.closed);
    streams_destroy(w->scan.streams);
    peer_finish(&w->peer);
    SSL_CTX_free(w->server);
    arena_finish(&w->arena);
    w->loop->ops->destroy(w->loop);
}

static struct slice value(const struct world *w, const char *key) {
    for (size_t i = 0; i < w->told.n; i++)
        if (slice_eq(w->told.v[i].key, slice_of(key)))
            return w->told.v[i].value;
    return (struct slice){NULL, 0};
}

static SSL_CTX *server(int from, int to) {
    SSL_CTX *c = peer_context(TLS_server_method(), to, 0, 0);
    SSL_CTX_set_min_proto_version(c, from);
    return c;
}

static void ten_hellos(void **state) {
    (void)state;
    static const struct {
        int from, to;
        const char *versions, *begins;
    } cases[] = {{TLS1_2_VERSION, TLS1_3_VERSION, "1.2,1.3", NULL},
                 {TLS1_VERSION, TLS1_2_VERSION, "1.1,1.2", NULL},
                 {TLS1_VERSION, TLS1_VERSION, "1.0", NULL},
                 {TLS1_3_VERSION, TLS1_3_VERSION, "1.3", "000000000000000000"}};
    char seen[LL_COUNT(cases)][64];
    for (size_t i = 0; i < LL_COUNT(cases); i++)
        for (unsigned round = 0; round < 2; round++) {
            struct world w;
            begin(&w, server(cases[i].from, cases[i].to), 9);
            assert_true(ask(&w, TUNNEL_SSL, 5 * NS_PER_S));
            assert_int_equal(w.done, 1);
            assert_int_equal(w.opened, 10);
            struct slice got = value(&w, "tls.jarm");
            assert_int_equal(got.n, 62);
            assert_true(slice_eq(value(&w, "tls.versions"), slice_of(cases[i].versions)));
            assert_true(!cases[i].begins || slice_starts(got, slice_of(cases[i].begins)));
            if (round)
                assert_memory_equal(seen[i], got.p, 62); /* stable */
            memcpy(seen[i], got.p, 62);
            for (size_t k = 0; k < i; k++)
                assert_memory_not_equal(seen[i], seen[k], 62);
            finish(&w);
        }
}

static void no_tls_is_zeros(void **state) {
    (void)state;
    struct world w;
    begin(&w, NULL, 9);
    w.raw = SLICE("HTTP/1.0 400 Bad Request\r\n\r\n");
    assert_true(ask(&w, TUNNEL_SSL, 5 * NS_PER_S));
    assert_int_equal(w.opened, 10);
    assert_true(
        slice_eq(value(&w, "tls.jarm"), SLICE("00000000000000000000000000000000000000000000000000000000000000")));
    assert_null(value(&w, "tls.versions").p);
    finish(&w);
}

static void unheard_servers_have_no_fingerprint(void **state) {
    (void)state;
    struct world w;
    begin(&w, NULL, 9);
    w.refuse = true;
    assert_true(ask(&w, TUNNEL_SSL, 5 * NS_PER_S));
    assert_int_equal(w.done, 1);
    assert_int_equal(w.opened, 2); /* once more, then it gives up */
    assert_int_equal(w.told.n, 0);
    finish(&w);
    begin(&w, server(TLS1_2_VERSION, TLS1_3_VERSION), 9);
    assert_true(ask(&w, TUNNEL_SSL, 0)); /* the run ends before it does */
    assert_int_equal(w.done, 0);
    extra_cancel(&w.extra);
    finish(&w);
}

static void into_tls(void **state) {
    (void)state;
    struct world w;
    begin(&w, server(TLS1_2_VERSION, TLS1_3_VERSION), 7);
    w.told.upgrade = starttls_find(SLICE("postgresql"));
    w.raw = SLICE("S");
    w.clear = true;
    assert_true(ask(&w, TUNNEL_NONE, 5 * NS_PER_S));
    assert_int_equal(w.done, 1);
    assert_int_equal(w.opened, 1);
    assert_true(slice_eq(value(&w, "tls.starttls"), SLICE("postgresql")));
    assert_true(slice_eq(value(&w, "tls.version"), SLICE("TLSv1.3")));
    assert_true(slice_eq(value(&w, "tls.subject.cn"), SLICE("peer.example")));
    assert_string_equal(SSL_get_servername(w.peer.ssl, TLSEXT_NAMETYPE_host_name), "name.example");
    finish(&w);
}

/* A remote desktop: its answer in clear, TLS, and inside the challenge of MS-NLMP 4.2.4.3 in a TSRequest
 * (MS-CSSP 2.2.1), or something else. */
static void asked_inside(void **state) {
    (void)state;
    static const char challenge[] =
        "\x30\x77\xa0\x03\x02\x01\x06\xa1\x70\x30\x6e\x30\x6c\xa0\x6a\x04\x68"
        "NTLMSSP\0\2\0\0\0\x0c\0\x0c\0\x38\0\0\0\x33\x82\x8a\xe2\x01\x23\x45\x67\x89\xab\xcd\xef"
        "\0\0\0\0\0\0\0\0\x24\0\x24\0\x44\0\0\0\6\0\x70\x17\0\0\0\x0fS\0e\0r\0v\0e\0r\0"
        "\2\0\x0c\0D\0o\0m\0a\0i\0n\0\1\0\x0c\0S\0e\0r\0v\0e\0r\0\0\0\0";
    for (unsigned i = 0; i < 2; i++) {
        struct world w;
        begin(&w, server(TLS1_2_VERSION, TLS1_3_VERSION), 7);
        w.told.upgrade = starttls_find(SLICE("rdp"));
        w.raw = SLICE("\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00");
        w.inside = i ? (struct slice){NULL, 0} : (struct slice){challenge, sizeof challenge};
        w.clear = true;
        assert_true(ask(&w, TUNNEL_NONE, 5 * NS_PER_S));
        assert_int_equal(w.done, 1);
        assert_true(slice_eq(value(&w, "tls.starttls"), SLICE("rdp")));
        assert_true(slice_eq(value(&w, "tls.subject.cn"), SLICE("peer.example")));
        assert_true(i ? !value(&w, "ntlm.computer").p : slice_eq(value(&w, "ntlm.computer"), SLICE("Server")));
        finish(&w);
    }
}

static void refusals_tell_nothing(void **state) {
    (void)state;
    struct world w;
    begin(&w, NULL, 7);
    w.told.upgrade = starttls_find(SLICE("postgresql"));
    w.raw = SLICE("N");
    assert_true(ask(&w, TUNNEL_NONE, 5 * NS_PER_S));
    assert_int_equal(w.done, 1);
    assert_int_equal(w.told.n, 0);
    finish(&w);
}

/* Ten connections are for those who ask for everything, one more is for the default. */
static void intensity_decides(void **state) {
    (void)state;
    static const struct {
        unsigned intensity;
        enum service_tunnel tunnel;
        bool offers;
    } cases[] = {{8, TUNNEL_SSL, false}, {6, TUNNEL_NONE, true}, {9, TUNNEL_NONE, false}, {9, TUNNEL_DTLS, false}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct world w;
        begin(&w, NULL, cases[i].intensity);
        w.told.upgrade = cases[i].offers ? starttls_find(SLICE("smtp")) : NULL;
        assert_false(ask(&w, cases[i].tunnel, 0));
        assert_int_equal(w.opened, 0);
        finish(&w);
    }
}

/* Facts stand once, unless they came together. */
static void facts_add_up(void **state) {
    (void)state;
    struct arena a;
    struct facts f;
    struct told t = {0};
    arena_init(&a, "facts", 1 << 20);
    facts_init(&f, &a);
    facts_put_str(&f, "http.server", "x");
    told_facts(&t, &a, &f);
    assert_int_equal(t.n, 0);
    facts_put_str(&f, "tls.san", "a");
    facts_put_str(&f, "tls.san", "b");
    facts_put_str(&f, "tls.alert", "");
    told_facts(&t, &a, &f);
    assert_int_equal(t.n, 2);
    for (unsigned i = 0; i < 90; i++)
        facts_put_str(&f, "tls.chain.subject", "c");
    told_facts(&t, &a, &f);
    assert_int_equal(t.n, SERVICE_FACTS_MAX);
    assert_true(slice_eq(t.v[1].value, SLICE("b")));
    assert_true(slice_eq(t.v[2].key, SLICE("tls.chain.subject")));
    struct told late = {0};
    while (a.used <= a.ceiling / 2)
        assert_non_null(arena_alloc(&a, 4096));
    told_facts(&late, &a, &f);
    assert_int_equal(late.n, 0);
    arena_finish(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_hellos),
        cmocka_unit_test(no_tls_is_zeros),
        cmocka_unit_test(unheard_servers_have_no_fingerprint),
        cmocka_unit_test(into_tls),
        cmocka_unit_test(asked_inside),
        cmocka_unit_test(refusals_tell_nothing),
        cmocka_unit_test(intensity_decides),
        cmocka_unit_test(facts_add_up),
    };
    return cmocka_run_group_tests_name("extra", tests, NULL, NULL);
}
