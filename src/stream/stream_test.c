#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "stream/tls_peer.h"

#define HAPPENED 1000 /* no errno value */

enum at { NEVER, IN_OPENED, IN_RECEIVED, IN_ENDED };

struct world {
    struct loop *loop;
    struct streams *streams;
    struct peer peer;
    SSL_CTX *server;
    struct stream *s;
    struct loop_timer guard;
    bool inside;
    enum at close_in, pause_in;
    bool upgrade; /* by the first bytes that come */
    struct slice alpn;
    unsigned opened, received, ended;
    int os;
    char got[256];
    size_t n;
    struct slice say;
};

static void over(void *ctx) {
    struct world *w = ctx;
    w->loop->ops->stop(w->loop);
}

/* Until it ended, or for that long. */
static void run(struct world *w, int64_t ns) {
    loop_timer_at(w->loop, &w->guard, loop_now(w->loop) + ns);
    w->loop->ops->run(w->loop);
    loop_timer_off(w->loop, &w->guard);
}

static void begin(struct world *w, SSL_CTX *server) {
    struct err e = {0};
    *w = (struct world){.os = HAPPENED, .server = server, .say = SLICE("ping"), .alpn = SLICE("\x02h2\x08http/1.1")};
    w->loop = loop_uv_create(&e);
    peer_init(&w->peer, w->loop, server);
    w->streams = streams_create(w->loop, &w->peer.face, &e);
    assert_non_null(w->streams);
    loop_timer_init(&w->guard, over, w);
}

static void close_it(struct world *w) {
    struct stream *s = w->s;
    w->s = NULL;
    w->inside = true;
    stream_close(s);
    w->inside = false;
    w->loop->ops->stop(w->loop);
}

static void finish(struct world *w) {
    if (w->s)
        close_it(w);
    assert_true(w->peer.closed);
    streams_destroy(w->streams);
    peer_finish(&w->peer);
    SSL_CTX_free(w->server);
    w->loop->ops->destroy(w->loop);
}

static void on_opened(void *ctx) {
    struct world *w = ctx;
    assert_false(w->inside);
    w->opened++;
    assert_true(stream_send(w->s, w->say));
    if (w->close_in == IN_OPENED)
        close_it(w);
}

static void on_received(void *ctx, struct slice bytes) {
    struct world *w = ctx;
    assert_false(w->inside);
    w->received++;
    size_t n = ll_min_size(bytes.n, sizeof w->got - w->n);
    memcpy(w->got + w->n, bytes.p, n);
    w->n += n;
    if (w->pause_in == IN_RECEIVED)
        stream_pause(w->s, true);
    if (w->upgrade) {
        w->upgrade = false;
        assert_true(stream_start_tls(w->s, SLICE("name.example")));
        assert_false(stream_send(w->s, SLICE("early")));
    }
    if (w->close_in == IN_RECEIVED)
        close_it(w);
}

static void on_ended(void *ctx, int os) {
    struct world *w = ctx;
    assert_false(w->inside);
    w->ended++;
    w->os = os;
    w->loop->ops->stop(w->loop);
    if (w->close_in == IN_ENDED)
        close_it(w);
}

static const struct stream_events events = {on_opened, on_received, on_ended};

static void open_stream(struct world *w, enum stream_kind kind) {
    struct stream_request r = {.kind = kind,
                               .dst = addr_v4(0x7f000001),
                               .dport = 443,
                               .server_name = SLICE("name.example"),
                               .alpn = w->alpn,
                               .events = &events,
                               .ctx = w};
    int os = 0;
    w->inside = true;
    w->s = stream_open(w->streams, &r, &os);
    w->inside = false;
    assert_non_null(w->s);
    assert_null(stream_tls(w->s));
    assert_false(stream_send(w->s, SLICE("early")));
}

static int choose_alpn(SSL *s, const unsigned char **out, unsigned char *n, const unsigned char *in, unsigned in_n,
                       void *ctx) {
    (void)s, (void)ctx;
    assert_int_equal(in_n, 12);
    *out = in + 4;
    *n = in[3];
    return SSL_TLSEXT_ERR_OK;
}

static void every_version_is_understood(void **state) {
    (void)state;
    static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < LL_COUNT(versions); i++)
        for (size_t piece = 1; piece <= 1 << 20; piece <<= 20) {
            struct world w;
            unsigned char *der = NULL;
            begin(&w, peer_context(TLS_server_method(), versions[i], 2, 100));
            SSL_CTX_set_alpn_select_cb(w.server, choose_alpn, NULL);
            w.peer.piece = piece;
            w.peer.shut = true;
            open_stream(&w, STREAM_TLS);
            run(&w, 5 * NS_PER_S);
            assert_int_equal(w.opened, 1);
            assert_int_equal(w.n, 4);
            assert_memory_equal(w.got, "pong", 4);
            assert_int_equal(w.os, 0); /* close_notify */
            assert_memory_equal(w.peer.heard, "ping", 4);
            assert_string_equal(SSL_get_servername(w.peer.ssl, TLSEXT_NAMETYPE_host_name), "name.example");
            const struct stream_tls *t = stream_tls(w.s);
            assert_int_equal(t->version, versions[i]);
            assert_int_equal(t->cipher, SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(w.peer.ssl)));
            assert_true(slice_eq(t->alpn, SLICE("http/1.1")));
            assert_int_equal(t->n_chain, 3);
            int n = i2d_X509(SSL_CTX_get0_certificate(w.server), &der);
            assert_true(slice_eq(t->chain[0], (struct slice){(const char *)der, (size_t)n}));
            assert_true(t->chain[1].n > 100 && t->chain[2].n > 100);
            OPENSSL_free(der);
            assert_true(stream_raw_received(w.s) > w.n);
            assert_false(stream_send(w.s, SLICE("late")));
            finish(&w);
        }
}

static int refuse_alpn(SSL *s, const unsigned char **out, unsigned char *n, const unsigned char *in, unsigned in_n,
                       void *ctx) {
    (void)s, (void)out, (void)n, (void)in, (void)in_n, (void)ctx;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void tls_for_another_protocol_is_told(void **state) {
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < LL_COUNT(versions); i++) {
        struct world w;
        begin(&w, peer_context(TLS_server_method(), versions[i], 0, 0));
        SSL_CTX_set_alpn_select_cb(w.server, refuse_alpn, NULL);
        open_stream(&w, STREAM_TLS);
        run(&w, 2 * NS_PER_S);
        assert_int_equal(w.os, STREAM_NO_ALPN);
        assert_int_equal(w.opened, 0);
        finish(&w);
    }
}

static void what_is_no_tls_is_told(void **state) {
    (void)state;
    const struct slice raws[] = {SLICE("\x15\x03\x01\x00\x02\x02\x28"), /* alert: handshake failure */
                                 SLICE("SSH-2.0-OpenSSH_9.2p1\r\n"), SLICE("HTTP/1.0 400 Bad Request\r\n\r\n"),
                                 SLICE("\x16\x03\x03\x00\x04\x63\x00\x00\x00"),
                                 SLICE("\x80\x0b\x04\0\0\0\0\0\0\0\0\0\0")};
    for (size_t i = 0; i < LL_COUNT(raws); i++) {
        struct world w;
        begin(&w, NULL);
        w.peer.raw = raws[i];
        open_stream(&w, STREAM_TLS);
        run(&w, 2 * NS_PER_S);
        assert_int_equal(w.os, STREAM_NOT_TLS);
        assert_int_equal(w.opened, 0);
        assert_null(stream_tls(w.s));
        assert_int_equal(stream_raw_received(w.s), raws[i].n);
        w.peer.said = false; /* and more of it changes nothing */
        peer_soon(&w.peer);
        run(&w, 10 * NS_PER_MS);
        assert_int_equal(w.ended, 1);
        finish(&w);
    }
}

static void ends_in_the_handshake_are_no_tls(void **state) {
    (void)state;
    static const int ends[] = {0, ECONNRESET, EHOSTUNREACH};
    for (size_t i = 0; i < LL_COUNT(ends); i++) {
        struct world w;
        begin(&w, NULL);
        w.peer.end = ends[i];
        open_stream(&w, STREAM_TLS);
        run(&w, 2 * NS_PER_S);
        assert_int_equal(w.os, ends[i] == EHOSTUNREACH ? EHOSTUNREACH : STREAM_NOT_TLS);
        finish(&w);
    }
}

static void half_a_record_waits(void **state) {
    (void)state;
    struct world w;
    begin(&w, NULL);
    w.peer.raw = SLICE("\x16\x03\x03\x40\x00\x02\x00");
    open_stream(&w, STREAM_TLS);
    run(&w, 30 * NS_PER_MS);
    assert_int_equal(w.opened + w.ended, 0);
    assert_int_equal(stream_raw_received(w.s), 7);
    finish(&w);
}

static void long_chains_are_too_much(void **state) {
    (void)state;
    struct world w;
    begin(&w, peer_context(TLS_server_method(), TLS1_2_VERSION, 5, 20000));
    open_stream(&w, STREAM_TLS);
    run(&w, 2 * NS_PER_S);
    assert_int_equal(w.os, EMSGSIZE);
    finish(&w);
    begin(&w, peer_context(TLS_server_method(), TLS1_3_VERSION, 2, 20000)); /* and what fits is taken */
    open_stream(&w, STREAM_TLS);
    run(&w, 100 * NS_PER_MS);
    assert_int_equal(w.opened, 1);
    assert_int_equal(stream_tls(w.s)->n_chain, 3);
    finish(&w);
}

static void many_certificates_are_cut(void **state) {
    (void)state;
    struct world w;
    begin(&w, peer_context(TLS_server_method(), TLS1_2_VERSION, 20, 0));
    open_stream(&w, STREAM_TLS);
    run(&w, 100 * NS_PER_MS);
    assert_int_equal(w.opened, 1);
    assert_int_equal(stream_tls(w.s)->n_chain, STREAM_CHAIN_MAX);
    finish(&w);
}

/* HelloRequests (RFC 5246 7.4.1.1) may be ignored for ever. */
static void an_endless_handshake_ends(void **state) {
    (void)state;
    enum { ONE = 9, COUNT = 20000 };
    static char raw[ONE * COUNT];
    struct world w;
    for (size_t i = 0; i < COUNT; i++)
        memcpy(raw + i * ONE, "\x16\x03\x01\x00\x04\x00\x00\x00\x00", ONE);
    begin(&w, NULL);
    w.peer.raw = (struct slice){raw, sizeof raw};
    w.peer.piece = 4096;
    open_stream(&w, STREAM_TLS);
    run(&w, 2 * NS_PER_S);
    assert_true(w.os == EMSGSIZE || w.os == STREAM_NOT_TLS);
    assert_int_equal(w.ended, 1);
    finish(&w);
}

static void any_callback_may_close(void **state) {
    (void)state;
    static const enum stream_kind kinds[] = {STREAM_TCP, STREAM_TLS};
    for (size_t k = 0; k < LL_COUNT(kinds); k++)
        for (enum at where = IN_OPENED; where <= IN_ENDED; where++) {
            struct world w;
            bool tls = kinds[k] == STREAM_TLS;
            begin(&w, tls ? peer_context(TLS_server_method(), TLS1_3_VERSION, 0, 0) : NULL);
            w.close_in = where;
            w.peer.shut = true;
            w.peer.raw = SLICE("pong");
            w.peer.end = tls ? -1 : 0;
            open_stream(&w, kinds[k]);
            run(&w, 2 * NS_PER_S);
            assert_null(w.s);
            assert_int_equal(w.opened, 1);
            assert_int_equal(w.received, where >= IN_RECEIVED);
            assert_int_equal(w.ended, where >= IN_ENDED);
            finish(&w);
        }
}

static void plain_streams_pass_bytes(void **state) {
    (void)state;
    struct world w;
    begin(&w, NULL);
    w.peer.raw = SLICE("as it is");
    w.peer.end = ECONNRESET;
    open_stream(&w, STREAM_TCP);
    run(&w, 2 * NS_PER_S);
    assert_int_equal(w.n, 8);
    assert_int_equal(w.os, ECONNRESET);
    assert_int_equal(stream_raw_received(w.s), 8);
    assert_int_equal(streams_capacity(w.streams), 7);
    finish(&w);
}

static void datagrams_shake_hands(void **state) {
    (void)state;
    static const int versions[] = {DTLS1_VERSION, DTLS1_2_VERSION};
    for (size_t i = 0; i < LL_COUNT(versions); i++)
        for (unsigned lost = 0; lost < 2; lost++) {
            struct world w;
            begin(&w, peer_context(DTLS_server_method(), versions[i], 1, 100));
            SSL_set_mtu(w.peer.ssl, 1200);
            w.peer.lose = lost; /* the first ClientHello: it is sent anew after a second (RFC 6347 4.2.4) */
            open_stream(&w, STREAM_DTLS);
            run(&w, (lost ? 1300 : 500) * NS_PER_MS);
            assert_int_equal(w.opened, 1);
            assert_int_equal(w.n, 4);
            assert_int_equal(stream_tls(w.s)->version, versions[i] == DTLS1_VERSION ? 0x0302 : 0x0303);
            assert_int_equal(stream_tls(w.s)->n_chain, 2);
            finish(&w);
        }
}

static void mute_datagram_peers_are_asked_a_few_times(void **state) {
    (void)state;
    struct world w;
    begin(&w, NULL);
    open_stream(&w, STREAM_DTLS);
    run(&w, 3500 * NS_PER_MS); /* at 0, 1 and 3 s */
    assert_int_equal(w.peer.sends, 3);
    assert_int_equal(w.opened + w.ended, 0);
    finish(&w);
}

/* Two records come in one piece; the user pauses at the first. */
static void a_pause_keeps_what_is_decrypted(void **state) {
    (void)state;
    struct world w;
    begin(&w, peer_context(TLS_server_method(), TLS1_3_VERSION, 0, 0));
    w.peer.pongs = 1;
    w.peer.shut = true;
    w.pause_in = IN_RECEIVED;
    open_stream(&w, STREAM_TLS);
    run(&w, 100 * NS_PER_MS);
    assert_int_equal(w.received, 1);
    assert_int_equal(w.n, 4);
    assert_int_equal(w.ended, 0);
    w.inside = true;
    stream_pause(w.s, false);
    w.inside = false;
    run(&w, 100 * NS_PER_MS);
    assert_int_equal(w.received, 2);
    assert_int_equal(w.ended, 0);
    w.pause_in = NEVER;
    stream_pause(w.s, false);
    run(&w, 2 * NS_PER_S);
    assert_int_equal(w.received, 2);
    assert_int_equal(w.n, 8);
    assert_int_equal(w.os, 0);
    assert_int_equal(w.ended, 1);
    finish(&w);
}

/* The server refuses us after its certificate, as it wants one of ours (RFC 5246 7.4.6). */
static void a_failed_handshake_keeps_what_was_shown(void **state) {
    (void)state;
    struct world w;
    begin(&w, peer_context(TLS_server_method(), TLS1_2_VERSION, 1, 100));
    SSL_set_verify(w.peer.ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    open_stream(&w, STREAM_TLS);
    run(&w, 2 * NS_PER_S);
    assert_int_equal(w.opened, 0);
    assert_int_equal(w.os, STREAM_NOT_TLS);
    const struct stream_tls *t = stream_tls(w.s);
    assert_non_null(t);
    assert_int_equal(t->version, 0x0303);
    assert_int_not_equal(t->cipher, 0);
    assert_int_equal(t->n_chain, 2);
    finish(&w);
}

static void clear_streams_are_upgraded(void **state) {
    (void)state;
    struct world w;
    begin(&w, peer_context(TLS_server_method(), TLS1_3_VERSION, 0, 0));
    w.peer.raw = SLICE("220 go\r\n");
    w.peer.clear = w.peer.shut = w.upgrade = true;
    open_stream(&w, STREAM_TCP);
    assert_false(stream_start_tls(w.s, SLICE("early")));
    run(&w, 2 * NS_PER_S);
    assert_int_equal(w.opened, 2);
    assert_memory_equal(w.got, "220 go\r\npong", 12);
    assert_memory_equal(w.peer.heard, "ping", 4);
    assert_string_equal(SSL_get_servername(w.peer.ssl, TLSEXT_NAMETYPE_host_name), "name.example");
    assert_int_equal(stream_tls(w.s)->n_chain, 1);
    assert_int_equal(w.os, 0);
    finish(&w);
    begin(&w, NULL); /* the go-ahead was a lie */
    w.peer.raw = SLICE("220 go\r\n");
    w.upgrade = true;
    open_stream(&w, STREAM_TCP);
    run(&w, 20 * NS_PER_MS);
    w.peer.said = false;
    peer_soon(&w.peer);
    run(&w, 2 * NS_PER_S);
    assert_int_equal(w.opened, 1);
    assert_int_equal(w.os, STREAM_NOT_TLS);
    finish(&w);
}

/* A ClientHello with very many ALPN names is two records, and no datagram holds both. */
static void datagrams_stay_below_the_mtu(void **state) {
    (void)state;
    enum { NAMES = 150 };
    static char alpn[NAMES * 12];
    struct world w;
    for (size_t i = 0; i < NAMES; i++)
        memcpy(alpn + i * 12, "\x0bnobody-has-", 12);
    begin(&w, peer_context(DTLS_server_method(), DTLS1_2_VERSION, 0, 0));
    SSL_set_mtu(w.peer.ssl, 1200);
    w.alpn = (struct slice){alpn, sizeof alpn};
    open_stream(&w, STREAM_DTLS);
    run(&w, 500 * NS_PER_MS);
    assert_true(w.peer.sends >= 2);
    assert_true(w.peer.largest > 1000 && w.peer.largest <= 1200);
    assert_int_equal(w.opened, 1);
    assert_int_equal(w.n, 4);
    char *large = calloc(1, 4000);
    assert_false(stream_send(w.s, (struct slice){large, 4000}));
    assert_true(stream_send(w.s, (struct slice){large, 2048}));
    free(large);
    finish(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_is_understood),
        cmocka_unit_test(what_is_no_tls_is_told),
        cmocka_unit_test(tls_for_another_protocol_is_told),
        cmocka_unit_test(ends_in_the_handshake_are_no_tls),
        cmocka_unit_test(half_a_record_waits),
        cmocka_unit_test(long_chains_are_too_much),
        cmocka_unit_test(many_certificates_are_cut),
        cmocka_unit_test(an_endless_handshake_ends),
        cmocka_unit_test(any_callback_may_close),
        cmocka_unit_test(plain_streams_pass_bytes),
        cmocka_unit_test(datagrams_shake_hands),
        cmocka_unit_test(a_pause_keeps_what_is_decrypted),
        cmocka_unit_test(a_failed_handshake_keeps_what_was_shown),
        cmocka_unit_test(clear_streams_are_upgraded),
        cmocka_unit_test(datagrams_stay_below_the_mtu),
        cmocka_unit_test(mute_datagram_peers_are_asked_a_few_times),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
